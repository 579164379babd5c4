"""Small markets whose right answer is known."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from data.store import Change
from indexing.encode import HashingEncoder, Vectors
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from indexing.vectors import ExactIndex
from matching.matcher import Matcher
from models.terms import Record
from tests.builders import a_posting, a_talent

TODAY = date(2026, 11, 1)

SKILLS = (
    "PLC编程", "焊接", "Java", "报关", "养老护理", "直播运营", "会计核算", "数控编程", "Python", "服装制版",
    "仓储管理", "电工作业", "模具设计", "视频剪辑", "客房服务", "化学分析",
)  # fmt: skip
"""Sixteen skills of the vocabulary that nobody mistakes for one another."""


def a_matcher(*records: Record) -> Matcher:
    """A matcher over the records; the first has id 1, the second id 2, and so on."""
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    shelf.apply([Change(id, id, record.kind, record) for id, record in enumerate(records, 1)])
    return Matcher(shelf, today=lambda: TODAY)


def checkerboard(names: Sequence[str] = SKILLS) -> Matcher:
    """Posting i (id i + 1) asks for exactly the skill of talent i (id n + i + 1); all else is equal."""
    postings = [a_posting(title="技术员", required_skills=(name,)) for name in names]
    talents = [a_talent(skills=(name,), expected_positions=("技术员",)) for name in names]
    return a_matcher(*postings, *talents)


def unit_rows(rows: int, dim: int, seed: int = 0) -> Vectors:
    """Random directions."""
    drawn = np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return unit


def turned(rows: Vectors, angle: float) -> Vectors:
    """Every row turned by the angle (radians) in the planes of its first, second, … pair of axes."""
    even, odd = rows[:, 0::2], rows[:, 1::2]
    result = np.empty_like(rows)
    result[:, 0::2] = np.cos(angle) * even - np.sin(angle) * odd
    result[:, 1::2] = np.sin(angle) * even + np.cos(angle) * odd
    return result

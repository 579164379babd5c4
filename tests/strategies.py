"""Hypothesis strategies for the words, vectors and markets of tests."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

WORDS = ("数控", "车床", "电工", "焊接", "护理", "仓储", "plc", "java", "报关", "直播")

words = st.lists(st.sampled_from(WORDS), max_size=12)
"""A document's words."""


def unit(rows: np.ndarray) -> np.ndarray:
    """The rows scaled to unit length, zero rows left alone."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def unit_rows(count: int, dim: int) -> st.SearchStrategy[np.ndarray]:
    """Unit vectors on a coarse grid, so that ties are common."""
    grid = hnp.arrays(np.float32, (count, dim), elements=st.sampled_from([-1.0, 0.0, 1.0]))
    return grid.map(unit)

"""Hard requirements, and how many candidates each of them removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.market import Requirement
from models.matches import D, Pair, Removal, S


def screen(
    pairs: Iterable[Pair[D, S]], requirements: Sequence[Requirement[D, S]]
) -> tuple[list[Pair[D, S]], tuple[Removal, ...]]:
    """The pairs that meet every requirement, in order, and for each requirement what it removed.

    A pair counts against the first requirement that it fails, so the counts add up.
    """
    kept: list[Pair[D, S]] = []
    counts = dict.fromkeys((requirement.name for requirement in requirements), 0)
    examples: dict[str, str] = {}
    for pair in pairs:
        for requirement in requirements:
            lacking = requirement.lacks(pair)
            if lacking is not None:
                counts[requirement.name] += 1
                examples.setdefault(requirement.name, lacking)
                break
        else:
            kept.append(pair)
    removals = tuple(
        Removal(requirement.name, requirement.label, counts[requirement.name], examples[requirement.name])
        for requirement in requirements
        if counts[requirement.name]
    )
    return kept, removals

"""Learned weights in force: the versions on disk, and a market under the current one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexing import versions
from matching.market import Market
from models.matches import D, S
from models.outcomes import Calibration, Learned


def documented(market: Market[D, S]) -> dict[str, float]:
    """The market's weights by feature."""
    return {feature.name: feature.weight for feature in market.features}


def fits(learned: Learned | None, market: Market[D, S]) -> bool:
    """Whether it was learned on top of the rules that the market has; after a change of rules it was not."""
    return learned is not None and dict(learned.documented) == documented(market)


def weighed(market: Market[D, S], weights: Mapping[str, float]) -> Market[D, S]:
    """The market with other weights, and nothing else changed."""
    return replace(market, features=tuple(replace(f, weight=weights[f.name]) for f in market.features))


def chance(calibration: Calibration, score: float) -> float:
    """What chance the score stands for, in (0, 1)."""
    return float(np.interp(score, calibration.scores, calibration.chances))


class Versions(versions.Versions[Learned]):
    """Every version that was learned; without any, the documented rules are in force."""

    def __init__(self, folder: Path) -> None:
        read = Learned.model_validate_json
        super().__init__(folder, suffix=".json", read=read, called="权重", otherwise="规则中写明的权重")

    def next_name(self) -> str:
        """A name that no version has had."""
        return f"{max((int(file.stem) for file in self._folder.glob('[0-9]*.json')), default=0) + 1:04d}"

    def install(self, learned: Learned) -> None:
        """Put the version in force. Raises Conflict when its name is taken."""
        self.put(learned.version, learned.model_dump_json(indent=2).encode())

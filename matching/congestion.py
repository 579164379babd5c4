"""Recommendations to many people at once, so that they are not all sent to the same few postings."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

PER_PLACE = 10
"""People to whom a posting is recommended for each of its places: about as many as get interviews for one."""


@dataclass(frozen=True, slots=True)
class Option:
    """A posting that may be recommended to somebody, and its score for them."""

    posting: int
    score: float


Lists = Mapping[int, Sequence[Option]]
"""Talent → postings."""


def share_out(wishes: Lists, room: Mapping[int, int], *, k: int, seed: int) -> dict[int, list[Option]]:
    """Up to k postings for everyone, best first, such that no posting goes to more people than it has room for.

    Rounds: nobody gets a second posting before everybody had the chance of a first. Within a round postings go to
    whom they score highest for, so that no two people, and no person and posting, would both rather swap: with one
    score for both sides that is the only stable outcome, and it keeps at least half of the best possible sum.
    Equal scores are decided by a hash of the seed and the talent, then by the order of their wishes.
    """
    ordered = sorted(
        (
            (-option.score, _lot(seed, talent), place, talent, option)
            for talent, options in wishes.items()
            for place, option in enumerate(options)
        ),
        key=lambda entry: entry[:4],
    )
    pairs = [(talent, option) for *_, talent, option in ordered]
    left = dict(room)
    given: dict[int, list[Option]] = {talent: [] for talent in wishes}
    for number in range(1, k + 1):
        waiting: list[tuple[int, Option]] = []
        for talent, option in pairs:
            if not left.get(option.posting, 0):
                continue
            if len(given[talent]) < number:
                given[talent].append(option)
                left[option.posting] -= 1
            else:
                waiting.append((talent, option))
        pairs = waiting
    return given


def _lot(seed: int, talent: int) -> bytes:
    """The talent's place in the draw: the same for everyone who knows the seed."""
    return sha256(f"{seed}:{talent}".encode()).digest()

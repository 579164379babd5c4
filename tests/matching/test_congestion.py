"""Recommendations for a cohort: nobody is sent where there is no room, and small worlds are solved by hand."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.congestion import Audience, Option, recommend_together, share_out
from models.errors import NotFound
from tests.builders import a_posting, a_talent
from tests.worlds import SKILLS, a_matcher, checkerboard

Wishes = dict[int, list[Option]]


def wishes_of(scores: Mapping[int, Mapping[int, float]]) -> Wishes:
    """Talent → options from talent → posting → score."""
    return {
        talent: [
            Option(posting, score, place)
            for place, (posting, score) in enumerate(sorted(row.items(), key=lambda e: -e[1]), 1)
        ]
        for talent, row in scores.items()
    }


def postings(given: Mapping[int, Sequence[Option]]) -> dict[int, list[int]]:
    return {talent: [option.posting for option in options] for talent, options in given.items()}


SHARED = [
    ("都去得了时各得其所", {1: {7: 0.9, 8: 0.5}, 2: {7: 0.8, 8: 0.7}}, {7: 2, 8: 2}, 1, {1: [7], 2: [7]}),
    ("只容一人时给更合适的人", {1: {7: 0.8, 8: 0.7}, 2: {7: 0.9, 8: 0.5}}, {7: 1, 8: 1}, 1, {1: [8], 2: [7]}),
    ("先人人有第一个，再给第二个", {1: {7: 0.9, 8: 0.8}, 2: {8: 0.5}}, {7: 1, 8: 1}, 2, {1: [7], 2: [8]}),
    ("没有空位就少给", {1: {7: 0.9}, 2: {7: 0.8}}, {7: 1}, 2, {1: [7], 2: []}),
    ("一个岗位对一个人只推荐一次", {1: {7: 0.9, 8: 0.1}}, {7: 5, 8: 5}, 2, {1: [7, 8]}),
]


@pytest.mark.parametrize(
    ("scores", "room", "k", "wanted"), [case[1:] for case in SHARED], ids=[case[0] for case in SHARED]
)
def test_postings_are_shared_out_as_specified(
    scores: dict[int, dict[int, float]], room: dict[int, int], k: int, wanted: dict[int, list[int]]
) -> None:
    assert postings(share_out(wishes_of(scores), room, k=k, seed=0)) == wanted


TALENTS, POSTINGS = (1, 2, 3, 4), (11, 12, 13)


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[Wishes, dict[int, int]]:
    """Up to four people with different scores for up to three postings, each with room for none to three of them."""
    scores = iter(draw(st.permutations(range(1, 13))))
    wishes = {talent: {posting: next(scores) / 12 for posting in POSTINGS if draw(st.booleans())} for talent in TALENTS}
    return wishes_of(wishes), {posting: draw(st.integers(0, 3)) for posting in POSTINGS}


def assignments(wishes: Wishes, room: Mapping[int, int]) -> Iterator[dict[int, Option | None]]:
    """Every way to give each person one of their options or nothing, within the room."""
    for chosen in product(*([None, *options] for options in wishes.values())):
        taken = Counter(option.posting for option in chosen if option)
        if all(count <= room[posting] for posting, count in taken.items()):
            yield dict(zip(wishes, chosen, strict=True))


def is_stable(assigned: Mapping[int, Option | None], wishes: Wishes, room: Mapping[int, int]) -> bool:
    """Whether no person and posting would both rather have each other."""
    scores = {posting: sorted(o.score for o in assigned.values() if o and o.posting == posting) for posting in room}
    return not any(
        (own is None or option.score > own.score)
        and (
            len(scores[option.posting]) < room[option.posting] or any(s < option.score for s in scores[option.posting])
        )
        for talent, own in assigned.items()
        for option in wishes[talent]
    )


@given(small_worlds(), st.integers(0, 5))
def test_one_round_is_the_only_stable_assignment(world: tuple[Wishes, dict[int, int]], seed: int) -> None:
    wishes, room = world
    stable = [assigned for assigned in assignments(wishes, room) if is_stable(assigned, wishes, room)]
    given_ = share_out(wishes, room, k=1, seed=seed)
    assert stable == [{talent: options[0] if options else None for talent, options in given_.items()}]


@given(small_worlds())
def test_one_round_gives_up_at_most_half_of_the_largest_sum(world: tuple[Wishes, dict[int, int]]) -> None:
    wishes, room = world
    best = max(sum(option.score for option in one.values() if option) for one in assignments(wishes, room))
    found = sum(option.score for options in share_out(wishes, room, k=1, seed=0).values() for option in options)
    assert found >= best / 2 - 1e-9


@given(small_worlds(), st.integers(1, 4))
def test_every_round_is_a_first_round_over_what_is_left(world: tuple[Wishes, dict[int, int]], k: int) -> None:
    wishes, room = world
    whole = share_out(wishes, room, k=k, seed=0)
    by_rounds: Wishes = {talent: [] for talent in wishes}
    for _ in range(k):
        taken = Counter(option.posting for options in by_rounds.values() for option in options)
        open_ = {talent: [o for o in options if o not in by_rounds[talent]] for talent, options in wishes.items()}
        left = {posting: places - taken[posting] for posting, places in room.items()}
        for talent, options in share_out(open_, left, k=1, seed=0).items():
            by_rounds[talent] += options
    assert whole == by_rounds


@given(small_worlds(), st.integers(1, 4))
def test_room_and_k_are_kept_and_nobody_is_passed_over_where_there_is_room(
    world: tuple[Wishes, dict[int, int]], k: int
) -> None:
    wishes, room = world
    given_ = share_out(wishes, room, k=k, seed=0)
    taken = Counter(option.posting for options in given_.values() for option in options)
    assert all(count <= room[posting] for posting, count in taken.items())
    for talent, options in given_.items():
        assert len(set(options)) == len(options) <= k
        assert [o.score for o in options] == sorted((o.score for o in options), reverse=True)
        assert len(options) == k or all(taken[o.posting] == room[o.posting] for o in wishes[talent] if o not in options)


def test_equal_scores_are_drawn_by_lot_and_the_lot_by_the_seed() -> None:
    alike = wishes_of({talent: {7: 0.5} for talent in range(1, 21)})
    winners = [frozenset(t for t, o in share_out(alike, {7: 5}, k=1, seed=seed).items() if o) for seed in range(20)]
    again = [frozenset(t for t, o in share_out(alike, {7: 5}, k=1, seed=seed).items() if o) for seed in range(20)]
    assert winners == again
    assert len(set(winners)) > 10
    assert frozenset().union(*winners) == set(alike)


def test_a_cohort_of_like_people_is_spread_over_the_postings() -> None:
    jobs = [a_posting(title="电工", organisation=f"{n}厂", headcount=n % 3 + 1) for n in range(12)]
    people = [a_talent(expected_positions=("电工",), skills=("电气维修",)) for _ in range(30)]
    found = recommend_together(a_matcher(*jobs, *people), range(13, 43), k=3, per_place=5)
    assert (found.before.people, found.before.distinct, found.before.crowded) == (30, 3, 3)
    assert found.after.people <= 5 * found.after.headcount
    assert (found.after.crowded, found.short) == (0, 0)
    assert found.after.distinct > found.before.distinct
    assert 0 <= found.given_up <= found.most_given_up


def test_where_there_is_room_for_all_everybody_keeps_their_own_list() -> None:
    matcher, size = checkerboard(), len(SKILLS)
    talents = [size + n + 1 for n in range(size)]
    found = recommend_together(matcher, talents, k=1)
    assert postings(found.given) == {talent: [talent - size] for talent in talents}
    assert (found.before, found.given_up, found.most_given_up) == (found.after, 0, 0)


def test_a_cohort_needs_people_who_are_there() -> None:
    with pytest.raises(NotFound, match="99"):
        recommend_together(a_matcher(a_posting(), a_talent()), [2, 99])


def test_an_audience_counts_other_people_by_the_list_they_saw_last() -> None:
    audience = Audience()
    audience.saw(1, [7, 8])
    audience.saw(2, [7])
    audience.saw(2, [7])
    assert [audience.others(talent) for talent in (1, 2, 3)] == [{7: 1}, {7: 1, 8: 1}, {7: 2, 8: 1}]
    audience.saw(1, [9])
    assert audience.others(3) == {7: 1, 9: 1}

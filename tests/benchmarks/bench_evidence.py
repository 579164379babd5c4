"""Whether evidence tells the truth, and whether scores stand still where they should, on the sample consortium.

    python -m tests.benchmarks.bench_evidence

Ten talents for each third posting and ten postings for each sixth talent: 10,000 recommendations. The first table
says for each feature how many reasons weigh anything, how many of them quote both sides, how many of the quotes are
exact substrings, and in how many the points fall when the words quoted from the recommended record are deleted and
the pair is matched again. Deletions are tried on evenly spaced reasons of each feature that scored above 0.

Then 1,000 profiles whose name and mentions of sex, age, ethnicity, registration and photograph are swapped, and
1,000 recommendations whose profile puts one word in another way. The consortium is built once below --var and kept,
and so are the vectors of every text.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from api.bootstrap import build
from api.settings import Settings
from indexing.cache import CachedEncoder
from indexing.shelf import document_of
from indexing.text import body, head, searched
from matching.matcher import Matcher
from models.matches import Contribution, Document, Match
from models.postings import Posting
from models.talents import Talent
from models.terms import Kind, Record
from tests.deletion import again, cited, is_exact, recommended, without
from tests.rewording import SWAPS, reworded

K = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution of one recommendation."""

    asker: Document[Record]
    match: Match[Posting, Talent]
    contribution: Contribution


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=Path, help="not used; the sample's postings serve")
    parser.add_argument("--var", type=Path, default=Path("var/bench-evidence"), help="where the consortium is kept")
    parser.add_argument("--askers", type=int, default=500, help="postings, and talents, that ask")
    parser.add_argument("--deletions", type=int, default=1500)
    parser.add_argument("--edits", type=int, default=1000, help="profiles swapped, and recommendations reworded")
    options = parser.parse_args()
    services = build(Settings(var=options.var))
    services.shelf.encoder = CachedEncoder(services.shelf.encoder, options.var / "cache")
    services.start()
    services.follower.ready.wait()
    # The shelf is changed and changed back below; whoever follows the store must not do so in between.
    services.follower.stop()
    matcher = services.matcher
    found = recommendations(matcher, options.askers)
    faithfulness(matcher, found, options.deletions)
    swaps(matcher, options.edits)
    synonyms(matcher, found, options.edits)
    services.store.close()


def recommendations(matcher: Matcher, askers: int) -> list[tuple[Document[Record], Match[Posting, Talent]]]:
    """Each asker with each of its K matches."""
    found = []
    for kind in (Kind.POSTING, Kind.TALENT):
        documents = list(matcher.shelf[kind].documents.values())
        for asker in documents[:: max(1, len(documents) // askers)][:askers]:
            found += [(asker, match) for match in matcher.match(matcher.jobs, asker, k=K).matches]
    postings, talents = (len(matcher.shelf[kind]) for kind in (Kind.POSTING, Kind.TALENT))
    print(f"{len(found)} recommendations of {K} to each asker, among {postings} postings and {talents} talents\n")
    return found


def faithfulness(
    matcher: Matcher, found: Sequence[tuple[Document[Record], Match[Posting, Talent]]], deletions: int
) -> None:
    """One row for each feature."""
    features = [feature.name for feature in matcher.jobs.features]
    reasons: dict[str, list[Reason]] = {name: [] for name in features}
    for asker, match in found:
        for one in match.contributions:
            if one.weight > 0:
                reasons[one.feature].append(Reason(asker, match, one))
    each = deletions // len(features)
    tried = {name: evenly([one for one in reasons[name] if deletable(one)], each) for name in features}
    encode_ahead(matcher, [one for some in tried.values() for one in some])
    print(f"{'':14}{'reasons':>9}{'both sides':>12}{'exact':>8}{'above 0':>9}{'quoted':>8}{'deleted':>9}{'lowered':>9}")
    quotes, exact, weighed, lowered_all = 0, 0, 0, 0.0
    for name in features:
        rows = reasons[name]
        if not rows:
            continue
        both = sum(bool(r.contribution.evidence.demand and r.contribution.evidence.supply) for r in rows)
        checks = [
            is_exact(document, span)
            for r in rows
            for document, spans in (
                (r.match.pair.demand, r.contribution.evidence.demand),
                (r.match.pair.supply, r.contribution.evidence.supply),
            )
            for span in spans
        ]
        above = [r for r in rows if r.contribution.value]
        quoted = [r for r in above if deletable(r)]
        lowered = [is_lowered(matcher, one) for one in tried[name]]
        share = sum(lowered) / len(lowered) if lowered else 0.0
        print(
            f"{name:14}{len(rows):>9}{both / len(rows):>12.1%}{sum(checks) / max(len(checks), 1):>8.1%}{len(above):>9}"
            f"{len(quoted) / max(len(above), 1):>8.1%}{len(lowered):>9}{share:>9.1%}"
        )
        quotes, exact = quotes + len(checks), exact + sum(checks)
        weighed, lowered_all = weighed + len(quoted), lowered_all + share * len(quoted)
    print(
        f"\n{exact} of {quotes} quotes exact; deletion lowers {lowered_all / max(weighed, 1):.1%}, features by their size\n"
    )


def deletable(one: Reason) -> bool:
    """Whether it gave anything and quotes the recommended record."""
    return bool(one.contribution.value and cited(one.contribution, recommended(one.match, one.asker)[1]))


def is_lowered(matcher: Matcher, one: Reason) -> bool:
    """Whether the value falls without the quoted words; a reason that then knows nothing gives nothing."""
    other, side = recommended(one.match, one.asker)
    after = again(matcher, one.match.pair, one.asker, without(other, cited(one.contribution, side)))
    value = next(c.value for c in after.contributions if c.feature == one.contribution.feature)
    return (value or 0.0) < (one.contribution.value or 0.0) - 1e-6


def encode_ahead(matcher: Matcher, reasons: Iterable[Reason]) -> None:
    """All that will have to be encoded, in one go."""
    records = []
    for one in reasons:
        other, side = recommended(one.match, one.asker)
        records.append(without(other, cited(one.contribution, side)))
    encode_records(matcher, records)


def encode_records(matcher: Matcher, records: Sequence[Record]) -> None:
    documents = [document_of(0, 0, record) for record in records]
    matcher.shelf.encoder.encode([head(d.record) for d in documents] + [body(searched(d)) for d in documents])


def swaps(matcher: Matcher, count: int) -> None:
    """Profiles that say the one thing of themselves, and the same that say the other."""
    documents = evenly(list(matcher.shelf[Kind.TALENT].documents.values()), count)
    pairs = [
        tuple(saying(document.record, *said) for said in SWAPS[place % len(SWAPS)])
        for place, document in enumerate(documents)
    ]
    encode_records(matcher, [record for pair in pairs for record in pair])
    moved, most = 0, 0.0
    for pair in pairs:
        before, after = (scores(matcher, record) for record in pair)
        moved += before != after
        most = max([most, *(abs(score - after.get(id, 0.0)) for id, score in before.items())])
    print(
        f"{len(documents)} profiles with protected traits swapped: lists of {K} that changed {moved}, largest move {most:.4f}"
    )


def scores(matcher: Matcher, record: Record) -> dict[int, float]:
    """Posting → score, of the K that are best for the profile."""
    matches = matcher.match(matcher.jobs, matcher.draft(record), k=K, cited=0).matches
    return {match.pair.demand.id: match.score for match in matches}


def saying(record: Record, name: str, said: str) -> Record:
    text = getattr(record, "self_description", "")
    return record.model_copy(update={"name": name, "self_description": said + text})


def synonyms(matcher: Matcher, found: Sequence[tuple[Document[Record], Match[Posting, Talent]]], count: int) -> None:
    """Recommendations whose profile says one word in another way."""
    tried = []
    for _, match in evenly(found, min(len(found), 3 * count)):
        edit = reworded(match.pair.supply, len(tried))
        if edit:
            tried.append((match, edit))
    tried = tried[:count]
    encode_records(matcher, [edit.record for _, edit in tried])
    moves = []
    for match, edit in tried:
        after = again(matcher, match.pair, match.pair.demand, edit.record)
        before = again(matcher, match.pair, match.pair.demand, match.pair.supply.record)
        moves.append((abs(after.score - before.score), edit.old, edit.new, before, after))
    moves.sort(key=lambda move: -move[0])
    still = sum(move[0] < 0.03 for move in moves)
    print(
        f"\n{len(moves)} profiles with one synonym: score moves less than 3 of 100 points in {still / max(len(moves), 1):.1%}"
    )
    for size, old, new, before, after in moves[:8]:
        parts = sorted(
            ((a.points - b.points, a.feature) for b, a in zip(before.contributions, after.contributions, strict=True)),
            key=lambda part: -abs(part[0]),
        )[:3]
        print(f"  {100 * size:5.1f}  {old} → {new}: " + ", ".join(f"{name} {100 * by:+.1f}" for by, name in parts))


def evenly(items: Sequence[T], count: int) -> list[T]:
    """`count` of the items, evenly spaced; all where there are fewer."""
    return [items[place * len(items) // count] for place in range(count)] if len(items) > count else list(items)


if __name__ == "__main__":
    main()

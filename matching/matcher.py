"""The pipeline, top to bottom: retrieve, screen, rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

import numpy as np

from indexing.hits import Ids
from indexing.shelf import Section, Shelf, document_of
from indexing.text import NAMES_OF_MEMBERS, searched
from matching.jobs import jobs as jobs_market
from matching.market import Market
from matching.occupations import Occupations
from matching.policy import policies
from matching.rank import rank
from matching.rerank import JobMatch, Known, Listing, Switches, known, rerank
from matching.retrieve import Query, retrieve
from matching.screen import screen
from matching.specialties import LINKED, Outlook, outlook
from matching.specialties import specialties as specialties_market
from matching.technology import technology as technology_market
from matching.training import Gap, gap, training
from matching.weights import chance, fits, weighed
from models.courses import Course
from models.matches import Answer, Candidate, D, Document, Pair, Removal, S
from models.organisations import Organisation
from models.outcomes import Learned
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import Kind, Record
from models.text import key

DEPTH = 200
"""Candidates retrieved to be ranked."""
WIDEST = 800
"""Candidates looked at when the requirements leave too few of the first; those further off have little in common."""
LINK_DEPTH = 400
"""Postings looked at for one programme's demand, to begin with."""

EVIDENCE = 20
"""Linked postings whose shared words are looked up: as many as a page shows."""

Where = Callable[[Record], bool]
"""What the asking user limits the answer to."""


def _nothing_learned() -> None:
    """The documented weights are in force."""


class Matcher:
    """Answers matching questions over one shelf, as of a day, under what outcomes taught about jobs."""

    def __init__(
        self, shelf: Shelf, *, today: Callable[[], date], learned: Callable[[], Learned | None] = _nothing_learned
    ) -> None:
        self.shelf = shelf
        self.occupations = Occupations(shelf.encoder, shelf.segmenter)
        self._today = today
        self._learned = learned
        self._openness: dict[tuple[str, Kind], tuple[tuple[int, date], list[int], list[str]]] = {}
        self._members: tuple[int, dict[str, Organisation]] = (-1, {})
        self._outlooks: dict[int, Outlook] = {}
        self._outlooks_as_of: tuple[int, date] | None = None

    def talents_for(self, posting: int, *, k: int = 10, where: Where | None = None) -> Answer[Posting, Talent]:
        """The k talents who fit the posting best."""
        return self.match(self.jobs, self.document(Kind.POSTING, posting), k=k, where=where)

    def postings_for(self, talent: int, *, k: int = 10, where: Where | None = None) -> Answer[Posting, Talent]:
        """The k postings that fit the talent best."""
        return self.match(self.jobs, self.document(Kind.TALENT, talent), k=k, where=where)

    def listing_for(
        self,
        talent: Document[Record],
        *,
        k: int = 10,
        where: Where | None = None,
        switches: Switches | None = None,
        shown: Mapping[int, int] | None = None,
    ) -> Listing:
        """The k postings to show to the talent: those that fit best, in the order that the switches give them.

        `shown` counts to how many other people each posting was recommended.
        """
        switches, market = switches or Switches(), self.jobs
        ranked = self.match(market, talent, k=k, where=where, spare=DEPTH, cited=0)
        placed = rerank(ranked.matches, switches, self.known(ranked.matches, shown), k=k)
        # Evidence is costly: looked up for those that made it only.
        cited = {m.pair.demand.id: m for m in rank((one.match.pair for one in placed), market, k=k)}
        placed = tuple(replace(one, match=cited[one.match.pair.demand.id]) for one in placed)
        return Listing(replace(ranked, matches=tuple(one.match for one in placed)), placed, switches)

    def known(self, matches: Sequence[JobMatch], shown: Mapping[int, int] | None = None) -> Known:
        """What the rules that rerank postings need to know of them today."""
        return known(matches, today=self._today(), employer_of=self.employer_of, shown=shown or {})

    def employer_of(self, posting: Posting) -> Organisation | None:
        """The member that published the posting, by id or by name; None when it has no record on the shelf."""
        found = self.shelf[Kind.ORGANISATION].documents.get(posting.organisation_id or 0)
        if found:
            return cast(Organisation, found.record)
        revision, members = self._members
        if revision != self.shelf.revision:
            revision, documents = self.shelf.revision, list(self.shelf[Kind.ORGANISATION].documents.values())
            members = {key(record.name): record for record in (cast(Organisation, d.record) for d in documents)}
            self._members = revision, members
        return members.get(key(posting.organisation))

    def offers_for(self, need: int, *, k: int = 10, where: Where | None = None) -> Answer[Need, Offer]:
        """The k offers that serve the need best."""
        return self.match(self.technology, self.document(Kind.NEED, need), k=k, where=where)

    def needs_for(self, offer: int, *, k: int = 10, where: Where | None = None) -> Answer[Need, Offer]:
        """The k needs that the offer serves best."""
        return self.match(self.technology, self.document(Kind.OFFER, offer), k=k, where=where)

    def policies_for(self, organisation: int, *, k: int = 10) -> Answer[Policy, Organisation]:
        """The k policies that the organisation has most to expect from."""
        market = policies(self._today(), self.shelf.words_of)
        return self.match(market, self.document(Kind.ORGANISATION, organisation), k=k)

    def organisations_for(self, policy: int, *, k: int = 10) -> Answer[Policy, Organisation]:
        """The k organisations that the policy fits best."""
        market = policies(self._today(), self.shelf.words_of)
        return self.match(market, self.document(Kind.POLICY, policy), k=k)

    def courses_for(
        self, talent: int, target: Document[Posting], *, k: int = 10
    ) -> tuple[Gap, Answer[Posting, Course]]:
        """What the talent lacks for the target, and the k courses that teach it best."""
        person = cast(Document[Talent], self.document(Kind.TALENT, talent))
        found = gap(target, person)
        market = training(found, person, self._today(), self.shelf.words_of)
        if not found.missing:
            return found, Answer(matches=(), retrieved=0, removals=())
        # What is looked for is what is missing, not what the posting says in full.
        wanted = self.draft(
            Posting(title=target.record.title, organisation="目标", required_skills=tuple(found.missing))
        )
        answer = self.match(market, wanted, k=k)
        return found, answer

    def programmes_for(self, posting: int, *, k: int = 10) -> Answer[Posting, Programme]:
        """The k programmes that train best for the posting."""
        return self.match(self.specialties, self.document(Kind.POSTING, posting), k=k)

    def outlook_for(self, programme: int) -> Outlook:
        """Demand for the programme against its graduates, and what to do about it.

        Remembered until the shelf changes or the day ends: it looks at hundreds of postings.
        """
        as_of = (self.shelf.revision, self._today())
        if self._outlooks_as_of != as_of:
            self._outlooks, self._outlooks_as_of = {}, as_of
        known = self._outlooks
        if programme not in known:
            known[programme] = self._outlook(programme, as_of[1])
        return known[programme]

    def _outlook(self, programme: int, today: date) -> Outlook:
        document = cast(Document[Programme], self.document(Kind.PROGRAMME, programme))
        market = self.specialties
        depth = LINK_DEPTH
        while True:
            links = self.match(market, document, k=depth // 2, depth=depth, cited=EVIDENCE).matches
            # While everything that comes back counts as demand, there is more to be found.
            if len(links) < depth // 2 or links[-1].score < LINKED:
                break
            depth *= 2
        every = cast("list[Document[Programme]]", list(self.shelf[Kind.PROGRAMME].documents.values()))
        return outlook(document, links, every, today)

    def document(self, kind: Kind, id: int) -> Document[Record]:
        """The document on the shelf. Raises NotFound."""
        return self.shelf[kind].document(id)

    def draft(self, record: Record) -> Document[Any]:
        """A record that is not stored, ready to be matched."""
        return document_of(0, 0, record)

    def match(
        self,
        market: Market[D, S],
        query: Document[Record],
        *,
        k: int,
        depth: int = DEPTH,
        where: Where | None = None,
        spare: int = 0,
        cited: int | None = None,
    ) -> Answer[D, S]:
        """The k best pairs of the query with what the market's other side holds, and up to `spare` next ones.

        Records that are closed, or outside of `where`, are not looked at; how many is the first thing that
        the answer's removals tell.
        """
        section = self.shelf[market.facing(query.kind)]
        looked_for = self.query(query)
        among, left_out = self._available(market, section, where)
        for wide in sorted({depth, max(depth, WIDEST)}):
            candidates = retrieve(looked_for, section, depth=wide, among=among)
            pairs = _pairs(market, query, section, candidates)
            if market.prepare:
                market.prepare(pairs)
            kept, removals = screen(pairs, market.requirements)
            # Where the requirements leave too few, look further, once.
            if len(kept) >= k or len(candidates) < wide:
                break
        matches = rank(kept[:depth], market, k=k + spare, cited=cited)
        return Answer(matches, retrieved=len(pairs), removals=left_out + removals)

    def query(self, document: Document[Record]) -> Query:
        """What the document looks for, as the retrievers read it; a stored document's vectors are at hand."""
        found = {field: text for field, text in searched(document).items() if field not in NAMES_OF_MEMBERS}
        heads, bodies = self.shelf.vectors_of(document)
        return Query(heads[0], bodies[0], self.shelf.weighted_words(found))

    def _available(
        self, market: Market[D, S], section: Section, where: Where | None
    ) -> tuple[Ids | None, tuple[Removal, ...]]:
        """The ids that may be retrieved, None when all may, and what was left out for which reason."""
        still_open, closed = self._still_open(market, section)
        removals = [Removal("open", "仍在有效期", len(closed), closed[0])] if closed else []
        if where is not None:
            inside = [id for id in still_open if (found := section.documents.get(id)) and where(found.record)]
            if len(inside) < len(still_open):
                removals.append(Removal("where", "所选范围", len(still_open) - len(inside), "不在所选范围内"))
            still_open = inside
        return (np.asarray(still_open, dtype=np.int64) if removals else None), tuple(removals)

    def _still_open(self, market: Market[D, S], section: Section) -> tuple[list[int], list[str]]:
        """The ids of records that take answers, and why the others do not.

        Remembered until the shelf changes or the day ends: it asks every document of the section.
        """
        key = (market.name, section.kind)
        as_of = (self.shelf.revision, self._today())
        known = self._openness.get(key)
        if known is None or known[0] != as_of:
            ids: list[int] = []
            closed: list[str] = []
            for id, document in list(section.documents.items()):
                reason = market.closed(document.record)
                if reason is None:
                    ids.append(id)
                else:
                    closed.append(reason)
            known = (as_of, ids, closed)
            self._openness[key] = known
        return known[1], known[2]

    def between(self, market: Market[D, S], query: Document[Record], ids: Sequence[int]) -> dict[int, Pair[D, S]]:
        """The query paired with each of the ids, as if retrieval had proposed them; without those not on the shelf."""
        section = self.shelf[market.facing(query.kind)]
        among = np.unique(np.asarray([id for id in ids if id in section.documents], dtype=np.int64))
        if not len(among):
            return {}
        candidates = retrieve(self.query(query), section, depth=len(among), among=among)
        pairs = _pairs(market, query, section, candidates)
        return {pair.candidate.id: pair for pair in pairs}

    @property
    def jobs(self) -> Market[Posting, Talent]:
        """Postings and talents, as of today, under the weights in force."""
        learned, market = self.learned, self.documented_jobs
        return weighed(market, learned.weights) if learned else market

    @property
    def documented_jobs(self) -> Market[Posting, Talent]:
        """The same under the documented weights."""
        return jobs_market(self._today(), self.shelf.words_of)

    @property
    def learned(self) -> Learned | None:
        """What outcomes taught on top of the present rules; None when nothing, or only about other rules."""
        learned = self._learned()
        return learned if fits(learned, self.documented_jobs) else None

    @property
    def chance(self) -> Callable[[float], float] | None:
        """Which chance that both sides say yes a score of a posting and a talent stands for; None when not known."""
        learned = self.learned
        if learned is None or learned.calibration is None:
            return None
        return partial(chance, learned.calibration)

    @property
    def specialties(self) -> Market[Posting, Programme]:
        """Postings and programmes."""
        return specialties_market(self.shelf.words_of, self.occupations)

    @property
    def technology(self) -> Market[Need, Offer]:
        """Needs and offers, as of today."""
        return technology_market(self._today(), self.shelf.words_of)


def _pairs(
    market: Market[D, S], query: Document[Record], section: Section, candidates: Iterable[Candidate]
) -> list[Pair[D, S]]:
    """The query with each candidate that is still on the shelf, on the sides where they belong."""
    found = [(section.documents.get(candidate.id), candidate) for candidate in candidates]
    # A market's sides are kinds, and a kind's documents hold its records: the checker cannot know.
    ours = cast("Document[Any]", query)
    if query.kind == market.demand:
        return [Pair(ours, cast("Document[Any]", other), candidate) for other, candidate in found if other]
    return [Pair(cast("Document[Any]", other), ours, candidate.reversed()) for other, candidate in found if other]

"""One file into the store: batch by batch, with a report of what became of every row.

Each batch is one transaction, so an import that is killed leaves whole rows; run again, it finds them by
their source and ends where an undisturbed run would have ended.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz.fuzz import ratio

from data.ingest.columns import PROTECTED, REQUIRED, Mapping, column_of, heading_key, knows, label, load_mapping
from data.ingest.read import Limits, Sheet, open_sheet
from data.ingest.records import FINGERPRINT, Builder, Problem, Severity
from data.masking import in_words, mask, masked
from data.store import Outcome, Store
from models.errors import UnreadableFile
from models.plans import Target
from models.privacy import Sensitive
from models.specialties import Cohort
from models.terms import Kind, Record
from models.text import key

BATCH = 500
"""Rows per transaction."""
EXAMPLES = 3
"""Rows shown for each kind of problem."""
LISTED = 10
"""Problems and duplicates printed in full; the reject file has all."""

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows there are."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that says nearly the same as another; imported all the same."""

    row: int
    title: str
    like_row: int | None
    """The earlier row of this file that it resembles, if that is where it is."""
    like_id: int | None
    """The stored record that it resembles."""
    id: int | None = None
    """The record that the row became; None in a dry run."""

    def __str__(self) -> str:
        other = f"第 {self.like_row} 行" if self.like_row else f"已有记录 {self.like_id}"
        return f"第 {self.row} 行“{self.title}”与{other}近似"


@dataclass(slots=True)
class Warned:
    """How often one thing was wrong with one column."""

    severity: Severity
    column: str
    reason: str
    rows: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)
    """Row numbers and values."""

    def __str__(self) -> str:
        shown = "；".join(f"第 {row} 行“{value}”" if value else f"第 {row} 行" for row, value in self.examples)
        where = f"{self.column}：" if self.column else ""
        return f"{self.severity} {where}{self.reason}，{self.rows} 行（{shown}）"


@dataclass(slots=True)
class ImportReport:
    """What became of a file. `rows` counts rows with content: imported and rejected ones."""

    kind: Kind
    file: str
    source: str
    """Under which rows are stored that do not name their own source."""
    dry_run: bool
    rows: int = 0
    blank: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    accepted: int = 0
    """Rows that are records: saved, or in a dry run to be saved."""
    rejected: int = 0
    without_id: int = 0
    """Rows without a source id; their id is made of their content."""
    merged: int = 0
    """Rows that brought further years of a programme or plan."""
    masked: Counter[Sensitive] = field(default_factory=Counter)
    """Numbers and addresses of people that were taken out of the texts."""
    masked_rows: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    problems: list[Warned] = field(default_factory=list)
    """By severity and frequency."""
    unused: tuple[str, ...] = ()
    """Columns that fill no field."""
    protected: tuple[str, ...] = ()
    """Columns about a person that are never read."""
    notes: list[str] = field(default_factory=list)
    reject_path: Path | None = None

    @property
    def warnings(self) -> int:
        """How many cells were left out."""
        return sum(one.rows for one in self.problems if one.severity is Severity.WARNING)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{'试导入（未写入）' if self.dry_run else '导入'}{self.kind.label}：{self.file}（来源“{self.source}”）"
        counts = f"共 {self.rows} 行"
        if self.dry_run:
            counts += f"，可导入 {self.accepted}"
        else:
            counts += f"，新增 {self.created}，更新 {self.updated}，未变 {self.unchanged}"
        yield f"{counts}，拒绝 {self.rejected}，疑似重复 {len(self.duplicates)}，警告 {self.warnings}"
        if self.without_id:
            yield f"{self.without_id} 行没有来源编号，已按内容生成；内容改动后再导入会成为新记录"
        if self.merged:
            others = "届次" if self.kind is Kind.PROGRAMME else "环节或年度"
            yield f"{self.merged} 行是同一{self.kind.label}的其他{others}，已合并"
        if self.masked:
            yield f"已隐去个人信息：{in_words(self.masked)}，涉及 {self.masked_rows} 行"
        if self.unused:
            yield f"未使用的列：{'、'.join(self.unused)}"
        if self.protected:
            yield f"不收录的个人信息列：{'、'.join(self.protected)}"
        yield from self.notes
        yield from map(str, self.problems)
        yield from map(str, self.duplicates[:LISTED])
        if len(self.duplicates) > LISTED:
            yield f"……另有 {len(self.duplicates) - LISTED} 行疑似重复"
        if self.reject_path:
            yield f"逐行清单：{self.reject_path.name}"


def import_file(
    store: Store,
    kind: Kind,
    path: Path,
    *,
    mapping: Mapping | Path | None = None,
    source: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    reject_path: Path | None = None,
    limits: Limits | None = None,
) -> ImportReport:
    """Save the records of a file and say what became of each row.

    A row that names its source (`platform`, `来源`) is stored under it, any other under `source`, the
    mapping's source or the file's name. Raises UnreadableFile before anything is written when the file as
    a whole is unusable; StoreUnavailable when the database fails, and then whole batches stay.
    """
    sheet, builder = _open(kind, path, mapping, source, limits)
    report = ImportReport(kind, path.name, builder.source, dry_run, reject_path=reject_path)
    _note_columns(report, sheet, builder.mapping)
    with _rejects(reject_path) as reject:
        run = _Run(store, report, _Likenesses(store, kind), reject)
        for done, row in enumerate(sheet.read(), start=1):
            built = builder.build(row)
            if built is None:
                report.blank += 1
            else:
                run.take(row.number, built.record, built.problems)
            if progress and (done % BATCH == 0 or done == sheet.count):
                progress(done, sheet.count)
        run.finish()
    return report


def read_records(
    kind: Kind,
    path: Path,
    *,
    mapping: Mapping | Path | None = None,
    source: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Record]:
    """The records of a file, one a row and in its order, without a store; rows that are none are left out.

    Raises UnreadableFile when the file as a whole is unusable.
    """
    sheet, builder = _open(kind, path, mapping, source, limits)
    for row in sheet.read():
        built = builder.build(row)
        if built and built.record:
            yield built.record


def _open(
    kind: Kind, path: Path, mapping: Mapping | Path | None, source: str | None, limits: Limits | None
) -> tuple[Sheet, Builder]:
    given = load_mapping(mapping, kind) if isinstance(mapping, Path) else mapping or Mapping()
    sheet = open_sheet(path, score=lambda headings: knows(headings, kind, given), limits=limits)
    _check_required(sheet, kind, given, path)
    return sheet, Builder(kind, given, source or given.source or path.stem, sheet.headings)


def _check_required(sheet: Sheet, kind: Kind, mapping: Mapping, path: Path) -> None:
    columns = [column_of(heading, kind, mapping) for heading in sheet.headings]
    there = {column.slot for column in columns if column} | set(mapping.constants)
    missing = [f"{label(slot, kind)}（{slot}）" for slot in REQUIRED[kind] if slot not in there]
    if missing:
        raise UnreadableFile(
            f"文件“{path.name}”缺少必填列：{'、'.join(missing)}；"
            "可在映射文件的 [columns] 里指明是哪一列，或在 [constants] 里写一个固定值"
        )


def _note_columns(report: ImportReport, sheet: Sheet, mapping: Mapping) -> None:
    unknown = [heading for heading in sheet.headings if column_of(heading, report.kind, mapping) is None]
    report.protected = tuple(heading for heading in unknown if heading_key(heading) in PROTECTED)
    report.unused = tuple(heading for heading in unknown if heading not in report.protected)
    report.notes += sheet.notes
    absent = sorted(set(mapping.columns) - {heading_key(heading) for heading in sheet.headings})
    if absent:
        report.notes.append(f"映射文件里的列在文件中没有：{'、'.join(absent)}")


class _Run:
    """The rows of one import on their way into the store."""

    def __init__(self, store: Store, report: ImportReport, likenesses: _Likenesses, reject: _Reject) -> None:
        self._store = store
        self._report = report
        self._likenesses = likenesses
        self._reject = reject
        self._waiting: list[tuple[int, Record]] = []
        self._flagged: dict[int, Duplicate] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._groups: dict[tuple[Severity, str, str], Warned] = {}

    def take(self, row: int, record: Record | None, problems: list[Problem]) -> None:
        self._report.rows += 1
        if record is None:
            self._report.rejected += 1
        else:
            self._report.accepted += 1
            record, found = masked(record)
            self._report.masked += found
            self._report.masked_rows += bool(found)
            problems = [*problems, *self._accept(row, record)]
        for problem in problems:
            # What is reported, and written to the reject file, is no more than what is stored.
            problem = replace(problem, value=mask(problem.value, self._report.kind)[0])
            self._count(problem)
            self._reject(problem)
        # Programmes wait for the end: a later row may bring another cohort of the same one.
        if len(self._waiting) >= BATCH and self._report.kind is not Kind.PROGRAMME:
            self._flush()

    def finish(self) -> None:
        self._flush()
        order = {Severity.REJECTED: 0, Severity.WARNING: 1}
        self._report.problems = sorted(self._groups.values(), key=lambda one: (order[one.severity], -one.rows))

    def _accept(self, row: int, record: Record) -> list[Problem]:
        """Line the record up for saving; a problem if an earlier row has the same source."""
        source = _source(record)
        assert source is not None
        content = source[1].startswith(FINGERPRINT)
        self._report.without_id += content
        earlier = self._seen.setdefault(source, row)
        if earlier != row and self._merge(source, record):
            self._report.merged += 1
            return []
        self._waiting.append((row, record))
        duplicate = self._likenesses.find(row, record)
        if duplicate:
            self._flagged[row] = duplicate
        if earlier == row:
            return []
        reason = "内容与前面的一行完全相同" if content else "来源编号在文件中重复，后一行覆盖前一行"
        return [Problem(row, Severity.WARNING, "", f"第 {earlier} 行", reason)]

    def _merge(self, source: tuple[str, str], record: Record) -> bool:
        """Whether the record only brings other years of a programme or plan that waits, and now has them."""
        parts = _YEARLY.get(record.kind, "")
        brought: tuple[Cohort | Target, ...] = getattr(record, parts) if parts else ()
        if not brought:
            return False
        for position, (row, waiting) in enumerate(self._waiting):
            if _source(waiting) == source:
                every = (*getattr(waiting, parts), *brought)
                if len(set(map(_called, every))) < len(every):
                    return False
                in_order = tuple(sorted(every, key=lambda part: part.year))
                self._waiting[position] = (row, waiting.model_copy(update={parts: in_order}))
                return True
        return False

    def _count(self, problem: Problem) -> None:
        group = self._groups.setdefault(
            (problem.severity, problem.column, problem.reason), Warned(problem.severity, problem.column, problem.reason)
        )
        group.rows += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append((problem.row, problem.value))

    def _flush(self) -> None:
        ids: dict[int, int] = {}
        if self._waiting and not self._report.dry_run:
            receipts = self._store.save_all([record for _, record in self._waiting])
            for (row, _), receipt in zip(self._waiting, receipts, strict=True):
                ids[row] = receipt.id
                self._report.created += receipt.outcome is Outcome.CREATED
                self._report.updated += receipt.outcome is Outcome.UPDATED
                self._report.unchanged += receipt.outcome is Outcome.UNCHANGED
        self._report.duplicates += [replace(one, id=ids.get(row)) for row, one in self._flagged.items()]
        self._waiting.clear()
        self._flagged.clear()


# Near-duplicates

_SAME = {
    Kind.POSTING: ("organisation", "title", "description"),
    Kind.NEED: ("organisation", "title", "content"),
    Kind.OFFER: ("organisation", "title", "content"),
    Kind.COURSE: ("provider", "name", "description"),
    Kind.POLICY: ("issuer", "title", "text"),
    Kind.PLAN: ("organisation", "title", "content"),
    Kind.NOTICE: ("organisation", "title", "content"),
}
"""Whose, what it is called, and the text that tells two of one name apart."""
_COMPARED = 300
"""Characters of the text that are compared."""
_LIKENESS = 90.0
"""Share of characters in common, in percent, from which two texts count as one; see `ratio` of rapidfuzz."""


@dataclass(slots=True)
class _Known:
    source: tuple[str, str] | None
    text: str
    row: int | None
    """The row of this file that said so last."""
    id: int | None
    """The stored record; None for one that this import brings."""


class _Likenesses:
    """Finds, for each row, an earlier row or an older record of the same name and nearly the same text.

    A row that is stored already is compared only with what is older than its own record: importing a file
    twice flags the same rows twice, not the originals for resembling their copies.
    """

    def __init__(self, store: Store, kind: Kind) -> None:
        self._fields = _SAME.get(kind)
        self._known: dict[tuple[str, str], list[_Known]] = {}
        if self._fields:
            for stored in store.documents(kind):
                name, text = self._content(stored.record)
                self._known.setdefault(name, []).append(_Known(_source(stored.record), text, None, stored.id))

    def find(self, row: int, record: Record) -> Duplicate | None:
        """The first that the row resembles."""
        if not self._fields:
            return None
        name, text = self._content(record)
        known = self._known.setdefault(name, [])
        own = next((one for one in known if one.source is not None and one.source == _source(record)), None)
        like = next((one for one in known if one is not own and _older(one, own) and _alike(one.text, text)), None)
        if own is None:
            own = _Known(_source(record), text, None, None)
            known.append(own)
        own.row, own.text = row, text
        return Duplicate(row, str(getattr(record, self._fields[1])), like.row, like.id) if like else None

    def _content(self, record: Record) -> tuple[tuple[str, str], str]:
        whose, name, text = (getattr(record, one) for one in self._fields or ())
        return (key(whose), key(name)), key(text[: 2 * _COMPARED])[:_COMPARED]


def _older(one: _Known, own: _Known | None) -> bool:
    return own is None or own.id is None or (one.id is not None and one.id < own.id)


def _alike(one: str, other: str) -> bool:
    return one == other or ratio(one, other, score_cutoff=_LIKENESS) > 0


_YEARLY = {Kind.PROGRAMME: "cohorts", Kind.PLAN: "targets"}
"""Fields whose entries may come one a row, several rows to a record."""


def _called(part: Cohort | Target) -> tuple[object, ...]:
    """What may be there once only."""
    return (part.node, part.position, part.year) if isinstance(part, Target) else (part.year,)


def _source(record: Record) -> tuple[str, str] | None:
    return (record.source.name, record.source.id) if record.source else None


# The reject file

HEADINGS = ("行号", "级别", "列", "值", "原因")


class _Reject(Protocol):
    def __call__(self, problem: Problem) -> Any: ...


@contextmanager
def _rejects(path: Path | None) -> Iterator[_Reject]:
    """A function that writes problems to the file; it appears under its name only when it is complete."""
    if path is None:
        yield lambda problem: None
        return
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # With its mark, because Excel takes UTF-8 without one for the system's code page.
        with partial.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS)
            yield lambda problem: writer.writerow(
                (problem.row, problem.severity, _inert(problem.column), _inert(problem.value), problem.reason)
            )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _inert(text: str) -> str:
    """The text so that a spreadsheet shows it instead of computing it."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t")) else text

"""The files behind the graded judgements: real postings and profiles are not part of the project, their ids are.

    python -m tests.golden.market --postings jobs_all.csv --seekers seekers_rich.csv --output DIR
    chanjiao evaluate talents-to-postings --talents DIR/talents.jsonl --postings DIR/postings.csv \
        --qrels tests/golden/judgements/talents-to-postings.qrels
    chanjiao evaluate postings-to-talents … --qrels tests/golden/judgements/postings-to-talents.qrels

Grades were given by reading, 0 to 3: 3 what this person should see first, 2 good and realistic, 1 related but too
demanding or entry work that ignores training and wish, 0 wrong, impossible or no real posting. Degree, licences,
years of experience and the stated wish count; place and pay do not.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from data import sample
from tests import golden

NON_IT, IT, SAMPLED = 2_000, 600, 250
"""Postings outside and inside of IT, and talents of the sample consortium."""
_JUDGED_ON = date(2026, 11, 27)
_LEVELS = {"本科": "本科", "大专": "高职专科", "硕士": "硕士", "博士": "博士"}
_SAYS_SOMETHING = 80
"""Characters of skills, projects, work and self-evaluation from which a profile of the job site is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("postings", "seekers", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    _write_postings(given.postings, given.output / "postings.csv")
    talents = [*_fictional(), *_seekers(given.seekers), *_sampled()]
    lines = "".join(json.dumps(talent, ensure_ascii=False) + "\n" for talent in talents)
    (given.output / "talents.jsonl").write_text(lines, encoding="utf-8")


def _write_postings(source: Path, target: Path) -> None:
    """A fixed draw of distinct postings, chosen by the hash of their ids."""
    distinct: dict[str, dict[str, str]] = {}
    for row in _rows(source):
        if len(row["description"].strip()) > 30:
            distinct.setdefault(row["description"].strip()[:100], row)
    drawn = sorted(distinct.values(), key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest()[:8])
    chosen = [row for row in drawn if row["is_it"] != "1"][:NON_IT] + [row for row in drawn if row["is_it"] == "1"][:IT]
    columns = [column for column in chosen[0] if column != "is_it"]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(chosen)


def _fictional() -> Iterator[dict[str, Any]]:
    """The annotated profiles, without their marks."""
    plain = {example.id: example.texts for example in golden.profiles()}
    for row in golden.rows("profiles.jsonl"):
        texts = plain[row["id"]]
        row["self_description"] = texts.get("self_description", "")
        row["experience"] = [line for line in texts.get("experience", "").split("\n") if line]
        row.pop("part", None)
        yield _filled(row)


def _seekers(source: Path) -> Iterator[dict[str, Any]]:
    coded = re.compile(r"_(COMMONLY|GOOD|SKILLED|MASTER)(?=,|$)")
    for row in _rows(source):
        if len(row["self_evaluation"] + row["projects"] + row["skills"] + row["work"]) < _SAYS_SOMETHING:
            continue
        yield _filled(
            {
                "id": row["id"],
                "level": _LEVELS.get(row["education"]),
                "specialty": row["major"],
                "expected_positions": [one for one in re.split("[、,，/]", row["expected_positions"]) if one != "其他"],
                "skills": coded.sub("", row["skills"]).split(","),
                "certificates": row["certificates"].split(","),
                "experience": [row[name][:2_000] for name in ("projects", "work", "contests") if row[name]],
                "self_description": row["self_evaluation"],
            }
        )


def _sampled() -> Iterator[dict[str, Any]]:
    everyone = list(sample.consortium(today=_JUDGED_ON).talents)
    apart = {"name", "source", "school_id", "division", "place", "expected_divisions", "expected_places"}
    for talent in random.Random(5).sample(everyone, SAMPLED):
        if talent.source:
            yield _filled({**talent.model_dump(mode="json", exclude=apart), "id": f"S{talent.source.id}"})


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what is empty."""
    return {name: value for name, value in row.items() if value not in (None, "", [], [""])}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10**9)
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()

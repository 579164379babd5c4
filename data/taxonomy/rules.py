"""What the law asks of a posting: each rule with its law, each limit with its number."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from data.taxonomy.files import read_table
from models.lawful import Rule, Severity


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that the law sets."""

    name: str
    number: float
    unit: str
    """share, years, months, days, workdays or grade."""
    law: str
    article: str
    """Empty where the content of the law was checked and the number of its article was not."""
    since: date
    """From when on it is in force."""
    note: str


@cache
def rules() -> dict[str, Rule]:
    """Rule id → rule, in the order of the file: internships, persons, money, wording, form."""
    return {
        row["name"]: Rule(
            row["name"],
            row["label"],
            Severity(row["severity"]),
            row["law"],
            row["article"],
            row["says"],
            row["advice"],
        )
        for row in read_table("rules.csv")
    }


@cache
def limits() -> dict[str, Limit]:
    """Limit by name."""
    return {
        row["name"]: Limit(
            row["name"],
            float(row["number"]),
            row["unit"],
            row["law"],
            row["article"],
            date.fromisoformat(row["since"]),
            row["note"],
        )
        for row in read_table("limits.csv")
    }


def limit(name: str) -> float:
    """The number of a limit."""
    return limits()[name].number

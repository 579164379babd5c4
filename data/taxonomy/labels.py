"""Names of codes for reading: a code that no table has, such as one of another edition, stands for itself."""

from collections.abc import Callable

from data.taxonomy.divisions import division_name
from data.taxonomy.industries import industry
from data.taxonomy.occupations import occupation
from models.errors import UnknownName
from models.terms import DivisionCode, IndustryCode, OccupationCode


def division_label(code: DivisionCode) -> str:
    """The place with all that lies above it."""
    return _or_code(division_name, code)


def industry_label(code: IndustryCode) -> str:
    """The industry's name."""
    return _or_code(lambda known: industry(known).name, code)


def occupation_label(code: OccupationCode) -> str:
    """The occupation's name."""
    return _or_code(lambda known: occupation(known).name, code)


def _or_code(name: Callable[[str], str], code: str) -> str:
    try:
        return name(code)
    except UnknownName:
        return code

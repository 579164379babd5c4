"""Every kind of record and the class that holds it."""

from models.courses import Course
from models.notices import Notice
from models.organisations import Organisation
from models.plans import Plan
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import Kind, Record

RECORDS: dict[Kind, type[Record]] = {
    Kind.ORGANISATION: Organisation,
    Kind.POSTING: Posting,
    Kind.TALENT: Talent,
    Kind.COURSE: Course,
    Kind.NEED: Need,
    Kind.OFFER: Offer,
    Kind.POLICY: Policy,
    Kind.PROGRAMME: Programme,
    Kind.PLAN: Plan,
    Kind.NOTICE: Notice,
}

_PUBLISHERS: dict[Kind, tuple[str | None, str]] = {
    Kind.POSTING: ("organisation_id", "organisation"),
    Kind.NEED: ("organisation_id", "organisation"),
    Kind.OFFER: ("organisation_id", "organisation"),
    Kind.COURSE: ("provider_id", "provider"),
    Kind.PROGRAMME: ("school_id", "school"),
    Kind.POLICY: (None, "issuer"),
    Kind.PLAN: ("organisation_id", "organisation"),
    Kind.NOTICE: ("organisation_id", "organisation"),
}
"""The fields in which a record says by id and by name which organisation published it."""


def publisher_of(record: Record) -> tuple[int | None, str]:
    """The id and the name of the organisation that published the record; None and "" where it names none."""
    by_id, by_name = publisher_fields(record.kind)
    return getattr(record, by_id) if by_id else None, getattr(record, by_name) if by_name else ""


def publisher_fields(kind: Kind) -> tuple[str | None, str | None]:
    """The fields that hold the publisher's id and name; None where records of the kind have none."""
    return _PUBLISHERS.get(kind, (None, None))

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

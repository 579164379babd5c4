"""What differs between two states of a record."""

from hypothesis import given
from hypothesis import strategies as st

from models.changes import FieldChange, field_changes, record_changes
from models.terms import Salary
from tests.builders import a_posting

plain = st.none() | st.integers() | st.text(max_size=3)
states = st.dictionaries(st.sampled_from(("title", "place", "price", "skills")), plain)


def test_names_the_fields_that_changed_with_both_values() -> None:
    before = a_posting(headcount=3, required_skills=("车工", "钳工"), salary=Salary(low=6000, high=9000))
    after = before.model_copy(update={"headcount": 5, "required_skills": ("车工", "铣工"), "salary": None})
    headcount, skills, salary = record_changes(before, after)
    assert headcount == FieldChange("headcount", 3, 5)
    assert (skills.removed, skills.added) == (("钳工",), ("铣工",))
    assert (salary.field, salary.before, salary.after) == ("salary", {"low": 6000, "high": 9000}, None)


def test_a_first_version_adds_what_it_says_and_a_withdrawal_takes_it_away() -> None:
    posting = a_posting(headcount=2)
    assert [(one.field, one.before) for one in record_changes(None, posting)] == [
        ("title", None),
        ("organisation", None),
        ("headcount", None),
    ]
    assert all(one.after is None for one in record_changes(posting, None))


@given(states, states)
def test_changes_lead_from_one_state_to_the_other_and_back(before: dict[str, object], after: dict[str, object]) -> None:
    changes = field_changes(before, after)
    reached = {**before, **{one.field: one.after for one in changes}}
    assert {k: v for k, v in reached.items() if v is not None} == {k: v for k, v in after.items() if v is not None}
    back = {one.field: (one.after, one.before) for one in field_changes(after, before)}
    assert back == {one.field: (one.before, one.after) for one in changes}
    assert field_changes(before, before) == ()

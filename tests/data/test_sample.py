"""The sample city: as large as promised, the same every time, consistent, varied, and true to what was planted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

import pytest

from data.sample import DIVISIONS, Consortium, consortium, load
from data.sample.demand import FAULTS, PLACEMENTS, PLANTED
from data.store import Store, Stored
from data.taxonomy import find_skill, industry, occupation
from matching.lawful import check
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.records import RECORDS
from models.talents import Talent
from models.terms import Employment, Kind, Record, SchoolLevel, Shift

R = TypeVar("R", bound=Record)
REAL_NEIGHBOURS = {"330100", "330200", "310100"}
PROTECTED = re.compile("男|女|岁|民族|汉族|户口|户籍|籍贯|未婚|已婚|性别|政治面貌")


@pytest.fixture(scope="module")
def city() -> Consortium:
    return consortium()


def records_of(city: Consortium) -> tuple[Record, ...]:
    return (
        *city.organisations,
        *city.programmes,
        *city.postings,
        *city.talents,
        *city.courses,
        *city.needs,
        *city.offers,
        *city.policies,
        *city.plans,
        *city.notices,
    )


def of_type(city: Consortium, kind: OrganisationType) -> list[Organisation]:
    return [one for one in city.organisations if one.type is kind]


def documents(store: Store, record: type[R]) -> Iterator[Stored[R]]:
    for stored in store.documents(record.kind):
        assert isinstance(stored.record, record)
        yield Stored(stored.id, stored.revision, stored.at, stored.record)


def source_ids(records: Iterable[Record]) -> set[str]:
    return {record.source.id for record in records if record.source}


def test_holds_as_many_of_each_kind_as_promised(city: Consortium) -> None:
    assert len(of_type(city, OrganisationType.ENTERPRISE)) == 120
    assert len(of_type(city, OrganisationType.SCHOOL)) == 6
    counts = [len(city.programmes), len(city.postings), len(city.talents), len(city.courses)]
    assert counts == [60, 1_500, 3_000, 300]
    assert [len(city.needs), len(city.offers), len(city.policies)] == [120, 160, 40]
    assert [len(city.plans), len(city.notices)] == [24, 22]


def test_schools_are_of_four_levels_and_enterprises_of_many_industries(city: Consortium) -> None:
    levels = {one.school: one.level for one in city.programmes}
    assert Counter(levels.values()) == {
        SchoolLevel.SECONDARY_VOCATIONAL: 2,
        SchoolLevel.JUNIOR_COLLEGE: 2,
        SchoolLevel.VOCATIONAL_BACHELOR: 1,
        SchoolLevel.BACHELOR: 1,
    }
    divisions = {one.industry[:3] for one in of_type(city, OrganisationType.ENTERPRISE) if one.industry}
    assert len(divisions) >= 12


def test_postings_cover_at_least_75_roles_and_five_forms_of_engagement(city: Consortium) -> None:
    assert len(set(city.roles.values())) >= 75
    assert {posting.employment for posting in city.postings} >= set(Employment) - {Employment.PART_TIME}


def test_the_same_seed_gives_the_same_records_and_another_seed_gives_others(city: Consortium) -> None:
    assert consortium() == city
    other = consortium(7)
    assert other.postings != city.postings
    assert other.talents != city.talents


def test_scale_shrinks_the_city() -> None:
    small = consortium(scale=0.1)
    assert [len(small.postings), len(small.talents), len(small.courses)] == [150, 300, 30]
    assert len(small.needs) == 12


def test_dates_follow_today() -> None:
    later = consortium(today=date(2027, 3, 1), scale=0.05)
    published = [posting.published for posting in later.postings if posting.published]
    assert date(2025, 3, 1) <= min(published) <= max(published) < date(2027, 3, 1)


def test_every_record_has_a_source_of_its_own_and_can_be_stored_and_read(city: Consortium) -> None:
    for kind in Kind:
        ids = [record.source.id for record in records_of(city) if record.kind is kind and record.source]
        assert len(ids) == len(set(ids)) > 0
    for record in records_of(city):
        assert RECORDS[record.kind].model_validate_json(record.model_dump_json()) == record


def test_every_named_organisation_exists(city: Consortium) -> None:
    known = {one.name for one in city.organisations}
    assert len(known) == len(city.organisations)
    for attribute, records in {
        "organisation": (*city.postings, *city.needs, *city.offers, *city.plans, *city.notices),
        "school": (*city.talents, *city.programmes),
        "provider": city.courses,
        "issuer": city.policies,
    }.items():
        assert {getattr(record, attribute) for record in records} <= known


def test_codes_are_those_of_the_tables_and_divisions_those_of_the_fiction(city: Consortium) -> None:
    for record in records_of(city):
        division = getattr(record, "division", None)
        assert division is None or division in DIVISIONS
    wanted = {code for talent in city.talents for code in talent.expected_divisions}
    assert wanted <= set(DIVISIONS) | REAL_NEIGHBOURS
    assert wanted & REAL_NEIGHBOURS
    for posting in city.postings:
        assert posting.industry is None or industry(posting.industry)
        assert posting.occupation is None or occupation(posting.occupation)


def test_each_condition_quotes_its_policy(city: Consortium) -> None:
    for policy in city.policies:
        assert 2 <= len(policy.conditions) <= 5
        assert all(condition.quote and condition.quote in policy.text for condition in policy.conditions)
        assert policy.instruments
        assert policy.audience


def test_some_facts_about_enterprises_are_unknown(city: Consortium) -> None:
    enterprises = of_type(city, OrganisationType.ENTERPRISE)
    for fact in ("staff", "founded", "revenue", "interns", "patents"):
        unknown = sum(getattr(one, fact) is None for one in enterprises)
        assert 0 < unknown < len(enterprises) / 2, fact


def test_planted_trends_show_in_the_counts_of_both_years(city: Consortium) -> None:
    halves = {name: [0, 0] for name in city.trends}
    for posting in city.postings:
        assert posting.source
        assert posting.published
        halves[city.roles[posting.source.id]][posting.published >= date(2025, 9, 1)] += 1
    for name, trend in city.trends.items():
        first, second = halves[name]
        if trend == "rising":
            assert second > first * 1.3, name
        elif trend == "falling":
            assert first > second * 1.3, name
    planted = {name for name, trend in city.trends.items() if trend == "rising"}
    assert planted >= {"工业机器人系统运维员", "新能源汽车检测员", "养老护理员", "跨境电商直播运营"}
    planted = {name for name, trend in city.trends.items() if trend == "falling"}
    assert planted >= {"普通车工", "服装缝纫工", "商务文秘"}


def test_nothing_is_said_about_protected_traits(city: Consortium) -> None:
    for record in records_of(city):
        found = PROTECTED.search(record.model_dump_json())
        assert found is None, (record.source, found)


def test_no_template_is_left_unfilled(city: Consortium) -> None:
    for record in records_of(city):
        texts = [value for value in record.model_dump().values() if isinstance(value, str)]
        assert not any(mark in text for text in texts for mark in "{}|"), record.source


def test_descriptions_differ(city: Consortium) -> None:
    descriptions = Counter(posting.description for posting in city.postings)
    assert max(descriptions.values()) <= 0.02 * len(city.postings)
    said = [talent.self_description for talent in city.talents if talent.self_description]
    assert len(set(said)) >= 0.9 * len(said)


def test_no_sentence_is_repeated_by_every_twentieth_person(city: Consortium) -> None:
    said = Counter(
        sentence
        for talent in city.talents
        for sentence in {*re.split("[。；]", talent.self_description), *talent.experience}
        if len(sentence) > 5
    )
    assert said.most_common(1)[0][1] < len(city.talents) / 20


def test_skills_are_those_of_the_vocabulary(city: Consortium) -> None:
    def known_share(records: Iterable[Posting | Talent], *names: str) -> float:
        skills = [skill for record in records for name in names for skill in getattr(record, name)]
        return sum(find_skill(skill) is not None for skill in skills) / len(skills)

    assert known_share(city.postings, "required_skills", "preferred_skills") > 0.95
    assert known_share(city.talents, "skills") > 0.95


def test_structured_skills_stand_in_the_description(city: Consortium) -> None:
    def told(posting: Posting, skill: str) -> bool:
        known = find_skill(skill)
        spellings = known.spellings if known else (skill,)
        text = posting.description.lower()
        return any(spelling.lower().removesuffix("使用") in text for spelling in spellings)

    pairs = [(posting, skill) for posting in city.postings for skill in posting.required_skills]
    assert sum(told(posting, skill) for posting, skill in pairs) > 0.97 * len(pairs)


def test_fields_are_missing_as_in_real_postings(city: Consortium) -> None:
    for name in ("education", "experience_years", "shift", "occupation"):
        missing = sum(getattr(posting, name) is None for posting in city.postings) / len(city.postings)
        assert 0.03 < missing < 0.4, name
    structured = sum(bool(posting.required_skills) for posting in city.postings) / len(city.postings)
    assert 0.5 < structured < 0.8


def test_what_is_published_is_lawful_but_for_the_few_that_are_planted(city: Consortium) -> None:
    members = {one.name: one for one in city.organisations}
    broken = {}
    for posting in city.postings:
        assert posting.source
        assert posting.published
        found = check(posting, members.get(posting.organisation), today=posting.published)
        if blocking := {one.rule.name for one in found if one.blocks}:
            broken[posting.source.id] = blocking
    assert broken == {id: {rule} for id, rule in city.unlawful.items()}
    assert set(city.unlawful.values()) == set(FAULTS)
    assert len(city.unlawful) <= PLANTED * len(FAULTS)


def test_every_posting_says_how_many_for_what_pay_and_until_when(city: Consortium) -> None:
    for name in ("headcount", "salary", "expires"):
        without = {one.source.id for one in city.postings if one.source and getattr(one, name) is None}
        assert without <= {id for id, rule in city.unlawful.items() if rule.startswith("element-")}, name


def test_what_students_may_not_be_asked_leaves_all_other_postings_as_they_were(city: Consortium) -> None:
    others = [one for one in city.postings if one.employment not in PLACEMENTS]
    assert any(one.shift in (Shift.NIGHT, Shift.TWO) for one in others)
    students = [
        one
        for one in city.postings
        if one.employment in PLACEMENTS and one.source and one.source.id not in city.unlawful
    ]
    assert {one.shift for one in students} == {Shift.DAY, Shift.ROSTER, Shift.FLEXIBLE, None}


def test_judgements_cover_sixty_postings_and_sixty_talents(city: Consortium) -> None:
    postings = Counter(one.posting_source_id for one in city.judgements)
    talents = Counter(one.talent_source_id for one in city.judgements)
    assert sum(count >= 40 for count in postings.values()) >= 60
    assert sum(count >= 40 for count in talents.values()) >= 60
    assert set(postings) <= source_ids(city.postings)
    assert set(talents) <= source_ids(city.talents)
    grades = Counter(one.grade for one in city.judgements)
    assert min(grades[grade] for grade in range(4)) > 300


def test_the_best_pairs_meet_the_posting_s_education(city: Consortium) -> None:
    postings = {posting.source.id: posting for posting in city.postings if posting.source}
    talents = {talent.source.id: talent for talent in city.talents if talent.source}
    for one in city.judgements:
        asked, held = postings[one.posting_source_id].education, talents[one.talent_source_id].education
        if one.grade == 3 and asked and held:
            assert held >= asked


def test_each_need_has_one_to_three_fitting_offers_and_near_misses(city: Consortium) -> None:
    assert {one.offer_source_id for one in city.need_judgements} <= source_ids(city.offers)
    for need in source_ids(city.needs):
        grades = Counter(one.grade for one in city.need_judgements if one.need_source_id == need)
        assert 1 <= grades[3] + grades[2] <= 3
        assert grades[1] >= 2
        assert grades[0] >= 10


def test_loading_links_organisations_and_twice_changes_nothing(sqlite_store: Store) -> None:
    heard: list[tuple[int, int]] = []
    counts = load(sqlite_store, progress=lambda done, total: heard.append((done, total)))
    assert counts[Kind.POSTING] == 1_500
    assert heard[-1] == (sum(counts.values()), sum(counts.values()))
    names = {one.id: one.record.name for one in documents(sqlite_store, Organisation)}
    for one in documents(sqlite_store, Posting):
        assert one.record.organisation_id
        assert names[one.record.organisation_id] == one.record.organisation
    revision = sqlite_store.revision
    load(sqlite_store)
    assert sqlite_store.revision == revision

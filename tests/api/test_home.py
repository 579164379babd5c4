"""What each role sees first on its own page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from api import home
from api.app import create_app
from models.access import Principal, Role
from models.notices import NoticeType
from models.organisations import OrganisationType
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import a_course, a_notice, a_policy, a_posting, a_programme, a_talent, an_organisation

FIRM, SCHOOL, OFFICE, TRAINER, ME = 1, 2, 3, 4, 5


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(settings_for_tests(tmp_path))
    services = made.state.services
    store, today = services.store, services.today()
    store.save_all(
        [
            an_organisation(name="澜川精工"),
            an_organisation(name="澜川职院", type=OrganisationType.SCHOOL),
            an_organisation(name="澜川人社局", type=OrganisationType.GOVERNMENT),
            an_organisation(name="澜川实训中心", type=OrganisationType.TRAINING),
        ]
    )
    store.save(a_talent(school="澜川职院", school_id=SCHOOL, skills=("数控编程",), name="林小满"))
    ours = {"organisation": "澜川精工", "organisation_id": FIRM}
    store.save_all(
        [
            a_posting(title="数控编程员", expires=today + timedelta(days=4), required_skills=("数控编程",), **ours),
            a_posting(title="质检员", expires=today - timedelta(days=1), **ours),
            a_posting(title="别家的电工", organisation="湾岱重工"),
        ]
    )
    store.save(a_programme(name="数控技术", school="澜川职院", school_id=SCHOOL))
    store.save(a_policy(title="学徒补贴", issuer="澜川人社局"))
    store.save(a_course(name="焊接实训", provider="澜川实训中心", provider_id=TRAINER, skills=("氩弧焊",)))
    for title, skill in (("叉车培训", "叉车驾驶"), ("焊工培训", "氩弧焊")):
        store.save(a_notice(title=title, type=NoticeType.TRAINING, skills=(skill,), headcount=20))
    by = store.accounts.create("mishu", name="秘书", roles=[Role.COUNCIL], password=None).id
    store.accounts.vet(FIRM, by=by, verified=True)
    with TestClient(made):
        assert services.follower.ready.wait(30)
        yield made


def page(app: FastAPI, role: Role, organisation: int | None = None, talent: int | None = None) -> str:
    """The first part of the role's own page, up to its keys."""
    client = TestClient(app, headers=key_for(app, role, organisation=organisation, talent=talent))
    answer = client.get("/me")
    assert answer.status_code == 200
    return answer.text.split('<div class="first">')[1].split('id="keys"')[0]


@pytest.mark.parametrize(
    ("role", "organisation", "seen"),
    [
        (
            Role.ENTERPRISE_HR,
            FIRM,
            ["岗位 2 个，其中 1 个在 30 天内到期，1 个已过期", "数控编程员", "还有 4 天", "可看候选人"],
        ),
        (Role.SCHOOL_CAREER, SCHOOL, ["本校学生 1 人", "没有写的 1 人", "待核验"]),
        (Role.SCHOOL_TEACHING, SCHOOL, ["/schools/2/digest", "数控技术", "建议：无法判断"]),
        (Role.GOVERNMENT, OFFICE, ["五张清单", "企业需求清单", "学徒补贴"]),
        (Role.COUNCIL, None, ["0 条发布在等审核", "0 件异议在等决定", "0 个单位的核验在 30 天内到期"]),
        (Role.AUDITOR, None, ["链头", "/api/v1/features"]),
        (Role.TRAINING, TRAINER, ["焊工培训", "本机构课程涉及氩弧焊", "叉车培训"]),
    ],
)
def test_each_role_sees_first_what_it_came_for(
    app: FastAPI, role: Role, organisation: int | None, seen: list[str]
) -> None:
    text = page(app, role, organisation)
    assert [one for one in seen if one not in text] == []


def test_a_student_sees_postings_and_what_the_profile_lacks(app: FastAPI) -> None:
    text = page(app, Role.STUDENT, SCHOOL, ME)
    assert "数控编程员" in text
    assert "还没有写：" in text
    assert f"/talents/{ME}/data" in text


def test_a_person_without_a_profile_is_told_so(app: FastAPI) -> None:
    assert "还没有资料" in page(app, Role.LEARNER)


def test_training_that_the_own_courses_teach_comes_first(app: FastAPI) -> None:
    text = page(app, Role.TRAINING, TRAINER)
    assert text.index("焊工培训") < text.index("叉车培训")


def test_a_vetting_that_lapses_soon_is_shown_to_both_sides(app: FastAPI) -> None:
    accounts = app.state.services.store.accounts
    assert accounts.lapsing(within=timedelta(days=30)) == []
    assert accounts.lapsing(within=timedelta(days=200)) == [FIRM]
    accounts.vet(FIRM, by=1, verified=False)
    assert accounts.lapsing(within=timedelta(days=200)) == []
    assert "未通过" in page(app, Role.ENTERPRISE_HR, FIRM)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC], ids=lambda role: role.label)
def test_every_role_has_its_duties_and_nobody_sees_a_strangers_record_or_a_name(app: FastAPI, role: Role) -> None:
    text = page(app, role)
    assert "应当做" in text
    if role not in (Role.STUDENT, Role.LEARNER):
        assert "数控编程员" not in text
    assert "别家的电工" not in text or role in (Role.STUDENT, Role.LEARNER)
    assert "林小满" not in text


def test_the_queries_do_not_grow_with_the_records(app: FastAPI) -> None:
    services = app.state.services
    principal = Principal(
        account=1, roles=frozenset({Role.ENTERPRISE_HR}), organisation=FIRM, organisation_name="澜川精工"
    )
    count = [0]
    event.listen(services.store._engine, "before_cursor_execute", lambda *_: count.__setitem__(0, count[0] + 1))

    def queries() -> int:
        home.first(services, principal)
        count[0] = 0
        home.first(services, principal)
        return count[0]

    few = queries()
    services.store.save_all(
        [a_posting(title=f"岗位{n}", organisation="澜川精工", organisation_id=FIRM) for n in range(50)]
    )
    assert queries() <= few

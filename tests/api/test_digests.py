"""A school's monthly digest, over HTTP and as a page."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from models.access import Role
from models.organisations import OrganisationType
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import a_posting, a_programme, an_organisation

API = "/api/v1"
SCHOOL, FIRM = 1, 2


def _days(today: date, months: int) -> list[date]:
    """The tenth of each of the last full months, latest first."""
    days, first = [], today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
        days.append(first.replace(day=10))
    return days


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """A school whose specialty was sought twice a month, and last month twenty times."""
    made = create_app(settings_for_tests(tmp_path))
    store, days = made.state.services.store, _days(made.state.services.today(), 7)
    store.save_all(
        [an_organisation(name="澜川职业技术学院", type=OrganisationType.SCHOOL), an_organisation(name="澜川精工")]
    )
    store.save(a_programme(name="数控技术", school="澜川职业技术学院", school_id=SCHOOL))
    store.save_all(
        [
            a_posting(title="数控技术员", organisation=f"第{n}厂", specialties=("数控技术",), published=day)
            for month, day in enumerate(days)
            for n in range(2 if month else 20)
        ]
    )
    with TestClient(made):
        assert made.state.services.follower.ready.wait(30)
        yield made


def as_(app: FastAPI, role: Role, organisation: int | None = None) -> TestClient:
    return TestClient(app, headers=key_for(app, role, organisation=organisation))


def test_a_school_is_told_that_demand_grew(app: FastAPI) -> None:
    answer = as_(app, Role.SCHOOL_TEACHING, SCHOOL).get(f"{API}/schools/{SCHOOL}/digest").json()
    (one,) = answer["programmes"]
    assert (one["now"], one["before"], one["change"]) == (20, 12, "明显增长")
    assert one["p"] <= one["threshold"] == answer["level"] == 0.01


def test_the_month_before_was_like_those_before_it(app: FastAPI) -> None:
    month = f"{_days(app.state.services.today(), 2)[1]:%Y-%m}"
    answer = as_(app, Role.COUNCIL).get(f"{API}/schools/{SCHOOL}/digest", params={"month": month}).json()
    assert [(one["now"], one["change"]) for one in answer["programmes"]] == [(2, "数据不足")]


def test_the_feed_has_a_month_for_each_item_and_names_the_alert(app: FastAPI) -> None:
    answer = as_(app, Role.SCHOOL_CAREER, SCHOOL).get(f"{API}/schools/{SCHOOL}/digest/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    items = answer.json()["items"]
    assert len(items) == 12
    assert "数控技术明显增长" in items[0]["title"]
    assert "本月 20 个岗位，此前 6 个月月均 2.0 个，明显增长（n = 32，p < 0.0001）" in items[0]["content_text"]
    assert "各专业需求无明显变化" in items[1]["title"]


def test_the_page_says_what_grew_and_how_it_was_tested(app: FastAPI) -> None:
    page = as_(app, Role.SCHOOL_TEACHING, SCHOOL).get(f"/schools/{SCHOOL}/digest").text
    assert "1 个专业的需求有明显变化，列在最前" in page
    assert "明显增长（n = 32，p &lt; 0.0001）" in page
    assert "精确二项检验" in page
    assert "没有登记专业" in as_(app, Role.ENTERPRISE_HR, FIRM).get(f"/schools/{FIRM}/digest").text


@pytest.mark.parametrize(
    ("role", "organisation", "status"),
    [
        (Role.SCHOOL_TEACHING, SCHOOL, 200),
        (Role.GOVERNMENT, None, 200),
        (Role.COUNCIL, None, 200),
        (Role.ENTERPRISE_HR, FIRM, 403),
        (Role.LEARNER, None, 403),
    ],
)
def test_the_school_and_those_who_oversee_it_read_it(
    app: FastAPI, role: Role, organisation: int | None, status: int
) -> None:
    for path in (f"{API}/schools/{SCHOOL}/digest", f"{API}/schools/{SCHOOL}/digest/feed.json"):
        assert as_(app, role, organisation).get(path).status_code == status
    assert TestClient(app).get(f"{API}/schools/{SCHOOL}/digest").status_code == 401


@pytest.mark.parametrize("month", ["2020-01", "2199-01", "2026-13", "十月"])
def test_a_month_without_a_digest_is_refused(app: FastAPI, month: str) -> None:
    asked = as_(app, Role.COUNCIL).get(f"{API}/schools/{SCHOOL}/digest", params={"month": month})
    assert asked.status_code == 422

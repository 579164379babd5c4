"""What surrounds every request: health, problems, headers, logs."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from api.problems import PROBLEMS
from api.settings import Settings
from data.store import Store
from indexing import snapshot
from models import errors
from tests.api.conftest import Publish, administrator, body_of
from tests.builders import a_posting, a_talent


def every_error(base: type[errors.ChanjiaoError] = errors.ChanjiaoError) -> Iterator[type[errors.ChanjiaoError]]:
    yield base
    for child in base.__subclasses__():
        yield from every_error(child)


def test_every_error_class_has_its_row() -> None:
    assert set(PROBLEMS) == {found for found in every_error() if found.__module__ == errors.__name__}
    assert len({slug for _, slug, _ in PROBLEMS.values()}) == len(PROBLEMS)


def test_health_tells_how_far_the_index_is(client: TestClient, settings: Settings, publish: Publish) -> None:
    publish(a_posting())
    assert client.get("/health").json()["status"] == "就绪"
    with Store(settings.url) as elsewhere:
        elsewhere.save_all([a_posting(headcount=n) for n in (1, 2)])
    answer = client.get("/health")
    health = answer.json()
    assert (answer.status_code, health["status"], health["lag"]) == (200, "索引落后", 2)
    assert (health["store_revision"], health["shelf_revision"], health["documents"]["posting"]) == (3, 1, 1)
    assert health["model"].startswith("hashing")


def test_what_another_process_writes_is_followed(settings: Settings) -> None:
    quick = settings.model_copy(update={"follow_interval": timedelta(milliseconds=20)})
    with administrator(create_app(quick)) as client:
        with Store(settings.url) as elsewhere:
            elsewhere.save(a_posting(title="船舶电焊工"))
        assert eventually(lambda: client.get("/api/v1/postings").json().get("total") == 1)


def test_a_record_that_is_stored_and_not_indexed_is_told_apart_from_none(
    client: TestClient, settings: Settings
) -> None:
    with Store(settings.url) as elsewhere:
        id = elsewhere.save(a_posting()).id
    answer = client.get(f"/api/v1/postings/{id}/talents")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/index-behind")
    assert "尚未进入索引" in answer.json()["detail"]


def test_before_the_index_is_built_questions_get_503_and_publishing_works(settings: Settings, app: FastAPI) -> None:
    with snapshot.writing(settings.index), administrator(app) as client:
        assert eventually(lambda: client.get("/health").json()["failure"] != "")
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "正在建立索引")
        answer = client.get("/api/v1/postings")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["title"] == "索引正在建立"
        assert client.post("/api/v1/postings", json=body_of(a_posting())).status_code == 201


def test_what_was_published_survives_a_restart(settings: Settings) -> None:
    with started(settings) as client:
        client.post("/api/v1/postings", json=body_of(a_posting(title="船舶电焊工")))
    with started(settings) as client:
        assert client.get("/api/v1/search?q=电焊工").json()["items"]


def test_an_unforeseen_error_says_nothing_but_where_to_look(app: FastAPI) -> None:
    def fails() -> None:
        raise RuntimeError("口令是 123456")

    app.add_api_route("/api/v1/fails", fails)
    with administrator(app) as client, capture_logs() as logs:
        answer = client.get("/api/v1/fails", headers={"x-request-id": "request-0001"})
    assert answer.status_code == 500
    assert answer.json()["detail"] == "服务器内部错误，请把请求编号 request-0001 告诉管理员"
    [failure] = [entry for entry in logs if entry["event"] == "request failed"]
    assert failure["error"] == "RuntimeError"
    assert failure["frames"][-1].endswith(" fails")
    assert "123456" not in answer.text + str(logs)


def test_logs_hold_the_template_and_no_word_of_what_was_asked(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting())
    with capture_logs() as logs:
        client.get(f"/api/v1/postings/{id}")
        client.get("/api/v1/search?q=心理咨询师")
        client.post("/api/v1/match/talents", json=body_of(a_posting(title="心理咨询师")))
        client.get("/api/v1/心理咨询师")
        client.post("/api/v1/postings", json={"title": "心理咨询师", "salary": "心理咨询师"})
    requests = [entry for entry in logs if entry["event"] == "request"]
    assert [(entry["method"], entry["path"], entry["status"]) for entry in requests] == [
        ("GET", "/api/v1/postings/{id}", 200),
        ("GET", "/api/v1/search", 200),
        ("POST", "/api/v1/match/talents", 200),
        ("GET", "", 404),
        ("POST", "/api/v1/postings", 422),
    ]
    assert "心理" not in str(logs)


@pytest.mark.parametrize("path", ["/health", "/api/v1/none", "/api/v1/postings/abc"])
def test_every_answer_protects_the_browser_and_names_its_request(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 32


def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: TestClient) -> None:
    assert client.get("/health", headers={"x-request-id": "a b{}"}).headers["x-request-id"] != "a b{}"


def test_browsers_get_a_page_and_programs_a_problem(client: TestClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml"}
    page = client.get("/none", headers=browser)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "没有地址“/none”" in page.text
    assert client.get("/api/v1/none", headers=browser).headers["content-type"] == "application/problem+json"
    assert client.get("/none").headers["content-type"] == "application/problem+json"


def test_many_clients_at_once_publish_change_search_and_match(client: TestClient, publish: Publish) -> None:
    talent = publish(a_talent(expected_positions=["电工"]))

    def visit(n: int) -> list[int]:
        posting = client.post("/api/v1/postings", json=body_of(a_posting(title=f"电工{n}")))
        here = posting.headers["location"]
        answers = [
            posting,
            client.get(f"/api/v1/talents/{talent}/postings"),
            client.put(here, json=body_of(a_posting(title=f"维修电工{n}"))),
            client.get("/api/v1/search?q=维修电工"),
            client.get(f"{here}/talents"),
            client.get("/api/v1/postings"),
            client.delete(here),
        ]
        return [answer.status_code for answer in answers]

    with ThreadPoolExecutor(8) as clients:
        visits = list(clients.map(visit, range(24)))
    assert visits == [[201, *[200] * 6]] * 24
    health = client.get("/health").json()
    assert (health["lag"], health["documents"]["posting"], health["store_revision"]) == (0, 0, 1 + 24 * 3)


@contextmanager
def started(settings: Settings) -> Iterator[TestClient]:
    app = create_app(settings)
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(30)
        yield client


def eventually(holds: object) -> bool:
    """Whether the condition comes true within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False

from starlette.testclient import TestClient

from models.outcomes import Act, Event, Side
from tests.api.conftest import Publish
from tests.builders import a_posting, a_talent, an_event


def report(client: TestClient, *events: Event):  # type: ignore[no-untyped-def]
    return client.post("/api/v1/events", json={"events": [event.model_dump(mode="json") for event in events]})


def test_events_are_reported_once_and_read_by_either_side(client: TestClient, publish: Publish) -> None:
    publish(a_posting()), publish(a_talent())
    batch = [an_event(Act.SHOWN), an_event(Act.OPENED), an_event(Act.APPLIED)]
    assert report(client, *batch).json() == {"stored": 3, "known": 0}
    assert report(client, *batch).json() == {"stored": 0, "known": 3}
    of_talent, of_posting = (
        client.get("/api/v1/talents/2/events").json(),
        client.get("/api/v1/postings/1/events").json(),
    )
    assert [item["act"] for item in of_talent["items"]] == ["shown", "opened", "applied"]
    assert [item["act"] for item in of_posting["items"]] == ["applied"]
    assert client.get("/api/v1/talents/2/events?posting=9").json()["total"] == 0


def test_impossible_events_are_refused_in_chinese(client: TestClient, publish: Publish) -> None:
    publish(a_posting()), publish(a_talent())
    answers = [
        (report(client, an_event(Act.SAVED, posting=7)), 404, "第 1 条：没有编号为 7 的岗位"),
        (report(client, an_event(Act.KEPT_6)), 409, "第 1 条：岗位 1 与人才 2 此前没有“录用”，不会有“在岗满 6 个月”"),
        (
            report(client, an_event(Act.ACCEPTED, side=Side.POSTING)),
            409,
            "第 1 条：岗位 1 与人才 2 此前没有“投递”，用人单位无从“同意”",
        ),
        (report(client), 422, "events：至少要有一个事件（收到：[]）"),
    ]
    for answer, status, detail in answers:
        assert (answer.status_code, answer.json()["detail"]) == (status, detail)


def test_a_missing_position_is_told_with_its_place_in_the_batch(client: TestClient) -> None:
    event = an_event(Act.SHOWN).model_dump(mode="json", exclude={"position"})
    answer = client.post("/api/v1/events", json={"events": [event]})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["events.0"]
    assert answer.json()["detail"].startswith("events.0：“展示”要写明在列表中的位置（position，从 1 开始）")


def test_the_events_of_a_record_that_is_not_there_are_not_told(client: TestClient, publish: Publish) -> None:
    publish(a_posting())
    assert client.get("/api/v1/talents/1/events").status_code == 404
    client.delete("/api/v1/postings/1")
    assert client.get("/api/v1/postings/1/events").status_code == 410

"""The OpenAPI document, as a client generator reads it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

Operation = dict[str, Any]


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path in document["paths"].values():
        yield from path.values()


def test_operation_ids_are_unique_plain_names(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids)) == 180
    assert all(re.fullmatch(r"[a-z_]+", id) for id in ids)


def test_every_operation_has_a_chinese_summary_a_description_and_typed_answers(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"])
        assert operation["description"]
        for status, response in operation["responses"].items():
            if status == "204":
                continue
            [content] = response["content"].values()
            assert content["schema"] != {}


def test_every_error_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        if operation["operationId"] == "health":
            continue
        errors = {status: r["content"] for status, r in operation["responses"].items() if status >= "400"}
        assert errors
        assert {tuple(content) for content in errors.values()} == {("application/problem+json",)}


def test_bodies_are_typed_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for operation in operations(document):
        if "requestBody" in operation:
            assert "$ref" in operation["requestBody"]["content"]["application/json"]["schema"]
    references = set(re.findall(r"#/components/schemas/([\w-]+)", str(document)))
    assert references == set(document["components"]["schemas"])


def test_no_answer_has_room_for_a_persons_name(document: dict[str, Any]) -> None:
    assert "name" not in document["components"]["schemas"]["PublicTalent"]["properties"]
    answered = [str(operation["responses"]) for operation in operations(document)]
    assert not [answer for answer in answered if "schemas/Talent'" in answer]

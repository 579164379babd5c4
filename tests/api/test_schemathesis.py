"""Generated requests against the real service: no 5xx, and every answer as the document describes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from models.access import Role
from models.organisations import OrganisationType
from tests.api.arena import INSIDE
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import (
    a_course,
    a_need,
    a_notice,
    a_plan,
    a_policy,
    a_posting,
    a_programme,
    a_talent,
    an_offer,
    an_organisation,
)

pytestmark = pytest.mark.filterwarnings("default")

SMALL_CITY = [
    an_organisation(name="澜川职业技术学院", type=OrganisationType.SCHOOL),
    a_posting(required_skills=["PLC编程"]),
    a_talent(expected_positions=["设备维修工"]),
    a_course(skills=["PLC编程"]),
    a_need(),
    an_offer(),
    a_policy(),
    a_programme(),
    a_plan(),
    a_notice(),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[schemathesis.BaseSchema, FastAPI]]:
    folder: Path = tmp_path_factory.mktemp("var")
    app = create_app(settings_for_tests(folder).model_copy(update={"body_limit": 2_000_000}))
    services = app.state.services
    services.store.save_all(SMALL_CITY)
    services.start()
    assert services.follower.ready.wait(30)
    yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", already_started(app)), app
    services.stop()


def already_started(app: ASGIApp) -> ASGIApp:
    """The application without its lifespan, which schemathesis would run again for every request."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        else:
            await app(scope, receive, send)

    return wrapped


BEYOND_JSON_SCHEMA = [checks.positive_data_acceptance, checks.negative_data_rejection]
"""Rules span fields, and texts are cleaned before they are measured: what is accepted is for test_bad_requests."""
MODES = {
    schemathesis.GenerationMode.POSITIVE: "符合说明的请求",
    schemathesis.GenerationMode.NEGATIVE: "不符合说明的请求",
}


@pytest.mark.parametrize("mode", MODES, ids=MODES.get)
def test_every_answer_is_as_described(
    service: tuple[schemathesis.BaseSchema, FastAPI], subtests: pytest.Subtests, mode: schemathesis.GenerationMode
) -> None:
    document, app = service
    for found in document.get_all_operations():
        operation = found.ok()
        if mode is schemathesis.GenerationMode.NEGATIVE and not _takes_anything(operation):
            continue

        with subtests.test(operation.label):
            # A key for each: one of the operations revokes keys.
            _answers_as_described(operation, mode, key_for(app))


def _answers_as_described(
    operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode, headers: dict[str, str]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=BEYOND_JSON_SCHEMA)

    holds()


def test_no_role_is_answered_with_an_error_of_ours(
    service: tuple[schemathesis.BaseSchema, FastAPI], subtests: pytest.Subtests
) -> None:
    """Every operation by every role: no 5xx, and no error that speaks of the inside."""
    document, app = service
    callers = {role: {} if role is Role.PUBLIC else key_for(app, role, organisation=1, talent=3) for role in Role}
    for found in document.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=2, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            for role, headers in callers.items():
                answer = case.call(headers=headers)
                assert answer.status_code < 500, (role, answer.text)
                assert not [word for word in INSIDE if word in answer.text], role

        with subtests.test(operation.label):
            holds()


def _takes_anything(operation: schemathesis.APIOperation) -> bool:
    """Whether there is anything in a request that could be wrong."""
    return bool(operation.body or list(operation.iter_parameters()))

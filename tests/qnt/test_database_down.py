"""The database going away is answered 503 everywhere: in views, in sign-in and session middleware, as JSON and as a page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client

from accounts.models import User
from tests.factories.surveillance import Scene, make_scene

JSON = {"Accept": "application/json"}
SignIn = Callable[[User], Client]
# What each address asks first: the session, the person's roles, the list itself.
FIRST_STATEMENTS = {"session": "django_session", "person": "accounts_user", "roles": "accounts_membership", "rows": "surveillance_answer"}


@contextmanager
def failing(part: str, error: type[DatabaseError | InterfaceError] = OperationalError) -> Iterator[None]:
    """Every statement that names ``part`` fails, as when its connection is cut."""

    def fail(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        if part in sql:
            raise error("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("part", FIRST_STATEMENTS.values(), ids=FIRST_STATEMENTS)
def test_database_down_answers_json_with_503(scene: Scene, signed_in: SignIn, part: str, error: type[DatabaseError]) -> None:
    client = signed_in(scene.lead)

    with failing(part, error):
        response = client.get(f"/self-reports/{scene.report.pk}/answers/", headers=JSON)

    assert (response.status_code, list(response.json()), response.headers["Retry-After"]) == (503, ["errors"], "5")


@pytest.mark.parametrize("part", [*FIRST_STATEMENTS.values(), ""])
def test_database_down_answers_a_page_that_asks_it_nothing(scene: Scene, signed_in: SignIn, part: str) -> None:
    client = signed_in(scene.lead)

    with failing(part):
        response = client.get(f"/self-reports/{scene.report.pk}/answers/")

    page = response.content.decode()
    assert response.status_code == 503
    assert "<title>Sorry, the service is not available" in page
    assert "Answers shown as saved are safe." in page
    assert "server closed" not in page


def test_database_down_answers_a_part_of_a_page_in_plain_words(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.lead)

    with failing(""):
        response = client.get("/jobs/1/progress/", headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["Content-Type"]) == (503, "text/plain")


def test_database_down_answers_a_save_as_json_with_503(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.lead)

    with failing(""):
        response = client.post(
            f"/self-reports/{scene.report.pk}/answers/{scene.answers[0].pk}/", {"value": "YES", "version": 0}, headers=JSON
        )

    assert (response.status_code, list(response.json())) == (503, ["errors"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [JSON, {}])
def test_database_lost_while_the_session_is_written_answers_503(signed_in: SignIn, headers: dict[str, str]) -> None:
    """Django takes a failed write for a deleted session, and would answer 400."""
    scene = make_scene()
    client = signed_in(scene.lead)

    with failing('UPDATE "django_session"'):
        response = client.get(f"/self-reports/{scene.report.pk}/answers/", headers=headers)

    assert response.status_code == 503


def test_session_that_was_deleted_still_answers_400(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.lead)

    def delete_first(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        if sql.startswith('UPDATE "django_session"'):
            execute('DELETE FROM "django_session"', (), False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(delete_first):
        response = client.get("/files/")

    assert response.status_code == 400

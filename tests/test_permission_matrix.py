"""Every role by every route, by GET and POST, on an own, a same-region and a foreign object: one table (tests/matrix/table.py).

The table is written out and read by people; this file only holds the site to it. A route that is not in the table fails.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from qnt.route_list import Route, routes
from tests.matrix.table import CODES, TABLE, Line, lines
from tests.matrix.world import ACTORS, PLACES, World, build_world

pytestmark = pytest.mark.django_db

ROUTES = {route.name: route for route in routes()}
LINES = lines(TABLE)
CLIENT = Client(raise_request_exception=False)  # one for all: each new one would load the middleware again


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The rows, made once and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def answer(world: World, route: Route, actor: str, method: str, place: str) -> str:
    """The code, as the table writes it, that one column gets from a route."""
    kind = route.rule.kind if route.rule else None
    arguments = world.arguments(parameters=route.parameters, kind=kind, actor=actor, place=place)
    CLIENT.cookies.clear()
    if actor in world.sessions:
        CLIENT.cookies["sessionid"] = world.sessions[actor]
    savepoint = transaction.savepoint()
    try:
        response = CLIENT.generic(method, reverse(route.name, kwargs=arguments), content_type="application/x-www-form-urlencoded")
        is_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/")
        if response.streaming:
            list(response.streaming_content)
    finally:
        transaction.savepoint_rollback(savepoint)
    return "s" if is_sign_in and actor == "x" else CODES.get(response.status_code, str(response.status_code))


def row(world: World, route: Route, method: str, place: str) -> str:
    """The answers of all columns."""
    return "".join(answer(world, route, actor, method, place) for actor in ACTORS)


def places_of(route: Route, method: str) -> tuple[str, ...]:
    """Where a route is asked: a method that it does not have is refused before any object is looked at."""
    has_object = bool(route.parameters and route.rule and route.rule.kind and method in route.rule.methods)
    return PLACES if has_object else ("-",)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_route_is_in_the_table(name: str) -> None:
    wanted = {(method, place) for method in ("GET", "POST") for place in places_of(ROUTES[name], method)}

    assert {(line.method, line.place) for line in LINES if line.route == name} == wanted


def test_table_names_no_route_that_is_gone() -> None:
    assert sorted({line.route for line in LINES} - set(ROUTES)) == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.route} {line.method} {line.place}")
def test_answer_is_as_the_table_says(world: World, line: Line) -> None:
    place = "own" if line.place == "-" else line.place

    assert row(world, ROUTES[line.route], line.method, place) == line.codes

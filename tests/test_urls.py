"""Every address of the site: who may call it, by which methods, on which kind of object."""

import io
import json

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts import access
from accounts.access import PUBLIC, SIGNED_IN
from accounts.permissions import Permission
from qnt import routes as declared_routes
from qnt.route_list import Route, routes

ROUTES = routes()
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
assert declared_routes


def by_name(route: Route) -> str:
    return route.name or route.pattern


@pytest.mark.parametrize("route", ROUTES, ids=by_name)
def test_route_declares_access_methods_and_kind(route: Route) -> None:
    rule = route.rule

    assert rule is not None, f"{route.pattern} declares no access."
    assert rule.access in {PUBLIC, SIGNED_IN, *Permission.values}
    assert rule.methods
    assert set(rule.methods) <= METHODS
    if set(route.parameters) & {"pk", "year"} and rule.access != PUBLIC:
        assert rule.kind, f"{route.pattern} shows an object and declares no kind."
    if rule.kind and rule.access not in {PUBLIC, SIGNED_IN}:
        assert rule.kind in access._KINDS, f"The kind {rule.kind} is not registered (accounts.access.register_kind)."


def test_names_are_unique() -> None:
    names = [route.name for route in ROUTES]

    assert all(names)
    assert sorted(names) == sorted(set(names))


def test_dump_routes_prints_a_line_a_route() -> None:
    out = io.StringIO()

    call_command("dump_routes", stdout=out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["name"] for line in lines] == [route.name for route in ROUTES]
    people = next(line for line in lines if line["name"] == "accounts:membership_end")
    assert people == {
        "name": "accounts:membership_end",
        "pattern": "/people/<int:pk>/end/",
        "methods": ["GET", "POST"],
        "access": "people.manage",
        "object_kind": "membership",
    }


def undeclared(request: HttpRequest) -> HttpResponse:
    """A view that forgot to declare its access."""
    return HttpResponse("secret")


class WithUndeclared:
    urlpatterns = [path("undeclared/", undeclared, name="undeclared")]


def test_dump_routes_fails_when_a_route_is_undeclared(settings) -> None:
    settings.ROOT_URLCONF = WithUndeclared
    out, err = io.StringIO(), io.StringIO()

    with pytest.raises(SystemExit) as stop:
        call_command("dump_routes", stdout=out, stderr=err)

    assert stop.value.code == 1
    assert json.loads(out.getvalue())["access"] is None

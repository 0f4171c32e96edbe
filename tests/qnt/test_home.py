"""Your work: what waits, folded and grouped; what a person without a role sees."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from qnt.your_work import folded
from tests.factories.accounts import UserFactory, person
from tests.factories.decisions import give_positions, make_decision, make_place
from work.items import WorkItem

TODAY = dt.date(2027, 6, 1)


def item(number: int, kind: str = "check") -> WorkItem:
    """A waiting thing, due ``number`` days after today."""
    return WorkItem(
        kind=kind, task=f"Check {number}", url=f"/{number}/", service=f"Service {number}", due=TODAY + dt.timedelta(days=number),
        plural="Check {n} self-reports", list_url="/all/",
    )  # fmt: skip


def test_folded_keeps_ten_of_a_kind():
    items = [item(number) for number in range(10)]

    assert folded(items) == items


def test_folded_makes_one_row_of_eleven():
    items = [item(number) for number in range(11)]

    rows = folded([*items, item(3, kind="other")])

    assert [(row.task, row.url, row.due) for row in rows] == [
        ("Check 11 self-reports", "/all/", TODAY),
        ("Check 3", "/3/", TODAY + dt.timedelta(days=3)),
    ]


@pytest.mark.django_db
def test_home_without_a_role_says_whom_to_ask(signed_in):
    page = signed_in(UserFactory()).get("/home/")

    assert page.status_code == 200
    assert "You do not have access yet" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_home_opens_for_every_role(signed_in, role):
    assert signed_in(person(role)).get("/home/").status_code == 200


@pytest.mark.django_db
def test_home_lists_the_position_that_an_executive_must_give(signed_in):
    place = make_place()
    decision = make_decision(place)

    waiting = signed_in(place.executive).get("/home/").content.decode()
    give_positions(place, decision)
    given = signed_in(place.executive).get("/home/").content.decode()

    assert f"/decisions/{decision.pk}/" in waiting
    assert f"/decisions/{decision.pk}/" not in given


@pytest.mark.django_db
def test_home_shows_a_commissioner_the_services_that_it_buys(signed_in):
    place, other = make_place(), make_place()
    make_decision(place)

    page = signed_in(place.commissioner).get("/home/").content.decode()

    assert place.service.provider.name in page
    assert other.service.provider.name not in page
    assert "High (3 x 4 = 12)" in page


@pytest.mark.django_db
def test_home_takes_the_same_statements_for_many_services(signed_in):
    first = make_place()
    make_decision(first)
    client = signed_in(first.manager)
    client.get("/home/")
    with CaptureQueriesContext(connection) as one:
        client.get("/home/")

    for _ in range(4):
        make_decision(make_place(region=first.service.region))
    with CaptureQueriesContext(connection) as many:
        client.get("/home/")

    assert len(many) == len(one)


@pytest.mark.django_db
def test_home_shows_a_hub_its_visits_risks_and_late_actions(signed_in):
    page = signed_in(make_place().manager).get("/home/").content.decode()

    assert "Open immediate risks" in page
    assert "0 late" in page
    assert "Visits by month" in page

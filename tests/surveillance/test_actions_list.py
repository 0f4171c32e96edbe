"""The list of actions: filters in the address, counts, the same counts by owner, service, trust and region, and its CSV."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from surveillance.models import Action
from surveillance.services import actions as services
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, make_action, make_owned_action, make_place

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST, COUNTS, CSV = (f"surveillance:{name}" for name in ("action_list", "action_counts", "action_list_csv"))
QUERIES_OF_LIST, QUERIES_OF_COUNTS = 9, 8


def text_of(response: object) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&#x27;", "'").split())


@pytest.fixture
def place() -> Place:
    return make_place()


@pytest.fixture
def neighbour(place: Place) -> Place:
    """Another trust of the same region."""
    return make_place(region=place.service.region)


@pytest.fixture
def told(place: Place, neighbour: Place) -> dict[str, Action]:
    """Five actions of the region, in two trusts."""
    late = make_owned_action(place, what="Late", due_date=timezone.localdate() - dt.timedelta(days=2))
    blocked = make_owned_action(neighbour, what="Blocked")
    services.block_action(action_id=blocked.pk, reason="Money", by=neighbour.lead)
    done, verified = make_owned_action(place, what="Done"), make_owned_action(place, what="Verified")
    for action in (done, verified):
        services.mark_action_done(action_id=action.pk, by=place.lead, note="In post")
    services.verify_action(action_id=verified.pk, by=place.officer)
    return {"late": late, "blocked": blocked, "done": done, "verified": verified, "draft": make_action(neighbour, what="Draft")}


def shown(browser: Client, **query: object) -> list[str]:
    return sorted(row[0].what for row in browser.get(reverse(LIST), query).context["rows"])


def test_list_is_narrowed_by_the_address(place: Place, neighbour: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    browser, service = signed_in(place.manager), place.service

    found = {
        "all": shown(browser),
        "owner": shown(browser, owner=place.lead.pk),
        "service": shown(browser, service=service.pk),
        "provider": shown(browser, provider=neighbour.service.provider_id),
        "late": shown(browser, show="late"),
        "blocked": shown(browser, show="blocked"),
        "needs_owner": shown(browser, show="needs_owner"),
        "to_verify": shown(browser, show="to_verify"),
        "both": shown(browser, show=["late", "blocked"]),
        "verified": shown(browser, status=["VERIFIED", "DRAFT"]),
        "trust": shown(browser, q=neighbour.service.provider.name.upper()),
        "code": shown(browser, q=service.provider.code.lower()),
        "name": shown(browser, q=place.lead.name),
        "nothing": shown(browser, q="No such trust"),
    }

    assert found == {
        "all": ["Blocked", "Done", "Draft", "Late"], "owner": ["Done", "Late"], "service": ["Done", "Late"],
        "provider": ["Blocked", "Draft"], "late": ["Late"], "blocked": ["Blocked"], "needs_owner": ["Draft"], "to_verify": ["Done"],
        "both": [], "verified": ["Draft", "Verified"], "trust": ["Blocked", "Draft"], "code": ["Done", "Late"], "name": ["Done", "Late"],
        "nothing": [],
    }  # fmt: skip


def test_list_counts_what_it_shows(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    browser = signed_in(place.manager)

    every, one = (text_of(browser.get(reverse(LIST), query)) for query in ({}, {"provider": place.service.provider_id}))

    assert "4 actions: 1 late, 1 blocked, 1 without an owner, 1 to verify." in every
    assert "Verified actions are left out." in every
    assert "2 actions: 1 late, 0 blocked, 0 without an owner, 1 to verify." in one
    assert f"Remove Trust or network: {place.service.provider.name}" in one


def test_owner_and_service_can_be_removed_again(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    page = text_of(signed_in(place.manager).get(reverse(LIST), {"owner": place.lead.pk, "service": place.service.pk}))

    assert f"Remove Owner: {place.lead.name}" in page
    assert f"Remove Service: {place.service.name}" in page


@pytest.mark.parametrize("value", ["x", "0", "99999999", "99999999999999999999", "-1", "１"])
def test_unknown_value_narrows_nothing(place: Place, told: dict[str, Action], signed_in: SignIn, value: str) -> None:
    browser = signed_in(place.manager)

    found = {name: len(shown(browser, **{name: value})) for name in ("owner", "service", "provider", "region", "programme", "page")}

    assert set(found.values()) == {4}


def test_nobody_elsewhere_is_named(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    elsewhere = make_place()
    make_owned_action(elsewhere)

    page = text_of(signed_in(place.manager).get(reverse(LIST), {"owner": elsewhere.lead.pk, "service": elsewhere.service.pk}))

    assert elsewhere.lead.name not in page
    assert elsewhere.service.provider.name not in page


def test_region_is_offered_to_national_staff_only(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    elsewhere = make_place()
    make_owned_action(elsewhere, what="Far away")
    national = signed_in(person(Role.NATIONAL_LEAD, OrganisationFactory(national=True)))

    assert "Region" not in [field.label for field in signed_in(place.manager).get(reverse(LIST)).context["form"]]
    assert shown(national, region=elsewhere.service.region_id) == ["Far away"]


# Counts ---------------------------------------------------------------------------------------------------------------
def counted(browser: Client, **query: object) -> list[tuple[object, ...]]:
    rows = browser.get(reverse(COUNTS), query).context["rows"]
    names = ("group_pk", "total", "late", "blocked", "needs_owner", "to_verify")
    return [tuple(row[name] for name in names) for row in rows]


def test_counts_by_owner_service_trust_and_region(place: Place, neighbour: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    browser, here, there = signed_in(place.manager), (2, 1, 0, 0, 1), (2, 0, 1, 1, 0)

    found = {by: counted(browser, by=by) for by in ("owner", "service", "provider", "region", "nonsense")}

    owners = [(place.lead.pk, *here), (neighbour.lead.pk, 1, 0, 1, 0, 0)]
    assert found == {
        "owner": owners, "nonsense": owners,
        "service": [(place.service.pk, *here), (neighbour.service.pk, *there)],
        "provider": [(place.service.provider_id, *here), (neighbour.service.provider_id, *there)],
        "region": [(place.service.region_id, 4, 1, 1, 1, 1)],
    }  # fmt: skip


def test_counts_lead_to_the_actions_behind_them(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    browser = signed_in(place.manager)

    page = browser.get(reverse(COUNTS), {"by": "provider", "show": "late"}).content.decode()

    address = re.search(rf'href="([^"]*provider={place.service.provider_id})"', page)[1].replace("&amp;", "&")
    assert [row[0].what for row in browser.get(address).context["rows"]] == ["Late"]


def test_counts_of_nothing(place: Place, signed_in: SignIn) -> None:
    assert "No actions to count." in text_of(signed_in(place.manager).get(reverse(COUNTS)))


# CSV ------------------------------------------------------------------------------------------------------------------
def test_csv_holds_the_narrowed_list(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    Action.objects.filter(pk=told["blocked"].pk).update(what="=HYPERLINK(1)", blocked_reason="+1")

    answer = signed_in(place.manager).get(reverse(CSV), {"show": "blocked"})

    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    facts = [(row["action_id"], row["action"], row["blocked_because"], row["status"], row["late"], row["due_date"]) for row in rows]
    assert facts == [(str(told["blocked"].pk), "'=HYPERLINK(1)", "'+1", "Blocked", "No", told["blocked"].due_date.isoformat())]


def test_csv_keeps_to_its_scope(place: Place, told: dict[str, Action], signed_in: SignIn) -> None:
    answer = signed_in(place.lead).get(reverse(CSV), {"status": list(Action.Status.values)})

    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert sorted(row["action"] for row in rows) == ["Done", "Late", "Verified"]


# Statements -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("row_count", [1, 60])
@pytest.mark.parametrize(("name", "count"), [(LIST, QUERIES_OF_LIST), (COUNTS, QUERIES_OF_COUNTS)])
def test_pages_take_the_same_queries(
    place: Place, signed_in: SignIn, django_assert_num_queries: Callable, row_count: int, name: str, count: int
) -> None:
    for n in range(row_count):
        make_owned_action(place, what=f"Action {n}")
    browser = signed_in(place.manager)
    browser.get(reverse(name))

    with django_assert_num_queries(count):
        browser.get(reverse(name))

"""A rapid review set up from one page: opened, dated, focused, its team asked and its notice sent, all or nothing."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.permissions import Role
from peerreview.forms.rapid import earliest_day
from peerreview.models import DateAway, Procedure, Review, TeamMember
from tests.factories.accounts import OrganisationFactory
from tests.factories.peerreview import Visit, make_visit, reviewer
from work.models import Job
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    return make_visit()


def far_reviewer(role: str = Role.REVIEWER, **fields: object) -> User:
    """A reviewer of another region, so that no tie is known."""
    user = reviewer(OrganisationFactory(hub=True), role, **fields)
    profile = user.reviewer_profile
    profile.profession_codes = ["DOCTOR", "NURSE"]
    profile.save()
    return user


def address(visit: Visit) -> str:
    return f"/services/{visit.scene.service.pk}/review/rapid/"


def rapid() -> Procedure:
    return Procedure.objects.get(code="RAPID", status="PUBLISHED")


def place_codes() -> dict[str, str]:
    return {row["role"]: row["code"] for row in rapid().roles_required}


def posted(visit: Visit, lead: User, patient: User, **fields: object) -> dict[str, object]:
    day, codes = earliest_day(rapid()), place_codes()
    sent: dict[str, object] = {
        "reason": "Two deaths in a month", "title": "Rapid", "mode": "ON_SITE", "topic": "Cover at night", "starts_date_day": day.day,
        "indicators": [visit.scene.answers[0].indicator_id], "starts_date_month": day.month, "starts_date_year": day.year,
        f"place_{codes['LEAD']}": [lead.pk], f"place_{codes['PATIENT_REVIEWER']}": [patient.pk], "phone": "0113 496 0123",
        "help_needed": "A room",
    }  # fmt: skip
    return sent | fields


@pytest.mark.parametrize(
    ("today", "day"), [((2026, 11, 27), (2026, 12, 11)), ((2026, 11, 28), (2026, 12, 14)), ((2026, 11, 30), (2026, 12, 14))]
)
def test_earliest_day_leaves_the_notice_in_time_also_at_a_weekend(today: tuple[int, int, int], day: tuple[int, int, int]) -> None:
    with time_machine.travel(dt.datetime(*today, 12, tzinfo=dt.UTC), tick=False):
        first = earliest_day(rapid())

    assert first == dt.date(*day)
    assert add_working_days(first, rapid().working_days("NOTICE")) >= dt.date(*today)


def test_one_page_opens_asks_the_team_and_gives_notice(visit: Visit, signed_in: SignedIn) -> None:
    lead, patient = far_reviewer(name="Lou Lead"), far_reviewer(Role.PATIENT_REVIEWER, name="Pia Patient")
    client = signed_in(visit.manager)

    page = client.get(address(visit)).content.decode()
    response = client.post(address(visit), posted(visit, lead, patient))

    review = Review.objects.get()
    assert "Lou Lead" in page
    assert response["Location"] == f"/reviews/{review.pk}/"
    facts = (review.origin, review.kind, review.status, review.starts_date, review.visit_phone, review.help_needed)
    assert facts == ("RISK", "RAPID", "NOTIFIED", earliest_day(rapid()), "0113 496 0123", "A room")
    team = set(review.team.values_list("user", "team_role", "status", "is_cleared"))
    assert team == {(lead.pk, "LEAD", "INVITED", False), (patient.pk, "PATIENT_REVIEWER", "INVITED", False)}
    assert review.topics.get().title == "Cover at night"
    assert Job.objects.filter(kind="review.notice_pdf").count() == 1


def test_page_offers_only_people_free_trained_and_without_a_known_tie(visit: Visit, signed_in: SignedIn) -> None:
    day = earliest_day(rapid())
    away, near = far_reviewer(name="Al Away"), reviewer(visit.scene.service.region, name="Ned Near")
    DateAway.objects.create(user=away, from_date=day, to_date=day)
    near.reviewer_profile.home_region = visit.scene.service.region
    near.reviewer_profile.save()
    far_reviewer(name="Flo Free")

    page = signed_in(visit.manager).get(address(visit)).content.decode()

    assert ("Flo Free" in page, "Al Away" in page, near.name in page) == (True, False, False)


def test_other_days_suggest_again_and_keep_what_was_typed(visit: Visit, signed_in: SignedIn) -> None:
    lead, patient = far_reviewer(name="Lou Lead"), far_reviewer(Role.PATIENT_REVIEWER)
    later = add_working_days(earliest_day(rapid()), 5)
    DateAway.objects.create(user=lead, from_date=later, to_date=later)
    days = {"starts_date_day": later.day, "starts_date_month": later.month, "starts_date_year": later.year}

    page = signed_in(visit.manager).post(address(visit), posted(visit, lead, patient, **days)).content.decode()

    assert "Somebody you chose is not free on these days. Choose again" in page
    assert "Two deaths in a month" in page
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Enter what the risk is"),
        ({"indicators": []}, "Select at least one indicator"),
        ({"phone": "ring me"}, "Enter a phone number"),
        ({"starts_date_year": "2020"}, "The day of the visit must be in the future"),
    ],
)
def test_faults_are_said_and_nothing_is_opened(visit: Visit, signed_in: SignedIn, fields: dict[str, object], sentence: str) -> None:
    lead, patient = far_reviewer(), far_reviewer(Role.PATIENT_REVIEWER)

    page = signed_in(visit.manager).post(address(visit), posted(visit, lead, patient, **fields)).content.decode()

    assert sentence in page
    assert not Review.objects.exists()


def test_lead_and_patient_reviewer_are_required_and_nobody_takes_two_places(visit: Visit, signed_in: SignedIn) -> None:
    lead, patient = far_reviewer(), far_reviewer(Role.PATIENT_REVIEWER)
    codes, client = place_codes(), signed_in(visit.manager)

    bare = client.post(address(visit), posted(visit, lead, patient, **{f"place_{codes['PATIENT_REVIEWER']}": []})).content.decode()
    twice = client.post(address(visit), posted(visit, lead, patient, **{f"place_{codes['MEMBER']}": [lead.pk]})).content.decode()

    assert "Select who you ask as patient or carer reviewer" in bare
    assert "You chose somebody for 2 places" in twice
    assert not TeamMember.objects.exists()


def test_all_or_nothing_when_a_review_is_open_already(visit: Visit, signed_in: SignedIn) -> None:
    visit.open()
    lead, patient = far_reviewer(), far_reviewer(Role.PATIENT_REVIEWER)

    page = signed_in(visit.manager).post(address(visit), posted(visit, lead, patient)).content.decode()

    assert "is open already" in page
    assert (Review.objects.count(), TeamMember.objects.count()) == (1, 0)


@pytest.mark.parametrize("count", [1, 12])
def test_page_costs_the_same_for_any_number_of_reviewers(
    count: int, visit: Visit, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        far_reviewer()
    client = signed_in(visit.manager)

    with django_assert_num_queries(20):
        client.get(address(visit))

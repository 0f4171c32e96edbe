"""The pool of reviewers, and what reviewers keep of their own profile."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from peerreview.models import Review, ReviewerProfile, TeamMember, TrainingRecord
from peerreview.queries.reviewer_pool import reviewer_pool
from tests.factories.accounts import OrganisationFactory
from tests.factories.peerreview import Visit, make_review, make_visit, reviewer, trained
from tests.peerreview.test_procedures_pages import text_of

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
NAMES = ("Lin Lead", "Max Member", "Pat Patient")


@pytest.fixture
def visit() -> Visit:
    return make_visit()


def shown(client: Client, query: str = "") -> list[str]:
    page = text_of(client.get(f"/reviewers/{query}"))
    return [name for name in NAMES if name in page]


def test_pool_is_narrowed_by_what_the_address_says(visit: Visit, signed_in: SignedIn) -> None:
    client, specification = signed_in(visit.manager), visit.scene.service.specification
    far = OrganisationFactory(hub=True)
    lead = ReviewerProfile.objects.get(user=visit.lead)
    lead.profession_codes, lead.specialties = ["DOCTOR"], "Dialysis"
    lead.save()
    lead.specifications.add(specification)
    ReviewerProfile.objects.get(user=visit.member).visit_regions.add(far)
    trained(visit.member, timezone.localdate() - dt.timedelta(days=1))
    TrainingRecord.objects.filter(user=visit.patient).delete()

    found = {
        query: shown(client, query)
        for query in (
            "", "?q=dialysis", "?profession=DOCTOR", "?profession=PATIENT", f"?specification={specification.pk}", f"?region={far.pk}",
            "?training=ENDED", "?training=NEVER", "?training=IN_DATE", "?load=MANY", "?region=x&training=y",
        )
    }  # fmt: skip

    assert list(found.values()) == [
        [*NAMES], ["Lin Lead"], ["Lin Lead"], ["Pat Patient"], ["Lin Lead"], ["Max Member"], ["Max Member"], ["Pat Patient"],
        ["Lin Lead"], [], [*NAMES],
    ]  # fmt: skip


def test_load_counts_compliance_reviews_held_and_ahead(visit: Visit) -> None:
    now = timezone.now()
    for status, purpose, visited in (
        ("FOLLOW_UP", "COMPLIANCE", now - dt.timedelta(days=100)), ("FOLLOW_UP", "COMPLIANCE", now - dt.timedelta(days=500)),
        ("FOLLOW_UP", "IMPROVEMENT", now), ("PREPARING", "COMPLIANCE", None),
    ):  # fmt: skip
        review = make_review(status, visit, purpose=purpose)
        Review.objects.filter(pk=review.pk).update(visited_at=visited)
        TeamMember.objects.create(
            review=review, user=visit.member, status="ACCEPTED", is_cleared=True, ruling="CLEAR", ruled_by=visit.manager, ruled_at=now,
            invited_by=visit.manager, invited_at=now, answer_due_date=timezone.localdate(),
        )  # fmt: skip

    one = next(one for one in reviewer_pool() if one.user == visit.member)

    assert (one.recent_count, one.ahead_count) == (1, 1)


@pytest.mark.parametrize("count", [1, 60])
def test_pool_costs_the_same_for_any_number(
    count: int, visit: Visit, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        user = reviewer(visit.scene.service.region)
        user.reviewer_profile.specifications.add(visit.scene.service.specification)
    client = signed_in(visit.manager)
    client.get("/reviewers/")

    with django_assert_num_queries(10):
        client.get("/reviewers/")


def test_pool_is_for_those_who_plan(visit: Visit, signed_in: SignedIn) -> None:
    assert [signed_in(user).get("/reviewers/").status_code for user in (visit.manager, visit.member, visit.scene.lead)] == [200, 403, 403]


def test_reviewer_keeps_regions_and_phone_and_the_history_says_what_changed(visit: Visit, signed_in: SignedIn) -> None:
    client, region = signed_in(visit.member), visit.scene.service.region
    far = OrganisationFactory(hub=True, name="Illustrative far hub")

    client.post(
        "/reviewers/me/",
        {"professions": ["NURSE"], "home_region": region.pk, "visit_regions": [far.pk], "phone": "0113 496 0123", "version": 0},
    )
    page = text_of(signed_in(visit.manager).get(f"/reviewers/{visit.member.pk}/"))

    profile, event = ReviewerProfile.objects.get(user=visit.member), AuditEvent.objects.get(action="reviewer.profile_saved")
    assert (profile.home_region, list(profile.visit_regions.all()), profile.version) == (region, [far], 1)
    assert event.reason == (
        f"Professions: nothing to Nurse; Region: nothing to {region.name}; Can visit: nothing to Illustrative far hub; Phone number changed"
    )
    assert "0113 496 0123" in page
    assert "Last confirmed On " in page
    assert event.reason in page


def test_profile_in_two_windows_loses_nothing(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    client.post("/reviewers/me/", {"specialties": "Dialysis", "version": 0})

    clash = client.post("/reviewers/me/", {"specialties": "Transplant", "version": 0})

    assert clash.status_code == 409
    assert ("Dialysis" in text_of(clash), "Transplant" in text_of(clash)) == (True, True)
    assert ReviewerProfile.objects.get(user=visit.member).specialties == "Dialysis"


def test_reviewer_confirms_a_profile_that_is_right(visit: Visit, signed_in: SignedIn) -> None:
    before = text_of(signed_in(visit.manager).get(f"/reviewers/{visit.member.pk}/"))

    signed_in(visit.member).post("/reviewers/me/", {"confirm": "yes"})

    assert "Last confirmed Not confirmed yet" in before
    assert "Last confirmed On " in text_of(signed_in(visit.manager).get(f"/reviewers/{visit.member.pk}/"))


def test_phone_of_a_wrong_form_is_said(visit: Visit, signed_in: SignedIn) -> None:
    page = text_of(signed_in(visit.member).post("/reviewers/me/", {"phone": "call me", "version": 0}))

    assert "Enter a phone number, like 0113 496 0123" in page


def test_patient_reviewer_is_one_by_role(visit: Visit) -> None:
    assert {one.user.name: one.professions for one in reviewer_pool()}["Pat Patient"] == Role.PATIENT_REVIEWER.label

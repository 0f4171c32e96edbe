"""The guide for the service and its buddy; the tasks of the preparation on the overview."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from peerreview.models import Review, ReviewService
from peerreview.services import buddies, opening
from tests.factories.peerreview import Visit, make_review, make_visit
from tests.factories.surveillance import ServiceFactory
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def went_through(visit: Visit, **fields: object) -> Review:
    """A closed review of another service of the same programme."""
    other = make_visit()
    review = make_review("CLOSED", other, **fields)
    assert other.scene.service.specification.programme_id == visit.scene.service.specification.programme_id
    return review


def url(review: Review, part: str = "") -> str:
    return f"/reviews/{review.pk}/guide/{part}"


def test_guide_says_what_follows_from_the_procedure(signed_in: SignedIn) -> None:
    visit = make_visit()
    review = visit.open()
    review.procedure.informal_minutes = 77
    review.procedure.save()

    page = signed_in(visit.scene.lead).get(url(review)).content.decode()

    for words in (
        "at least 77 minutes of informal exchange", "The procedure asks for:", "What we do not ask", "Evidence filed",
        "They are not published.", "20 working days after the visit",
    ):  # fmt: skip
        assert words in page
    visit.clear(visit.member)
    assert "Max Member, reviewer" in signed_in(visit.scene.lead).get(url(review)).content.decode()


def test_guide_of_a_review_for_learning_speaks_of_learning(signed_in: SignedIn) -> None:
    visit = make_visit()
    review = opening.request_review(
        service_id=visit.scene.service.pk, title="Learn", question="What helps?", reason="Why", visit_lead_id=visit.manager.pk,
        by=visit.scene.lead,
    )  # fmt: skip

    page = signed_in(visit.scene.lead).get(url(review)).content.decode()

    assert ("learning questions" in page, "key indicator" in page, "It is published only when you agree." in page) == (True, False, True)


def test_buddy_went_through_a_review_of_the_same_track(signed_in: SignedIn) -> None:
    visit = make_visit()
    review = visit.open()
    held, learning = went_through(visit), went_through(visit, purpose="IMPROVEMENT", decision=None)
    unlike = make_review("CLOSED", make_visit())
    ReviewService.objects.filter(review=unlike).update(
        service=ServiceFactory(specification__programme__code="Z", specification__number="Z1")
    )
    make_review("REPORTING", make_visit())
    manager, buddy = signed_in(visit.manager), held.services.get()

    page = manager.get(url(review, "buddy/")).content.decode()
    offered = [str(one.pk) for one in (buddy, learning.services.get(), unlike.services.get()) if f'<option value="{one.pk}"' in page]
    assert offered == [str(buddy.pk)]
    assert manager.post(url(review, "buddy/"), {"service": buddy.pk}).status_code == 302
    with pytest.raises(InvalidTransition, match="Select a service that went through a review like this"):
        buddies.choose_buddy(review_id=review.pk, service_id=learning.services.get().pk, by=visit.manager)

    page = signed_in(visit.scene.lead).get(url(review)).content.decode()
    assert (buddy.name in page, "Lee Lead" in page, "Change the buddy service" in page) == (True, True, False)
    assert signed_in(visit.scene.lead).get(url(review, "buddy/")).status_code == 403


def test_overview_has_the_tasks_of_the_preparation(signed_in: SignedIn) -> None:
    visit = make_visit()
    review = visit.open()

    page = signed_in(visit.manager).get(f"/reviews/{review.pk}/")

    assert [(task.title, task.status) for task in page.context["tasks"]] == [
        ("Purpose and topics", "Not yet started"), ("Dates", "Completed"), ("Team", "In progress"),
        ("Conflicts of interest", "In progress"), ("Context", "In progress"), ("Evidence request", "Not yet started"),
        ("Timetable", "Not yet started"), ("Notice", "Not yet started"),
        ("Visit", "Cannot start yet"), ("Findings", "Cannot start yet"), ("Report", "Cannot start yet"), ("Follow-up", "Cannot start yet"),
    ]  # fmt: skip


def test_guide_costs_few_statements(signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    visit = make_visit()
    review = visit.open()
    client = signed_in(visit.scene.lead)
    client.get(url(review))

    with django_assert_num_queries(13):
        client.get(url(review))

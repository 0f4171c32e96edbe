"""Opening a compliance review from a risk or the sample, and choosing the services that a review looks at."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Review, TeamMember
from peerreview.queries.evidence_asks import key_indicators_of
from peerreview.queries.judgements import candidates
from peerreview.services import opening, pathway, reviews
from surveillance.models import DrawnService, Indicator, SelfReport, Service, ServiceAssignment
from tests.factories.accounts import person
from tests.factories.peerreview import Visit, make_review, make_visit
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, make_scene
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Origin = Review.Origin


@pytest.fixture
def visit() -> Visit:
    return make_visit()


def neighbour(visit: Visit) -> Service:
    """Another service of the same region."""
    service = make_scene().service
    service.region = visit.scene.service.region
    service.save(update_fields=["region"])
    return service


def open_one(visit: Visit, **fields: object) -> Review:
    chosen: dict[str, object] = {
        "service_id": visit.scene.service.pk, "origin": Origin.RISK, "reason": "Two deaths in a month", "procedure_id": visit.procedure.pk,
        "kind": "RAPID", "mode": "ON_SITE", "title": "Acute oncology", "starts_date": None, "ends_date": None, "by": visit.manager,
    }  # fmt: skip
    return opening.open_compliance_review(**(chosen | fields))  # type: ignore[arg-type]


def posted(visit: Visit, **fields: object) -> dict[str, object]:
    day = add_working_days(timezone.localdate(), 60)
    sent = {
        "origin": "RISK", "reason": "Two deaths in a month", "title": "Acute oncology", "procedure": visit.procedure.pk, "kind": "TARGETED",
        "mode": "ON_SITE", "starts_date_day": day.day, "starts_date_month": day.month, "starts_date_year": day.year,
    }  # fmt: skip
    return sent | fields


def test_hub_finds_a_service_and_opens_a_review_from_a_risk(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.manager)
    service = visit.scene.service

    found = client.get("/reviews/new/", {"words": service.holder.name}).content.decode()
    response = client.post(f"/services/{service.pk}/review/new/", posted(visit))

    review = Review.objects.get()
    assert f"/services/{service.pk}/review/new/" in found
    assert response["Location"] == f"/reviews/{review.pk}/"
    facts = (review.purpose, review.origin, review.status, review.requested_reason, list(review.services.all()), review.visit_lead)
    assert facts == ("COMPLIANCE", "RISK", "PLANNED", "Two deaths in a month", [service], visit.manager)


def test_search_finds_nothing_of_another_region(visit: Visit, signed_in: SignedIn) -> None:
    other = make_scene().service

    page = signed_in(visit.manager).get("/reviews/new/", {"words": other.name}).content.decode()

    assert f"/services/{other.pk}/review/new/" not in page


def test_risk_needs_words_and_sample_needs_a_draw(visit: Visit, signed_in: SignedIn) -> None:
    page = signed_in(visit.manager).post(f"/services/{visit.scene.service.pk}/review/new/", posted(visit, reason="")).content.decode()

    assert "Enter what the risk is" in page
    with pytest.raises(InvalidTransition, match="has not drawn"):
        open_one(visit, origin=Origin.SAMPLE, reason="")
    with pytest.raises(InvalidTransition, match="starts from a decision, a risk or the random sample"):
        open_one(visit, origin=Origin.REQUEST)
    DrawnService.objects.create(round=visit.scene.report.round, service=visit.scene.service, seed=1, percent=5)
    assert open_one(visit, origin=Origin.SAMPLE, reason="").origin == "SAMPLE"


def test_second_review_of_a_service_is_refused_while_one_is_ahead(visit: Visit) -> None:
    first = open_one(visit)

    with pytest.raises(InvalidTransition, match="is open already"):
        open_one(visit)
    reviews.cancel_review(review_id=first.pk, reason="Mistake", by=visit.manager)

    assert open_one(visit).pk != first.pk


def test_a_decision_that_asks_for_a_visit_is_offered(visit: Visit, signed_in: SignedIn) -> None:
    page = signed_in(visit.manager).get(f"/services/{visit.scene.service.pk}/review/new/").content.decode()

    assert f"/decisions/{visit.decision.pk}/review/new/" in page


def test_pathway_is_ordered_named_and_each_step_needs_a_name(visit: Visit, signed_in: SignedIn) -> None:
    review, second = open_one(visit), neighbour(visit)
    client, address = signed_in(visit.manager), f"/reviews/{review.pk}/services/"
    first = visit.scene.service

    client.post(address, {"add": second.pk})
    client.post(address, {"earlier": second.pk})
    unnamed = client.post(address, {"is_pathway": "on", f"step_{first.pk}": "Treatment", f"step_{second.pk}": ""}).content.decode()
    client.post(address, {"is_pathway": "on", f"step_{first.pk}": "Treatment", f"step_{second.pk}": "Diagnosis"})

    review.refresh_from_db()
    assert "Enter which step of the pathway" in unnamed
    steps = list(review.review_services.values_list("service", "position", "step"))
    assert (review.is_pathway, steps) == (True, [(second.pk, 1, "Diagnosis"), (first.pk, 2, "Treatment")])


def test_services_stand_still_after_the_notice_and_one_always_stays(visit: Visit) -> None:
    review = visit.open()
    second = neighbour(visit)

    with pytest.raises(InvalidTransition, match="at least 1 service"):
        pathway.remove_service(review_id=review.pk, service_id=visit.scene.service.pk, by=visit.manager)
    pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager)
    with pytest.raises(InvalidTransition, match="so it stays"):
        pathway.remove_service(review_id=review.pk, service_id=visit.scene.service.pk, by=visit.manager)
    pathway.remove_service(review_id=review.pk, service_id=second.pk, by=visit.manager)
    reviews.send_notice(review_id=review.pk, by=visit.manager)

    with pytest.raises(InvalidTransition, match="its services cannot change"):
        pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager)


def test_a_new_service_closes_papers_until_conflicts_are_ruled_again(visit: Visit) -> None:
    review = visit.open()
    member = visit.clear(visit.member)

    pathway.add_service(review_id=review.pk, service_id=neighbour(visit).pk, by=visit.manager)

    member.refresh_from_db()
    assert (member.status, member.is_cleared, member.ruling, member.papers_open) == (TeamMember.Status.ACCEPTED, False, "", False)
    assert not ServiceAssignment.objects.active().filter(user=visit.member).exists()


def test_review_for_learning_takes_only_services_of_who_asks(visit: Visit, signed_in: SignedIn) -> None:
    review = make_review(Review.Status.PROPOSED, visit, purpose="IMPROVEMENT")
    other, address = neighbour(visit), f"/reviews/{review.pk}/services/"

    by_hub = signed_in(visit.manager).post(address, {"add": other.pk})
    by_lead = signed_in(visit.scene.lead).post(address, {"add": other.pk})
    ServiceAssignment.objects.create(user=visit.scene.lead, service=other, role=Role.SERVICE_LEAD, from_date=timezone.localdate())
    own = signed_in(visit.scene.lead).post(address, {"add": other.pk})

    assert (by_hub.status_code, by_lead.status_code, own.status_code) == (403, 404, 302)
    assert set(review.services.values_list("pk", flat=True)) == {visit.scene.service.pk, other.pk}


def test_service_lead_and_stranger_open_no_compliance_review(visit: Visit, signed_in: SignedIn) -> None:
    service, stranger = visit.scene.service, person(Role.HUB_MANAGER, make_scene().service.region)

    answers = [
        signed_in(user).post(f"/services/{service.pk}/review/new/", posted(visit)).status_code for user in (visit.scene.lead, stranger)
    ]

    assert answers == [403, 404]
    assert not Review.objects.exists()


@pytest.mark.parametrize("count", [1, 6])
def test_services_page_costs_the_same_for_any_number(
    count: int, visit: Visit, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review = open_one(visit)
    for _ in range(count):
        pathway.add_service(review_id=review.pk, service_id=neighbour(visit).pk, by=visit.manager)
    client = signed_in(visit.manager)

    with django_assert_num_queries(14):
        client.get(f"/reviews/{review.pk}/services/", {"words": visit.scene.service.name})


# One review at a time --------------------------------------------------------------------------------------------------
def test_decision_opens_no_second_review_while_one_from_a_risk_is_ahead(visit: Visit, signed_in: SignedIn) -> None:
    first, client = open_one(visit, title="Deaths in a month"), signed_in(visit.manager)
    address = f"/decisions/{visit.decision.pk}/review/new/"
    sentence = "Deaths in a month is open already, so no second review of this service can be opened now."

    assert sentence in client.post(address, posted(visit)).content.decode()
    assert sentence in client.get(address).content.decode()
    assert address not in client.get("/reviews/").content.decode()
    assert Review.objects.get() == first

    reviews.cancel_review(review_id=first.pk, reason="Mistake", by=visit.manager)
    assert address in client.get("/reviews/").content.decode()
    assert visit.open().decision == visit.decision


def test_risk_opens_no_second_review_while_one_from_the_decision_is_ahead(visit: Visit, signed_in: SignedIn) -> None:
    visit.open(title="Asked by the decision")

    page = signed_in(visit.manager).post(f"/services/{visit.scene.service.pk}/review/new/", posted(visit)).content.decode()

    assert "Asked by the decision is open already, so no second review of this service can be opened now." in page
    assert Review.objects.count() == 1


def test_service_with_a_review_ahead_joins_no_second_one(visit: Visit) -> None:
    review, second = open_one(visit), neighbour(visit)
    other = open_one(visit, service_id=second.pk, title="Next door")

    with pytest.raises(InvalidTransition, match="Next door is open already"):
        pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager)
    reviews.cancel_review(review_id=other.pk, reason="Seen on the pathway", by=visit.manager)

    assert pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager).services.count() == 2


# Indicators of a pathway -----------------------------------------------------------------------------------------------
def silent_neighbour(visit: Visit) -> tuple[Service, Indicator]:
    """A service of the region that never reported, and an indicator of the set in use for it."""
    service = neighbour(visit)
    SelfReport.objects.filter(service=service).delete()
    indicator_set = IndicatorSetFactory(specification=service.specification, status="PUBLISHED", version=7)
    return service, IndicatorFactory(indicator_set=indicator_set, position=1, is_key=True)


def test_indicators_of_a_service_that_never_reported_can_be_named(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    second, other = silent_neighbour(visit)
    first = visit.scene.answers[0].indicator
    pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager)

    client, address = signed_in(visit.manager), f"/reviews/{review.pk}/topics/new/"
    page = client.get(address).content.decode()
    sent = client.post(address, {"title": "Handing over", "indicators": [first.pk, other.pk]})

    assert (str(first) in page, str(other) in page, sent.status_code) == (True, True, 302)
    assert set(review.topics.get().indicators.all()) == {first, other}
    assert other in key_indicators_of(review)


def test_each_service_of_a_pathway_is_judged_by_its_own_set(visit: Visit) -> None:
    review = visit.open()
    second, other = silent_neighbour(visit)
    pathway.add_service(review_id=review.pk, service_id=second.pk, by=visit.manager)

    judged = candidates(review)

    assert [indicator for service, indicator in judged if service == second] == [other]
    assert {indicator.indicator_set for service, indicator in judged if service != second} == {visit.scene.report.indicator_set}

"""The lead of a network answers for the network's own service about a review; member services stay with their own leads."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import ConflictDeclaration, Finding, Review, ReviewService
from peerreview.queries.waiting_preparation import preparation_items
from peerreview.services import evidence_asks, reviews, team, topic_agreement
from surveillance.models import NetworkMember, Service
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import Visit, make_visit
from work import jobs

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A review of a network's own service: the scene's lead is the network's."""
    made = make_visit()
    service = made.scene.service
    network = OrganisationFactory(network=True, region=service.region, host=service.provider, name="The Network")
    Service.objects.filter(pk=service.pk).update(provider=None, network=network)
    made.scene.service = Service.objects.get(pk=service.pk)
    made.scene.lead = person(Role.NETWORK_LEAD, network, name="Net Lead")
    return made


def member_visit(network_lead: User) -> Visit:
    """A review of a service that is a member of the same network."""
    made = make_visit()
    network = network_lead.memberships.get().organisation
    NetworkMember.objects.create(network=network, service=made.scene.service, from_date=timezone.localdate() - dt.timedelta(days=30))
    return made


def test_network_lead_answers_topics_documents_and_conflicts_of_the_networks_service(visit: Visit, signed_in: SignedIn) -> None:
    visit.open()
    visit.add_topic()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    topic_agreement.send_topics(review_id=visit.review.pk, by=visit.manager)
    lead, base = visit.scene.lead, f"/reviews/{visit.review.pk}"
    client = signed_in(lead)
    jobs.run_pending()
    assert [sent.to for sent in mail.outbox if sent.subject.startswith("Agree the focus topics of")] == [[lead.email]]
    assert [item.task for item in preparation_items(User.objects.get(pk=lead.pk))] == ["Agree the focus topics"]

    assert f"{base}/topics/answer/" in client.get(f"{base}/topics/").content.decode()
    assert client.post(f"{base}/topics/answer/", {"answer": "AGREE", "remark": ""}).status_code == 302
    ask = evidence_asks.ask_for_document(
        review_id=visit.review.pk, service_id=visit.scene.service.pk, what="The rota", why="Cover",
        topic_id=visit.review.topics.get().pk, by=visit.manager,
    )  # fmt: skip
    evidence_asks.send_request(review_id=visit.review.pk, by=visit.manager)
    answered = client.post(f"{base}/evidence-request/{ask.pk}/", {"source": "CANNOT", "reason": "It is being written"})
    visit.invite(visit.member)
    team.accept_invitation(member_id=visit.place(visit.member).pk, by=visit.member)
    declared = client.get(f"{base}/conflicts/").content.decode()
    team.declare_conflict(
        member_id=visit.place(visit.member).pk, side="SERVICE", service_id=visit.scene.service.pk, has_conflict=False, by=lead
    )

    visit.review.refresh_from_db()
    ask.refresh_from_db()
    assert visit.review.topics_agreed_by == lead
    assert (answered.status_code, ask.cannot_reason, ask.answered_by) == (302, "It is being written", lead)
    assert "Max Member" in declared
    assert ConflictDeclaration.objects.get(side="SERVICE").declared_by == lead


def test_network_lead_reads_agreed_findings_of_the_networks_service_and_no_draft(visit: Visit, signed_in: SignedIn) -> None:
    visit.carry("VISITING")
    agreed, draft = visit.find(agreed=True, what_was_seen="A huddle each day"), visit.find(what_was_seen="Half a thought")
    client = signed_in(visit.scene.lead)

    page = client.get(f"/reviews/{visit.review.pk}/findings/").content.decode()

    assert ("A huddle each day" in page, "Half a thought" in page) == (True, False)
    assert [client.get(f"/findings/{finding.pk}/").status_code for finding in (agreed, draft)] == [200, 404]
    assert client.get(f"/findings/{agreed.pk}/change/").status_code == 403
    Review.objects.filter(pk=visit.review.pk).update(status="REPORTING")
    sent = {"service": visit.scene.service.pk, "domain": "LATERAL", "what_changed": "Cover all night", "source": "NONE"}
    assert client.post(f"/reviews/{visit.review.pk}/impact/new/", sent).status_code == 302


def test_network_lead_sees_nothing_of_a_member_services_review(visit: Visit, signed_in: SignedIn) -> None:
    lead = visit.scene.lead
    theirs = member_visit(lead)
    theirs.carry("VISITING")
    agreed, draft = theirs.find(agreed=True), theirs.find()
    base, client = f"/reviews/{theirs.review.pk}", signed_in(lead)
    parts = (
        "",
        "topics/",
        "topics/answer/",
        "team/",
        "conflicts/",
        "evidence-request/",
        "findings/",
        "impact/",
        "impact/new/",
        "exchanges/new/",
    )

    codes = {client.get(f"{base}/{part}").status_code for part in parts}
    codes |= {client.get(f"/findings/{finding.pk}/").status_code for finding in (agreed, draft)}
    codes |= {client.post(f"{base}/topics/answer/", {"answer": "AGREE"}).status_code}

    assert codes == {404}
    assert list(Finding.objects.for_user(lead, "finding.view")) == []
    assert preparation_items(User.objects.get(pk=lead.pk)) == []
    assert theirs.review.title not in client.get("/reviews/").content.decode()


def test_network_lead_answers_for_the_networks_step_of_a_pathway_alone(visit: Visit, signed_in: SignedIn) -> None:
    theirs = member_visit(visit.scene.lead)
    visit.carry("PREPARING")
    ReviewService.objects.create(review=visit.review, service=theirs.scene.service, position=2)
    Review.objects.filter(pk=visit.review.pk).update(is_pathway=True)
    topic, client = visit.review.topics.get(), signed_in(visit.scene.lead)
    own, other = (
        evidence_asks.ask_for_document(
            review_id=visit.review.pk, service_id=service.pk, what="The rota", why="Cover", topic_id=topic.pk, by=visit.manager
        )
        for service in (visit.scene.service, theirs.scene.service)
    )
    evidence_asks.send_request(review_id=visit.review.pk, by=visit.manager)

    codes = [client.get(f"/reviews/{visit.review.pk}/evidence-request/{ask.pk}/").status_code for ask in (own, other)]

    assert codes == [200, 404]
    assert [item.service for item in preparation_items(User.objects.get(pk=visit.scene.lead.pk))] == [visit.review.title]

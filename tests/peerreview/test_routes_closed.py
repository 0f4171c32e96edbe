"""Who is not on the team now gets nothing on any address of a review or of what belongs to it, by reading or by sending."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from peerreview.models import (
    EvidenceAsk,
    Exchange,
    JudgementPanel,
    Learnt,
    Letter,
    PatientView,
    Pledge,
    Review,
    Session,
    TeamMember,
    ViewsLink,
    VisitDay,
)  # fmt: skip
from peerreview.services import team
from qnt.route_list import Route, routes
from surveillance.models import EvidenceItem
from tests.factories.peerreview import Visit, make_visit
from tests.peerreview.test_access import put_member_in

pytestmark = pytest.mark.django_db
# Every state of a place, or of a role, in which no paper is open; a cleared stand-by has not joined.
CLOSED = ("invited", "accepted", "conflicted", "declined", "ended", "future", "role_ended", "stand_by", "cleared_stand_by")
KINDS = {"review", "team_member", "finding", "letter", "pledge", "exchange"}
REVIEW_ROUTES = [
    route
    for route in routes()
    if route.name.startswith("peerreview:") and route.rule and route.rule.kind in KINDS and "pk" in route.parameters
]
# Addresses that nobody opens in the world below: nothing is printed, nothing is followed up, and the review is not for learning.
NOT_YET = {
    "peerreview:review_notice_pdf", "peerreview:letter_pdf", "peerreview:finding_acted", "peerreview:review_leave",
    "peerreview:review_release",
}  # fmt: skip


def stand_by_in(state: str, visit: Visit) -> TeamMember:
    member = team.invite_member(
        review_id=visit.review.pk, user_id=visit.member.pk, team_role="MEMBER", as_stand_by=True, by=visit.manager
    )  # fmt: skip
    if state == "cleared_stand_by":
        for side, by in (("REVIEWER", visit.member), ("SERVICE", visit.scene.lead)):
            team.declare_conflict(member_id=member.pk, side=side, service_id=visit.scene.service.pk, has_conflict=False, by=by)
        team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason="No tie", by=visit.manager)
    return member


def fill(visit: Visit) -> dict[str, dict[str, int]]:
    """One of everything that addresses name, with the lead reviewer on the team; the ids by kind of route and parameter.

    For a review in preparation; afterwards its visit goes on.
    """
    review, service, today = visit.review, visit.scene.service, timezone.localdate()
    mine = {"review": review, "service": service}
    place, topic, indicator = visit.clear(visit.lead, "LEAD"), review.topics.get(), visit.scene.answers[0].indicator
    item = EvidenceItem.objects.create(service=service, title="Rota", added_by=visit.scene.lead)
    day = VisitDay.objects.get(review=review)
    link = ViewsLink.objects.create(
        **mine, token=uuid.uuid4().hex, opens_date=today, closes_date=today, pals_contact="PALS", formats_contact="PALS",
        made_by=visit.manager,
    )  # fmt: skip
    panel = JudgementPanel.objects.create(**mine, indicator=indicator)
    now = timezone.now()
    Review.objects.filter(pk=review.pk).update(status="VISITING", visited_at=now, evidence_requested_at=now)
    finding = Review.objects.get(pk=review.pk).findings.create(
        service=service, category="SERIOUS_CONCERN", what_was_seen="No cover", basis="Notes", indicator=indicator,
        recommendation="Agree cover", recorded_by=visit.lead,
    )  # fmt: skip
    letter = Letter.objects.create(finding=finding, to_name="Chief executive", due_date=today)
    pledge = Pledge.objects.create(review=review, side="TEAM", made_by=visit.lead, text="A rota", ask_date=today)
    exchange = Exchange.objects.create(**mine, kind="CALL", what="A call", asked_by=visit.scene.lead, asked_of=visit.lead)
    of_review = {
        "pk": review.pk, "topic_pk": topic.pk, "item_pk": item.pk, "service_pk": service.pk, "indicator_pk": indicator.pk,
        "ask_pk": EvidenceAsk.objects.create(**mine, topic=topic, what="Rota", why="Cover", asked_by=visit.manager).pk,
        "session_pk": Session.objects.create(day=day, starts_at="10:00", ends_at="11:00", title="Ward").pk,
        "link_pk": link.pk, "view_pk": PatientView.objects.create(**mine, link=link, channel="LINK", good="Kind").pk,
        "learnt_pk": Learnt.objects.create(review=review, side="TEAM", text="A rota helps", written_by=visit.lead).pk,
    }  # fmt: skip
    assert panel.pk
    others = {"team_member": place.pk, "finding": finding.pk, "letter": letter.pk, "pledge": pledge.pk, "exchange": exchange.pk}
    return {"review": of_review} | {kind: {"pk": pk} for kind, pk in others.items()}


def address(route: Route, ids: dict[str, dict[str, int]]) -> str:
    return reverse(route.name, kwargs={name: ids[route.rule.kind][name] for name in route.parameters})


@pytest.fixture
def visit() -> Visit:
    return make_visit()


@pytest.mark.parametrize("state", CLOSED)
def test_no_address_of_a_review_opens(visit: Visit, state: str) -> None:
    visit.carry("PREPARING")
    if "stand_by" in state:
        stand_by_in(state, visit)
    else:
        put_member_in(state, visit)
    ids = fill(visit)
    client = Client()
    client.force_login(User.objects.get(pk=visit.member.pk))

    opened = {
        (route.name, method): code
        for route in REVIEW_ROUTES
        for method in route.rule.methods
        if (code := client.generic(method, address(route, ids)).status_code) != 404
    }

    assert opened == {}


def test_each_of_these_addresses_opens_for_somebody(visit: Visit) -> None:
    visit.carry("PREPARING")
    ids = fill(visit)
    client, shut = Client(), set()

    for route in REVIEW_ROUTES:
        if "GET" not in route.rule.methods:
            continue
        codes = set()
        for person in (visit.manager, visit.lead, visit.scene.lead):
            client.force_login(User.objects.get(pk=person.pk))
            codes.add(client.get(address(route, ids)).status_code)
        if not codes - {403, 404}:
            shut.add(route.name)

    assert shut == NOT_YET
    assert {name for route in REVIEW_ROUTES for name in route.parameters} == set(ids["review"])

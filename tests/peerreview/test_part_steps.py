"""What happens next, who holds it and by when, on the pages of one part of a review; and the tasks that wait for a ruling or a number."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from peerreview.models import EvidenceAsk, Review, TeamMember
from peerreview.queries.evidence_asks import day_of_evidence
from peerreview.queries.milestones import milestone_date
from peerreview.queries.next_steps import review_next_step
from peerreview.queries.teams import conflict_answer_due
from peerreview.services import evidence_asks, immediate_risks, reviews, team, topic_agreement
from peerreview.services.judging import give_judgement, record_agreed_judgement
from peerreview.views.tasks import review_tasks
from tests.factories.peerreview import Visit, make_visit, reviewer
from work.items import NextStep, clock_words
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    return make_visit(accepted=True)


def step_at(client: Client, address: str) -> tuple[str, str, str]:
    """What happens next on a page, who holds it, and its clock; the page shows all three."""
    response = client.get(address)
    step: NextStep = response.context["step"]
    page = response.content.decode()
    assert [page.count(words) for words in ("What happens next", "Who holds it", "By when")] == [1, 1, 1]
    return step.what, step.holder, step.clock_words


def by(day: dt.date | None) -> str:
    assert day is not None
    return clock_words(day)


def declare(member: TeamMember, side: str, who: User, visit: Visit) -> None:
    team.declare_conflict(member_id=member.pk, side=side, service_id=visit.scene.service.pk, has_conflict=False, by=who)


def test_conflicts_of_interest_wait_for_each_in_turn(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    member = visit.invite(visit.member)
    own, ruling = f"/team/{member.pk}/conflicts/", f"/team/{member.pk}/ruling/"
    reviewer_client, manager, settled = signed_in(visit.member), signed_in(visit.manager), by(milestone_date(review, "TEAM"))
    hub = f"Mo Manager, hub manager, {review.region.name}"

    found = [step_at(reviewer_client, own)]
    declare(member, "REVIEWER", visit.member, visit)
    found.append(step_at(reviewer_client, own))
    team.accept_invitation(member_id=member.pk, by=visit.member)
    found.append(step_at(manager, ruling))
    declare(member, "SERVICE", visit.scene.lead, visit)
    found.append(step_at(manager, ruling))
    team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason="No tie.", by=visit.manager)
    found.append(step_at(manager, ruling))

    assert [what for what, _, _ in found] == [
        "Max Member declares conflicts of interest", "Max Member accepts or declines the invitation",
        "The service says whether it knows Max Member", "The hub rules on conflicts of interest",
        "Nothing more: the hub ruled on conflicts of interest",
    ]  # fmt: skip
    assert [holder for _, holder, _ in found[:2]] == ["Max Member, reviewer", "Max Member, reviewer"]
    assert found[2][1].startswith(f"{visit.scene.lead.name}, service lead")
    assert [found[3][1], found[4][1]] == [hub, hub]
    clocks = [settled, by(member.answer_due_date), by(conflict_answer_due(member)), settled]
    assert [clock for _, _, clock in found[:4]] == clocks
    assert found[4][2].startswith("Done on ")


def test_place_on_the_team_waits_for_each_in_turn(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    member = visit.invite(visit.member)
    own, reviewer_client, manager = f"/team/{member.pk}/", signed_in(visit.member), signed_in(visit.manager)

    found = [step_at(reviewer_client, own), step_at(manager, own)]
    team.accept_invitation(member_id=member.pk, by=visit.member)
    found.append(step_at(reviewer_client, own))
    for side, who in (("REVIEWER", visit.member), ("SERVICE", visit.scene.lead)):
        declare(member, side, who, visit)
    found.append(step_at(manager, own))
    team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason="No tie.", by=visit.manager)
    found.append(step_at(reviewer_client, own))
    team.end_place(member_id=member.pk, reason="They moved.", by=visit.manager)
    ended = step_at(manager, own)

    answering = "Max Member accepts or declines the invitation", "Max Member, reviewer", by(member.answer_due_date)
    assert found[:2] == [answering, answering]
    assert [what for what, _, _ in found[2:]] == [
        "Max Member declares conflicts of interest", "The hub rules on conflicts of interest",
        review_next_step(Review.objects.get(pk=review.pk)).what,
    ]  # fmt: skip
    assert ended[0] == "Nothing more: this place is ended"


def test_page_of_a_place_leads_back_to_the_team_for_those_who_arrange_it(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    member = visit.invite(visit.member)

    theirs, own = (signed_in(user).get(f"/team/{member.pk}/").content.decode() for user in (visit.manager, visit.member))

    ways = [f'href="{address}"' for address in ("/reviews/", f"/reviews/{review.pk}/", f"/reviews/{review.pk}/team/")]
    assert [way in theirs.split("<main")[0] for way in ways] == [True, True, True]
    assert [way in own for way in ways] == [True, False, False]


def test_title_of_the_overview_names_the_review_once(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()

    page = signed_in(visit.manager).get(f"/reviews/{review.pk}/").content.decode()

    assert f"<title>{review.title} – QNT Peer Review</title>" in page


def test_silent_service_hands_the_ruling_to_the_hub(visit: Visit, signed_in: SignedIn) -> None:
    visit.open()
    member = visit.invite(visit.member)
    team.accept_invitation(member_id=member.pk, by=visit.member)
    declare(member, "REVIEWER", visit.member, visit)
    TeamMember.objects.filter(pk=member.pk).update(invited_at=timezone.now() - dt.timedelta(days=30))

    assert step_at(signed_in(visit.manager), f"/team/{member.pk}/ruling/")[0] == "The hub rules on conflicts of interest"


def test_review_waits_for_the_service_while_it_has_the_topics(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.carry("NOTIFIED")
    visit.add_topic()
    lead, page = visit.scene.lead, signed_in(visit.manager)

    def waits() -> tuple[str, str]:
        found: NextStep = page.get(f"/reviews/{review.pk}/").context["step"]
        return found.what, found.holder.split(",")[0]

    before = waits()
    topic_agreement.send_topics(review_id=review.pk, by=visit.manager)
    sent = waits()
    topic_agreement.answer_topics(review_id=review.pk, agrees=False, comment="Ask about nights.", by=lead)
    commented = waits()
    topic_agreement.send_topics(review_id=review.pk, by=visit.manager)
    topic_agreement.answer_topics(review_id=review.pk, agrees=True, comment="", by=lead)
    agreed = waits()

    hub = before[1]
    assert sent == ("The service agrees the focus topics, or says what should change", lead.name)
    assert [before, commented] == [("Agree the focus topics and start to prepare", hub)] * 2
    assert agreed == ("Start to prepare", hub)


def test_service_reads_by_when_it_says_whether_it_knows_the_reviewers(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    client, address = signed_in(visit.scene.lead), f"/reviews/{review.pk}/conflicts/"
    nobody = step_at(client, address)
    members = [visit.invite(visit.lead, "LEAD"), visit.invite(visit.member)]
    TeamMember.objects.filter(pk=members[0].pk).update(invited_at=timezone.now() - dt.timedelta(days=3))
    first = TeamMember.objects.select_related("review__procedure").get(pk=members[0].pk)

    asked = step_at(client, address)
    for member in members:
        declare(member, "SERVICE", visit.scene.lead, visit)
    answered = step_at(client, address)

    assert nobody[0] == "Send notice of the visit to the service"
    assert (asked[0], asked[2]) == ("You say whether you know the reviewers", by(conflict_answer_due(first)))
    assert asked[1].startswith(f"{visit.scene.lead.name}, service lead")
    assert (answered[0], answered[2]) == ("The hub rules on conflicts of interest", by(milestone_date(review, "TEAM")))


def test_service_reads_by_when_it_agrees_the_topics(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.carry("NOTIFIED")
    visit.add_topic()
    client, address = signed_in(visit.scene.lead), f"/reviews/{review.pk}/topics/answer/"
    unsent = step_at(client, address)
    topic_agreement.send_topics(review_id=review.pk, by=visit.manager)

    sent = step_at(client, address)
    topic_agreement.answer_topics(review_id=review.pk, agrees=True, comment="", by=visit.scene.lead)
    agreed = step_at(client, address)

    due = by(milestone_date(review, "TOPICS"))
    assert (unsent[0], unsent[2]) == ("Agree the focus topics and start to prepare", due)
    assert (sent[0], sent[2]) == ("You agree the focus topics, or say what should change", due)
    assert (agreed[0], agreed[1].split(",")[0], agreed[2]) == ("Start to prepare", "Mo Manager", due)


def test_service_reads_by_when_it_answers_a_document(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.carry("PREPARING")
    chosen = {"service_id": visit.scene.service.pk, "topic_id": review.topics.get().pk, "what": "Rota", "why": "Cover", "by": visit.manager}
    ask = evidence_asks.ask_for_document(review_id=review.pk, **chosen)
    evidence_asks.send_request(review_id=review.pk, by=visit.manager)
    client, address = signed_in(visit.scene.lead), f"/reviews/{review.pk}/evidence-request/{ask.pk}/"

    asked = step_at(client, address)
    evidence_asks.say_cannot(ask_id=ask.pk, reason="Kept on paper", by=visit.scene.lead)
    answered = step_at(client, address)

    assert (asked[0], asked[2]) == ("You choose or file the document, or say why you cannot", by(day_of_evidence(review)))
    assert answered[0] == "The visit takes place"
    assert EvidenceAsk.objects.get().answered_at


def test_judgement_waits_for_oneself_the_others_and_the_lead(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.carry("VISITING")
    indicator, service = visit.scene.answers[0].indicator_id, visit.scene.service.pk
    client, address = signed_in(visit.member), f"/reviews/{review.pk}/judgements/{service}/{indicator}/"

    def give(user: User) -> None:
        mine = {"value": "MET", "reason": "Seen.", "client_id": uuid.uuid4()}
        give_judgement(review_id=review.pk, service_id=service, indicator_id=indicator, by=user, **mine)

    found = [step_at(client, address)]
    give(visit.member)
    found.append(step_at(client, address))
    for user in (visit.lead, visit.patient):
        give(user)
    found.append(step_at(client, address))
    record_agreed_judgement(panel_id=review.panels.get().pk, agreed="MET", reason="Seen.", differences="", by=visit.lead)
    found.append(step_at(client, address))

    ends = by(review.ends_date)
    assert [(what, clock) for what, _, clock in found] == [
        ("You give your judgement", ends), ("The others on the team give their judgements", ends),
        ("The lead reviewer records the agreed judgement", ends), ("The team records and agrees its findings", ends),
    ]  # fmt: skip
    assert [holder for _, holder, _ in found[1:3]] == ["2 people", "Lin Lead, lead reviewer"]
    assert found[0][1].startswith("Max Member, reviewer")


# Tasks -----------------------------------------------------------------------------------------------------------------
def task(review: Review, title: str) -> tuple[str, str]:
    """Where a task of the review stands, and its hint."""
    return next((one.status, one.hint) for one in review_tasks(Review.objects.get(pk=review.pk)) if one.title == title)


def test_conflicts_of_interest_are_done_when_everybody_is_ruled_on(visit: Visit) -> None:
    review, title = visit.carry("PREPARING"), "Conflicts of interest"
    nobody = task(review, title)
    visit.clear(visit.lead, "LEAD")
    visit.clear(visit.patient, "PATIENT_REVIEWER")
    cleared = task(review, title)
    stand_by = reviewer(review.region, name="Sam Stand-by")
    team.invite_member(review_id=review.pk, user_id=stand_by.pk, team_role="MEMBER", as_stand_by=True, by=visit.manager)
    visit.invite(visit.member)
    waiting = task(review, title)
    team.decline_invitation(member_id=visit.place(visit.member).pk, reason="Busy", by=visit.member)
    for member in review.team.filter(ruled_at=None, ended_at=None).exclude(status="DECLINED"):
        team.end_place(member_id=member.pk, reason="Not needed", by=visit.manager)

    assert nobody == ("In progress", "")
    assert cleared == ("Completed", "")
    assert waiting == ("In progress", "Not ruled on yet: Sam Stand-by, Max Member.")
    assert task(review, title) == ("Completed", "")


def test_who_never_answered_leaves_no_task_open_after_the_visit_began(visit: Visit) -> None:
    review = visit.carry("PREPARING")
    visit.invite(reviewer(review.region, name="Sam Silent"))
    for user, role in ((visit.lead, "LEAD"), (visit.patient, "PATIENT_REVIEWER")):
        visit.clear(user, role)
    reviews.begin_visit(review_id=review.pk, by=visit.manager)

    assert task(review, "Conflicts of interest") == ("Completed", "")


def test_notice_waits_for_the_number_to_call(visit: Visit, signed_in: SignedIn) -> None:
    review = visit.open()
    Review.objects.filter(pk=review.pk).update(visit_phone="")
    manager, url = signed_in(visit.manager), f"/reviews/{review.pk}/"
    sentence = "Add the phone number for the days of the visit first: reviewers without a signal call it."

    page = manager.get(f"{url}notice/").content.decode()
    assert (sentence in page, f"{url}phone/" in page, "Send notice to the service</button>" in page) == (True, True, False)
    assert task(review, "Notice") == ("Not yet started", sentence)
    with pytest.raises(InvalidTransition, match="Add the phone number"):
        reviews.send_notice(review_id=review.pk, by=visit.manager)
    assert "Enter the phone number on the days of the visit" in manager.post(f"{url}phone/", {"phone": ""}).content.decode()
    manager.post(f"{url}phone/", {"phone": "0113 496 0123"})

    assert task(review, "Notice") == ("Not yet started", "")
    assert "During the visit call 0113 496 0123." in manager.get(f"{url}notice/").content.decode()
    assert manager.post(f"{url}notice/").status_code == 302
    with pytest.raises(InvalidTransition, match="Add the phone number"):
        immediate_risks.set_visit_phone(review_id=review.pk, phone=" ", by=visit.manager)


def test_visit_does_not_begin_without_the_number_to_call(visit: Visit) -> None:
    review = visit.carry("PREPARING")
    for user, role in ((visit.lead, "LEAD"), (visit.patient, "PATIENT_REVIEWER")):
        visit.clear(user, role)
    Review.objects.filter(pk=review.pk).update(visit_phone="")

    with pytest.raises(InvalidTransition, match="Add the phone number"):
        reviews.begin_visit(review_id=review.pk, by=visit.manager)

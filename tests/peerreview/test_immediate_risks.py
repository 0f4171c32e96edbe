"""An immediate risk from three fields to the answer of its letter: who is told, once; serious concerns without the alarm."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.permissions import Role
from accounts.templatetags.qnt_tags import clock_time
from peerreview.models import Finding, Letter, Review
from peerreview.queries.letters import answer_clock, letter_clock, letter_milestones
from peerreview.services import findings, immediate_risks, letters, reviews
from surveillance.models import Commissioning
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import Visit, make_review, make_visit
from work import jobs
from work.items import day_words, work_items
from work.models import Job
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
DEVICE = {"Accept": "application/json"}
CANARY = "canary-of-the-danger"


@pytest.fixture
def visit() -> Visit:
    made = make_visit(accepted=True)
    made.carry("VISITING")
    return made


def report(visit: Visit, by: User | None = None, **fields: object) -> Finding:
    chosen: dict[str, object] = {
        "review_id": visit.review.pk, "service_id": visit.scene.service.pk, "what": CANARY, "where": "Ward 2", "told": "The matron",
        "by": by or visit.member,
    }  # fmt: skip
    return findings.report_immediate_risk(**(chosen | fields))  # type: ignore[arg-type]


def confirm(visit: Visit, finding: Finding, **fields: object) -> Finding:
    chosen: dict[str, object] = {
        "finding_id": finding.pk, "recommendation": "Lock them", "topic_id": visit.review.topics.get().pk, "by": visit.lead,
    }  # fmt: skip
    return immediate_risks.confirm_immediate_risk(**(chosen | fields))  # type: ignore[arg-type]


def told(words: str) -> list[str]:
    return sorted(sent.to[0] for sent in mail.outbox if words in sent.subject)


def test_report_sent_twice_is_one_finding_and_one_alarm(visit: Visit, signed_in: SignedIn) -> None:
    client, client_id = signed_in(visit.member), uuid.uuid4()
    sent = {"service": visit.scene.service.pk, "what": CANARY, "where": "Ward 2", "told": "The matron", "client_id": client_id}
    path = f"/reviews/{visit.review.pk}/findings/immediate-risk/"

    answers = [client.post(path, sent, headers=DEVICE) for _ in range(2)]
    faulty = client.post(path, sent | {"what": ""}, headers=DEVICE)
    jobs.run_pending()

    finding = Finding.objects.get()
    hub = f"the {visit.review.region.name} hub"
    words = f"Reported at {clock_time(finding.recorded_at)}. Lin Lead and {hub} have been told."
    wanted = {"client_id": str(client_id), "received_at": finding.recorded_at.isoformat(), "words": words}
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, wanted), (200, wanted)]
    assert (faulty.status_code, list(faulty.json()["errors"])) == (422, ["what"])
    assert told("Confirm an immediate risk") == sorted([visit.lead.email, visit.manager.email])
    assert CANARY not in "".join(f"{sent.subject} {sent.body}" for sent in mail.outbox)
    with pytest.raises(InvalidTransition, match="made by someone else"):
        report(visit, visit.patient, client_id=client_id)


def test_device_hears_when_a_report_is_refused(visit: Visit, signed_in: SignedIn) -> None:
    Review.objects.filter(pk=visit.review.pk).update(status="FOLLOW_UP")
    sent = {"service": visit.scene.service.pk, "what": "x", "where": "y", "told": "z", "client_id": uuid.uuid4()}

    answer = signed_in(visit.member).post(f"/reviews/{visit.review.pk}/findings/immediate-risk/", sent, headers=DEVICE)

    assert (answer.status_code, answer.json()) == (
        409,
        {"errors": {"": ["This review is follow-up. Tell the hub about the risk at once."]}},
    )


@pytest.mark.parametrize(("status", "is_kept"), [("NOTIFIED", False), ("PREPARING", True), ("VISITING", True), ("REPORTING", True)])
def test_risk_is_reported_from_the_papers_to_the_report(visit: Visit, status: str, is_kept: bool) -> None:
    Review.objects.filter(pk=visit.review.pk).update(status=status)

    if is_kept:
        report(visit)
    else:
        with pytest.raises(InvalidTransition, match="Tell the hub"):
            report(visit)

    assert Finding.objects.count() == int(is_kept)


def test_page_gives_the_number_to_call(visit: Visit, signed_in: SignedIn) -> None:
    manager, path = signed_in(visit.manager), f"/reviews/{visit.review.pk}/phone/"

    assert "Enter a phone number, like" in manager.post(path, {"phone": "ask Mo"}).content.decode()
    assert manager.post(path, {"phone": "0113 496 0123"}).status_code == 302

    assert (
        "tell Mo Manager in person now, or call 0113 496 0123"
        in signed_in(visit.member).get(f"/reviews/{visit.review.pk}/findings/immediate-risk/").content.decode()
    )
    assert "0113 496 0123" in manager.get(f"/reviews/{visit.review.pk}/").content.decode()
    assert "0113 496 0123" not in signed_in(visit.scene.lead).get(f"/reviews/{visit.review.pk}/").content.decode()
    assert signed_in(visit.member).get(path).status_code == 403


def test_confirmed_risk_is_told_the_same_day_to_each_once(visit: Visit, signed_in: SignedIn) -> None:
    board = OrganisationFactory(kind="ICB", region=visit.scene.service.region)
    Commissioning.objects.create(service=visit.scene.service, organisation=board, is_lead=False, from_date=dt.date(2020, 1, 1))
    buyer = person(Role.COMMISSIONER, board)
    finding = report(visit)
    jobs.run_pending()
    page = signed_in(visit.lead).get(f"/findings/{finding.pk}/confirm/").content.decode()
    assert "Confirm as immediate risk" in page
    sent = {"recommendation": "Lock them", "topic": visit.review.topics.get().pk, "version": finding.version}

    assert signed_in(visit.lead).post(f"/findings/{finding.pk}/confirm/", sent).status_code == 302
    jobs.run_pending()
    for job in Job.objects.filter(kind="mail.finding_immediate_risk"):
        jobs.enqueue(job.kind, finding_id=finding.pk, requested_by=visit.lead)
    jobs.run_pending()

    national = [membership.user for membership in Membership.objects.filter(role=Role.NATIONAL_LEAD)]
    wanted = [visit.manager, visit.scene.commissioner, buyer, visit.scene.executive, *national]
    assert told("Act on an immediate risk") == sorted(user.email for user in wanted)
    assert CANARY not in "".join(f"{one.subject} {one.body}" for one in mail.outbox)
    finding.refresh_from_db()
    assert (finding.status, finding.letter.due_date) == ("AGREED", add_working_days(timezone.localdate(), 2))


def test_confirming_asks_for_the_lead_a_recommendation_and_the_version(visit: Visit) -> None:
    finding = report(visit)

    with pytest.raises(InvalidTransition, match="Only the lead reviewer confirms"):
        confirm(visit, finding, by=visit.member)
    with pytest.raises(InvalidTransition, match="Enter a recommendation"):
        confirm(visit, finding, recommendation="")
    with pytest.raises(InvalidTransition, match="Select an indicator or a focus topic"):
        confirm(visit, finding, topic_id=None)
    with pytest.raises(SomeoneElseChanged):
        confirm(visit, finding, version=7)
    confirm(visit, finding, version=1)
    with pytest.raises(InvalidTransition, match="Lin Lead agreed this"):
        confirm(visit, finding)

    assert Letter.objects.count() == 1


def test_category_changes_with_a_reason_and_the_hub_hears_of_it(visit: Visit, signed_in: SignedIn) -> None:
    finding = report(visit)
    lead, path = signed_in(visit.lead), f"/findings/{finding.pk}/category/"
    assert "Enter why this is not an immediate risk" in lead.post(path, {"category": "CONCERN", "version": 1}).content.decode()

    assert lead.post(path, {"category": "SERIOUS_CONCERN", "reason": "Locked while we were there", "version": 1}).status_code == 302

    finding.refresh_from_db()
    assert (finding.category, finding.status, finding.version) == ("SERIOUS_CONCERN", "DRAFT", 2)
    assert finding.history.first().history_change_reason == "Locked while we were there"
    assert AuditEvent.objects.get(action="finding.risk_category_changed").by == visit.lead
    assert lead.get(path).status_code == 200
    assert (
        "not reported as an immediate risk any more"
        in lead.post(path, {"category": "CONCERN", "reason": "x", "version": 2}).content.decode()
    )


def test_two_leads_changes_meet(visit: Visit, signed_in: SignedIn) -> None:
    finding = report(visit)
    lead = signed_in(visit.lead)
    Finding.objects.update(version=5)

    confirmed = lead.post(f"/findings/{finding.pk}/confirm/", {"recommendation": "x", "topic": visit.review.topics.get().pk, "version": 1})
    changed = lead.post(f"/findings/{finding.pk}/category/", {"category": "CONCERN", "reason": "x", "version": 1})

    assert (confirmed.status_code, changed.status_code) == (409, 409)
    assert Finding.objects.get().status == "DRAFT"


def test_sign_off_waits_for_a_reported_risk(visit: Visit) -> None:
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    finding = report(visit)

    with pytest.raises(InvalidTransition, match="still a draft"):
        reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager)
    with pytest.raises(InvalidTransition, match="The visit is over"):
        immediate_risks.change_risk_category(finding_id=finding.pk, category="CONCERN", reason="x", by=visit.lead)
    confirm(visit, finding)

    assert reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager).status == "FOLLOW_UP"


def test_reported_risk_waits_for_the_lead_and_shows_to_the_hub(visit: Visit) -> None:
    finding = report(visit)

    def rows(user: User) -> list[tuple[str, bool, str]]:
        return [(item.task, item.is_mine, item.holder) for item in work_items(user) if item.kind == "review.risk"]

    task = "Confirm a reported immediate risk or change its category"
    assert rows(visit.lead) == [(task, True, "")]
    assert rows(visit.manager) == [(task, False, "Lin Lead, lead reviewer")]
    assert rows(visit.member) == rows(visit.scene.lead) == rows(visit.scene.national) == []
    confirm(visit, finding)
    assert rows(visit.lead) == rows(visit.manager) == []


def test_judgements_wait_for_each_member(visit: Visit) -> None:
    found = [(item.task, item.due) for item in work_items(visit.patient) if item.kind == "review.judgements"]

    assert found == [("Give 1 judgement", visit.review.ends_date)]


@pytest.mark.parametrize(("category", "days", "answer_days", "alarms"), [("IMMEDIATE_RISK", 2, 10, 1), ("SERIOUS_CONCERN", 10, 20, 0)])
def test_two_clocks_run_by_the_procedure(visit: Visit, category: str, days: int, answer_days: int, alarms: int) -> None:
    finding = visit.find(category, agreed=True)
    letter = Letter.objects.get(finding=finding)
    due = add_working_days(timezone.localdate(), days)

    assert Job.objects.filter(kind="mail.finding_immediate_risk").count() == alarms
    assert letter_clock(letter) == f"Letter due {day_words(due)}, {days} working days left"
    assert answer_clock(letter) == "The answer's days run when the letter is sent"
    letter = letters.send_letter(letter_id=letter.pk, by=visit.manager)
    answer_due = add_working_days(timezone.localdate(), answer_days)
    assert answer_clock(letter) == f"Answer due {day_words(answer_due)}, {answer_days} working days left"


def test_late_answer_is_red_on_the_hubs_work_and_among_the_dates(visit: Visit, signed_in: SignedIn) -> None:
    visit.find("IMMEDIATE_RISK", agreed=True)
    letters.send_letter(letter_id=Letter.objects.get().pk, by=visit.manager)
    past = add_working_days(timezone.localdate(), -3)
    Letter.objects.update(response_due_date=past)

    items = [(item.task, item.status, item.is_mine) for item in work_items(visit.manager) if item.kind.startswith("review.answer")]
    rows = [(row.label, row.is_late, row.is_done) for row in letter_milestones(visit.review)]

    assert items == [("Answer the letter about an immediate risk", "Late", False)]
    assert rows == [("Letter about an immediate risk", False, True), ("Answer to the letter about an immediate risk", True, False)]
    assert "Answer to the letter" in signed_in(visit.manager).get(f"/reviews/{visit.review.pk}/").content.decode()
    assert "Answer to the letter" not in signed_in(visit.scene.lead).get(f"/reviews/{visit.review.pk}/").content.decode()


def test_review_for_learning_reports_danger_and_no_other_severity(visit: Visit, signed_in: SignedIn) -> None:
    learning = make_review("VISITING", visit, purpose="IMPROVEMENT", decision=None)
    learning.topics.create(position=1, title="Handover", question="What makes it safe?")
    place = visit.place(visit.lead)
    place.pk, place.review = None, learning
    place.save()
    finding = report(visit, visit.lead, review_id=learning.pk)

    page = signed_in(visit.lead).get(f"/findings/{finding.pk}/category/").content.decode()
    assert ("Serious concern" in page, "Further consideration" in page) == (False, True)
    confirm(visit, finding, topic_id=learning.topics.get().pk)
    jobs.run_pending()

    assert visit.manager.email in told("Act on an immediate risk")

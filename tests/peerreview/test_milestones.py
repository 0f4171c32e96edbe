"""The days of a review over Easter and Christmas, what is recorded as done, and reminders that go once.

The expected days were counted by hand on a calendar with England's bank holidays of 2026, 2027 and 2028.
"""

import datetime as dt
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from peerreview.models import EvidenceAsk, Procedure, Review, TeamMember
from peerreview.queries.milestones import milestone_date, milestones_of
from peerreview.services import dates, plan_changes, reviews
from peerreview.services.reminders import remind_of_reviews, step_of
from surveillance.models import PlanAgreement
from tests.factories.peerreview import Visit, make_review, make_visit
from work import jobs
from work.schedule import run_periodic

pytestmark = pytest.mark.django_db
Status = Review.Status
D = dt.date
BEFORE = ("NOTICE", "TEAM", "TOPICS", "EVIDENCE", "BRIEFING")
AFTER = ("DRAFT", "QUALITY_CHECK", "ACCURACY", "FINAL", "PUBLICATION", "PLAN", "PROGRESS_3")


def review_on(visit: Visit, first: dt.date, last: dt.date, procedure: str = "SMALL_NETWORK") -> Review:
    """A review with days, of a procedure."""
    return make_review(Status.PLANNED, visit, starts_date=first, ends_date=last, procedure=Procedure.objects.get(code=procedure))


@pytest.fixture
def at():
    """``with at(day):`` it is ten in the morning of that day."""

    def moment(day: dt.date):
        then = dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)
        return patch.object(timezone, "now", lambda: then)

    return moment


# Days -----------------------------------------------------------------------------------------------------------------
# First and last day of the visit, then the five milestones before it: of the small network, and of the rapid review.
ROUND_EASTER_AND_CHRISTMAS = [
    # The Wednesday after Easter Monday.
    (D(2026, 4, 8), D(2026, 4, 9),
     (D(2026, 1, 26), D(2026, 2, 16), D(2026, 2, 23), D(2026, 3, 16), D(2026, 3, 30)),
     (D(2026, 3, 23), D(2026, 3, 25), D(2026, 3, 25), D(2026, 3, 31), D(2026, 4, 7))),
    (D(2027, 3, 31), D(2027, 4, 1),
     (D(2027, 1, 18), D(2027, 2, 8), D(2027, 2, 15), D(2027, 3, 8), D(2027, 3, 22)),
     (D(2027, 3, 15), D(2027, 3, 17), D(2027, 3, 17), D(2027, 3, 23), D(2027, 3, 30))),
    (D(2028, 4, 19), D(2028, 4, 20),
     (D(2028, 2, 7), D(2028, 2, 28), D(2028, 3, 6), D(2028, 3, 27), D(2028, 4, 10)),
     (D(2028, 4, 3), D(2028, 4, 5), D(2028, 4, 5), D(2028, 4, 11), D(2028, 4, 18))),
    # The first week of January: Christmas, Boxing Day and New Year's Day lie before the visit.
    (D(2027, 1, 5), D(2027, 1, 5),
     (D(2026, 10, 22), D(2026, 11, 12), D(2026, 11, 19), D(2026, 12, 10), D(2026, 12, 24)),
     (D(2026, 12, 17), D(2026, 12, 21), D(2026, 12, 21), D(2026, 12, 29), D(2027, 1, 4))),
    (D(2028, 1, 5), D(2028, 1, 5),
     (D(2027, 10, 22), D(2027, 11, 12), D(2027, 11, 19), D(2027, 12, 10), D(2027, 12, 24)),
     (D(2027, 12, 17), D(2027, 12, 21), D(2027, 12, 21), D(2027, 12, 29), D(2028, 1, 4))),
    (D(2029, 1, 3), D(2029, 1, 3),
     (D(2028, 10, 20), D(2028, 11, 10), D(2028, 11, 17), D(2028, 12, 8), D(2028, 12, 22)),
     (D(2028, 12, 15), D(2028, 12, 19), D(2028, 12, 19), D(2028, 12, 27), D(2029, 1, 2))),
]  # fmt: skip
# First and last day, then draft, quality check, accuracy, final report, publication, plan, first progress check.
AFTER_THE_VISIT = [
    (D(2026, 4, 8), D(2026, 4, 9),
     (D(2026, 5, 8), D(2026, 5, 15), D(2026, 6, 1), D(2026, 6, 8), D(2026, 6, 22), D(2026, 7, 6), D(2026, 9, 8))),
    (D(2027, 3, 31), D(2027, 4, 1),
     (D(2027, 4, 29), D(2027, 5, 7), D(2027, 5, 21), D(2027, 5, 28), D(2027, 6, 14), D(2027, 6, 28), D(2027, 8, 28))),
    (D(2028, 4, 19), D(2028, 4, 20),
     (D(2028, 5, 19), D(2028, 5, 26), D(2028, 6, 12), D(2028, 6, 19), D(2028, 7, 3), D(2028, 7, 17), D(2028, 9, 19))),
    (D(2026, 12, 8), D(2026, 12, 9),
     (D(2027, 1, 11), D(2027, 1, 18), D(2027, 2, 1), D(2027, 2, 8), D(2027, 2, 22), D(2027, 3, 8), D(2027, 5, 8))),
    (D(2027, 12, 7), D(2027, 12, 8),
     (D(2028, 1, 10), D(2028, 1, 17), D(2028, 1, 31), D(2028, 2, 7), D(2028, 2, 21), D(2028, 3, 6), D(2028, 5, 7))),
    (D(2028, 12, 5), D(2028, 12, 6),
     (D(2029, 1, 8), D(2029, 1, 15), D(2029, 1, 29), D(2029, 2, 5), D(2029, 2, 19), D(2029, 3, 5), D(2029, 5, 5))),
]  # fmt: skip


def days_of(review: Review, codes: tuple[str, ...]) -> tuple[dt.date | None, ...]:
    return tuple(milestone_date(review, code) for code in codes)


def test_days_before_a_visit_round_easter_and_christmas():
    visit = make_visit()

    found = [
        (first, last, days_of(review_on(visit, first, last), BEFORE), days_of(review_on(visit, first, last, "RAPID"), BEFORE))
        for first, last, *_ in ROUND_EASTER_AND_CHRISTMAS
    ]

    assert found == ROUND_EASTER_AND_CHRISTMAS


def test_days_after_a_visit_round_easter_and_christmas():
    visit = make_visit()

    found = [(first, last, days_of(review_on(visit, first, last), AFTER)) for first, last, _ in AFTER_THE_VISIT]

    assert found == AFTER_THE_VISIT


def test_postponing_stops_every_clock_and_new_days_set_each_anew():
    visit = make_visit()
    visit.carry("PREPARING")

    reviews.postpone_review(review_id=visit.review.pk, reason="Strike.", by=visit.manager)
    stopped = {row.clock_words for row in milestones_of(Review.objects.get(pk=visit.review.pk)) if row.code in (*BEFORE, *AFTER)}
    first = dt.date(2030, 5, 14)
    dates.plan_dates(review_id=visit.review.pk, starts_date=first, ends_date=None, by=visit.manager)
    rows = {row.code: row.due for row in milestones_of(Review.objects.get(pk=visit.review.pk))}

    assert stopped == {"No date is set"}
    assert all(due and due < first for code, due in rows.items() if code in BEFORE)
    assert all(due and due > first for code, due in rows.items() if code in AFTER)


# Done -----------------------------------------------------------------------------------------------------------------
def done(review: Review) -> set[str]:
    return {row.code for row in milestones_of(Review.objects.get(pk=review.pk)) if row.is_done}


def test_team_is_settled_when_each_required_place_is_cleared():
    visit = make_visit()
    visit.open()
    other = type(visit.member).objects.create(email="other@example.org", name="Other Reviewer")
    visit.clear(visit.lead, "LEAD")
    visit.clear(visit.member)
    visit.clear(visit.patient, "PATIENT_REVIEWER")
    assert done(visit.review) == set()  # the small network asks for two reviewers beside the lead

    TeamMember.objects.filter(review=visit.review, user=visit.member).update(ruled_at=timezone.now() - dt.timedelta(days=3))
    last = visit.place(visit.patient)
    TeamMember.objects.create(
        review=visit.review, user=other, team_role="MEMBER", status="ACCEPTED", is_cleared=True, ruling="CLEAR", ruled_by=visit.manager,
        ruled_at=last.ruled_at + dt.timedelta(days=2), invited_by=visit.manager, invited_at=timezone.now(),
        answer_due_date=timezone.localdate(),
    )  # fmt: skip
    row = next(row for row in milestones_of(Review.objects.get(pk=visit.review.pk)) if row.code == "TEAM")
    day = timezone.localdate(last.ruled_at + dt.timedelta(days=2))
    assert (row.is_done, str(day.year) in row.clock_words, f"{day.day} " in row.clock_words) == (True, True, True)

    assert "BRIEFING" not in done(visit.review)
    TeamMember.objects.filter(review=visit.review).update(context_read_at=timezone.now())
    assert "BRIEFING" in done(visit.review)


def test_topics_and_evidence_are_done_by_what_is_recorded():
    visit = make_visit()
    visit.open()
    visit.add_topic()
    now = timezone.now()
    assert done(visit.review) == set()

    Review.objects.filter(pk=visit.review.pk).update(topics_agreed_at=now)
    assert done(visit.review) == set()
    Review.objects.filter(pk=visit.review.pk).update(evidence_requested_at=now)
    ask = EvidenceAsk.objects.create(
        review=visit.review, service=visit.scene.service, topic=visit.review.topics.get(), what="Rota", why="Cover", asked_by=visit.manager
    )
    assert done(visit.review) == {"TOPICS"}

    EvidenceAsk.objects.filter(pk=ask.pk).update(cannot_reason="There is none.", answered_at=now, answered_by=visit.scene.lead)
    assert done(visit.review) == {"TOPICS", "EVIDENCE"}


def test_plan_is_agreed_when_the_executive_of_each_service_agreed_after_the_visit():
    visit = make_visit()
    visit.carry("FOLLOW_UP")
    assert "PLAN" not in done(visit.review)

    old = {"service": visit.scene.service, "due_date": timezone.localdate(), "executive": visit.scene.executive}
    PlanAgreement.objects.create(**old, executive_at=visit.review.visited_at - dt.timedelta(days=90))
    assert "PLAN" not in done(visit.review)
    PlanAgreement.objects.create(**old, executive_at=timezone.now())
    assert "PLAN" in done(visit.review)


def test_what_nobody_records_is_never_called_late():
    visit = make_visit()
    review = make_review(Status.FOLLOW_UP, visit, starts_date=D(2025, 3, 4), ends_date=D(2025, 3, 4), visited_at=timezone.now())

    own = {"code": "MILESTONE_1", "label": "A talk", "holder": "Hub", "anchor": "VISIT", "working_days": 5}
    review.procedure.milestones = [*review.procedure.milestones, own]

    rows = {row.code: (row.is_late, row.clock_words.split(",")[0][:8]) for row in milestones_of(review)}

    assert rows["MILESTONE_1"] == (False, "Was due ")
    assert (rows["DRAFT"][0], rows["PROGRESS_3"][0]) == (True, True)


# Reminders ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "step"),
    [
        (D(2027, 3, 18), ""), (D(2027, 3, 19), "due_in_5"), (D(2027, 3, 25), "due_in_1"), (D(2027, 3, 30), "due_in_1"),
        (D(2027, 3, 31), "late"), (D(2027, 4, 29), "late"), (D(2027, 4, 30), ""),
    ],
)  # fmt: skip
def test_steps_of_a_day_after_easter(today: dt.date, step: str):
    assert step_of(D(2027, 3, 30), today) == step


def test_each_reminder_of_a_milestone_goes_once_to_its_holder(at):
    visit = make_visit()
    visit.open()
    review = visit.review
    notice, settled = milestone_date(review, "NOTICE"), milestone_date(review, "TEAM")

    with at(notice):
        counts = [run_periodic("send_reminders")["milestones"] for _ in range(3)]
        jobs.run_pending()
    assert counts == [1, 0, 0]
    assert [(sent.to, sent.subject.startswith("Finish by ")) for sent in mail.outbox] == [([visit.manager.email], True)]

    mail.outbox.clear()
    reviews.send_notice(review_id=review.pk, by=visit.manager)
    jobs.run_pending()
    mail.outbox.clear()
    with at(settled):
        remind_of_reviews()
        remind_of_reviews()
        jobs.run_pending()
    assert sorted(sent.to[0] for sent in mail.outbox if "Team and conflicts" in sent.subject) == [visit.manager.email]
    assert [sent.subject for sent in mail.outbox if "Notice to the service" in sent.subject] == []


def test_other_days_begin_the_reminders_anew(at):
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    with at(milestone_date(visit.review, "TEAM")):
        remind_of_reviews()
    later = dt.date(2030, 5, 14)
    plan_changes.change_dates(review_id=visit.review.pk, starts_date=later, ends_date=None, reason="Strike.", by=visit.manager)
    review = Review.objects.get(pk=visit.review.pk)

    with at(milestone_date(review, "TEAM")):
        counts = [remind_of_reviews()["milestones"] for _ in range(2)]

    assert counts[0] > 0
    assert counts[1] == 0


def test_reminder_that_waited_until_the_thing_was_done_is_not_sent(at):
    visit = make_visit()
    visit.open()
    with at(milestone_date(visit.review, "NOTICE")):
        remind_of_reviews()
        reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
        jobs.run_pending()

    assert [sent.subject for sent in mail.outbox if sent.subject.startswith("Finish")] == []


def test_national_leads_are_reminded_of_nothing_in_a_review_for_learning(at):
    visit = make_visit()
    first = dt.date(2030, 5, 14)
    for purpose in ("COMPLIANCE", "IMPROVEMENT"):
        make_review(Status.FOLLOW_UP, visit, purpose=purpose, starts_date=first, ends_date=first, title=f"Review {purpose}")
    review = Review.objects.get(purpose="COMPLIANCE")

    with at(milestone_date(review, "PUBLICATION")):
        remind_of_reviews()
        jobs.run_pending()

    told = {(sent.to[0], "IMPROVEMENT" in sent.subject) for sent in mail.outbox if "Publication decision" in sent.subject}
    assert (visit.scene.national.email, False) in told
    assert {is_learning for _, is_learning in told} == {False}

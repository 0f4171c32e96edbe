"""Which status may follow which, written out; what each move asks for."""

import datetime as dt
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import sees
from peerreview.models import Finding, Letter, Procedure, Review, TeamMember
from peerreview.queries.milestones import add_months, milestone_date, milestones_of, notice_fault
from peerreview.services import dates, findings, rechecks, reviews
from surveillance.models import ServiceAssignment
from tests.factories.peerreview import make_review, make_visit
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
R, F, T = Review.Status, Finding.Status, TeamMember.Status
REVIEW_MOVES = {
    (R.PROPOSED, R.PLANNED), (R.PROPOSED, R.CANCELLED), (R.PLANNED, R.NOTIFIED), (R.PLANNED, R.POSTPONED), (R.PLANNED, R.CANCELLED),
    (R.NOTIFIED, R.PREPARING), (R.NOTIFIED, R.POSTPONED), (R.NOTIFIED, R.CANCELLED), (R.PREPARING, R.VISITING), (R.PREPARING, R.POSTPONED),
    (R.PREPARING, R.CANCELLED), (R.VISITING, R.REPORTING), (R.REPORTING, R.FOLLOW_UP), (R.FOLLOW_UP, R.CLOSED), (R.POSTPONED, R.PLANNED),
    (R.POSTPONED, R.CANCELLED),
}  # fmt: skip
FINDING_MOVES = {
    (F.DRAFT, F.AGREED),
    (F.DRAFT, F.WITHDRAWN),
    (F.AGREED, F.OPEN),
    (F.AGREED, F.AMENDED),
    (F.AGREED, F.WITHDRAWN),
    (F.OPEN, F.RECHECK_DUE),
    (F.OPEN, F.AMENDED),
    (F.OPEN, F.WITHDRAWN),
    (F.OPEN, F.CLOSED),
    (F.RECHECK_DUE, F.CLOSED),
    (F.RECHECK_DUE, F.OPEN),
    (F.AMENDED, F.OPEN),
    (F.AMENDED, F.RECHECK_DUE),
    (F.AMENDED, F.CLOSED),
    (F.AMENDED, F.WITHDRAWN),
}
TEAM_MOVES = {
    (T.INVITED, T.ACCEPTED),
    (T.INVITED, T.DECLINED),
    (T.INVITED, T.ENDED),
    (T.STAND_BY, T.INVITED),
    (T.STAND_BY, T.DECLINED),
    (T.STAND_BY, T.ENDED),
    (T.ACCEPTED, T.DECLINED),
    (T.ACCEPTED, T.ENDED),
}


@pytest.mark.parametrize(("model", "allowed"), [(Review, REVIEW_MOVES), (Finding, FINDING_MOVES), (TeamMember, TEAM_MOVES)])
def test_statuses_move_only_as_designed(model: type, allowed: set[tuple[str, str]]) -> None:
    found = set()

    for before, after in product(model.Status, model.Status):
        try:
            model(status=before).check_may_become(after)
        except InvalidTransition:
            continue
        found.add((before, after))

    assert found == allowed


ACTS = {
    "send_notice": {R.PLANNED}, "start_preparing": {R.NOTIFIED}, "begin_visit": {R.PREPARING}, "finish_visit": {R.VISITING},
    "begin_follow_up": {R.REPORTING}, "close_review": {R.FOLLOW_UP}, "postpone_review": {R.PLANNED, R.NOTIFIED, R.PREPARING},
    "cancel_review": {R.PROPOSED, R.PLANNED, R.NOTIFIED, R.PREPARING, R.POSTPONED},
}  # fmt: skip
EXTRA = {
    "close_review": {"next_review_date": dt.date(2030, 1, 1)},
    "postpone_review": {"reason": "Snow"},
    "cancel_review": {"reason": "Merged"},
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_review_refuses_an_act_in_a_wrong_status(act: str) -> None:
    visit = make_visit()

    for status in R:
        if status in ACTS[act]:
            continue
        review = make_review(status, visit)
        with pytest.raises(InvalidTransition, match="so it cannot become"):
            getattr(reviews, act)(review_id=review.pk, by=visit.manager, **EXTRA.get(act, {}))

    assert Review.objects.count() == len(R) - len(ACTS[act])


def test_review_needs_a_decision_in_force_and_opens_once() -> None:
    visit = make_visit()
    visit.open()

    with pytest.raises(InvalidTransition, match="Mo Manager opened a review from this decision"):
        visit.open()


def test_review_refuses_a_decision_without_option_3() -> None:
    visit = make_visit()
    visit.decision.needs_peer_review, visit.decision.is_routine = False, True
    visit.decision.save()

    with pytest.raises(InvalidTransition, match="does not ask for a peer review"):
        visit.open()


def test_review_on_short_notice_needs_a_reason() -> None:
    visit = make_visit()
    start = add_working_days(timezone.localdate(), 28)

    fault = notice_fault(visit.procedure, start)
    with pytest.raises(
        InvalidTransition, match="gives 28 working days' notice. The procedure asks for 50. Choose a later date or say why."
    ):
        visit.open(starts_date=start, ends_date=start)
    review = visit.open(starts_date=start, ends_date=start, short_notice_reason="A risk")

    assert fault.startswith(f"{start:%A} {start.day} {start:%B %Y} gives 28")
    assert (review.status, review.short_notice_reason) == (R.PLANNED, "A risk")


def test_preparation_needs_a_topic_that_names_an_indicator() -> None:
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)

    with pytest.raises(InvalidTransition, match="Add at least one focus topic"):
        reviews.start_preparing(review_id=visit.review.pk, by=visit.manager)


def test_visit_needs_a_cleared_patient_reviewer() -> None:
    visit = make_visit()
    visit.carry("PREPARING")
    visit.clear(visit.lead, "LEAD")

    with pytest.raises(InvalidTransition, match="A patient reviewer is required"):
        reviews.begin_visit(review_id=visit.review.pk, by=visit.manager)


def test_visit_does_not_end_with_a_draft_finding() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    finding = visit.find()

    with pytest.raises(InvalidTransition, match="1 finding is still a draft"):
        reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    findings.withdraw_finding(finding_id=finding.pk, reason="Wrong ward", by=visit.member)

    assert reviews.finish_visit(review_id=visit.review.pk, by=visit.manager).status == R.REPORTING


def test_follow_up_opens_findings_and_ends_places() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    concern, praise = visit.find(agreed=True), visit.find("GOOD_PRACTICE", agreed=True, recommendation="")
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)

    reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager)

    assert [Finding.objects.get(pk=finding.pk).status for finding in (concern, praise)] == [F.OPEN, F.AGREED]
    assert set(TeamMember.objects.values_list("status", flat=True)) == {T.ENDED}
    reviewers = ServiceAssignment.objects.filter(role__in=["REVIEWER", "PATIENT_REVIEWER"])
    assert (reviewers.count(), reviewers.active().count()) == (3, 0)


def test_review_does_not_close_over_an_open_immediate_risk() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    risk = visit.find("IMMEDIATE_RISK", agreed=True)
    reviews.finish_visit(review_id=visit.review.pk, by=visit.manager)
    reviews.begin_follow_up(review_id=visit.review.pk, by=visit.manager)

    with pytest.raises(InvalidTransition, match="Set a next review date before you close this review"):
        reviews.close_review(review_id=visit.review.pk, next_review_date=None, by=visit.manager)
    with pytest.raises(InvalidTransition, match="An immediate risk is still open"):
        reviews.close_review(review_id=visit.review.pk, next_review_date=dt.date(2030, 1, 1), by=visit.manager)
    rechecks.recheck_finding(finding_id=risk.pk, is_put_right=True, acted="A lock", reason="Locked", by=visit.manager)
    reviews.close_review(review_id=visit.review.pk, next_review_date=dt.date(2030, 1, 1), by=visit.manager)

    visit.scene.service.refresh_from_db()
    assert visit.scene.service.next_review_date == dt.date(2030, 1, 1)


def test_postponed_review_plans_every_clock_anew() -> None:
    visit = make_visit()
    visit.carry("NOTIFIED")
    reviews.postpone_review(review_id=visit.review.pk, reason="Snow", by=visit.manager)
    later = add_working_days(timezone.localdate(), 100)

    assert milestone_date(Review.objects.get(), "NOTICE") is None
    review = dates.plan_dates(review_id=visit.review.pk, starts_date=later, ends_date=None, by=visit.manager)

    assert (review.status, review.notified_at) == (R.PLANNED, None)
    assert milestone_date(review, "NOTICE") == add_working_days(later, -50)


def test_milestones_hang_on_their_anchors() -> None:
    visit = make_visit()
    visit.open()
    end = visit.review.ends_date

    days = {row.code: row.due for row in milestones_of(visit.review)}

    final = add_working_days(end, 40)
    draft = add_working_days(end, 20)
    assert (days["DRAFT"], days["FINAL"]) == (draft, final)
    assert days["ACCURACY"] == add_working_days(add_working_days(draft, 5), 10)
    assert (days["PLAN"], days["PROGRESS_3"]) == (add_working_days(final, 20), add_months(final, 3))
    assert add_months(dt.date(2027, 11, 30), 3) == dt.date(2028, 2, 29)


def test_database_refuses_what_must_not_be() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    finding = visit.find(agreed=True)
    place = visit.place(visit.member)
    bad = [
        lambda: Finding.objects.filter(pk=finding.pk).update(recommendation=""),
        lambda: Finding.objects.filter(pk=finding.pk).update(indicator=None, topic=None),
        lambda: Finding.objects.filter(pk=finding.pk).update(agreed_by=None),
        lambda: TeamMember.objects.filter(pk=place.pk).update(ruling="NOT_CLEAR"),
        lambda: TeamMember.objects.create(
            review=visit.review,
            user=visit.member,
            invited_by=visit.manager,
            invited_at=timezone.now(),
            answer_due_date=timezone.localdate(),
        ),
        lambda: Review.objects.update(purpose="IMPROVEMENT"),
        lambda: Review.objects.update(origin="REQUEST"),
        lambda: Review.objects.update(status="CLOSED", next_review_date=None),
    ]

    for write in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_procedures_are_ours_to_be_confirmed() -> None:
    procedures = Procedure.objects.all()

    assert {procedure.code for procedure in procedures} == {"SMALL_NETWORK", "LARGE_NETWORK", "RAPID", "VIRTUAL", "DEEP_DIVE"}
    assert all(procedure.is_default for procedure in procedures)
    assert [procedures.get(code=code).working_days("NOTICE") for code in ("SMALL_NETWORK", "RAPID")] == [-50, -10]


def test_letters_of_both_kinds_follow_the_procedure() -> None:
    visit = make_visit()
    visit.carry("VISITING")

    risk, serious = visit.find("IMMEDIATE_RISK", agreed=True), visit.find("SERIOUS_CONCERN", agreed=True)

    today = timezone.localdate()
    assert [Letter.objects.get(finding=finding).due_date for finding in (risk, serious)] == [
        add_working_days(today, 2),
        add_working_days(today, 10),
    ]
    assert not sees(visit.scene.executive, "letter", {"pk": risk.letter.pk})

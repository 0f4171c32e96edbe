"""Rows of reviews whose visit began in a year: fidelity, lead times, patients heard, the change of the score."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from peerreview.facts import ReportFact, reports_of
from peerreview.models import Finding, PatientView, Review, Session, TeamMember
from peerreview.queries.done_days import team_settled_at
from peerreview.queries.lead_times import days_to_visit
from peerreview.queries.milestones import milestone_date, notice_days
from qnt.programme.counting.years import on_days
from qnt.programme.fidelity import MILESTONES, Check, Record, Ruling, State, checks_of
from qnt.programme.models import ProgrammeFact, half_of
from surveillance.models import Score, Stage
from work.working_days import working_days_between

BATCH = 200
# Measure, milestone of the procedure: working days after the visit's last day.
AFTER_VISIT = {"LEAD_DRAFT": "DRAFT", "LEAD_FINAL": "FINAL", "LEAD_PUBLICATION": "PUBLICATION"}


def for_checking(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews with all that their checklists read, in seven statements."""
    lettered = Finding.objects.agreed().filter(letter__isnull=False).select_related("letter")
    return (
        reviews.select_related("procedure", "decision")
        .annotate(views_count=Count("views", filter=Q(views__status=PatientView.Status.SHARED), distinct=True))
        .prefetch_related(
            "team",
            Prefetch("days__sessions", Session.objects.filter(is_informal=True), to_attr="informal"),
            Prefetch("findings", lettered, to_attr="lettered"),
        )
    )


def review_facts(year: int) -> Iterator[ProgrammeFact]:
    """Rows of all reviews whose visit has begun, 200 reviews at a time."""
    held = for_checking(Review.objects.filter(**on_days("starts_date", year), status__in=Review.HELD)).order_by("pk")
    found = held.iterator(chunk_size=BATCH)
    while batch := list(islice(found, BATCH)):
        facts, changes = reports_of([review.pk for review in batch]), _score_changes(batch)
        for review in batch:
            yield from _facts_of(review, facts, changes.get(review.pk))


def checklist(review: Review) -> list[Check]:
    """The checklist of one review that ``for_checking`` loaded."""
    return checks_of(record_of(review, reports_of([review.pk])))


def record_of(review: Review, facts: dict[int, ReportFact]) -> Record:
    """What is recorded of a review that ``for_checking`` loaded; ``facts`` are those of its report."""
    starts, ends = _visit(review)
    notice = _day(review.notified_at)
    sessions = [session for day in review.days.all() for session in day.informal]
    given = [session.given_minutes for session in sessions if session.given_minutes is not None]
    report = facts.get(review.pk)
    done = report.done if report else {}
    return Record(
        today=timezone.localdate(), starts=starts, ends=ends, notice_on=notice,
        notice_given=notice_days(starts, notice) if notice else 0,
        notice_asked=-review.procedure.working_days("NOTICE") if review.procedure.has_milestone("NOTICE") else 0,
        team_on=_day(team_settled_at(review)), team_due=milestone_date(review, "TEAM", facts=facts), rulings=_rulings(review),
        preparing_on=_day(review.preparing_at), views_count=review.views_count, informal_sessions_count=len(sessions),
        informal_given=sum(given) if given else None, informal_asked=review.procedure.informal_minutes,
        feedback_on=_day(review.feedback_given_at),
        letters=[(finding.letter.due_date, _day(finding.letter.sent_at)) for finding in review.lettered],
        milestones={name: (milestone_date(review, name, facts=facts), done.get(name)) for name in MILESTONES.values()},
    )  # fmt: skip


def _rulings(review: Review) -> list[Ruling]:
    """Members who were on the team to the visit: who declined, or left before, had no papers to open."""
    on_it = [
        member
        for member in review.team.all()
        if member.status == TeamMember.Status.ACCEPTED or (member.status == TeamMember.Status.ENDED and member.is_cleared)
    ]
    return [Ruling(_day(member.invited_at), _day(member.ruled_at)) for member in on_it]


def _facts_of(review: Review, facts: dict[int, ReportFact], change: Decimal | None) -> Iterator[ProgrammeFact]:
    record = record_of(review, facts)
    for check in checks_of(record):
        if check.state in (State.YES, State.NO):
            yield _fact(review, check.code, int(check.state is State.YES))
    if (days := days_to_visit(review)) is not None:
        yield _fact(review, "LEAD_VISIT", days)
    done = facts[review.pk].done if review.pk in facts else {}
    for code, milestone in AFTER_VISIT.items():
        if milestone in done:
            planned = milestone_date(review, milestone, facts={})
            limit = working_days_between(record.ends, planned) if planned else None
            yield _fact(review, code, max(0, working_days_between(record.ends, done[milestone])), limit=limit)
    yield _fact(review, "STA_VIEWS", record.views_count)
    if change is not None:
        yield _fact(review, "ANT_SCORE", change)


def _fact(review: Review, code: str, value: int | Decimal, **columns: Any) -> ProgrammeFact:
    starts, _ = _visit(review)
    return ProgrammeFact(
        year=starts.year, half=half_of(starts), measure=code, unit_id=review.pk, day=starts, region_id=review.region_id, review=review,
        kind=review.kind, procedure_id=review.procedure_id, is_learning=review.is_learning, value=value, **columns,
    )  # fmt: skip


def _visit(review: Review) -> tuple[dt.date, dt.date]:
    """First and last day of a visit that was held, which has both."""
    assert review.starts_date, review.pk  # noqa: S101 (held visits have days: the query says so)
    return review.starts_date, review.ends_date or review.starts_date


def _day(moment: dt.datetime | None) -> Any:
    return timezone.localdate(moment) if moment else None


def _score_changes(reviews: list[Review]) -> dict[int, Decimal]:
    """Review to points from the score before to the one that it agreed, where its decision's self-report has both; one statement."""
    wanted = {review.pk: (review.decision.service_id, review.decision.round_id) for review in reviews if review.decision}
    scores = Score.objects.filter(self_report__service__in=[service for service, _ in wanted.values()], percent__isnull=False).values_list(
        "self_report__service", "self_report__round", "stage", "percent"
    )
    by_report: dict[tuple[int, int], dict[str, Decimal]] = {}
    for service, round_, stage, percent in scores:
        by_report.setdefault((service, round_), {})[stage] = percent
    changes = {}
    for pk, key in wanted.items():
        stages = by_report.get(key, {})
        before = stages.get(Stage.VALIDATED, stages.get(Stage.SELF_ASSESSED))
        if before is not None and Stage.PEER_REVIEWED in stages:
            changes[pk] = stages[Stage.PEER_REVIEWED] - before
    return changes

"""What waits for a person about reports: draft, quality check, accuracy, decisions on it, sign-off, publication.

A constant number of statements, whatever the number of rows. The national team holds every right of a hub, but the hubs
hold the work: its list has only what is its own (publication, and checks in its name).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import REVIEWER_ROLES, Permission
from peerreview.models import TeamMember
from reports.models import AccuracyPoint, QualityCheck, Report, Revision, SignOff
from reports.queries.consents import waiting_for_consent
from reports.queries.due import decide_by
from reports.queries.people import unable_checks
from surveillance.reach import reach_of
from work.items import WorkItem

Status = Report.Status
Answer = AccuracyPoint.Answer


def report_items(user: User) -> list[WorkItem]:
    """Everything about reports that waits for ``user``."""
    items: list[WorkItem] = []
    if user.has_permission(Permission.REPORT_DRAFT):
        items += [
            _item(r, "DRAFT", f"Finish the draft report on {r.title}", "report_detail", r.draft_due_date, user) for r in _drafts(user)
        ]
        items += [
            _item(r, "CHECKER", f"Name another person to check the report on {r.title}", "report_checkers", None, user)
            for r in _without_checker(user)
        ]
    if user.has_permission(Permission.REPORT_CHECK):
        items += _checks(user)
    if user.has_permission(Permission.REPORT_ACCURACY):
        items += [
            _item(r, "ACCURACY", f"Check the facts in the report on {r.title}", "report_accuracy", r.accuracy_due_date, user)
            for r in _to_answer(user)
        ]
    if user.has_permission(Permission.REPORT_VIEW):
        items += [
            _item(r, "ACCURACY_DECISION", f"Decide on accuracy answers about {r.title}", "report_accuracy", r.final_due_date, user)
            for r in _to_decide(user)
        ]
    if user.has_permission(Permission.REPORT_SIGN_OFF) or user.roles & REVIEWER_ROLES:
        items += [
            _item(r, "SIGN_OFF", f"Sign off the report on {r.title}", "report_sign_off", r.final_due_date, user) for r in _to_sign(user)
        ]
    if user.has_permission(Permission.REPORT_CONSENT):
        items += [
            replace(
                _item(r, "CONSENT", f"Say whether the report on {r.title} may be published", "report_consent", None, user),
                plural="Say whether {n} reports may be published",
            )
            for r in _shown(waiting_for_consent(user))
        ]
    if user.has_permission(Permission.REPORT_PUBLISH):
        items += [_decision(report, user) for report in _to_publish(user)]
    return items


def _item(report: Report, step: str, task: str, route: str, due: dt.date | None, user: User, *, is_mine: bool = True) -> WorkItem:
    services = ", ".join(service.name for service in report.review.services.all())
    outside = task.replace(f" on {report.title}", "").replace(f" about {report.title}", "")
    return WorkItem(
        kind=f"report.{step.lower()}", task=task, url=reverse(f"reports:{route}", args=[report.pk]), service=services, due=due,
        status=report.get_status_display(), holder=user.name, is_mine=is_mine, is_learning=report.review.is_learning,
        plural=f"{task.split(' ')[0]} {{n}} reports", list_url=reverse("reports:report_list"),
        reference=f"report:{report.pk}:{step.lower()}", outside=f"{outside}: {services}",
    )  # fmt: skip


def _decision(report: Report, user: User) -> WorkItem:
    """The decision on publication: of a new version, that it is one, and its own day."""
    revision = next(iter(report.revisions.all()), None)
    name = revision.name if revision else "report"
    task = f"Decide on publishing the {name} on {report.title}"
    item = _item(report, "PUBLISH", task, "report_publish", decide_by(report, revision), user)
    return replace(item, status=revision.get_status_display()) if revision else item


def _shown(reports: QuerySet[Report]) -> Iterable[Report]:
    return reports.select_related("review").prefetch_related("review__services")


def _drafts(user: User) -> Iterable[Report]:
    return _shown(Report.objects.for_user(user, Permission.REPORT_DRAFT).filter(status=Status.DRAFT, drafter=user))


def _without_checker(user: User) -> Iterable[Report]:
    """Reports of this drafter that wait for a quality check by somebody who cannot give it any more."""
    drafted = Report.objects.for_user(user, Permission.REPORT_DRAFT).filter(status=Status.QUALITY_CHECK, drafter=user)
    return _shown(drafted.filter(Exists(unable_checks().filter(report=OuterRef("pk")))))


def _checks(user: User) -> list[WorkItem]:
    checks = QualityCheck.objects.filter(checker=user, outcome=QualityCheck.Outcome.WAITING, report__status=Status.QUALITY_CHECK)
    still_on = TeamMember.objects.on_team().filter(review=OuterRef("report__review"), user=user)
    rows = (
        checks.filter(Q(report__review__purpose="COMPLIANCE") | Exists(still_on))
        .select_related("report__review")
        .prefetch_related("report__review__services")
    )
    return [
        _item(c.report, "QUALITY_CHECK", f"Check the quality of the report on {c.report.title}", "report_quality_check", c.due_date, user)
        for c in rows
    ]


def _to_answer(user: User) -> Iterable[Report]:
    reach = reach_of(user, Permission.REPORT_ACCURACY)
    unsent = AccuracyPoint.objects.filter(report=OuterRef("pk"), sent_at=None)
    parties = []
    if not reach.only_hosts().is_empty:
        mine = Report.objects.filter(reach.only_hosts().of_services("review__services__")).values("pk")
        parties.append(Q(pk__in=mine) & Exists(unsent.filter(party=AccuracyPoint.Party.SERVICE)))
    if not reach.only_buyers().is_empty:
        bought = Report.objects.filter(reach.only_buyers().of_services("review__services__")).values("pk")
        parties.append(Q(pk__in=bought) & Exists(unsent.filter(party=AccuracyPoint.Party.COMMISSIONER)))
    if not parties:
        return []
    condition = parties[0] if len(parties) == 1 else parties[0] | parties[1]
    return _shown(Report.objects.for_user(user, Permission.REPORT_ACCURACY).filter(condition, status=Status.FACTUAL_ACCURACY))


def _to_decide(user: User) -> Iterable[Report]:
    disputed = AccuracyPoint.objects.filter(report=OuterRef("pk"), answer=Answer.NOT_CORRECT, outcome="", sent_at__isnull=False)
    led = TeamMember.objects.on_team().filter(user=user, team_role=TeamMember.TeamRole.LEAD).values("review")
    visible = Report.objects.for_user(user, Permission.REPORT_VIEW).filter(Q(review__in=led) | Q(drafter=user))
    return _shown(visible.filter(Exists(disputed), status=Status.FACTUAL_ACCURACY))


def _to_sign(user: User) -> Iterable[Report]:
    """Reports with every accuracy item closed, drafted by others: of this person's hub, for learning of the team that they lead."""
    regions = reach_of(user, Permission.REPORT_SIGN_OFF).regions
    led = TeamMember.objects.on_team().filter(user=user, team_role=TeamMember.TeamRole.LEAD, review__purpose="IMPROVEMENT")
    points = AccuracyPoint.objects.filter(report=OuterRef("pk"))
    still_open = points.filter(Q(sent_at=None) | Q(answer=Answer.NOT_CORRECT, outcome=""))
    managed = Report.objects.for_user(user, Permission.REPORT_SIGN_OFF).filter(review__region__in=regions).values("pk")
    own = Q(review__in=led.values("review")) | Q(pk__in=managed)
    reports = Report.objects.for_user(user, Permission.REPORT_VIEW).filter(own, status=Status.FACTUAL_ACCURACY)
    return _shown(reports.filter(~Exists(still_open)).exclude(drafter=user))


def _to_publish(user: User) -> Iterable[Report]:
    signed = SignOff.objects.filter(report=OuterRef("pk"), signed_by=user)
    revised = Revision.objects.filter(report=OuterRef("pk"), status=Revision.Status.SIGNED)
    waiting = Q(status__in=[Status.SIGNED_OFF, Status.WITHHELD]) | Exists(revised)
    reports = Report.objects.for_user(user, Permission.REPORT_PUBLISH).filter(waiting, ~Exists(revised.filter(opened_by=user)))
    rows = reports.filter(~Exists(signed), review__purpose="COMPLIANCE").exclude(drafter=user).select_related("review__procedure")
    waiting_new = Revision.objects.filter(status=Revision.Status.SIGNED).select_related("signed_version__sign_off")
    return rows.prefetch_related("review__services", Prefetch("revisions", waiting_new))

"""What happens next with a report, who holds it, by when: in the words of every page."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.facts import ReportFact
from peerreview.queries.teams import lead_reviewer
from reports.models import AccuracyPoint, QualityCheck, Report
from reports.queries.rights import sign_off_of
from surveillance.queries.holders import commissioner_of, hub_manager_of, service_lead_of
from work.items import NextStep, day_words

Status = Report.Status


def report_next_step(report: Report) -> NextStep:
    """The next act on a report."""
    return _STEPS[Status(report.status)](report)


def holder_words(user: User) -> str:
    """Name, role, organisation of a person at a hub or the national team."""
    roles = [Role.HUB_MANAGER, Role.HUB_OFFICER, Role.NATIONAL_LEAD]
    membership = Membership.objects.active().filter(user=user, role__in=roles).select_related("organisation").order_by("pk").first()
    return f"{user.name}, {Role(membership.role).label.lower()}, {membership.organisation.name}" if membership else user.name


def national_holder(report: Report) -> str:
    """Somebody on the national team who neither drafted nor signed the report, in words."""
    signed = sign_off_of(report)
    away = {report.drafter_id, signed.signed_by_id if signed else None}
    held = Membership.objects.active().filter(role=Role.NATIONAL_LEAD, user__is_active=True).exclude(user__in=[pk for pk in away if pk])
    first = held.select_related("user", "organisation").order_by("pk").first()
    return f"{first.user.name}, national lead, {first.organisation.name}" if first else "The national team"


def _draft(report: Report) -> NextStep:
    return NextStep("The hub finishes the draft and asks for a quality check", holder_words(report.drafter), report.draft_due_date)


def _quality_check(report: Report) -> NextStep:
    waiting = list(report.quality_checks.filter(outcome=QualityCheck.Outcome.WAITING).select_related("checker").order_by("pk"))
    if not waiting:
        return NextStep("The quality check ends", holder_words(report.drafter), None)
    names = " and ".join(holder_words(check.checker) for check in waiting)
    return NextStep(f"{len(waiting)} of 2 people check the quality of the report", names, min(check.due_date for check in waiting))


def _accuracy(report: Report) -> NextStep:
    points = list(report.accuracy_points.all())
    service = report.review.services.order_by("review_services__position").first()
    if any(point.sent_at is None and point.party == AccuracyPoint.Party.SERVICE for point in points):
        holder = service_lead_of(service) if service else None
        return NextStep(
            "The service checks the facts", holder.words if holder else "The service’s lead and executive", report.accuracy_due_date
        )
    if any(point.sent_at is None for point in points):
        buyer = commissioner_of(service) if service else None
        return NextStep(
            "The commissioner checks the facts in what is addressed to it",
            buyer.words if buyer else "The commissioner",
            report.accuracy_due_date,
        )
    if any(not point.is_closed for point in points):
        lead = lead_reviewer(report.review)
        words = f"{lead.user.name}, lead reviewer" if lead else holder_words(report.drafter)
        return NextStep("The team accepts or keeps what the service said is wrong", words, report.final_due_date)
    manager = hub_manager_of(service) if service else None
    return NextStep("The hub manager signs off the report", manager.words if manager else "The hub manager", report.final_due_date)


def _signed(report: Report) -> NextStep:
    return NextStep("The national team decides whether to publish", national_holder(report), report.publication_due_date)


def _published(report: Report) -> NextStep:
    publication = report.publications.filter(decision="PUBLISH", withdrawn_at=None).first()
    if publication is None or publication.public_from is None:
        return NextStep("Nothing more", "No one", None, note="Published")
    day = day_words(timezone.localdate(publication.public_from))
    if publication.public_from > timezone.now():
        return NextStep("The report becomes public by itself", national_holder(report), timezone.localdate(publication.public_from))
    return NextStep("Nothing more: the actions are followed up", holder_words(report.drafter), None, note=f"Published on {day}")


def _withheld(report: Report) -> NextStep:
    publication = report.publications.filter(decision="WITHHOLD").first()
    due = publication.review_date if publication else report.publication_due_date
    return NextStep("The national team looks again at whether to publish", national_holder(report), due)


def _withdrawn(report: Report) -> NextStep:
    publication = report.publications.exclude(withdrawn_at=None).first()
    day = day_words(timezone.localdate(publication.withdrawn_at)) if publication and publication.withdrawn_at else ""
    return NextStep("Nothing more, unless it is published again", national_holder(report), None, note=f"Withdrawn on {day}")


_STEPS = {
    Status.DRAFT: _draft,
    Status.QUALITY_CHECK: _quality_check,
    Status.FACTUAL_ACCURACY: _accuracy,
    Status.SIGNED_OFF: _signed,
    Status.PUBLISHED: _published,
    Status.WITHHELD: _withheld,
    Status.WITHDRAWN: _withdrawn,
}


def report_facts(review_ids: list[int]) -> dict[int, ReportFact]:
    """For reviews: where their report is, and on which days its milestones were done."""
    reports = Report.objects.filter(review__in=review_ids).prefetch_related(
        "quality_checks", "accuracy_points", "sign_offs", "publications"
    )
    return {
        report.review_id: ReportFact(report.get_status_display(), reverse("reports:report_detail", args=[report.pk]), _done(report))
        for report in reports
    }


def _done(report: Report) -> dict[str, dt.date]:
    checks, points = list(report.quality_checks.all()), list(report.accuracy_points.all())
    moments = {
        "DRAFT": min((check.asked_at for check in checks), default=None) if report.status != Status.DRAFT else None,
        "QUALITY_CHECK": max((c.checked_at for c in checks if c.checked_at), default=None) if points else None,
        "ACCURACY": max((p.sent_at for p in points if p.sent_at), default=None) if points and all(p.sent_at for p in points) else None,
        "FINAL": max((signed.signed_at for signed in report.sign_offs.all()), default=None),
        "PUBLICATION": min((publication.decided_at for publication in report.publications.all()), default=None),
    }
    return {code: timezone.localdate(moment) for code, moment in moments.items() if moment}

"""What happens next with a report, who holds it, by when: in the words of every page."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.facts import ReportFact
from peerreview.queries.teams import lead_reviewer
from reports.models import AccuracyPoint, QualityCheck, Report, Revision
from reports.queries.accuracy import said_by
from reports.queries.due import decide_by, revision_day
from reports.queries.people import unable_checks
from reports.queries.publications import is_public, status_words, to_be_published
from reports.queries.readings import latest_readings, open_comments, readings_of
from reports.queries.revisions import current_revision, prepared, writers_of
from reports.queries.rights import sign_off_of
from reports.words import joined
from surveillance.models import Service
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
    readings = latest_readings(readings_of(report))
    waiting = list(report.team_readings.waiting().select_related("member__user").order_by("due_date", "pk"))
    if waiting:
        names = joined([f"{reading.member.user.name}, {reading.member.get_team_role_display().lower()}" for reading in waiting])
        return NextStep("The team reads the draft", names, waiting[0].due_date)
    if not readings:
        return NextStep("The hub finishes the draft and asks the team to read it", holder_words(report.drafter), report.draft_due_date)
    if open_comments(readings):
        return NextStep("The hub answers the team’s comments", holder_words(report.drafter), report.draft_due_date)
    return NextStep("The hub finishes the draft and asks for a quality check", holder_words(report.drafter), report.draft_due_date)


def _quality_check(report: Report) -> NextStep:
    waiting = list(report.quality_checks.filter(outcome=QualityCheck.Outcome.WAITING).select_related("checker").order_by("pk"))
    if not waiting:
        return NextStep("The quality check ends", holder_words(report.drafter), None)
    if gone := list(unable_checks().filter(report=report).select_related("checker").order_by("pk")):
        names = joined([check.checker.name for check in gone])
        what = f"The hub names another person to check the quality of the report in place of {names}"
        return NextStep(what, holder_words(report.drafter), min(check.due_date for check in gone))
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
    if disputed := [point for point in points if not point.is_closed]:
        lead = lead_reviewer(report.review)
        words = f"{lead.user.name}, lead reviewer" if lead else holder_words(report.drafter)
        return NextStep(f"The team accepts or keeps what {said_by(disputed)} said is wrong", words, report.final_due_date)
    if report.review.is_learning:
        return NextStep("Somebody who did not draft the report signs it off", _signer_words(report), report.final_due_date)
    manager = hub_manager_of(service) if service else None
    return NextStep("The hub manager signs off the report", manager.words if manager else "The hub manager", report.final_due_date)


def _signer_words(report: Report) -> str:
    """Who signs the report of a review for learning, in words: its lead reviewer, else its visit lead where somebody else drafted it."""
    lead, arranges = lead_reviewer(report.review), report.review.visit_lead
    if lead and lead.user_id != report.drafter_id:
        return f"{lead.user.name}, lead reviewer"
    return holder_words(arranges) if arranges and arranges.pk != report.drafter_id else "The lead reviewer"


def _consent(report: Report) -> NextStep:
    """That publication is the services' to decide. It reads alike whatever they answered: that is for the review's people alone."""
    what = "The service" if _only_service(report) else "Each service"
    note = "No date is set. While nothing is said, nothing is published."
    return NextStep(f"{what} says whether the report may be published", _service_words(report), note=note)


def _only_service(report: Report) -> Service | None:
    """The service under review; None where there are several."""
    services = list(report.review.services.order_by("review_services__position")[:2])
    return services[0] if len(services) == 1 else None


def _service_words(report: Report) -> str:
    """Who answers for the service under review, in words; of several each for itself."""
    only = _only_service(report)
    holder = service_lead_of(only) if only else None
    return holder.words if holder else "The service’s lead or executive" if only else "Each service’s lead or executive"


def _signed(report: Report) -> NextStep:
    if report.review.is_learning:
        return _consent(report)
    if step := _revised(report):
        return step
    return NextStep("The national team decides whether to publish", national_holder(report), report.publication_due_date)


def _revised(report: Report) -> NextStep | None:
    """What happens next with a correction or an annex; None where there is none."""
    revision = current_revision(report)
    if revision is None:
        return None
    name = "correction" if revision.kind == Revision.Kind.CORRECTION else "action plan as an annex"
    if revision.status == Revision.Status.SIGNED:
        what = f"The national team decides whether to publish the {name}"
        return NextStep(what, national_holder(report), decide_by(report, revision))
    if report.revisions.filter(prepared(), pk=revision.pk).exists():
        return _sign_revision(report, revision, name)
    what = f"The hub finishes the {name}, and somebody else signs it off"
    return NextStep(what, holder_words(revision.opened_by), revision_day(revision))


def _sign_revision(report: Report, revision: Revision, name: str) -> NextStep:
    """The turn of a manager of the hub who did not write the new version; of the national team where every manager did."""
    held = Membership.objects.active().filter(role=Role.HUB_MANAGER, organisation=report.review.region_id, user__is_active=True)
    first = held.exclude(user__in=writers_of(revision)).select_related("user").order_by("pk").first()
    if first:
        return NextStep(f"The hub manager signs off the {name}", holder_words(first.user), revision_day(revision))
    return NextStep(f"Somebody who did not write the {name} signs it off", "The national team", revision_day(revision))


def _published(report: Report) -> NextStep:
    if step := _revised(report):
        return step
    publication = report.publications.standing().first()
    if publication is None or publication.public_from is None:
        return NextStep("Nothing more", "No one", None, note="Published")
    if publication.public_from > timezone.now():
        due = timezone.localdate(publication.public_from)
        what = to_be_published(publication.public_from)
        if is_public(report):
            what = f"The new version is {what[:1].lower()}{what[1:]}"
        return NextStep(what, national_holder(report), due)
    day = day_words(timezone.localdate(publication.public_from))
    if report.review.is_learning:
        return NextStep("Nothing more, unless the service takes it back", _service_words(report), None, note=f"Published on {day}")
    return NextStep("Nothing more: the actions are followed up", holder_words(report.drafter), None, note=f"Published on {day}")


def _withheld(report: Report) -> NextStep:
    if step := _revised(report):
        return step
    publication = report.publications.filter(decision="WITHHOLD").first()
    due = publication.review_date if publication else report.publication_due_date
    return NextStep("The national team looks again at whether to publish", national_holder(report), due)


def _withdrawn(report: Report) -> NextStep:
    if step := _revised(report):
        return step
    publication = report.publications.exclude(withdrawn_at=None).first()
    day = day_words(timezone.localdate(publication.withdrawn_at)) if publication and publication.withdrawn_at else ""
    holder = _service_words(report) if report.review.is_learning else national_holder(report)
    return NextStep("Nothing more, unless it is published again", holder, None, note=f"Withdrawn on {day}")


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
        report.review_id: ReportFact(
            status_words(report), reverse("reports:report_detail", args=[report.pk]), done_of(report), {"ACCURACY": silence_words(report)}
        )
        for report in reports
    }


def done_of(report: Report) -> dict[str, dt.date]:
    """Milestone code to the day on which the report passed it; no statement where its checks, points and decisions are prefetched."""
    checks, points = list(report.quality_checks.all()), list(report.accuracy_points.all())
    answered = max((p.sent_at for p in points if p.sent_at), default=None) if points and all(p.sent_at for p in points) else None
    moments = {
        "DRAFT": min((check.asked_at for check in checks), default=None) if report.status != Status.DRAFT else None,
        "QUALITY_CHECK": max((c.checked_at for c in checks if c.checked_at), default=None) if points else None,
        "ACCURACY": answered,
        "FINAL": min((signed.signed_at for signed in report.sign_offs.all()), default=None),  # later ones are of corrections
        "PUBLICATION": min((publication.decided_at for publication in report.publications.all()), default=None),
    }
    days = {code: timezone.localdate(moment) for code, moment in moments.items() if moment}
    if answered and report.accuracy_due_date:  # nobody answers after it: what came later is the job that recorded the silence
        days["ACCURACY"] = min(days["ACCURACY"], report.accuracy_due_date)
    return days


def silence_words(report: Report) -> str:
    """That the accuracy check ended in silence, on the day on which it fell due; empty while it runs and where every item was answered."""
    points = list(report.accuracy_points.all())
    silent = [point for point in points if point.answer == AccuracyPoint.Answer.SILENT]
    if not silent or report.accuracy_due_date is None or any(point.sent_at is None for point in points):
        return ""
    day = day_words(report.accuracy_due_date)
    if len(silent) == len(points):
        return f"No answer by {day}: accepted as written"
    return f"Ended on {day}: {len(silent)} of {len(points)} items had no answer and were accepted as written"

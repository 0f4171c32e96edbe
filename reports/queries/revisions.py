"""Revisions of signed reports: which one is open, who may sign it, and when an action plan counts as agreed."""

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from accounts.models import User
from peerreview.models import Finding, FindingAction
from reports.models import Report, ReportVersion, Revision
from reports.words import joined
from surveillance.models import Action
from surveillance.queries.actions import plan_is_agreed

NOT_SETTLED = (Action.Status.DRAFT, Action.Status.OFFERED, Action.Status.DECLINED)


def current_revision(report: Report) -> Revision | None:
    """The revision that is open or waits to be published; at most one, by constraint."""
    rows = report.revisions.select_related("base", "names", "opened_by", "signed_version__sign_off", "report__review__region")
    return rows.filter(status__in=Revision.CURRENT).first()


def revision_of(version_id: int) -> Revision | None:
    """The revision whose new version this signed version is; None of the first issue."""
    return Revision.objects.select_related("names").filter(signed_version=version_id).first()


def open_correction(report: Report) -> Revision | None:
    """The correction for which the words of the report are open again."""
    revision = current_revision(report)
    is_open = revision is not None and revision.status == Revision.Status.OPEN and revision.kind == Revision.Kind.CORRECTION
    return revision if is_open else None


def may_be_revised(report: Report) -> bool:
    """Whether a correction or an annex can be made of the report: signed, and of a compliance review."""
    return report.is_signed and not report.review.is_learning


def prepared() -> Exists:
    """Revisions of which a final version was frozen since they were opened: the turn of whoever signs."""
    rows = ReportVersion.objects.filter(report=OuterRef("report"), purpose=ReportVersion.Purpose.FINAL, made_at__gte=OuterRef("opened_at"))
    return Exists(rows)


def words_are_open(report: Report) -> bool:
    """Whether the hub may save words now: in a draft, and in a correction."""
    return report.status == Report.Status.DRAFT or (report.is_signed and open_correction(report) is not None)


def writers_of(revision: Revision) -> set[int]:
    """Who opened the revision, and who saved words in it since."""
    saved = revision.report.sections.filter(saved_by__isnull=False, saved_at__gte=revision.opened_at).values_list("saved_by", flat=True)
    return {revision.opened_by_id, *(saved if revision.kind == Revision.Kind.CORRECTION else ())}


def why_not_sign_revision(user: User, revision: Revision) -> str:
    """Why this person cannot sign the new version off, in a sentence; empty when they may: whoever wrote it does not."""
    if user.pk in writers_of(revision):
        return "You wrote this new version, so someone else must sign it off."
    return ""


def in_agreed_plan() -> Q:
    """Actions from findings that the public may read as agreed: accepted by their owner, in a plan that executive and hub agreed."""
    return Q(action__accepted_at__isnull=False) & ~Q(action__status__in=NOT_SETTLED) & plan_is_agreed("action__service")


def _standing_links() -> QuerySet[FindingAction]:
    return FindingAction.objects.exclude(finding__status=Finding.Status.WITHDRAWN)


def with_agreed_plan() -> QuerySet[Report]:
    """Published reports of compliance whose actions, at least one, are all in an agreed plan, and that have no annex yet.

    Of several services every one that acts must have agreed: a report has one annex, and half a plan would read as the whole.
    """
    links = _standing_links().filter(finding__review=OuterRef("review"))
    annexes = Revision.objects.filter(report=OuterRef("pk"), kind=Revision.Kind.ANNEX).exclude(status=Revision.Status.STOPPED)
    current = Revision.objects.filter(report=OuterRef("pk"), status__in=Revision.CURRENT)
    reports = Report.objects.filter(status=Report.Status.PUBLISHED, review__purpose="COMPLIANCE")
    return reports.filter(Exists(links), ~Exists(links.filter(~in_agreed_plan())), ~Exists(annexes), ~Exists(current))


def plan_words(report: Report) -> str:
    """How far the plan from the report's findings is: how many actions their owners accepted, and whose plan is not agreed yet."""
    links = _standing_links().filter(finding__review=report.review_id).annotate(
        is_agreed=Case(When(plan_is_agreed("action__service"), then=True), default=False)
    )  # fmt: skip
    rows = list(links.values_list("action__status", "action__accepted_at", "is_agreed", "action__service__name").order_by("pk"))
    accepted = sum(1 for status, at, _, _ in rows if at and status not in NOT_SETTLED)
    words = f"{accepted} of {len(rows)} actions from the findings of this report are accepted by their owners."
    if names := list(dict.fromkeys(name for _, _, is_agreed, name in rows if not is_agreed)):
        return f"{words} Not agreed yet: the action plan of {joined(names)}. The executive agrees it first, then the hub."
    return f"{words} Executive and hub agreed the action plan." if rows else words


def why_not_agreed(report: Report) -> str:
    """Why the action plan cannot be an annex of the report yet, in a sentence; empty when it is agreed."""
    links = _standing_links().filter(finding__review=report.review_id)
    if not links.exists():
        return "No action comes from the findings of this report, so there is no action plan to add."
    if links.filter(~in_agreed_plan()).exists():
        return f"The action plan is added once it is agreed. {plan_words(report)}"
    return ""

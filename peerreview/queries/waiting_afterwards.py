"""What waits in agreeing findings and in what follows a visit: drafts to say something of, what was done, progress checks."""

from django.urls import reverse

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission
from peerreview.facts import reports_of
from peerreview.models import Finding, FindingRecheck, Review, TeamMember
from peerreview.queries.agreements import drafts_to_say
from peerreview.queries.progress import next_progress
from peerreview.queries.review_item import review_item
from surveillance.models import Service
from work.items import WorkItem, counted

OPEN = (Finding.Status.OPEN, Finding.Status.RECHECK_DUE)


def afterwards_items(user: User) -> list[WorkItem]:
    """Drafts that a member has not said anything of; findings for which a service says what it did; the hub's progress checks."""
    items: list[WorkItem] = []
    if user.roles & REVIEWER_ROLES:
        items += _say_items(user)
    if user.has_permission(Permission.REVIEW_ANSWER):
        items += _acted_items(user)
    if user.roles & HUB_ROLES:
        items += _progress_items(user)
    return items


def _say_items(user: User) -> list[WorkItem]:
    """One item a review: how many drafts this member has not said anything of."""
    mine = TeamMember.objects.on_team().filter(user=user, review__status=Review.Status.VISITING).exclude(team_role="LEAD")
    counts: dict[int, int] = {}
    for review_id in drafts_to_say(user, Review.objects.filter(pk__in=mine.values("review"))).values_list("review", flat=True):
        counts[review_id] = counts.get(review_id, 0) + 1
    reviews = Review.objects.filter(pk__in=counts).prefetch_related("services").order_by("pk") if counts else []
    return [
        review_item(
            review, "say", f"Say whether you agree with {counted(counts[review.pk], 'draft finding')}",
            reverse("peerreview:finding_list", args=[review.pk]), review.ends_date, outside="Say whether you agree with draft findings",
        )
        for review in reviews
    ]  # fmt: skip


def _acted_items(user: User) -> list[WorkItem]:
    """One item a review: findings of this person's services for which the hub waits to read what was done."""
    mine = Service.objects.for_user(user, Permission.REVIEW_ANSWER)
    waiting = Finding.objects.filter(
        service__in=mine, status__in=OPEN, review__status=Review.Status.FOLLOW_UP, addressed_to=Finding.AddressedTo.PROVIDER
    ).exclude(rechecks__in=FindingRecheck.objects.filter(checked_at=None))
    first: dict[int, list[Finding]] = {}
    for finding in waiting.only("review", "recheck_date").order_by("recheck_date", "pk"):
        first.setdefault(finding.review_id, []).append(finding)
    reviews = Review.objects.filter(pk__in=first).prefetch_related("services").order_by("pk") if first else []
    return [
        review_item(
            review, "acted", f"Say what you did about {counted(len(first[review.pk]), 'finding')}",
            reverse("peerreview:review_progress", args=[review.pk]), first[review.pk][0].recheck_date,
            outside="Say what you did about findings",
        )
        for review in reviews
    ]  # fmt: skip


def _progress_items(user: User) -> list[WorkItem]:
    """The next progress check of each review in follow-up that this person's hub holds."""
    found = Review.objects.arranged_by(user).filter(status=Review.Status.FOLLOW_UP).select_related("procedure")
    reviews = list(found.prefetch_related("services", "progress_checks").order_by("pk"))
    facts = reports_of([review.pk for review in reviews]) if reviews else {}
    items = []
    for review in reviews:
        upcoming = next_progress(review, {check.milestone_code for check in review.progress_checks.all()}, facts=facts)
        if upcoming and upcoming[1]:
            label = next(str(entry["label"]) for entry in review.procedure.milestones if entry["code"] == upcoming[0])
            url = reverse("peerreview:review_progress", args=[review.pk])
            items.append(
                review_item(review, "progress", f"Record a progress check: {label.lower()}", url, upcoming[1], outside="Check progress")
            )
    return items

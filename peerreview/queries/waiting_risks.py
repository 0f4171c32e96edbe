"""What waits about reported immediate risks and judgements: for the lead reviewer to confirm, for members to judge."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission
from peerreview.models import Finding, Judgement, Review, TeamMember
from peerreview.queries.judgements import to_judge
from surveillance.queries.holders import own_words
from work.items import WorkItem, counted

LEAD = TeamMember.TeamRole.LEAD


def risk_items(user: User) -> list[WorkItem]:
    """Reported immediate risks that nobody confirmed: the lead reviewer's today, and the hub waits for it. Three statements."""
    led = TeamMember.objects.on_team().filter(user=user, team_role=LEAD).values("review")
    arranged = Review.objects.for_user(user, Permission.REVIEW_PLAN).values("pk")
    is_hub = bool(user.roles & HUB_ROLES)
    if not (is_hub or user.roles & REVIEWER_ROLES):
        return []
    reported = Finding.objects.filter(status=Finding.Status.DRAFT, category=Finding.Category.IMMEDIATE_RISK)
    mine = reported.filter(review__in=arranged) if is_hub else reported.filter(review__in=led)
    found = list(mine.select_related("review", "service").order_by("recorded_at", "pk"))
    leads = TeamMember.objects.on_team().filter(team_role=LEAD, review__in=[one.review_id for one in found]).select_related("user")
    by_review = {member.review_id: member for member in leads}
    return [_risk_item(finding, by_review.get(finding.review_id), user) for finding in found]


def _risk_item(finding: Finding, lead: TeamMember | None, user: User) -> WorkItem:
    is_mine = lead is not None and lead.user_id == user.pk
    holder = f"{lead.user.name}, lead reviewer" if lead else "No one holds this yet. The hub must clear a lead reviewer."
    return WorkItem(
        kind="review.risk", task="Confirm a reported immediate risk or change its category",
        url=reverse("peerreview:finding_detail", args=[finding.pk]), service=finding.review.title,
        due=timezone.localdate(finding.recorded_at), status="Immediate risk", holder="" if is_mine else holder, is_mine=is_mine,
        is_learning=finding.review.is_learning, list_url=reverse("peerreview:review_list"), reference=f"review.risk:{finding.pk}",
        holder_ids=(lead.user_id,) if lead and not is_mine else (), outside=f"Read what the review team reported: {finding.service.name}",
    )  # fmt: skip


def judgement_items(user: User) -> list[WorkItem]:
    """Judgements that a member has still to give in the visits going on now; a reviewer is on one of them, seldom on two."""
    if not user.roles & REVIEWER_ROLES:
        return []
    places = TeamMember.objects.on_team().filter(
        user=user, review__status=Review.Status.VISITING, review__purpose=Review.Purpose.COMPLIANCE
    )
    items = []
    for member in places.select_related("review").order_by("pk"):
        review = member.review
        given = set(Judgement.objects.filter(member=member).values_list("panel", flat=True))
        left = [row for row in to_judge(review) if row.panel is None or (row.panel.opened_at is None and row.panel.pk not in given)]
        if left:
            items.append(
                WorkItem(
                    kind="review.judgements", task=f"Give {counted(len(left), 'judgement')}",
                    url=reverse("peerreview:judgement_list", args=[review.pk]), service=review.title, due=review.ends_date,
                    status="Not yet started" if not given else "In progress", holder=own_words(user, REVIEWER_ROLES, []),
                    list_url=reverse("peerreview:review_list"), reference=f"review:{review.pk}:judgements",
                    outside=f"Give your judgements: {review.title}",
                )
            )  # fmt: skip
    return items

"""What waits for a person in peer review: invitations, conflicts of interest, the review's next step, findings, letters, checks."""

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission
from peerreview.facts import reports_of
from peerreview.models import Finding, Letter, Review, TeamMember
from peerreview.queries.milestones import milestone_date
from peerreview.queries.next_steps import arranger_words, review_next_step
from peerreview.queries.teams import conflict_answer_due
from surveillance.models import Service
from surveillance.reach import reach_of
from work.items import WorkItem

LIVE = (
    Review.Status.PROPOSED,
    Review.Status.PLANNED,
    Review.Status.NOTIFIED,
    Review.Status.PREPARING,
    Review.Status.VISITING,
    Review.Status.POSTPONED,
)


def review_items(user: User) -> list[WorkItem]:
    """Everything of peer review that waits for ``user``."""
    items: list[WorkItem] = []
    if user.roles & REVIEWER_ROLES:
        items += _reviewer_items(user)
    if user.has_permission(Permission.REVIEW_ANSWER):
        items += _service_items(user)
    if user.roles & HUB_ROLES:
        items += _hub_items(user)
    if user.has_permission(Permission.FINDING_VIEW):
        items += _letter_items(user)
    return items


def _item(review: Review, kind: str, task: str, url: str, due: object, **extra: object) -> WorkItem:
    return WorkItem(
        kind=f"review.{kind}", task=task, url=url, service=review.title, due=due,  # type: ignore[arg-type]
        is_learning=review.is_learning, list_url=reverse("peerreview:review_list"), reference=f"review:{review.pk}:{kind}", **extra,  # type: ignore[arg-type]
    )  # fmt: skip


def _reviewer_items(user: User) -> list[WorkItem]:
    places = TeamMember.objects.filter(user=user, status__in=["INVITED", "ACCEPTED"], ended_at=None, review__status__in=LIVE)
    items = []
    for member in places.select_related("review__procedure").prefetch_related("review__services", "declarations").order_by("pk"):
        url, review = reverse("peerreview:team_member_detail", args=[member.pk]), member.review
        said = {declaration.service_id for declaration in member.declarations.all() if declaration.side == "REVIEWER"}
        if member.status == TeamMember.Status.INVITED:
            items.append(_item(review, "invitation", "Accept or decline the invitation", url, member.answer_due_date, status="Invited"))
        elif not member.ruled_at and {service.pk for service in review.services.all()} - said:
            items.append(_item(review, "conflict", "Declare conflicts of interest", url, milestone_date(review, "TEAM", facts={})))
        elif member.papers_open and review.status == Review.Status.VISITING:
            task = "Record and agree findings" if member.team_role == "LEAD" else "Record findings"
            items.append(
                _item(review, "findings", task, reverse("peerreview:finding_list", args=[review.pk]), review.ends_date, status="Visiting")
            )
        elif member.papers_open and review.status == Review.Status.PREPARING:
            items.append(_item(review, "pack", "Read the pack", reverse("peerreview:review_pack", args=[review.pk]), review.starts_date))
    return items


def _service_items(user: User) -> list[WorkItem]:
    """Reviewers about whom the service has not declared; the earliest day of each review."""
    mine = Service.objects.for_user(user, Permission.REVIEW_ANSWER)
    asked = TeamMember.objects.filter(
        review__services__in=mine, status__in=["INVITED", "ACCEPTED", "STAND_BY"], ruled_at=None, review__status__in=LIVE
    ).exclude(declarations__side="SERVICE")
    items: dict[int, WorkItem] = {}
    for member in asked.select_related("review__procedure").prefetch_related("review__services").order_by("invited_at", "pk").distinct():
        url = reverse("peerreview:review_conflicts", args=[member.review_id])
        item = _item(member.review, "service_conflict", "Say whether you know the reviewers", url, conflict_answer_due(member))
        items.setdefault(member.review_id, item)
    return list(items.values())


def _hub_items(user: User) -> list[WorkItem]:
    where = reach_of(user, Permission.REVIEW_PLAN)
    mine = Q(purpose=Review.Purpose.COMPLIANCE, region__in=where.regions) | Q(visit_lead=user, region__in=where.regions)
    team = Prefetch("team", TeamMember.objects.select_related("user"))
    found = Review.objects.filter(mine).exclude(status__in=[Review.Status.CLOSED, Review.Status.CANCELLED])
    reviews = list(found.select_related("procedure", "region", "visit_lead").prefetch_related("services", "findings", team).order_by("pk"))
    facts, arrangers = reports_of([review.pk for review in reviews]), {review.visit_lead_id: review.visit_lead for review in reviews}
    items = []
    for review in reviews:
        review.visit_lead = arrangers[review.visit_lead_id]  # one object a person, so that their roles are read once
        step = review_next_step(review, facts=facts)
        url = reverse("peerreview:review_detail", args=[review.pk])
        is_mine = review.status != Review.Status.VISITING and review.visit_lead_id in (user.pk, None)
        items.append(
            _item(
                review, "next", step.what, url, step.due, status=review.get_status_display(), is_mine=is_mine,
                holder="" if is_mine else step.holder or arranger_words(review),
            )
        )  # fmt: skip
    return items + _ruling_items(user) + _recheck_items(user)


def _ruling_items(user: User) -> list[WorkItem]:
    """Members ready for a ruling: both sides declared, or the service's day has passed."""
    if not user.has_permission(Permission.REVIEW_RULE):
        return []
    reviews = Review.objects.for_user(user, Permission.REVIEW_RULE).filter(status__in=LIVE).values("pk")
    waiting = TeamMember.objects.filter(review__in=reviews, status=TeamMember.Status.ACCEPTED, ruled_at=None, ended_at=None)
    items = []
    for member in waiting.select_related("user", "review__procedure").prefetch_related("review__services", "declarations").order_by("pk"):
        services = {service.pk for service in member.review.services.all()}
        by_side = {side: {d.service_id for d in member.declarations.all() if d.side == side} for side in ("REVIEWER", "SERVICE")}
        is_over = timezone.localdate() > conflict_answer_due(member)
        if services <= by_side["REVIEWER"] and (is_over or services <= by_side["SERVICE"]):
            url = reverse("peerreview:team_member_ruling", args=[member.pk])
            items.append(
                _item(
                    member.review,
                    f"ruling:{member.pk}",
                    f"Rule on the conflicts of interest of {member.user.name}",
                    url,
                    milestone_date(member.review, "TEAM", facts={}),
                )
            )
    return items


def _recheck_items(user: User) -> list[WorkItem]:
    reviews = Review.objects.for_user(user, Permission.REVIEW_PLAN).filter(status=Review.Status.FOLLOW_UP).values("pk")
    due = Finding.objects.filter(review__in=reviews, status=Finding.Status.RECHECK_DUE).select_related("review")
    return [
        _item(
            finding.review, f"recheck:{finding.pk}", f"Check whether a finding is put right ({finding.get_category_display().lower()})",
            reverse("peerreview:finding_recheck", args=[finding.pk]), finding.recheck_date, status="Re-check due",
        )
        for finding in due.prefetch_related("review__services").order_by("pk")
    ]  # fmt: skip


def _letter_items(user: User) -> list[WorkItem]:
    """Letters to send (hub managers) and to answer (the service's side; the hub waits)."""
    if (
        user.roles & REVIEWER_ROLES
        and not user.has_permission(Permission.REVIEW_PLAN)
        and not user.has_permission(Permission.REPORT_ACCURACY)
    ):
        return []
    waiting = Letter.objects.for_user(user, Permission.FINDING_VIEW).filter(answered_at=None).exclude(finding__status="WITHDRAWN")
    is_hub, may_send = bool(user.roles & HUB_ROLES), user.has_permission(Permission.LETTER_SEND)
    items: list[WorkItem] = []
    if user.is_national:
        return items
    for letter in waiting.for_display().prefetch_related("finding__review__services").order_by("due_date", "pk"):
        url, review = reverse("peerreview:letter_detail", args=[letter.pk]), letter.finding.review
        about = letter.finding.get_category_display().lower()
        if letter.sent_at is None and is_hub:
            items.append(
                _item(
                    review,
                    f"letter:{letter.pk}",
                    f"Send the letter about {_article(about)}",
                    url,
                    letter.due_date,
                    is_mine=may_send,
                    holder="" if may_send else "The hub manager",
                )
            )
        elif letter.sent_at:
            holder = f"{letter.to_name}, {letter.finding.service.holder.name}" if is_hub else ""
            items.append(
                _item(
                    review,
                    f"answer:{letter.pk}",
                    f"Answer the letter about {_article(about)}",
                    url,
                    letter.response_due_date,
                    is_mine=not is_hub,
                    holder=holder,
                )
            )
    return items


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"

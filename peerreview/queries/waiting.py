"""What waits for a person in peer review: invitations, conflicts of interest, the review's next step, findings, letters, checks."""

import datetime as dt

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import HUB_ROLES, REVIEWER_ROLES, Permission, Role
from peerreview.facts import reports_of
from peerreview.models import ConflictDeclaration, Finding, FindingRecheck, Letter, Review, ReviewService, TeamMember
from peerreview.queries.milestones import milestone_date
from peerreview.queries.next_steps import arranger_words, lead_members, read_roles, review_next_step
from peerreview.queries.review_item import review_item
from peerreview.queries.teams import conflict_answer_due
from surveillance.models import Service
from surveillance.queries.holders import holders_by_organisation
from surveillance.queries.parties import provider_id_of
from work.items import WorkItem

# An immediate risk is acted on and checked before the report as well.
FOLLOWED_UP = (Review.Status.VISITING, Review.Status.REPORTING, Review.Status.FOLLOW_UP)


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


def _reviewer_items(user: User) -> list[WorkItem]:
    mine = TeamMember.objects.filter(user=user, status__in=["INVITED", "ACCEPTED", "STAND_BY"], ended_at=None)
    places = mine.filter(review__status__in=Review.TO_THE_VISIT)
    items = []
    for member in places.select_related("review__procedure").prefetch_related("review__services", "declarations").order_by("pk"):
        url, review = reverse("peerreview:team_member_detail", args=[member.pk]), member.review
        said = {declaration.service_id for declaration in member.declarations.all() if declaration.side == "REVIEWER"}
        if member.status == TeamMember.Status.INVITED:
            items.append(
                review_item(review, "invitation", "Accept or decline the invitation", url, member.answer_due_date, status="Invited")
            )
        elif not member.ruled_at and {service.pk for service in review.services.all()} - said:
            items.append(review_item(review, "conflict", "Declare conflicts of interest", url, milestone_date(review, "TEAM", facts={})))
        elif member.papers_open and not member.context_read_at:
            pack = reverse("peerreview:review_pack", args=[review.pk])
            items.append(
                review_item(review, "context", "Read the context of the services", pack, milestone_date(review, "BRIEFING", facts={}))
            )
        elif member.papers_open and review.status == Review.Status.VISITING:
            task = "Record and agree findings" if member.team_role == "LEAD" else "Record findings"
            items.append(
                review_item(
                    review, "findings", task, reverse("peerreview:finding_list", args=[review.pk]), review.ends_date, status="Visiting"
                )
            )
        elif member.papers_open and review.status == Review.Status.PREPARING:
            items.append(
                review_item(review, "pack", "Read the pack", reverse("peerreview:review_pack", args=[review.pk]), review.starts_date)
            )
    return items


def _service_items(user: User) -> list[WorkItem]:
    """Reviewers about whom a service of this person has not declared; the earliest day of each review."""
    mine = Service.objects.for_user(user, Permission.REVIEW_ANSWER)
    answered = ConflictDeclaration.objects.filter(member=OuterRef(OuterRef("pk")), service=OuterRef("service"), side="SERVICE")
    silent = ReviewService.objects.filter(~Exists(answered), review=OuterRef("review"), service__in=mine)
    asked = TeamMember.objects.filter(
        Exists(silent), status__in=["INVITED", "ACCEPTED", "STAND_BY"], ruled_at=None, review__status__in=Review.TO_THE_VISIT
    )
    items: dict[int, WorkItem] = {}
    for member in asked.select_related("review__procedure").prefetch_related("review__services").order_by("invited_at", "pk"):
        url = reverse("peerreview:review_conflicts", args=[member.review_id])
        item = review_item(member.review, "service_conflict", "Say whether you know the reviewers", url, conflict_answer_due(member))
        items.setdefault(member.review_id, item)
    return list(items.values())


def _hub_items(user: User) -> list[WorkItem]:
    team = Prefetch("team", TeamMember.objects.select_related("user"))
    found = Review.objects.arranged_by(user).exclude(status__in=[Review.Status.CLOSED, Review.Status.CANCELLED])
    reviews = list(found.select_related("procedure", "region", "visit_lead").prefetch_related("services", "findings", team).order_by("pk"))
    facts, arrangers = reports_of([review.pk for review in reviews]), {review.visit_lead_id: review.visit_lead for review in reviews}
    read_roles(arranger for arranger in arrangers.values() if arranger)
    items = []
    for review in reviews:
        review.visit_lead = arrangers[review.visit_lead_id]  # one object a person, so that their roles are read once
        step = review_next_step(review, facts=facts)
        url = reverse("peerreview:review_detail", args=[review.pk])
        is_visiting = review.status == Review.Status.VISITING
        is_mine = not is_visiting and review.visit_lead_id in (user.pk, None)
        holders = [member.user_id for member in lead_members(review)] if is_visiting else [review.visit_lead_id]
        items.append(
            review_item(
                review, "next", step.what, url, step.due, status=review.get_status_display(), is_mine=is_mine,
                holder="" if is_mine else step.holder or arranger_words(review), holder_ids=() if is_mine else tuple(filter(None, holders)),
                reference=f"review:{review.pk}:{'findings' if is_visiting else 'next'}",
            )
        )  # fmt: skip
    return items + _ruling_items(user) + _recheck_items(user)


def _ruling_items(user: User) -> list[WorkItem]:
    """Members ready for a ruling: both sides declared, or the service's day has passed."""
    if not user.has_permission(Permission.REVIEW_RULE):
        return []
    reviews = Review.objects.for_user(user, Permission.REVIEW_RULE).filter(status__in=Review.TO_THE_VISIT).values("pk")
    asked = (TeamMember.Status.ACCEPTED, TeamMember.Status.STAND_BY)
    waiting = TeamMember.objects.filter(review__in=reviews, status__in=asked, ruled_at=None, ended_at=None)
    items = []
    for member in waiting.select_related("user", "review__procedure").prefetch_related("review__services", "declarations").order_by("pk"):
        services = {service.pk for service in member.review.services.all()}
        by_side = {side: {d.service_id for d in member.declarations.all() if d.side == side} for side in ("REVIEWER", "SERVICE")}
        is_over = timezone.localdate() > conflict_answer_due(member)
        if services <= by_side["REVIEWER"] and (is_over or services <= by_side["SERVICE"]):
            url = reverse("peerreview:team_member_ruling", args=[member.pk])
            items.append(
                review_item(
                    member.review,
                    f"ruling:{member.pk}",
                    f"Rule on the conflicts of interest of {member.user.name}",
                    url,
                    milestone_date(member.review, "TEAM", facts={}),
                    outside="Rule on conflicts of interest",
                )
            )
    return items


def _recheck_items(user: User) -> list[WorkItem]:
    """Findings whose day has come, or about which the service said what it did."""
    reviews = Review.objects.for_user(user, Permission.REVIEW_PLAN).filter(status__in=FOLLOWED_UP).values("pk")
    said = FindingRecheck.objects.filter(checked_at=None).values("finding")
    waits = Q(status=Finding.Status.RECHECK_DUE, review__status=Review.Status.FOLLOW_UP) | Q(pk__in=said)
    due = Finding.objects.filter(waits, review__in=reviews).select_related("review")
    return [
        review_item(
            finding.review, f"recheck:{finding.pk}", f"Check whether a finding is put right ({finding.get_category_display().lower()})",
            reverse("peerreview:finding_recheck", args=[finding.pk]), finding.recheck_date,
            status="Re-check due" if finding.status == Finding.Status.RECHECK_DUE else "",
            outside="Check whether a finding is put right",
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
    letters = list(waiting.for_display().prefetch_related("finding__review__services").order_by("due_date", "pk"))
    waits_for_manager = [letter.finding.review.region_id for letter in letters if is_hub and not may_send]
    managers = holders_by_organisation(Role.HUB_MANAGER, waits_for_manager) if waits_for_manager else {}
    answering = [provider_id_of(letter.finding.service) for letter in letters if is_hub and letter.sent_at]
    executives = holders_by_organisation(Role.EXECUTIVE, answering) if answering else {}
    for letter in letters:
        url, review = reverse("peerreview:letter_detail", args=[letter.pk]), letter.finding.review
        about = letter.finding.get_category_display().lower()
        if letter.sent_at is None and is_hub:
            manager = managers.get(review.region_id)
            items.append(
                review_item(
                    review,
                    f"letter:{letter.pk}",
                    f"Send the letter about {_article(about)}",
                    url,
                    letter.due_date,
                    status=_late_words(letter.due_date),
                    is_mine=may_send,
                    holder="" if may_send else manager.words if manager else "The hub manager",
                    holder_ids=(manager.user.pk,) if manager and not may_send else (),
                    outside="Send a letter",
                )
            )
        elif letter.sent_at:
            holder = f"{letter.to_name}, {letter.finding.service.holder.name}" if is_hub else ""
            executive = executives.get(provider_id_of(letter.finding.service) or 0)
            items.append(
                review_item(
                    review,
                    f"answer:{letter.pk}",
                    f"Answer the letter about {_article(about)}",
                    url,
                    letter.response_due_date,
                    status=_late_words(letter.response_due_date),
                    is_mine=not is_hub,
                    holder=holder,
                    holder_ids=(executive.user.pk,) if executive else (),
                    outside="Answer a letter",
                )
            )
    return items


def _late_words(due: dt.date | None) -> str:
    return "Late" if due and due < timezone.localdate() else ""


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"

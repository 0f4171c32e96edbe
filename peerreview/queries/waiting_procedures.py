"""What waits for a person about procedures: versions to comment on, comments to answer. A fixed number of statements."""

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, Role
from peerreview.models import Procedure, ProcedureComment
from surveillance.queries.holders import own_words
from surveillance.queries.waiting_indicators import REPLY_WORKING_DAYS
from work.items import WorkItem, counted
from work.working_days import add_working_days

Status = Procedure.Status
EVERY_REVIEW = "All peer reviews"


def procedure_items(user: User) -> list[WorkItem]:
    """Procedures to comment on for services, hubs and reviewers; comments to answer for the national lead."""
    if user.has_permission(Permission.PROCEDURE_MANAGE):
        return _comments_to_answer(user)
    return _to_comment_on(user) if user.has_permission(Permission.PROCEDURE_COMMENT) else []


def _to_comment_on(user: User) -> list[WorkItem]:
    """A procedure in consultation, until this person has commented or the last day has passed."""
    said = ProcedureComment.objects.filter(procedure=OuterRef("pk"), made_by=user, made_at__date__gte=OuterRef("consultation_from_date"))
    asked = Procedure.objects.filter(~Exists(said), status=Status.IN_CONSULTATION, consultation_to_date__gte=timezone.localdate())
    return [
        WorkItem(
            kind="procedure.comment", task=f"Comment on the procedure {one.name}, version {one.version}",
            url=reverse("peerreview:procedure_comment_list", args=[one.pk]), service=EVERY_REVIEW, due=one.consultation_to_date,
            status="Not yet started", holder=_own(user), plural="Comment on {n} procedures", list_url=reverse("peerreview:procedure_list"),
            reference=f"procedure.comment:{one.pk}",
        )
        for one in asked
    ]  # fmt: skip


def _comments_to_answer(user: User) -> list[WorkItem]:
    waiting = Procedure.objects.filter(status__in=[Status.DRAFT, Status.IN_CONSULTATION]).annotate(
        waiting=Count("comments", filter=Q(comments__replied_at=None))
    )
    items = []
    for one in waiting.filter(waiting__gt=0):
        due = add_working_days(one.consultation_to_date, REPLY_WORKING_DAYS) if one.consultation_to_date else None
        items.append(
            WorkItem(
                kind="procedure.answer_comments", task=f"Answer {counted(one.waiting, 'comment')} on the procedure {one.name}",
                url=f"{reverse('peerreview:procedure_comment_list', args=[one.pk])}?show=unanswered", service=EVERY_REVIEW, due=due,
                status="Late" if due and due < timezone.localdate() else "Not yet started", holder=_own(user),
                plural="Answer comments on {n} procedures", list_url=reverse("peerreview:procedure_list"),
                reference=f"procedure.answer_comments:{one.pk}",
            )
        )  # fmt: skip
    return items


def _own(user: User) -> str:
    return own_words(user, Role.values, [])

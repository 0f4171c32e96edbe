"""Answers with what one person may do to them: what a spreadsheet shows open or locked."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from surveillance.models import Answer, Query


def answers_with_rights(self_report_id: int, user: User) -> QuerySet[Answer]:
    """Every answer of a self-report, in the order of the set; ``is_mine`` and ``is_queried`` say what ``user`` may change."""
    mine = Answer.objects.for_user(user, Permission.SELF_REPORT_ANSWER).filter(pk=OuterRef("pk"))
    asked = Query.objects.filter(answer=OuterRef("pk"), asked_at__gte=OuterRef("self_report__declared_at"))
    return (
        Answer.objects.filter(self_report=self_report_id)
        .select_related("indicator", "self_report__round", "saved_by")
        .annotate(is_mine=Exists(mine), is_queried=Exists(asked))
        .order_by("indicator__position", "pk")
    )

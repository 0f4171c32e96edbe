"""Whether the documents of an answer may change now, decided under the lock that sending and declaring take."""

from collections.abc import Iterable

from accounts import audit
from accounts.models import User
from surveillance.models import Answer, EvidenceItem, InvalidTransition, Query, SelfReport


def lock_answers(service_id: int, answer_ids: Iterable[int]) -> list[Answer]:
    """These answers of the service, their self-reports locked, so that a declaration holds the link or it is refused.

    Call it first in a transaction: self-reports are locked before documents. Raises InvalidTransition.
    """
    answers = list(Answer.objects.filter(pk__in=list(answer_ids), self_report__service=service_id).select_related("indicator"))
    wanted = {answer.self_report_id for answer in answers}
    if not wanted:
        return []
    locked = SelfReport.objects.select_for_update(of=("self",)).select_related("round").filter(pk__in=wanted).order_by("pk")
    reports = {report.pk: report for report in locked}
    for report in reports.values():
        if not report.is_editable:
            raise InvalidTransition(
                f"The {report.round.year} self-report is now {report.get_status_display().lower()}, so its documents cannot be changed."
            )
    queried = {pk for pk, report in reports.items() if report.status == SelfReport.Status.QUERIED}
    if queried:
        _refuse_unasked([answer for answer in answers if answer.self_report_id in queried])
    return answers


def _refuse_unasked(answers: list[Answer]) -> None:
    """After a query only the answers that the hub asked about are open."""
    asked = set(Query.objects.filter(answer__in=answers, answered_at=None).values_list("answer", flat=True))
    closed = [answer.indicator.number for answer in answers if answer.pk not in asked]
    if closed:
        raise InvalidTransition(f"The hub did not ask about {', '.join(closed)}, so its documents cannot be changed.")


def record_links(item: EvidenceItem, by: User) -> None:
    """Write down that what a document supports was changed."""
    audit.record("evidence.linked", target=item, by=by)

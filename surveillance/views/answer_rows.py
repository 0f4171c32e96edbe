"""One question as a page or a part of a page shows it: what is asked, last year's answer, the form, doubts, documents."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import clock_time, month_date
from surveillance.forms.answers import AnswerForm, ReplyForm
from surveillance.models import Answer, IndicatorChallenge, Query, SelfReport
from surveillance.queries.answer_lists import answer_doubts
from surveillance.queries.challenges import standing_of
from surveillance.queries.last_year import Offer, last_year_answers, offer_for
from surveillance.queries.self_reports import is_suspended, value_words

DOCUMENTS = "evidence__versions"


@dataclass
class AnswerRow:
    """What ``_answer.html`` is given."""

    answer: Answer
    words: str
    saved_words: str
    target: str
    offer: Offer | None
    query: Query | None
    doubts: list[str] = field(default_factory=list)
    form: AnswerForm | None = None
    reply_form: ReplyForm | None = None
    is_suspended: bool = False
    challenge: IndicatorChallenge | None = None

    @property
    def is_taken_over(self) -> bool:
        """Whether last year's answer was confirmed: then the questions below it are folded away."""
        return bool(self.answer.confirmed_years_count) and self.form is not None and self.form.may_confirm

    @property
    def replied(self) -> list[Query]:
        """What the hub asked since the last declaration and the service has answered; none once it is declared again."""
        since = self.answer.self_report.declared_at
        return [query for query in self.answer.queries.all() if query.answered_at and since and query.asked_at >= since]

    @property
    def own_url(self) -> str:
        """The address of this answer."""
        return reverse("surveillance:answer_detail", args=[self.answer.self_report_id, self.answer.pk])


def answer_form(answer: Answer, data: Any = None, *, may_confirm: bool = False) -> AnswerForm:
    """The form of one answer, sent to the address of that answer."""
    form = AnswerForm(data, answer=answer, may_confirm=may_confirm)
    form.form_action = reverse("surveillance:answer_detail", args=[answer.self_report_id, answer.pk])
    return form


def reply_form(answer: Answer, data: Any = None) -> ReplyForm:
    """The form of the reply to the hub's question about one answer."""
    form = ReplyForm(data, auto_id=f"id_{answer.pk}_%s")
    form.form_action = reverse("surveillance:answer_reply", args=[answer.self_report_id, answer.pk])
    return form


def answer_rows(report: SelfReport, answers: list[Answer], *, user: User, mine: set[int]) -> list[AnswerRow]:
    """Rows of answers of one self-report that came with their indicators, ``saved_by``, documents and queries; 4 statements."""
    before = last_year_answers(report, numbers=[answer.indicator.number for answer in answers])
    prefetch_related_objects(list(before.values()), "evidence")
    rows = [answer_row(report, answer, user=user, is_mine=answer.pk in mine, before=before) for answer in answers]
    return with_challenges(rows, report)


def answer_row(
    report: SelfReport, answer: Answer, *, user: User, is_mine: bool, before: dict[str, Answer], form: AnswerForm | None = None
) -> AnswerRow:
    """One row; ``form`` instead of a fresh one where faults are shown."""
    answer.self_report = report
    query = _open_query(report, answer)
    offer = offer_for(answer, before)
    may_change = is_mine and report.is_editable and (report.status != SelfReport.Status.QUERIED or query is not None)
    row = AnswerRow(
        answer, value_words(answer), saved_words(answer, user), answer.indicator.target_words, offer, query,
        doubts=answer_doubts(answer, before), is_suspended=is_suspended(answer.indicator),
    )  # fmt: skip
    if may_change:
        row.form = form or answer_form(answer, may_confirm=offer is not None and offer.may_confirm)
        row.reply_form = reply_form(answer) if query else None
    return row


def one_row(report: SelfReport, answer_pk: int, *, user: User, form: AnswerForm | None = None) -> AnswerRow:
    """The row of one answer that this person may write. Raises Answer.DoesNotExist."""
    answers = Answer.objects.for_user(user, Permission.SELF_REPORT_ANSWER).filter(self_report=report)
    answer = with_all(answers).get(pk=answer_pk)
    before = last_year_answers(report, numbers=[answer.indicator.number])
    return with_challenges([answer_row(report, answer, user=user, is_mine=True, before=before, form=form)], report)[0]


def with_challenges(rows: list[AnswerRow], report: SelfReport) -> list[AnswerRow]:
    """Each with what the service said of the indicator last; 1 statement."""
    standing = standing_of(report)
    for row in rows:
        row.challenge = standing.get(row.answer.indicator_id)
    return rows


def with_all(answers: Any) -> Any:
    """With everything that a row shows."""
    return answers.select_related("indicator", "saved_by").prefetch_related(DOCUMENTS, "queries")


def _open_query(report: SelfReport, answer: Answer) -> Query | None:
    if report.status != SelfReport.Status.QUERIED:
        return None
    return next((query for query in answer.queries.all() if query.answered_at is None), None)


def saved_words(answer: Answer, user: User) -> str:
    """ "Saved at 2:02pm by you", with the day where it was not today; empty for what was never saved."""
    if answer.saved_at is None:
        return ""
    is_today = timezone.localdate(answer.saved_at) == timezone.localdate()
    when = f"at {clock_time(answer.saved_at)}" if is_today else f"on {month_date(answer.saved_at)}"
    return f"Saved {when} by {'you' if answer.saved_by_id == user.pk else answer.saved_by}"

"""Writing the changes of a spreadsheet: a few statements, however many answers."""

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts.models import User
from surveillance import scoring
from surveillance.models import Answer, AnswerRevision, EvidenceItem, SelfReport
from surveillance.queries.last_year import last_year_answers
from surveillance.services.answers import Entry, says_the_same
from surveillance.services.spreadsheet_findings import Change

COLUMNS = ["value", "numerator", "denominator", "reason", "comment", "met", "confirmed_years_count", "version", "saved_by", "saved_at"]


def write_changes(report: SelfReport, chosen: Sequence[Change], kept: Sequence[Change], *, by: User, now: dt.datetime) -> None:
    """Write ``chosen`` and keep what they replace knowingly; of ``kept`` only the text that was not taken is kept.

    Call it with the answers and the self-report locked, from the service that checked them.
    """
    before = last_year_answers(report) if any(change.is_confirmed for change in chosen) else {}
    replaced = [_revision(change.answer, None, change.answer.saved_by, change.answer.saved_at) for change in chosen if change.is_stale]
    left = [_revision(change.answer, change.entry, by, now) for change in kept]
    AnswerRevision.objects.bulk_create([*replaced, *left])
    for change in chosen:
        _fill(change, before.get(change.answer.indicator.number), by, now)
    Answer.objects.bulk_update([change.answer for change in chosen], COLUMNS)
    _take_documents([change.answer for change in chosen if change.is_confirmed], before)
    if report.status == SelfReport.Status.NOT_STARTED and chosen:
        report.check_may_become(SelfReport.Status.IN_PROGRESS)
        SelfReport.objects.filter(pk=report.pk).update(status=SelfReport.Status.IN_PROGRESS)


def _fill(change: Change, earlier: Answer | None, by: User, now: dt.datetime) -> None:
    """Put the entry on the answer, its version one higher."""
    answer, entry = change.answer, change.entry
    confirmed = answer.confirmed_years_count if says_the_same(answer, entry) else 0
    for name, value in vars(entry).items():
        setattr(answer, name, value)
    answer.met = scoring.met_of(answer.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    answer.confirmed_years_count = earlier.confirmed_years_count + 1 if change.is_confirmed and earlier else confirmed
    answer.version += 1
    answer.saved_by, answer.saved_at = by, now


def _revision(answer: Answer, entry: Entry | None, saved_by: User | None, saved_at: dt.datetime | None) -> AnswerRevision:
    kept = entry or answer
    return AnswerRevision(
        answer=answer, value=kept.value, numerator=kept.numerator, denominator=kept.denominator, reason=kept.reason,
        comment=kept.comment, version=answer.version, saved_by=saved_by, saved_at=saved_at,
    )  # fmt: skip


def _take_documents(answers: Iterable[Answer], before: dict[str, Answer]) -> None:
    """Documents of last year's answers support those that were confirmed; removed ones do not."""
    earlier = {before[answer.indicator.number].pk: answer.pk for answer in answers if answer.indicator.number in before}
    if not earlier:
        return
    links = EvidenceItem.answers.through
    found = links.objects.filter(answer__in=earlier, evidenceitem__removed_at=None).values_list("answer_id", "evidenceitem_id")
    links.objects.bulk_create([links(answer_id=earlier[old], evidenceitem_id=item) for old, item in found], ignore_conflicts=True)

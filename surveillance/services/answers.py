"""Saving one answer at a time, so that no two people overwrite each other unseen."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.permissions import Permission
from surveillance import scoring
from surveillance.bridging import change_between
from surveillance.canonical import number_text
from surveillance.models import Answer, AnswerRevision, Indicator, InvalidTransition, Query, SelfReport
from surveillance.queries.last_year import is_on_offer, last_year_answers
from work.items import day_words

LONGEST_TEXT = 10_000
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,3})?")
COUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,3})?")
CHOICES = {
    "YES_NO_NA": ("YES", "NO", "NA", "CANNOT"),
    "PERCENTAGE": ("CANNOT",),
}


class EntryFaults(Exception):
    """What was entered cannot be saved; ``errors`` gives sentences by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(sentence for sentences in errors.values() for sentence in sentences))


class AnswerChanged(Exception):
    """Somebody saved this answer after it was opened; ``current`` is theirs, ``entry`` what was sent."""

    def __init__(self, current: Answer, entry: "Entry") -> None:
        self.current, self.entry = current, entry
        super().__init__("Someone else changed this answer")


@dataclass(frozen=True)
class Entry:
    """One answer as entered and checked: a code, number or text in ``value``; both counts for a proportion."""

    value: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str = ""
    comment: str = ""


def clean_entry(indicator: Indicator, raw: Mapping[str, str]) -> Entry:
    """Check what was entered for an indicator. Raises EntryFaults with every fault in words.

    Nothing entered is a valid entry: the answer is then unanswered. NA and CANNOT need a reason.
    """
    errors: dict[str, list[str]] = {}
    value = raw.get("value", "").strip()
    texts = {name: raw.get(name, "").replace("\r\n", "\n").strip() for name in ("reason", "comment")}
    for name, text in (*texts.items(), ("value", value)):
        if len(text) > LONGEST_TEXT:
            errors.setdefault(name, []).append(f"{name.capitalize()} must be {LONGEST_TEXT:,} characters or less")
    numerator = _count(raw, "numerator", "Number that met it", errors)
    denominator = _count(raw, "denominator", "Number in total", errors)
    value = _clean_value(indicator.answer_kind, value, errors)
    is_measured = indicator.answer_kind == Indicator.AnswerKind.PERCENTAGE and value != Answer.CANNOT
    if not is_measured:
        numerator = denominator = None
    elif numerator is None and denominator is not None and "numerator" not in errors:
        errors["numerator"] = ["Enter the number that met it"]
    elif denominator is None and numerator is not None and "denominator" not in errors:
        errors["denominator"] = ["Enter the number in total"]
    needs_reason = value in {Answer.CANNOT, Answer.NA}
    if needs_reason and not texts["reason"]:
        why = "Enter why this does not apply" if value == Answer.NA else "Enter why it cannot be answered"
        errors.setdefault("reason", []).append(why)
    if errors:
        raise EntryFaults(errors)
    return Entry(value, numerator, denominator, texts["reason"] if needs_reason else "", texts["comment"])


def _clean_value(kind: str, value: str, errors: dict[str, list[str]]) -> str:
    if not value or value == Answer.CANNOT or kind == Indicator.AnswerKind.TEXT:
        return value
    if kind == Indicator.AnswerKind.NUMBER:
        plain = value.replace(",", "") if GROUPED.fullmatch(value) else value
        if NUMBER.fullmatch(plain):
            return plain
        errors.setdefault("value", []).append("Answer must be a number, with up to 9 digits and 3 decimal places")
    elif value not in CHOICES[kind]:
        words = (
            "Select Yes, No, Not applicable or Cannot answer" if kind == "YES_NO_NA" else "Enter the two numbers, or that you cannot answer"
        )
        errors.setdefault("value", []).append(words)
    return value


def _count(raw: Mapping[str, str], name: str, label: str, errors: dict[str, list[str]]) -> Decimal | None:
    text = raw.get(name, "").strip()
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    if not plain:
        return None
    if not COUNT.fullmatch(plain):
        errors.setdefault(name, []).append(f"{label} must be a number that is 0 or more")
        return None
    return Decimal(plain)


@transaction.atomic
def save_answer(
    *,
    answer_id: int,
    self_report_id: int,
    raw: Mapping[str, str],
    version: int,
    by: User,
    at: dt.datetime | None = None,
    replaces: bool = False,
) -> Answer:
    """Save one answer and raise its version; the answer as it is now.

    ``version`` is the one that the page was opened with; ``replaces`` keeps the text that is overwritten, for somebody who
    has seen it and chose their own. One locking SELECT asks scope and status along with the answer and its self-report, so
    that a declaration never hashes a half-saved set. Raises Answer.DoesNotExist out of scope, EntryFaults,
    InvalidTransition when answers may not change now, and AnswerChanged, in this order.
    """
    answer = _locked(answer_id, self_report_id, by)
    entry = clean_entry(answer.indicator, raw)
    now = at or timezone.now()
    check_may_change(answer, today=timezone.localdate(now))
    if answer.version != version:
        raise AnswerChanged(answer, entry)
    if replaces:
        _keep_revision(answer, saved_by=answer.saved_by, saved_at=answer.saved_at)
    # A comment added to a confirmed answer leaves it confirmed; another answer does not.
    confirmed = answer.confirmed_years_count if says_the_same(answer, entry) else 0
    return _write(answer, entry, by=by, now=now, confirmed_years_count=confirmed)


def says_the_same(answer: Answer, entry: Entry) -> bool:
    """Whether an entry changes nothing of an answer but its comment."""
    stored = (answer.value, answer.numerator, answer.denominator, answer.reason)
    return stored == (entry.value, entry.numerator, entry.denominator, entry.reason)


def _write(answer: Answer, entry: Entry, *, by: User, now: dt.datetime, confirmed_years_count: int) -> Answer:
    """Store what was checked in a locked answer; a self-report that nobody had started is now in progress."""
    met = scoring.met_of(answer.indicator, value=entry.value, numerator=entry.numerator, denominator=entry.denominator)
    columns = {**vars(entry), "met": met, "saved_by": by, "saved_at": now, "confirmed_years_count": confirmed_years_count}
    Answer.objects.filter(pk=answer.pk).update(version=F("version") + 1, **columns)
    for name, value in columns.items():
        setattr(answer, name, value)
    answer.version += 1
    if answer.self_report.status == SelfReport.Status.NOT_STARTED:
        answer.self_report.check_may_become(SelfReport.Status.IN_PROGRESS)
        SelfReport.objects.filter(pk=answer.self_report_id).update(status=SelfReport.Status.IN_PROGRESS)
    return answer


def _locked(answer_id: int, self_report_id: int, by: User) -> Answer:
    asked = Query.objects.filter(answer=OuterRef("pk"), asked_at__gte=OuterRef("self_report__declared_at"))
    return (
        Answer.objects.for_user(by, Permission.SELF_REPORT_ANSWER)
        .select_related("indicator", "self_report__round", "saved_by")
        .annotate(is_queried=Exists(asked))
        .select_for_update(of=("self", "self_report"))
        .get(pk=answer_id, self_report=self_report_id)
    )


def check_may_change(answer: Answer, *, today: dt.date) -> None:
    """Raises InvalidTransition unless this answer (annotated with ``is_queried``) may change today; the sentence says why."""
    report = answer.self_report
    if today < report.round.opens_date:
        raise InvalidTransition(f"The {report.round.year} round opens on {day_words(report.round.opens_date)}.")
    if not report.is_editable:
        raise InvalidTransition(f"This self-report is now {report.get_status_display().lower()}, so its answers cannot be changed.")
    if report.status == SelfReport.Status.QUERIED and not getattr(answer, "is_queried", False):
        raise InvalidTransition("The hub did not ask about this answer, so it cannot be changed.")


def _keep_revision(answer: Answer, *, saved_by: User | None, saved_at: dt.datetime | None, entry: Entry | None = None) -> AnswerRevision:
    kept = entry or answer
    return AnswerRevision.objects.create(
        answer=answer, value=kept.value, numerator=kept.numerator, denominator=kept.denominator, reason=kept.reason,
        comment=kept.comment, version=answer.version, saved_by=saved_by, saved_at=saved_at,
    )  # fmt: skip


@transaction.atomic
def keep_theirs(*, answer_id: int, self_report_id: int, raw: Mapping[str, str], version: int, by: User) -> Answer:
    """Leave the other person's answer as it is, and keep one's own text in the history. Raises as ``save_answer``."""
    answer = _locked(answer_id, self_report_id, by)
    entry = clean_entry(answer.indicator, raw)
    if answer.version != version:
        raise AnswerChanged(answer, entry)
    _keep_revision(answer, saved_by=by, saved_at=timezone.now(), entry=entry)
    return answer


@transaction.atomic
def confirm_last_year(
    *, answer_id: int, self_report_id: int, version: int, by: User, comment: str = "", at: dt.datetime | None = None
) -> Answer:
    """Somebody says that last year's answer is still true: it is taken over with its documents, and counted.

    Last year's comment comes along unless another is given. Nothing is ever copied without this. Raises InvalidTransition
    when there is no answer of last year, or the question is answered in another way now, and else as ``save_answer``.
    """
    answer = _locked(answer_id, self_report_id, by)
    now, number = at or timezone.now(), answer.indicator.number
    check_may_change(answer, today=timezone.localdate(now))
    earlier = last_year_answers(answer.self_report, numbers=[number]).get(number)
    if earlier is None or not is_on_offer(earlier, change_between(earlier.indicator, answer.indicator)):
        raise InvalidTransition("There is no answer of last year to confirm. Answer the question instead.")
    raw = {
        "value": earlier.value, "numerator": number_text(earlier.numerator) or "", "denominator": number_text(earlier.denominator) or "",
        "reason": earlier.reason, "comment": comment.strip() or earlier.comment,
    }  # fmt: skip
    entry = clean_entry(answer.indicator, raw)
    if answer.version != version:
        raise AnswerChanged(answer, entry)
    saved = _write(answer, entry, by=by, now=now, confirmed_years_count=earlier.confirmed_years_count + 1)
    saved.evidence.add(*earlier.evidence.filter(removed_at=None))
    return saved


@transaction.atomic
def reply_to_query(*, answer_id: int, self_report_id: int, reply: str, by: User, at: dt.datetime | None = None) -> Query:
    """Answer the hub's question about an answer. Raises InvalidTransition when nothing is asked now."""
    answer = _locked(answer_id, self_report_id, by)
    query = Query.objects.select_for_update().filter(answer=answer, answered_at=None).first()
    if query is None or answer.self_report.status != SelfReport.Status.QUERIED:
        raise InvalidTransition("The hub asks nothing about this answer now.")
    query.reply, query.answered_by, query.answered_at = reply, by, at or timezone.now()
    query.save(update_fields=["reply", "answered_by", "answered_at"])
    audit.record("query.answered", target=query, by=by)
    return query

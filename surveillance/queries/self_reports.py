"""Reading self-reports: the one rule of progress, sections and their pages, and answers in words.

Answered is what ``Answer.is_answered`` says: something that counts, with a reason where one is needed. What is not answered and
has an answer of last year on offer (``queries.last_year``) is to confirm. A suspended indicator is not asked.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from surveillance.canonical import number_text
from surveillance.models import Answer, EvidenceItem, Indicator, Query, SectionAssignment, SelfReport

# The most questions of one page: a section that has more becomes several pages. Source: our rule for long forms.
MOST_QUESTIONS = 30
NEEDS_REASON = (Answer.NA, Answer.CANNOT)
# What ``Answer.is_answered`` says, for the database.
IS_ANSWERED = (Q(value__in=NEEDS_REASON) & ~Q(reason="")) | (
    ~Q(value__in=NEEDS_REASON) & (~Q(value="") | Q(numerator__isnull=False, denominator__isnull=False))
)
WORDS = {"YES": "Yes", "NO": "No", "NA": "Not applicable", "CANNOT": "Cannot answer"}


def is_suspended(indicator: Indicator, today: dt.date | None = None) -> bool:
    """Whether the indicator is out of use on a day: an upheld challenge suspended it."""
    return indicator.suspended_from is not None and indicator.suspended_from <= (today or timezone.localdate())


def is_left(answer: Answer) -> bool:
    """Whether this answer keeps its self-report from being sent."""
    return not answer.is_answered and not is_suspended(answer.indicator)


def light_answers(report: SelfReport) -> list[Answer]:
    """Every answer in the order of the set, with its indicator's name and ``has_evidence``, without long texts: one statement."""
    linked = EvidenceItem.answers.through.objects.filter(answer=OuterRef("pk"))
    columns = ("self_report_id", "value", "reason", "numerator", "denominator", "met", "version", "confirmed_years_count")
    of_indicator = ("number", "title", "section", "position", "answer_kind", "suspended_from", "evidence_wanted")
    return list(
        Answer.objects.filter(self_report=report)
        .select_related("indicator")
        .annotate(has_evidence=Exists(linked))
        .only(*columns, *(f"indicator__{name}" for name in of_indicator))
        .order_by("indicator__position", "pk")
    )


def progress_of_reports(report_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Answered and asked by self-report, for lists: one statement."""
    rows = (
        Answer.objects.filter(self_report__in=list(report_ids))
        .exclude(indicator__suspended_from__lte=timezone.localdate())
        .values("self_report")
        .annotate(answered=Count("pk", filter=IS_ANSWERED), asked=Count("pk"))
    )
    return {row["self_report"]: (row["answered"], row["asked"]) for row in rows}


@dataclass
class Section:
    """A section, or one page of a long one: the number of its (first) page on addresses, title, counts, and who answers it."""

    number: int
    title: str
    total_count: int
    answered_count: int
    without_evidence_count: int
    people: list[str] = field(default_factory=list)
    part: int = 1
    part_count: int = 1
    answer_ids: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """ "Structure and function", or "Structure and function, 1 of 4" for a page of a long section."""
        return self.title if self.part_count == 1 else f"{self.title}, {self.part} of {self.part_count}"

    @property
    def count_words(self) -> str:
        """ "8 of 12 answered"."""
        return f"{self.answered_count} of {self.total_count} answered"

    @property
    def status(self) -> str:
        """What the task list says: counted, never ticked by hand."""
        if self.answered_count == self.total_count:
            return "Completed"
        return self.count_words if self.answered_count else "Not yet started"


def sections_of(report: SelfReport) -> list[Section]:
    """Whole sections in the order of the set, each numbered as its first page; one statement."""
    sections: dict[str, Section] = {}
    for page in pages_of(light_answers(report)):
        section = sections.setdefault(page.title, Section(page.number, page.title, 0, 0, 0))
        section.total_count += page.total_count
        section.answered_count += page.answered_count
        section.without_evidence_count += page.without_evidence_count
        section.answer_ids += page.answer_ids
    return list(sections.values())


def pages_of(answers: Iterable[Answer]) -> list[Section]:
    """The pages of a self-report from its ``light_answers``: each section, in pages of at most 30 questions and about alike."""
    by_title: dict[str, list[Answer]] = {}
    for answer in answers:
        by_title.setdefault(answer.indicator.section, []).append(answer)
    pages: list[Section] = []
    for title, rows in by_title.items():
        part_count = -(-len(rows) // MOST_QUESTIONS)
        for part in range(part_count):
            some = rows[len(rows) * part // part_count : len(rows) * (part + 1) // part_count]
            pages.append(_page(len(pages) + 1, title, some, part=part + 1, part_count=part_count))
    return pages


def _page(number: int, title: str, answers: list[Answer], *, part: int, part_count: int) -> Section:
    asked = [answer for answer in answers if not is_suspended(answer.indicator)]
    return Section(
        number, title, len(asked), sum(a.is_answered for a in asked), sum(not getattr(a, "has_evidence", True) for a in asked),
        part=part, part_count=part_count, answer_ids=[answer.pk for answer in answers],
    )  # fmt: skip


def page_number_of(answer: Answer) -> int:
    """The number of the page on which an answer is asked; one statement."""
    pages = pages_of(light_answers(answer.self_report))
    return next(page.number for page in pages if answer.pk in page.answer_ids)


def people_by_section(report: SelfReport) -> dict[str, list[str]]:
    """Section to the names of those to whom it is given; one statement."""
    people: dict[str, list[str]] = {}
    for given in SectionAssignment.objects.filter(self_report=report).select_related("user").order_by("user__name"):
        people.setdefault(given.section, []).append(given.user.name)
    return people


def answered_words(sections: Iterable[Section]) -> str:
    """ "21 of 31 answered", over all sections."""
    sections = list(sections)
    return f"{sum(s.answered_count for s in sections)} of {sum(s.total_count for s in sections)} answered"


def current_queries(report: SelfReport) -> QuerySet[Query]:
    """The hub's questions since the last declaration."""
    return (
        Query.objects.filter(answer__self_report=report, asked_at__gte=report.declared_at) if report.declared_at else Query.objects.none()
    )


def replies_to_declare(report: SelfReport) -> QuerySet[Query]:
    """What the hub asked since the last declaration, with the service's replies, in the order of the set."""
    answered = current_queries(report).filter(answered_at__isnull=False)
    return answered.select_related("answer__indicator").order_by("answer__indicator__position", "pk")


def value_words(answer: Answer) -> str:
    """An answer in words: "Yes", "45 of 50 (90%)", "12.5", the text; "Not answered" for nothing."""
    return words_of(
        answer.indicator.answer_kind,
        value=answer.value,
        numerator=number_text(answer.numerator),
        denominator=number_text(answer.denominator),
    )


def words_of(kind: str, *, value: str, numerator: str | None, denominator: str | None) -> str:
    """See ``value_words``; from the texts of a declaration."""
    if value == Answer.CANNOT or kind == "YES_NO_NA":
        return WORDS.get(value, "Not answered")
    if kind == "PERCENTAGE":
        if numerator is None or denominator is None:
            return "Not answered"
        percent = f" ({int(float(numerator) * 100 // float(denominator))}%)" if float(denominator) else ""
        return f"{numerator} of {denominator}{percent}"
    return value or "Not answered"

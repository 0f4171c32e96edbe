"""Reading self-reports: sections, counts, last year's answers, and answers in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q

from surveillance.canonical import number_text
from surveillance.models import Answer, SectionAssignment, SelfReport

IS_ANSWERED = ~Q(value="") | Q(numerator__isnull=False, denominator__isnull=False)
WORDS = {"YES": "Yes", "NO": "No", "NA": "Not applicable", "CANNOT": "Cannot answer"}


@dataclass
class Section:
    """A section of a self-report: its number on addresses (from 1), title, counts, and who answers it."""

    number: int
    title: str
    total_count: int
    answered_count: int
    without_evidence_count: int
    people: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """What the task list says: counted, never ticked by hand."""
        if self.answered_count == self.total_count:
            return "Completed"
        return f"{self.answered_count} of {self.total_count} answered" if self.answered_count else "Not yet started"


def sections_of(report: SelfReport) -> list[Section]:
    """Sections in the order of the set, with counts; one statement."""
    rows = (
        Answer.objects.filter(self_report=report)
        .values("indicator__section")
        .annotate(
            position=Min("indicator__position"),
            total=Count("pk", distinct=True),
            answered=Count("pk", filter=IS_ANSWERED, distinct=True),
            without_evidence=Count("pk", filter=Q(evidence=None), distinct=True),
            latest=Max("saved_at"),
        )
        .order_by("position")
    )
    return [
        Section(number, row["indicator__section"], row["total"], row["answered"], row["without_evidence"])
        for number, row in enumerate(rows, start=1)
    ]


def sections_with_people(report: SelfReport) -> list[Section]:
    """Sections with the names of those to whom they are given; two statements."""
    sections = sections_of(report)
    by_title = {section.title: section for section in sections}
    for given in SectionAssignment.objects.filter(self_report=report).select_related("user").order_by("user__name"):
        if given.section in by_title:
            by_title[given.section].people.append(given.user.name)
    return sections


def answered_words(sections: Iterable[Section]) -> str:
    """ "21 of 31 answered", over all sections."""
    sections = list(sections)
    return f"{sum(s.answered_count for s in sections)} of {sum(s.total_count for s in sections)} answered"


def last_year_answers(report: SelfReport) -> dict[str, Answer]:
    """Answers of the service's self-report of the year before, by indicator number; only if it was declared."""
    earlier = (
        SelfReport.objects.filter(service=report.service_id, round__year__lt=report.round.year, declared_at__isnull=False)
        .order_by("-round__year")
        .first()
    )
    if earlier is None:
        return {}
    return {answer.indicator.number: answer for answer in earlier.answers.select_related("indicator")}


def to_confirm_count(report: SelfReport) -> int:
    """How many unanswered questions have an answer of last year that somebody may confirm."""
    before = {number for number, answer in last_year_answers(report).items() if answer.is_answered}
    if not before:
        return 0
    return Answer.objects.filter(self_report=report, indicator__number__in=before).exclude(IS_ANSWERED).count()


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

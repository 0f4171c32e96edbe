"""The answers of one self-report as the hub checks them: what must be looked at first, then the others."""

from typing import Any

from django.db.models import Prefetch

from surveillance.canonical import number_text
from surveillance.forms.checking import NOT_CHECKED
from surveillance.models import Answer, Assessment, SelfReport, Stage
from surveillance.queries.checks import Line, lines_of
from surveillance.queries.self_reports import value_words, words_of

Row = dict[str, Any]


def check_rows(report: SelfReport) -> list[Row]:
    """A row for each answer, in the order of the queue."""
    checks = Prefetch("assessments", Assessment.objects.filter(stage=Stage.VALIDATED).select_related("assessed_by"))
    answers = report.answers.select_related("indicator").prefetch_related(checks, "queries", "evidence")
    by_id = {answer.pk: answer for answer in answers}
    return [_row(by_id[line.answer_id], line) for line in lines_of([report])[report.pk] if line.answer_id in by_id]


def _row(answer: Answer, line: Line) -> Row:
    assessment = next(iter(answer.assessments.all()), None)
    query = next((one for one in answer.queries.all() if one.answered_at is None), None)
    return {
        "answer": answer,
        "line": line,
        "why": ", ".join(why.label for why in line.reasons),
        "words": value_words(answer),
        "last_year": line.last_year or "No data",
        "documents": [item for item in answer.evidence.all() if item.removed_at is None],
        "assessment": assessment,
        "hub_words": hub_words(answer, assessment) if assessment else "",
        "queries": list(answer.queries.all()),
        "state": "To ask" if query else state_of(assessment),
    }


def hub_words(answer: Answer, assessment: Assessment) -> str:
    """The value that the hub holds to be right, in words."""
    numbers = {"numerator": number_text(assessment.numerator), "denominator": number_text(assessment.denominator)}
    return words_of(answer.indicator.answer_kind, value=assessment.value, **numbers)


def state_of(assessment: Assessment | None) -> str:
    """What the hub did with an answer, in a word."""
    return "Not checked" if assessment is None else ("Changed" if assessment.reason else "Agreed")


def shown(rows: list[Row], show: str) -> list[Row]:
    """The rows of one filter; all of them without one."""
    if show == NOT_CHECKED:
        return [row for row in rows if row["state"] == "Not checked"]
    return [row for row in rows if show in row["line"].reasons] if show else rows


def next_row(rows: list[Row], at: int, show: str) -> Row | None:
    """What "Save and next" leads to after the row at this place: the next unchecked one of the filter.

    Without a filter, what must be looked at leads to what must be looked at, and the others to any that is not checked.
    """
    later = shown(rows[at + 1 :] + rows[:at], show)
    only_first = not show and bool(rows[at]["line"].reasons)
    left = [row for row in later if row["state"] == "Not checked" and (row["line"].reasons or not only_first)]
    return left[0] if left else None


def validated_so_far(rows: list[Row]) -> tuple[int, int]:
    """How many of the answers that the hub checked are met, and how many of these count at all."""
    counted = [row["assessment"] for row in rows if row["assessment"] and not row["line"].is_suspended]
    checked = [assessment.met for assessment in counted if assessment.met is not None]
    return sum(checked), len(checked)


def ids_of(values: list[str]) -> set[int]:
    """The ids among what was ticked; anything else is left out."""
    return {int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19}

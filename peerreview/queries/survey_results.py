"""What surveys say for a hub, by track, procedure and half-year: never a figure of fewer than 5 answers.

The answers of a half-year count once it is over, so that a figure never changes: two of them read at different times would tell what
the few who answered in between said. Figures stand by hub; there is no sum of hubs, from which a small hub could be worked out. Of
reviews for learning there are figures only where they come from 2 reviews or more: one review's are its service's own.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Min
from django.utils import timezone

from peerreview.models import Procedure, Review, Side, SurveyResponse, Wave

FEWEST = 5
FEWER = f"Fewer than {FEWEST}"
COLUMNS = tuple((side, wave) for side in Side for wave in Wave)
HEADERS = "|".join(["Question", *(f"{side.label}, {wave.label.lower()}" for side, wave in COLUMNS)])


@dataclass(frozen=True)
class Half:
    """A half-year."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """As it stands in an address: 2027-1."""
        return f"{self.year}-{self.number}"

    @property
    def label(self) -> str:
        """As people say it."""
        return f"{'January to June' if self.number == 1 else 'July to December'} {self.year}"

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """Its first day and the first day after it."""
        ends = dt.date(self.year, 7, 1) if self.number == 1 else dt.date(self.year + 1, 1, 1)
        return dt.date(self.year, 1 if self.number == 1 else 7, 1), ends


@dataclass(frozen=True)
class QuestionRow:
    """A question and what each side answered in each wave, in words; "Fewer than 5" where that is so."""

    text: str
    cells: list[str]


@dataclass(frozen=True)
class ProcedureResult:
    """The results of one procedure, and what people added where 5 or more of a side did."""

    title: str
    rows: list[QuestionRow]
    texts: list[tuple[str, list[str]]]


def halves_until(today: dt.date, region_ids: list[int]) -> list[Half]:
    """Half-years in which a survey of these regions was answered, newest first; the present one is always among them."""
    first = SurveyResponse.objects.filter(review__region__in=region_ids).aggregate(first=Min("answered_date"))["first"] or today
    half, last = half_of(min(first, today)), half_of(today)
    found = [half]
    while half != last:
        half = Half(half.year, 2) if half.number == 1 else Half(half.year + 1, 1)
        found.append(half)
    return found[::-1]


def first_uncounted(today: dt.date | None = None) -> dt.date:
    """The first day whose answers do not count yet: an answer counts once its half-year is over."""
    return half_of(today or timezone.localdate()).days[0]


def newest_that_counts(halves: list[Half], today: dt.date | None = None) -> Half:
    """The newest of some half-years, newest first, whose answers count; the newest of all where none does."""
    return next((half for half in halves if half.days[1] <= first_uncounted(today)), halves[0])


def are_enough(purpose: str, review_count: int) -> bool:
    """Whether figures may come from so many reviews: of reviews for learning from 2 on, since one review's are its service's own."""
    return purpose != Review.Purpose.IMPROVEMENT or review_count > 1


def half_of(day: dt.date) -> Half:
    """The half-year of a day."""
    return Half(day.year, 1 if day.month <= 6 else 2)


def results(*, region_id: int, half: Half, purpose: str, today: dt.date | None = None) -> list[ProcedureResult]:
    """The results of a hub's reviews of one track, by procedure, in two statements."""
    begins, ends = half.days
    counted_until = min(ends, first_uncounted(today))
    given = SurveyResponse.objects.filter(
        review__region=region_id, review__purpose=purpose, answered_date__gte=begins, answered_date__lt=counted_until
    )
    by_procedure: dict[int, dict[tuple[str, str], list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    reviews: dict[int, set[int]] = defaultdict(set)
    rows = given.order_by("pk").values_list("review__procedure", "review", "side", "wave", "answers")
    for procedure_id, review_id, side, wave, answers in rows:
        by_procedure[procedure_id][side, wave].append(answers)
        reviews[procedure_id].add(review_id)
    by_procedure = {pk: found for pk, found in by_procedure.items() if are_enough(purpose, len(reviews[pk]))}
    procedures = Procedure.objects.filter(pk__in=by_procedure).order_by("name", "-version")
    is_learning = purpose == Review.Purpose.IMPROVEMENT
    return [_result(procedure, by_procedure[procedure.pk], with_texts=not is_learning) for procedure in procedures]


def _result(procedure: Procedure, given: dict[tuple[str, str], list[dict[str, Any]]], *, with_texts: bool) -> ProcedureResult:
    rows, texts = [], []
    for question in procedure.survey:
        if question["answer"] != "TEXT":
            cells = [_cell(question, given.get((side, wave), [])) for side, wave in COLUMNS]
            rows.append(QuestionRow(question["text"], cells))
        elif with_texts:
            for side, wave in COLUMNS:
                said = sorted(answers[question["code"]] for answers in given.get((side, wave), []) if question["code"] in answers)
                if len(said) >= FEWEST:
                    texts.append((f"{side.label}, {wave.label.lower()}: {question['text']}", said))
    return ProcedureResult(str(procedure), rows, texts)


def _cell(question: dict[str, Any], given: list[dict[str, Any]]) -> str:
    """The mean with how many answered: "4.2 of 5 (7 answers)", "12 hours (7 answers)"."""
    values = [answers[question["code"]] for answers in given if question["code"] in answers]
    if len(values) < FEWEST:
        return FEWER
    mean = sum(values) / len(values)
    words = f"{mean:.1f} of 5" if question["answer"] == "SCALE" else f"{mean:,.0f} hours"
    return f"{words} ({len(values)} answers)"

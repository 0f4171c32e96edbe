"""Rows of surveys: groups of 5 answers or more, which are the smallest that any page shows; nothing smaller is kept.

A group is one row for each specification of which it may be shown, and one row for the rest: what pages show with a filter, without
one, and any difference of the two are sums of rows, and no row is of fewer than 5 answers.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from peerreview.models import Review
from peerreview.queries.survey_cells import SurveyCell, survey_cells
from peerreview.queries.survey_results import are_enough
from qnt.programme.measures import ASKED
from qnt.programme.models import ProgrammeFact
from qnt.programme.suppression import may_show_beside_total

COUNTED = {*ASKED, "BURDEN"}


def survey_facts(year: int) -> Iterator[ProgrammeFact]:
    """The rows of each group of answers that may be shown; ``value`` is their sum and ``weight`` how many they are."""
    place = 0
    for cell in survey_cells(year):
        if cell.about in COUNTED:
            for specification_id, count, total in rows_of(cell):
                place += 1
                yield _fact(cell, place, specification_id, count, total)


def rows_of(cell: SurveyCell) -> Iterator[tuple[int | None, int, Decimal]]:
    """A group taken apart as far as it may be: specification (None: the rest), how many answers, their sum."""
    counts = {part.specification_id: part.count for part in cell.parts}
    unfit = [part.specification_id for part in cell.parts if not are_enough(cell.purpose, part.review_count)]
    shown = may_show_beside_total(counts, unfit)
    count, total = cell.count, cell.total
    for part in cell.parts:
        if part.specification_id is not None and part.specification_id in shown:
            count, total = count - part.count, total - part.total
            yield part.specification_id, part.count, part.total
    if count:
        yield None, count, total


def _fact(cell: SurveyCell, place: int, specification_id: int | None, count: int, total: Decimal) -> ProgrammeFact:
    return ProgrammeFact(
        year=cell.half.year, half=cell.half.number, measure=f"SURVEY_{cell.about}", unit_id=place,
        day=dt.date(cell.half.year, 1 if cell.half.number == 1 else 7, 1), region_id=cell.region_id, procedure_id=cell.procedure_id,
        specification_id=specification_id, is_learning=cell.purpose == Review.Purpose.IMPROVEMENT, side=cell.side,
        detail=f"{cell.wave} {cell.question}", value=total, weight=count,
    )  # fmt: skip

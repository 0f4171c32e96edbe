"""The register of training as files: the same lines as on the page, the counts by hub, and what each column means."""

from collections.abc import Iterable

from django.utils import timezone

from peerreview.queries.training_register import HubCounts, Line, counts_by_hub
from peerreview.training import SOON_MONTHS, Standing
from rendering.csv import Cell
from rendering.sheets import Definition, Sheet

COLUMNS = (
    "hub", "person_id", "person", "for_whom", "course_id", "course", "required", "standing", "completed_on", "last_day", "evidence",
    "recorded_by", "recorded_on",
)  # fmt: skip
COUNT_COLUMNS = ("hub", "people", *(one.name.lower() for one in Standing), "lines")
COUNT_SENTENCE = "A line is one person and one course that is for a role they hold today."
DEFINITIONS = (
    Definition("Line", COUNT_SENTENCE),
    Definition("Hub", "The region in which the person holds the role: of a hub's own staff, and of the reviewers it names."),
    Definition("People", "Different people among the lines; somebody with two courses is one of the people and two lines."),
    Definition(
        "Required", "A reviewer joins no team without it. A course that is not required has a line only for those who completed it."
    ),
    Definition(str(Standing.IN_DATE), f"The last day is more than {SOON_MONTHS} months away. The last day itself still counts."),
    Definition(str(Standing.ENDS_SOON), f"The last day is today or within {SOON_MONTHS} months."),
    Definition(str(Standing.ENDED), "The last day has passed."),
    Definition(str(Standing.NEVER), "Nobody recorded that the person completed the course."),
    Definition("Last day", "The day on which the course was completed, and the months for which it was valid when that was recorded."),
    Definition("Order of hubs", "By name. How hubs differ is a reason to ask, not a rank."),
)


def register_rows(lines: Iterable[Line]) -> Iterable[list[Cell]]:
    """A row for each line, in the order of ``COLUMNS``."""
    for line in lines:
        yield [
            line.hub, line.user_id, line.name, line.audience_label, line.course_id, line.course, line.is_required, str(line.standing),
            line.completed_date, line.last_date, line.evidence, line.recorded_by,
            timezone.localdate(line.recorded_at) if line.recorded_at else None,
        ]  # fmt: skip


def count_rows(counts: Iterable[HubCounts]) -> Iterable[list[Cell]]:
    """A row for each hub, in the order of ``COUNT_COLUMNS``."""
    for one in counts:
        yield [one.hub, one.people_count, *one.counts, one.line_count]


def register_sheets(lines: list[Line]) -> list[Sheet]:
    """The register and its counts by hub, both of the same lines."""
    return [
        Sheet("Register", COLUMNS, register_rows(lines), (30, 10, 30, 18, 10, 30, 10, 22, 16, 16, 50, 24, 16)),
        Sheet("By hub", COUNT_COLUMNS, count_rows(counts_by_hub(lines)), (40,)),
    ]

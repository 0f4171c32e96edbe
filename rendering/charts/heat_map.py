"""A grid of shares, such as region by programme. The share is a number and the length of a bar, never a shade alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rendering.charts import svg
from rendering.charts.chart import Chart

ROW_HEIGHT = 66
HEADING_WIDTH = 120
MOST_COLUMNS = 6
CELL_SIZE = 14


@dataclass(frozen=True)
class HeatCell:
    """``done`` of ``due``. Nothing due is "Not applicable"."""

    done: int
    due: int


def heat_map(
    cells: Mapping[tuple[str, str], HeatCell],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    chart_id: str,
    title: str,
    row_heading: str = "Region",
    verb: str = "done",
) -> Chart:
    """Share done in each cell of ``rows`` by ``columns`` (six at most); a cell that is not given says "No data".

    Raises ValueError with more columns, or when more is done than due.
    """
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise ValueError(f"A grid has 1 to {MOST_COLUMNS} columns")
    if any(not 0 <= cell.done <= cell.due for cell in cells.values()):
        raise ValueError("A cell has between none and all done")
    done = sum(cell.done for cell in cells.values())
    due = sum(cell.due for cell in cells.values())
    sentence = f"{_words(HeatCell(done, due))} {verb} in all." if due else "No data yet."
    parts = _heads(columns)
    for number, row in enumerate(rows):
        parts += _row(number, row, [cells.get((row, column)) for column in columns])
    return Chart(
        svg=svg.drawing(chart_id=chart_id, title=title, description=sentence, height=70 + ROW_HEIGHT * len(rows), parts=parts),
        title=title,
        sentence=sentence,
        header=(row_heading, *columns),
        rows=tuple((row, *(_words(cells.get((row, column))) for column in columns)) for row in rows),
    )


def _words(cell: HeatCell | None) -> str:
    if cell is None:
        return "No data"
    if not cell.due:
        return "Not applicable"
    return f"{cell.done:,} of {cell.due:,} ({svg.whole_percent(100 * cell.done / cell.due)})"


def _column_width(count: int) -> float:
    return (svg.WIDTH - HEADING_WIDTH) / count


def _heads(columns: Sequence[str]) -> list[str]:
    width = _column_width(len(columns))
    size = svg.SMALL_SIZE if len(columns) <= 4 else CELL_SIZE
    parts = []
    for position, column in enumerate(columns):
        x = HEADING_WIDTH + width * position + 6
        for depth, words in enumerate(svg.wrapped(column, width - 8, size, most=3)):
            parts.append(svg.text(x, 16 + depth * 17, words, size=size, bold=True))
    return parts


def _row(number: int, name: str, cells: Sequence[HeatCell | None]) -> list[str]:
    top = 64 + ROW_HEIGHT * number
    width = _column_width(len(cells))
    parts = [svg.line(0, top, svg.WIDTH, top, width=0.5)]
    for depth, words in enumerate(svg.wrapped(name, HEADING_WIDTH - 8, svg.SMALL_SIZE, most=3)):
        parts.append(svg.text(0, top + 20 + depth * 18, words, size=svg.SMALL_SIZE, bold=True))
    for position, cell in enumerate(cells):
        parts += _cell(HEADING_WIDTH + width * position + 6, top, width - 12, cell)
    return parts


def _cell(x: float, top: float, width: float, cell: HeatCell | None) -> list[str]:
    if cell is None or not cell.due:
        return [
            svg.text(
                x, top + 22, svg.shortened("No data" if cell is None else "None due", width, CELL_SIZE), size=CELL_SIZE, fill=svg.QUIET
            )
        ]
    share = cell.done / cell.due
    counts = f"{cell.done:,} of {cell.due:,}"
    return [
        svg.text(x, top + 20, svg.whole_percent(100 * share), bold=True),
        svg.text(x, top + 37, svg.shortened(counts, width + 10, CELL_SIZE), size=CELL_SIZE),
        svg.rectangle(x, top + 44, width, 12, fill="none", stroke=svg.QUIET),
        *([svg.rectangle(x, top + 44, width * share, 12, fill=svg.BLUE, stroke=svg.QUIET)] if cell.done else []),
    ]

"""The figures of a published report as rows for a CSV: counts of findings, scores over the years, compliance by indicator."""

from collections.abc import Callable, Iterator
from typing import Any

COLUMNS = ("section", "service", "item", "detail", "value", "out_of")
Row = tuple[Any, ...]
Data = dict[str, Any]


def figure_rows(content: Data) -> Iterator[Row]:
    """Rows of every block of figures in a content, in the report's order; give it the public part."""
    for section in content["sections"]:
        if rows := _ROWS.get(section.get("block", "")):
            yield from ((section["title"], *row) for row in rows(section["data"]))


def has_figures(content: Data) -> bool:
    """Whether any block of a content holds figures."""
    return any(section.get("block") in _ROWS for section in content["sections"])


def _overview(data: Data) -> Iterator[Row]:
    for service in data["services"]:
        for label, count in zip(data["categories"], service["counts"], strict=True):
            yield service["name"], label, "Findings", count, data["total"]
    for label, count in data["domains"]:
        yield "", label, "Findings that bear on the impact domain", count, data["total"]


def _scores(data: Data) -> Iterator[Row]:
    for service in data["services"]:
        for year in service["trend"]:
            yield service["name"], str(year["year"]), f"Indicators met, {year['stage'].lower()}", year["met"], year["applicable"]


def _compliance(data: Data) -> Iterator[Row]:
    for service in data["services"]:
        for count in service["counts"]:
            yield service["name"], service["year"], f"Indicators met, {count['stage'].lower()}", count["met"], count["applicable"]
        for row in service["rows"]:
            item = f"{row['number']} {row['title']}"
            for detail, name in (("Self-assessed", "self"), ("Validated", "validated"), ("Peer reviewed", "reviewed")):
                yield service["name"], item, detail, row[name], ""


_ROWS: dict[str, Callable[[Data], Iterator[Row]]] = {"overview": _overview, "scores": _scores, "compliance": _compliance}

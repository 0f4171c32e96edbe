"""A report's content as it is shown: markdown as HTML, tables, and charts drawn from their numbers."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from rendering.charts import Chart, SpreadLine, spread_chart
from rendering.markdown import markdown_to_html

Content = dict[str, Any]


def shown_sections(content: Content) -> list[dict[str, Any]]:
    """Each section with its words as HTML and its blocks ready for a template."""
    return [
        {"code": one["code"], "title": one["title"], "words": words_html(one["text"]), "blocks": [_shown(block) for block in one["blocks"]]}
        for one in content["sections"]
    ]


def words_html(text: str) -> SafeString:
    """The words of a section."""
    return mark_safe(markdown_to_html(text))  # noqa: S308 (cleaned by the markdown of reports)


def _shown(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "chart":
        return {"kind": "chart", "chart": chart_of(block)}
    if block["kind"] == "table":
        return block | {"columns": columns_of(block["header"], block["numbers"]), "is_wide": len(block["header"]) > 4}
    return block


def columns_of(header: Sequence[str], numbers: Sequence[int]) -> str:
    """A header as the table tag reads it."""
    return "|".join(f"{text}:numeric" if place in numbers else text for place, text in enumerate(header))


def chart_of(block: dict[str, Any]) -> Chart:
    """Hubs as dots on one scale in percent."""
    lines = [SpreadLine(label, values) for label, values in block["lines"]]
    return spread_chart(
        lines, chart_id=block["id"], title=block["title"], sentence=block["sentence"], unit="Percent of a hub’s reviews", first="Measure",
        highest=100,
    )  # fmt: skip

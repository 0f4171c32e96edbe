"""The annual programme report on paper."""

import datetime as dt
import json
from typing import Any

from accounts.templatetags.qnt_tags import month_date
from qnt.programme.annual.models import AnnualPublication
from qnt.programme.annual.showing import chart_of
from rendering.markdown import markdown_to_html
from rendering.pdf import Section, document_html
from reports.papers.tables import paragraph, safe, table
from surveillance.canonical import canonical_json, sha256_of

KICKER = "Annual programme report"


def paper_html(publication: AnnualPublication) -> str:
    """The document of what was published, from its frozen content alone."""
    content, day = json.loads(publication.content), month_date(publication.published_at)
    name = paper_name(content["year"])
    return _html(content, facts=[("Published on", day)], file_name=name, date_text=day, content_hash=publication.hash)


def draft_html(content: dict[str, Any], *, day: dt.date) -> tuple[str, str]:
    """The document of a report as it stands, DRAFT on every page; and the hash of its content."""
    content_hash, date_text = sha256_of(canonical_json(content)), month_date(day)
    name = draft_name(content["year"])
    return _html(content, facts=[], file_name=name, date_text=date_text, content_hash=content_hash, mark="DRAFT"), content_hash


def _html(content: dict[str, Any], *, facts: list[tuple[str, str]], **words: Any) -> str:
    title = title_of(content["year"])
    replaced = replaces_words(content)
    return document_html(
        title=title, short_title=title, subtitle=["Quality surveillance and peer review, England"],
        facts=[("Year", str(content["year"])), *facts, *([("Replaces", replaced)] if replaced else [])],
        illustrative=content["is_illustrative"], kicker=KICKER, version=edition_words(content), **words,
        sections=[
            Section(one["title"], safe(markdown_to_html(one["text"]), *(_block(block) for block in one["blocks"])), anchor=one["code"],
                    page_break=place == 0 or one["code"] in ("domains", "definitions"))
            for place, one in enumerate(content["sections"])
        ],
    )  # fmt: skip


def _block(block: dict[str, Any]) -> str:
    if block["kind"] == "table":
        rows = [[cell.replace("(version ", "(version\u00a0") for cell in row] for row in block["rows"]]
        look = "measures" if block["header"][:2] == ["Measure", "What is counted"] else ""
        return table(block["caption"], block["header"], rows, numbers=block["numbers"], look=look)
    return chart_of(block).print_html() if block["kind"] == "chart" else paragraph(block["words"])


def edition_words(content: dict[str, Any]) -> str:
    """ "2" of a version that replaces another; a year's first report says nothing of versions."""
    return str(content["edition"]) if content.get("replaces") else ""


def replaces_words(content: dict[str, Any]) -> str:
    """Which version this one replaces, when that was withdrawn and why; empty for a first report."""
    old = content.get("replaces")
    if not old:
        return ""
    return f"Version {old['edition']}, withdrawn on {month_date(dt.date.fromisoformat(old['withdrawn_on']))}. {old['reason']}"


def title_of(year: int) -> str:
    """What the report is called."""
    return f"Peer review programme: annual report {year}"


def paper_name(year: int) -> str:
    """What the file is called."""
    return f"programme-report-{year}.pdf"


def draft_name(year: int) -> str:
    """What the file of a draft is called."""
    return f"programme-report-{year}-draft.pdf"

"""Every block by its code, and how one is read and shown."""

import re
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from peerreview.models import Review
from reports.blocks import actions, appendices, findings, heard, learning, scores, services, topics
from reports.blocks.block import Block

BLOCKS: dict[str, Block] = {
    "reviewed": Block(services.reviewed, "reviewed"),
    "description": Block(services.description, "description"),
    "scores": Block(scores.scores, "scores", scores.charts),
    "heard": Block(heard.heard, "heard"),
    "topics": Block(topics.topics, "topics"),
    "learnt": Block(learning.learnt, "learnt"),
    "overview": Block(findings.overview, "overview", findings.charts),
    "findings": Block(findings.provider_findings, "findings"),
    "commissioning": Block(findings.commissioning_findings, "commissioning"),
    "actions": Block(actions.actions, "actions", actions.in_words),
    "plan_annex": Block(actions.plan_annex, "plan_annex"),
    "team": Block(appendices.team, "team"),
    "compliance": Block(appendices.compliance, "compliance"),
    "timetable": Block(appendices.timetable, "timetable"),
}
# Stacked tables repeat each column's heading inside the cells, for phones; on paper the table keeps its heads.
_PHONE_HEADING = re.compile(r'<span class="nhsuk-table__heading" aria-hidden="true">[^<]*</span>')
_NUMERIC = re.compile(r"(nhsuk-table__(?:cell|header)--numeric)")
_CODE_CELL = re.compile(r'<(t[hd]) class="([^"]*)"([^>]*)>((?:<div class="app-cell">)?<span class="code">)')
_TABLE_ROLE = re.compile(r' role="(?:table|rowgroup|row|columnheader|rowheader|cell)"')


def block_data(code: str, review: Review) -> dict[str, Any]:
    """The facts of a block as they are now. Raises KeyError for a block that does not exist."""
    return BLOCKS[code].data(review)


def block_html(code: str, data: dict[str, Any], *, is_print: bool) -> SafeString:
    """A block's facts as HTML, with headings from h3 on: for a page, or for paper."""
    block = BLOCKS[code]
    context = block.context(data) | {"is_print": is_print}
    html: str = render_to_string(f"reports/blocks/{block.template}.html", context)
    if is_print:
        html = _NUMERIC.sub(r"\1 number", _TABLE_ROLE.sub("", _PHONE_HEADING.sub("", html)))
        html = _CODE_CELL.sub(r'<\1 class="\2 code"\3>\4', html)
    return mark_safe(html)  # noqa: S308 (the template escaped it)

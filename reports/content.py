"""What a version freezes: cover facts and sections, as canonical JSON; and the public part of it, which fails closed."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from accounts.templatetags.qnt_tags import date_range
from peerreview.models import Review
from rendering.markdown import markdown_to_html, plain_text
from reports.blocks import block_data, block_html
from reports.blocks.services import networks_of, services_of, sets_of
from reports.models import Report, ReportSection, ReportVersion
from reports.outline import PART_OF
from surveillance.canonical import canonical_json, sha256_of

PUBLIC = ReportSection.Visibility.PUBLIC.value
SCHEMA = 1


@dataclass(frozen=True)
class ShownSection:
    """A section as pages and documents show it; ``html`` is safe and its headings begin at h3."""

    code: str
    title: str
    html: SafeString
    is_public: bool
    starts_page: bool


def live_content(report: Report) -> dict[str, Any]:
    """The report as it stands now: words as saved, blocks drawn from the data."""
    review = report.review
    return {
        "schema": SCHEMA,
        "cover": cover_facts(report),
        "sections": [section_facts(section, review) for section in report.sections.order_by("position")],
    }


def cover_facts(report: Report) -> dict[str, Any]:
    """What the cover says; dates and the number of the version belong to the version, not to its content."""
    review = report.review
    services = services_of(review)
    holders = list(dict.fromkeys(service.holder.name for service in services))
    sets = [found for _, found in sets_of(review) if found]
    is_illustrative = any(service.is_illustrative or service.holder.is_illustrative for service in services)
    return {
        "title": report.title,
        "services": [service.name for service in services],
        "holders": holders,
        "networks": [network.name for network in networks_of(services)],
        "visit_dates": date_range(review.starts_date, review.ends_date),
        "purpose": review.get_purpose_display(),
        "is_illustrative": is_illustrative or any(found.is_illustrative for found in sets),
    }


def section_facts(section: ReportSection, review: Review) -> dict[str, Any]:
    """One section as it stands now: its words, or its block drawn from the data."""
    facts: dict[str, Any] = {"code": section.code, "title": section.title, "visibility": section.visibility}
    if section.block:
        return facts | {"block": section.block, "data": block_data(section.block, review)}
    return facts | {"text": section.text}


def as_text(content: dict[str, Any]) -> str:
    """The canonical text of a content, from which its hash is taken."""
    return canonical_json(content)


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical text."""
    return sha256_of(as_text(content))


def content_of(version: ReportVersion) -> dict[str, Any]:
    """What a version froze."""
    found: dict[str, Any] = json.loads(version.content)
    return found


def is_whole(version: ReportVersion) -> bool:
    """Whether the frozen text still gives the hash that was written down with it."""
    return sha256_of(version.content) == version.hash


def public_part(content: dict[str, Any]) -> dict[str, Any]:
    """The same with only what was marked public: what is not marked, or marked with an unknown word, is left out."""
    return {
        "schema": content["schema"],
        "cover": content["cover"],
        "sections": [section for section in content["sections"] if section.get("visibility") == PUBLIC],
    }


def restricted_count(content: dict[str, Any]) -> int:
    """How many sections the public version leaves out."""
    return len(content["sections"]) - len(public_part(content)["sections"])


def shown_sections(content: dict[str, Any], *, is_print: bool = False) -> list[ShownSection]:
    """The sections of a content as HTML, for a page or for paper."""
    return [_shown(section, is_print=is_print) for section in content["sections"]]


def _shown(section: dict[str, Any], *, is_print: bool) -> ShownSection:
    part = PART_OF.get(section["code"])
    return ShownSection(
        code=section["code"],
        title=section["title"],
        html=section_html(section, is_print=is_print),
        is_public=section.get("visibility") == PUBLIC,
        starts_page=bool(part and part.starts_page),
    )


def section_html(section: dict[str, Any], *, is_print: bool = False) -> SafeString:
    """One section's words or block as HTML."""
    if "block" in section:
        html: str = block_html(section["block"], section["data"], is_print=is_print)
    else:
        html = markdown_to_html(section["text"], heading_level=3)
    return mark_safe(html if is_print else _LOOKLESS.sub(_with_look, html))  # noqa: S308 (templates and the renderer escaped it)


# A page's headings and lists have classes; on paper a stylesheet of their own knows the bare tags.
_LOOKS = {
    "h3": "nhsuk-heading-s", "h4": "nhsuk-heading-xs", "h5": "nhsuk-heading-xs", "h6": "nhsuk-heading-xs",
    "ul": "nhsuk-list nhsuk-list--bullet", "ol": "nhsuk-list nhsuk-list--number",
}  # fmt: skip
_LOOKLESS = re.compile(r"<(h3|h4|h5|h6|ul|ol)>")


def _with_look(match: re.Match[str]) -> str:
    return f'<{match[1]} class="{_LOOKS[match[1]]}">'


def search_text(content: dict[str, Any]) -> str:
    """The words of a content in one plain text, for search and extracts: people's words and findings, no tables."""
    texts = [content["cover"]["title"], *content["cover"]["services"], *content["cover"]["holders"], *content["cover"]["networks"]]
    for section in content["sections"]:
        texts.append(plain_text(section["text"]) if "text" in section else " ".join(_strings(section["data"])))
    return "\n".join(text for text in texts if text)


def extract(content: dict[str, Any], length: int = 220) -> str:
    """The beginning of the first public words, for a list of results."""
    words = next((plain_text(section["text"]) for section in content["sections"] if section.get("text")), "")
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []

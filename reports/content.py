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
from reports.blocks.drawing import one_drawing
from reports.blocks.services import networks_of, services_of, sets_of
from reports.models import Report, ReportSection, ReportVersion
from reports.outline import PART_OF, may_be_public
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


@one_drawing()
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
    } | ({"places": [[service.name, service.holder.name] for service in services]} if len(services) > 1 else {})


def places_of(cover: dict[str, Any]) -> list[str]:
    """The services of a cover, each with who runs it, where there are several; empty for one service, whose trust stands beside it."""
    return [f"{name}, {holder}" for name, holder in cover.get("places", [])]


def services_facts(cover: dict[str, Any]) -> list[tuple[str, str]]:
    """What a cover says about where the team was: service and trust, or each of several services with its own."""
    if places := places_of(cover):
        return [("Services", "; ".join(places))]
    return [("Service", ", ".join(cover["services"])), ("Trust", ", ".join(cover["holders"]))]


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


def without_other_services(content: dict[str, Any]) -> dict[str, Any]:
    """The same without what other services scored, which the block of scores draws beside the service's own."""
    return content | {
        "sections": [_own_scores(section) if section.get("block") == "scores" else section for section in content["sections"]]
    }


def _own_scores(section: dict[str, Any]) -> dict[str, Any]:
    services = [{key: value for key, value in service.items() if key != "others"} for service in section["data"]["services"]]
    return section | {"data": section["data"] | {"services": services}}


def content_of(version: ReportVersion) -> dict[str, Any]:
    """What a version froze."""
    found: dict[str, Any] = json.loads(version.content)
    return found


def is_whole(version: ReportVersion) -> bool:
    """Whether the frozen text still gives the hash that was written down with it."""
    return sha256_of(version.content) == version.hash


def public_part(content: dict[str, Any]) -> dict[str, Any]:
    """The same with only what was marked public and may be: what is not marked, or marked with an unknown word, is left out."""
    return {
        "schema": content["schema"],
        "cover": content["cover"],
        "sections": [
            _without_cards(section)
            for section in content["sections"]
            if section.get("visibility") == PUBLIC and may_be_public(section["code"])
        ],
    } | ({"revision": content["revision"]} if "revision" in content else {})


def _without_cards(section: dict[str, Any]) -> dict[str, Any]:
    """A section without the learning cards named in it: their services agreed that services, reviewers and hubs read them."""
    return section | {"data": _bare(section["data"])} if "data" in section else section


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items() if name != "cards"}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def restricted_count(content: dict[str, Any]) -> int:
    """How many sections that say something the public version leaves out."""
    public = {section["code"] for section in public_part(content)["sections"]}
    return sum(1 for section in content["sections"] if says_something(section) and section["code"] not in public)


def says_something(section: dict[str, Any]) -> bool:
    """Whether a section has words or a block; readers are shown no heading over nothing."""
    return "block" in section or bool(section["text"].strip())


def shown_sections(content: dict[str, Any], *, is_print: bool = False) -> list[ShownSection]:
    """The sections of a content that say something as HTML, for a page or for paper."""
    return [_shown(section, is_print=is_print) for section in content["sections"] if says_something(section)]


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
        texts.append(plain_text(section["text"]) if "text" in section else in_cells(section["data"]))
    return "\n".join(text for text in texts if text)


# Blocks that are figures, or name the people of the team: nobody finds a report by them.
NOT_SEARCHED = frozenset({"scores", "overview", "team", "timetable"})


def search_words(content: dict[str, Any]) -> str:
    """What the library searches besides title and names: people's words, findings and the standards, under their headings."""
    texts = []
    for section in content["sections"]:
        if section.get("block") not in NOT_SEARCHED:
            texts += [f"{section['title']}:", plain_text(section["text"]) if "text" in section else in_cells(section["data"])]
    return "\n".join(text for text in texts if text.strip())


def extract(content: dict[str, Any], length: int = 220) -> str:
    """The beginning of the first public words, for a list of results."""
    words = next((plain_text(section["text"]) for section in content["sections"] if section.get("text")), "")
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


# Between what stood in cells of their own, so that a passage does not read as one sentence; no engine indexes it.
BETWEEN_CELLS = " · "


def in_cells(data: Any) -> str:
    """Every text of a block's facts, one after the other, told apart."""
    return BETWEEN_CELLS.join(text for text in _strings(data) if text.strip())


# What a row is about is read before what is said of it; a stored content has its facts in the order of the alphabet.
READ_FIRST = ("reference", "number", "title", "heading", "label", "name", "what", "seen")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        keys = [key for key in READ_FIRST if key in value]
        return [text for key in [*keys, *(key for key in value if key not in keys)] for text in _strings(value[key])]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []

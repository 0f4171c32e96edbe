"""What the data writes now: the first words of a section as they would be, beside what they were when somebody last chose."""

from typing import Any

from reports import content, words
from reports.blocks import block_data
from reports.blocks.drawing import one_drawing
from reports.models import Report, ReportSection
from reports.outline import parts_for
from surveillance.canonical import canonical_json, sha256_of


@one_drawing()
def drafting_facts(report: Report, codes: list[str]) -> dict[str, Any]:
    """What the first words of these sections are made of: the cover, the track, and the facts of the blocks that they read."""
    review = report.review
    known = {part.block for part in parts_for(is_learning=review.is_learning)}
    wanted = {block for code in codes for block in words.blocks_read(code)} & known
    facts: dict[str, Any] = {block: block_data(block, review) for block in sorted(wanted)}
    return facts | {"cover": content.cover_facts(report), "is_learning": review.is_learning}


def text_from_data(section: ReportSection) -> str:
    """What the data would write into this section now; empty where it writes nothing."""
    if section.block or not words.is_drafted(section.code):
        return ""
    return words.drafted_text(section.code, drafting_facts(section.report, [section.code]))


def has_changed_data(section: ReportSection, now: str) -> bool:
    """Whether the data writes something else than when somebody last chose, and something else than what stands there."""
    return bool(section.drafted_text) and now not in ("", section.drafted_text, section.text)


def sections_with_changed_data(report: Report, sections: list[ReportSection]) -> set[str]:
    """Codes of the sections whose data changed since their words were written; a constant number of statements."""
    drafted = [section for section in sections if not section.block and section.drafted_text and words.is_drafted(section.code)]
    if not drafted:
        return set()
    facts = drafting_facts(report, [section.code for section in drafted])
    return {section.code for section in drafted if has_changed_data(section, words.drafted_text(section.code, facts))}


def mark_of_text(text: str) -> str:
    """A short mark of a text: another one as soon as the text differs."""
    return sha256_of(canonical_json({"text": text}))[:16]

"""The printed report: one frozen version as the HTML that becomes its PDF."""

from typing import Any, Literal

from accounts.templatetags.qnt_tags import month_date
from rendering.pdf import Section, document_html
from reports.content import places_of, services_facts, shown_sections
from reports.models import ReportVersion
from reports.papers.frozen import checked_content

Purpose = ReportVersion.Purpose
MARKS: dict[str, Literal["DRAFT", "ACCURACY CHECK"]] = {Purpose.DRAFT: "DRAFT", Purpose.ACCURACY: "ACCURACY CHECK"}
SUBTITLES = {Purpose.PUBLIC: "Published report", Purpose.FINAL: "Full report"}


def version_html(version: ReportVersion) -> str:
    """The document of a version. A final version has no mark, so its file is asked for at sign-off only.

    Raises NotPublishable for a public version with a section that is not marked public.
    """
    frozen = checked_content(version)
    cover = frozen["cover"]
    purpose = Purpose(version.purpose)
    subtitle, facts = cover_lines(version, frozen)
    return document_html(
        title=cover["title"],
        short_title=cover["title"],
        subtitle=subtitle,
        facts=facts,
        file_name=file_name(version),
        version=str(version.number),
        date_text=month_date(version.made_at),
        content_hash=version.hash,
        sections=[Section(s.title, s.html, anchor=s.code, page_break=s.starts_page) for s in shown_sections(frozen, is_print=True)],
        mark=MARKS.get(purpose),
        illustrative=cover["is_illustrative"],
        kicker=cover["purpose"],
    )


def _revision_facts(revision: dict[str, str] | None) -> list[tuple[str, str]]:
    """On the cover of a new version: which version it takes the place of, what changed, why, and who changed it."""
    if revision is None:
        return []
    name = "Action plan added" if revision["kind"] == "ANNEX" else "Corrected"
    replaced = f"This version takes the place of version {revision['names']} of {revision['named_on']}."
    return [(name, replaced), ("What changed", revision["what"]), ("Why", revision["why"]), ("Changed by", revision["by"])]


def cover_lines(version: ReportVersion, frozen: dict[str, Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """What the cover says under the title, and its facts."""
    cover = frozen["cover"]
    places = places_of(cover)
    where = places or [", ".join(cover["services"]), ", ".join(cover["holders"])]
    subtitle = [*where, SUBTITLES.get(Purpose(version.purpose), "")]
    facts = [
        *services_facts(cover),
        ("Network", ", ".join(cover["networks"]) or "None on record"),
        ("Visit", cover["visit_dates"] or "No date is set"),
        ("Report date", month_date(version.made_at)),
        *_revision_facts(frozen.get("revision")),
    ]
    return subtitle, facts


def file_stem(version: ReportVersion) -> str:
    """What the files of a version begin with."""
    return f"{version.report.address[:60].strip('-')}-v{version.number}"


def file_name(version: ReportVersion) -> str:
    """What the file is called when it is downloaded, and in its footer."""
    return f"{file_stem(version)}.pdf"


def expected_page_count(html: str) -> int:
    """About how many pages the HTML gives, for the progress sentence."""
    return max(12, len(html) // 6000)

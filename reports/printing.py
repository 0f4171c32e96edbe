"""The printed report: one frozen version as the HTML that becomes its PDF."""

from typing import Literal

from accounts.templatetags.qnt_tags import month_date
from rendering.pdf import Section, document_html
from reports.content import content_of, shown_sections
from reports.models import ReportVersion

Purpose = ReportVersion.Purpose
MARKS: dict[str, Literal["DRAFT", "ACCURACY CHECK"]] = {Purpose.DRAFT: "DRAFT", Purpose.ACCURACY: "ACCURACY CHECK"}
SUBTITLES = {Purpose.PUBLIC: "Published report", Purpose.FINAL: "Full report"}


def version_html(version: ReportVersion) -> str:
    """The document of a version. A final version has no mark, so its file is asked for at sign-off only."""
    frozen = content_of(version)
    cover = frozen["cover"]
    purpose = Purpose(version.purpose)
    return document_html(
        title=cover["title"],
        short_title=cover["title"],
        subtitle=[", ".join(cover["services"]), ", ".join(cover["holders"]), SUBTITLES.get(purpose, "")],
        facts=[
            ("Service", ", ".join(cover["services"])),
            ("Trust", ", ".join(cover["holders"])),
            ("Network", ", ".join(cover["networks"]) or "None on record"),
            ("Visit", cover["visit_dates"] or "No date is set"),
            ("Report date", month_date(version.made_at)),
        ],
        file_name=file_name(version),
        version=str(version.number),
        date_text=month_date(version.made_at),
        content_hash=version.hash,
        sections=[Section(s.title, s.html, anchor=s.code, page_break=s.starts_page) for s in shown_sections(frozen, is_print=True)],
        mark=MARKS.get(purpose),
        illustrative=cover["is_illustrative"],
        kicker=cover["purpose"],
    )


def file_name(version: ReportVersion) -> str:
    """What the file is called when it is downloaded, and in its footer."""
    return f"{version.report.address[:60].strip('-')}-v{version.number}.pdf"


def expected_page_count(html: str) -> int:
    """About how many pages the HTML gives, for the progress sentence."""
    return max(12, len(html) // 6000)

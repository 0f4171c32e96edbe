"""The whole report for Word: the sections of its PDF, for reading and circulating."""

from pathlib import Path

from accounts.templatetags.qnt_tags import month_date
from rendering.pdf import Section
from rendering.word import save_word
from reports.content import shown_sections
from reports.models import ReportVersion
from reports.papers.frozen import checked_content
from reports.printing import MARKS, cover_lines, file_stem


def save_whole(version: ReportVersion, destination: Path) -> int:
    """The DOCX of a version; gives its size in bytes. Raises NotPublishable as ``checked_content`` does."""
    content = checked_content(version)
    cover = content["cover"]
    subtitle, facts = cover_lines(version, content)
    return save_word(
        destination,
        title=cover["title"],
        short_title=cover["title"],
        subtitle=subtitle,
        facts=facts,
        file_name=word_name(version),
        version=str(version.number),
        date_text=month_date(version.made_at),
        content_hash=version.hash,
        sections=[Section(s.title, s.html, anchor=s.code, page_break=s.starts_page) for s in shown_sections(content, is_print=True)],
        mark=MARKS.get(ReportVersion.Purpose(version.purpose)),
        illustrative=cover["is_illustrative"],
        made_at=version.made_at,
    )


def word_name(version: ReportVersion) -> str:
    """What the file is called."""
    return f"{file_stem(version)}.docx"

"""The HTML of a report: cover, contents, sections, and the texts that run along every page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote

from rendering.markup import as_html, clean_text, escape

Mark = Literal["DRAFT", "ACCURACY CHECK"]

MARK_SENTENCES: dict[str, str] = {
    "DRAFT": "This is a draft. It may change before it is signed off.",
    "ACCURACY CHECK": "This copy is for the factual accuracy check. It may change before it is signed off.",
}
ILLUSTRATIVE_WORD = "Illustrative"
ILLUSTRATIVE_SENTENCE = "Illustrative. The services, people and figures in this document are invented."
HASH_CHARACTERS = 12
FEWEST_WITH_CONTENTS, MOST_BESIDE_A_SECTION = 3, 9  # entries: fewer need no list, as many share their page with the first section
MOST_RUNNING_CHARACTERS = 140  # two lines of the page margin
PUBLISHER = "Quality and Nursing Team"
LANGUAGE = "en-GB"


@dataclass(frozen=True)
class Fact:
    """A line of the cover: a short label and its value, both plain text."""

    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """A part of a report. ``html`` is printed as it is when it says it is safe (``__html__``), else escaped.

    ``level`` 1 and 2 stand in the contents and print as h2 and h3, so headings inside start one below. A section of
    level 1 starts on a new page unless ``page_break`` says otherwise.
    """

    title: str
    html: str
    anchor: str = ""
    level: int = 1
    page_break: bool | None = None

    @property
    def starts_page(self) -> bool:
        return self.level == 1 if self.page_break is None else self.page_break


def document_html(
    *,
    title: str,
    short_title: str,
    file_name: str,
    date_text: str,
    content_hash: str,
    sections: Sequence[Section],
    subtitle: Sequence[str] = (),
    facts: Sequence[Fact | tuple[str, str]] = (),
    version: str = "",
    mark: Mark | None = None,
    illustrative: bool = False,
    kicker: str = "Peer review report",
    publisher: str = PUBLISHER,
) -> str:
    """A whole document for ``render_pdf``.

    Texts are escaped here; ``sections`` hold the only HTML. ``content_hash`` is shortened to 12 characters in the
    footer and printed whole on the cover. ``kicker`` is the small line above the title; without a
    ``version`` none is printed. Raises ValueError for a mark that is not known, so that a draft never goes out unmarked
    by a slip of spelling.
    """
    if mark is not None and mark not in MARK_SENTENCES:
        raise ValueError(f"Unknown mark: {mark}")
    placed = with_anchors(sections)
    cover = _cover(
        kicker=kicker,
        title=title,
        subtitle=subtitle,
        facts=cover_facts(facts, version=version, date_text=date_text, content_hash=content_hash),
        publisher=publisher,
        mark=mark,
        illustrative=illustrative,
    )
    body = "".join(_section(section) for section in placed)
    running = running_texts(
        short_title=short_title,
        footer=footer_text(file_name=file_name, version=version, date_text=date_text, content_hash=content_hash),
        mark=mark,
        illustrative=illustrative,
    )
    return page_html(
        title=title,
        publisher=publisher,
        body_class="report",
        running=running,
        mark=mark,
        body=f"{cover}{_contents(placed)}<main>{body}</main>",
    )


def cover_facts(facts: Sequence[Fact | tuple[str, str]], *, version: str, date_text: str, content_hash: str) -> list[tuple[str, str]]:
    """The lines of a cover, those about the file last: a date that a line gives already is not said twice, nor is what is empty."""
    pairs = [(fact.label, fact.value) if isinstance(fact, Fact) else fact for fact in facts]
    date = [] if date_text in [value for _, value in pairs] else [("Date", date_text)]
    return [(label, value) for label, value in [*pairs, ("Version", version), *date, ("Content hash", content_hash)] if value]


def cover_lines(title: str, lines: Sequence[str]) -> list[str]:
    """The lines under the title, without those that the title says already."""
    return [line for line in lines if line and line not in title]


def page_html(*, title: str, publisher: str, body_class: str, running: str, mark: str | None, body: str) -> str:
    """The outer shell that reports and letters share. ``running`` and ``body`` are HTML; the rest is escaped."""
    return (
        f'<!DOCTYPE html><html lang="{LANGUAGE}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="author" content="{escape(publisher)}"><meta name="generator" content="QNT Peer Review">'
        f'{mark_style(mark)}</head><body class="{body_class}"{running}>{body}</body></html>'
    )


def running_texts(*, short_title: str, footer: str, mark: str | None, illustrative: bool) -> str:
    """Attributes of ``<body>`` that the stylesheet lifts into page margins."""
    notes = [word for word in (mark.capitalize() if mark else "", ILLUSTRATIVE_WORD if illustrative else "") if word]
    texts = {"short-title": short_title, "footer": footer, "note": " · ".join(notes)}
    return "".join(f' data-{name}="{escape(_one_line(text))}"' for name, text in texts.items())


def footer_text(*, file_name: str, version: str, date_text: str, content_hash: str) -> str:
    short_hash = content_hash[:HASH_CHARACTERS]
    return " · ".join(text for text in (file_name, f"Version {version}" if version else "", date_text, short_hash) if text)


def mark_style(mark: str | None) -> str:
    """A ``<style>`` that prints ``mark`` behind every page: an artifact, never read out."""
    if mark is None:
        return ""
    size = 46 if len(mark) < 8 else 24
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" width="210mm" height="297mm">'
        f'<text x="105" y="165" transform="rotate(-52 105 150)" text-anchor="middle" font-family="Arimo, sans-serif"'
        f' font-weight="700" font-size="{size}" fill="#e8edef">{escape(mark)}</text></svg>'
    )
    return f'<style>@page {{ background: url("data:image/svg+xml,{quote(svg)}") center / 100% no-repeat }}</style>'


def with_anchors(sections: Sequence[Section]) -> list[Section]:
    """The sections, each with an anchor of its own that is a valid id. A repeated one gets a number."""
    taken: set[str] = set()
    placed = []
    for position, section in enumerate(sections, start=1):
        wanted = re.sub(r"[^a-z0-9_-]+", "-", (section.anchor or section.title).lower()).strip("-")
        wanted = wanted if wanted[:1].isalpha() else f"section-{wanted or position}"
        anchor, number = wanted, 2
        while anchor in taken:
            anchor, number = f"{wanted}-{number}", number + 1
        taken.add(anchor)
        placed.append(replace(section, anchor=anchor))
    return placed


def _one_line(text: str) -> str:
    """``text`` as it fits a page margin."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= MOST_RUNNING_CHARACTERS else line[: MOST_RUNNING_CHARACTERS - 1].rstrip() + "…"


def _cover(
    *,
    kicker: str,
    title: str,
    subtitle: Sequence[str],
    facts: Sequence[tuple[str, str]],
    publisher: str,
    mark: str | None,
    illustrative: bool,
) -> str:
    lines = "".join(f'<p class="cover-subtitle">{escape(line)}</p>' for line in cover_lines(title, subtitle))
    rows = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in facts)
    notes = [MARK_SENTENCES[mark]] if mark else []
    notes += [ILLUSTRATIVE_SENTENCE] if illustrative else []
    callouts = "".join(f'<p class="cover-note">{escape(note)}</p>' for note in notes)
    return (
        f'<section class="cover"><div class="cover-band"><p class="cover-kicker">{escape(kicker)}</p>'
        f'<h1>{escape(title)}</h1>{lines}</div><div class="cover-body">{callouts}'
        f'<table class="facts"><tbody>{rows}</tbody></table>'
        f'<p class="cover-publisher">{escape(publisher)}</p></div></section>'
    )


def _contents(sections: Sequence[Section]) -> str:
    entries = [section for section in sections if section.level <= 2]
    if len(entries) < FEWEST_WITH_CONTENTS:
        return ""
    items = "".join(
        f'<li class="contents-{section.level}"><a href="#{section.anchor}">{escape(section.title)}</a></li>' for section in entries
    )
    look = "contents contents-short" if len(entries) <= MOST_BESIDE_A_SECTION else "contents"
    return f'<nav class="{look}"><h2>Contents</h2><ul>{items}</ul></nav>'


def _section(section: Section) -> str:
    heading = f"h{min(section.level + 1, 6)}"
    starts = " starts-page" if section.starts_page else ""
    return (
        f'<section class="section section-{section.level}{starts}">'
        f'<{heading} id="{section.anchor}">{escape(section.title)}</{heading}>'
        f"{as_html(section.html)}</section>"
    )

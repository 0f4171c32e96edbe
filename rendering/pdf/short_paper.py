"""The HTML of a paper of a few pages: a title, facts and sections that follow one another, without cover and contents."""

from __future__ import annotations

from collections.abc import Sequence

from rendering.markup import as_html, escape
from rendering.pdf.document import (
    ILLUSTRATIVE_SENTENCE,
    MARK_SENTENCES,
    PUBLISHER,
    Mark,
    Section,
    footer_text,
    page_html,
    running_texts,
    with_anchors,
)


def short_paper_html(
    *, title: str, kicker: str, lead: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section], file_name: str, date_text: str,
    content_hash: str, short_title: str = "", version: str = "", closing: str = "", mark: Mark | None = None, illustrative: bool = False,
) -> str:  # fmt: skip
    """A paper for ``render_pdf``. Texts are escaped; ``sections`` hold the only HTML, their titles print as h2.

    How many pages it takes is for the caller, who gives ``render_pdf`` a limit. ``closing`` is a small line at the end.
    Raises ValueError for a mark that is not known.
    """
    if mark is not None and mark not in MARK_SENTENCES:
        raise ValueError(f"Unknown mark: {mark}")
    notes = [*([MARK_SENTENCES[mark]] if mark else []), *([ILLUSTRATIVE_SENTENCE] if illustrative else [])]
    rows = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>' for label, value in facts if value)
    parts = "".join(
        f'<section><h2 id="{section.anchor}">{escape(section.title)}</h2>{as_html(section.html)}</section>'
        for section in with_anchors(sections)
    )
    callouts = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    head = f'<p class="kicker">{escape(kicker)}</p><h1>{escape(title)}</h1>{callouts}<p class="lead">{escape(lead)}</p>'
    head += f'<table class="facts"><tbody>{rows}</tbody></table>'
    end = f'<p class="closing">{escape(closing)}</p>' if closing else ""
    footer = footer_text(file_name=file_name, version=version, date_text=date_text, content_hash=content_hash)
    return page_html(
        title=title,
        publisher=PUBLISHER,
        body_class="short-paper",
        running=running_texts(short_title=short_title or title, footer=footer, mark=mark, illustrative=illustrative),
        mark=mark,
        body=f"{head}<main>{parts}</main>{end}",
    )

"""The HTML of a one-page letter or notice."""

from __future__ import annotations

from collections.abc import Sequence

from rendering.markup import as_html, escape
from rendering.pdf.document import ILLUSTRATIVE_SENTENCE, PUBLISHER, Mark, page_html, running_texts


def letter_html(
    *,
    title: str,
    recipient: Sequence[str],
    date_text: str,
    body: str,
    signature: Sequence[str],
    sender: Sequence[str] = (),
    reference: str = "",
    salutation: str = "",
    closing: str = "Yours sincerely",
    file_name: str = "",
    mark: Mark | None = None,
    illustrative: bool = False,
    publisher: str = PUBLISHER,
) -> str:
    """A letter for ``render_pdf``, one page unless ``body`` is long.

    ``body`` is printed as it is when it says it is safe (``__html__``), else escaped; all other texts are escaped.
    ``title`` is the subject line and the document's title.
    """
    reference_line = f'<p class="letter-reference">Reference: {escape(reference)}</p>' if reference else ""
    note = f'<p class="letter-note">{escape(ILLUSTRATIVE_SENTENCE)}</p>' if illustrative else ""
    greeting = f"<p>{escape(salutation)}</p>" if salutation else ""
    content = (
        f'<div class="letter-sender"><p class="letter-publisher">{escape(publisher)}</p>{_lines(sender)}</div>'
        f'<div class="letter-recipient">{_lines(recipient)}</div>'
        f'<p class="letter-date">{escape(date_text)}</p>{reference_line}{note}'
        f"{greeting}<h1>{escape(title)}</h1><main>{as_html(body)}</main>"
        f'<div class="letter-signature"><p>{escape(closing)}</p>{_lines(signature)}</div>'
    )
    footer = " · ".join(text for text in (file_name, reference, date_text) if text)
    running = running_texts(short_title=title, footer=footer, mark=mark, illustrative=illustrative)
    return page_html(title=title, publisher=publisher, body_class="letter", running=running, mark=mark, body=content)


def _lines(lines: Sequence[str]) -> str:
    text = "<br>".join(escape(line) for line in lines if line)
    return f"<p>{text}</p>" if text else ""

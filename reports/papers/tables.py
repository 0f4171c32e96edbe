"""Tables and sentences of documents as safe HTML: every text is escaped here."""

from collections.abc import Callable, Sequence

from rendering.markup import SafeHtml, escape

NO_DATA = "No data"


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numbers: Sequence[int] = (),
    code: bool = False,
    look: str = "",
) -> str:
    """A table with tied heads; the first cell of a row is its head. ``numbers`` are the columns of figures, ``look`` a class of it."""

    def cell_look(column: int) -> str:
        names = (["number"] if column in numbers else []) + (["code"] if code and column == 0 else [])
        return f' class="{" ".join(names)}"' if names else ""

    heads = "".join(f'<th scope="col"{cell_look(n)}>{escape(text)}</th>' for n, text in enumerate(header))
    body = "".join(_row(row, cell_look) for row in rows)
    named = f' class="{look}"' if look else ""
    return f"<table{named}><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: Sequence[object], look: Callable[[int], str]) -> str:
    cells = "".join(f"<td{look(n)}>{lines(cell)}</td>" for n, cell in enumerate(row[1:], start=1))
    return f'<tr><th scope="row"{look(0)}>{lines(row[0])}</th>{cells}</tr>'


def lines(value: object) -> str:
    """A text with its line breaks; what is already safe stays as it is; nothing is "No data"."""
    if hasattr(value, "__html__"):
        return str(value)
    text = "" if value is None else str(value)
    return "<br>".join(escape(line) for line in text.splitlines()) if text.strip() else f'<span class="none">{NO_DATA}</span>'


def day(text: str) -> SafeHtml:
    """A date that stays on one line."""
    return SafeHtml(f'<span class="day">{escape(text)}</span>')


def paragraph(text: str) -> str:
    """One paragraph."""
    return f"<p>{escape(text)}</p>"


def heading(text: str) -> str:
    """A heading below a section's own."""
    return f"<h3>{escape(text)}</h3>"


def safe(*parts: str) -> SafeHtml:
    """Parts that were made here, as HTML that may be printed."""
    return SafeHtml("".join(parts))

"""Markdown that people write, as HTML that is safe to print below a section's heading."""

from __future__ import annotations

import re
from html import unescape

import markdown as markdown_library
import nh3

from rendering.markup import SafeHtml, clean_text

ALLOWED_TAGS = frozenset(
    {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
LOWEST_HEADING = 6
MOST_NESTING = 12
_HEADING = re.compile(r"<(/?)h([1-6])>")
_DEEP_QUOTE = re.compile(rf"^((?:[ \t]*>){{{MOST_NESTING}}})(?:[ \t]*>)+", re.MULTILINE)
_SHORT_INDENT = re.compile(r"^ {2,3}(?=(?:[-*+]|\d+\.) )", re.MULTILINE)  # people indent lists by two; the parser wants four
_DEEP_INDENT = re.compile(rf"^[ \t]{{{4 * MOST_NESTING},}}", re.MULTILINE)


def markdown_to_html(text: str, *, heading_level: int = 3) -> SafeHtml:
    """``text`` as HTML: paragraphs, lists, tables, quotes, links; headings begin at ``heading_level``.

    HTML in the text is shown as text, never obeyed. Pictures are left out; links go to https and mailto only.
    Headings keep their order and never skip a level, so that a document's outline holds.
    """
    html = _parser().convert(_shallow(clean_text(text)))
    safe = nh3.clean(
        html,
        tags=set(ALLOWED_TAGS),
        clean_content_tags=set(),
        attributes={"*": set(), "a": {"href"}},
        url_schemes={"https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    return SafeHtml(_tie_headers(_shift_headings(_without_relative_links(safe), heading_level)))


def plain_text(text: str) -> str:
    """``text`` without its markdown marks: for search, extracts, mails and spreadsheets."""
    html: str = markdown_to_html(text)
    html = re.sub(r"</(p|li|h[1-6]|tr|blockquote|pre)>|<br ?/?>|<hr ?/?>", "\n", html)
    html = re.sub(r"</t[dh]>", " ", html)
    lines = (" ".join(line.split()) for line in unescape(re.sub(r"<[^>]+>", "", html)).splitlines())
    return "\n".join(line for line in lines if line)


def _parser() -> markdown_library.Markdown:
    """A parser that knows no HTML: tags in the text come out as text. One per call, as it keeps state."""
    parser = markdown_library.Markdown(extensions=["tables", "sane_lists"], output_format="html")
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    return parser


def _shallow(text: str) -> str:
    """Cut nesting that nobody writes and that would make the parser recurse too deep; widen short list indents."""
    shallow = _DEEP_INDENT.sub(" " * 4 * (MOST_NESTING - 1), _DEEP_QUOTE.sub(r"\1", text))
    return _SHORT_INDENT.sub(" " * 4, shallow)


def _without_relative_links(html: str) -> str:
    """Links without a scheme point at whatever page they happen to stand on: keep their words only."""
    return re.sub(
        r'<a(?: href="([^"]*)")?>(.*?)</a>',
        lambda found: found[0] if re.match(r"https://|mailto:", found[1] or "", re.IGNORECASE) else found[2],
        html,
        flags=re.DOTALL,
    )


def _tie_headers(html: str) -> str:
    return html.replace("<th>", '<th scope="col">')


def _shift_headings(html: str, first_level: int) -> str:
    """Renumber headings from ``first_level``, at most one deeper than the one before."""
    current = first_level - 1
    base: int | None = None
    shown = first_level

    def renumber(found: re.Match[str]) -> str:
        nonlocal current, base, shown
        if found[1]:
            return f"</h{shown}>"
        written = int(found[2])
        base = written if base is None else min(base, written)
        shown = min(first_level + written - base, current + 1, LOWEST_HEADING)
        current = max(shown, first_level)
        return f"<h{shown}>"

    return _HEADING.sub(renumber, html)

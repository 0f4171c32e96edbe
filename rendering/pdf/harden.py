"""The second lock on a document: takes out what a report never needs, whoever let it in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XHTML = "{http://www.w3.org/1999/xhtml}"
REMOVED_ELEMENTS = frozenset(
    {"script", "link", "base", "iframe", "object", "embed", "audio", "video", "source", "form", "input", "button"}
    | {"select", "textarea", "frame", "frameset", "applet", "template", "noscript", "picture"}
)
REMOVED_ATTRIBUTES = frozenset({"style", "rel", "srcset", "background", "download", "ping", "profile"})
LONG_WORD = re.compile(r"[^\s\u200b]{65,}")  # longer than a SHA-256
LINK_ADDRESS = re.compile(r"^(#|https://|http://|mailto:)", re.IGNORECASE)


def harden(root: Element) -> None:
    """Remove from a parsed document, in place: attachments, scripts, forms, inline styles, and strange links.

    ``<style>`` stays in the head, where ``document_html`` puts it and no text from people can reach.
    """
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_removed(child, parent):
                _remove(parent, child)
    for element in root.iter():
        _clean_attributes(element)
    for cell in root.iter():
        if _local_name(cell) in {"td", "th", "caption"}:
            _let_words_break(cell)


def _let_words_break(cell: Element) -> None:
    """Give words that are wider than a table places to break, or they would run off the paper."""
    for element in cell.iter():
        if element.text:
            element.text = LONG_WORD.sub(_with_breaks, element.text)
        if element is not cell and element.tail:
            element.tail = LONG_WORD.sub(_with_breaks, element.tail)


def _with_breaks(found: re.Match[str]) -> str:
    """Places to break after the strokes and hyphens of an address; inside a piece only where that is long itself."""
    pieces = re.split(r"(?<=[-/])(?=[^-/])", found[0])
    return "\u200b".join(re.sub(r"(.{20})(?=.)", "\\1\u200b", piece) for piece in pieces)


def _local_name(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rsplit("}", 1)[-1].lower()


def _is_removed(child: Element, parent: Element) -> bool:
    name = _local_name(child)
    if name == "style":
        return _local_name(parent) != "head"
    if name == "meta":
        return "http-equiv" in child.attrib or _local_name(parent) != "head"
    return name in REMOVED_ELEMENTS or (name in {"image", "use", "feimage"} and not _points_inside(child))


def _points_inside(element: Element) -> bool:
    addresses = [value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1].lower() == "href"]
    return all(address.strip().startswith("#") for address in addresses)


def _remove(parent: Element, child: Element) -> None:
    """Take an element out and leave the text behind it where it was."""
    position = list(parent).index(child)
    if child.tail:
        if position:
            parent[position - 1].tail = (parent[position - 1].tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _clean_attributes(element: Element) -> None:
    for key, value in list(element.attrib.items()):
        if _is_removed_attribute(key.rsplit("}", 1)[-1].lower(), value.strip()):
            del element.attrib[key]


def _is_removed_attribute(name: str, value: str) -> bool:
    if name == "href":
        return LINK_ADDRESS.match(value) is None
    if name == "src":
        return not value.lower().startswith("data:image/")
    return name in REMOVED_ATTRIBUTES or name.startswith("on")

"""Text that is already safe HTML, marked as such without knowing any template engine."""

from __future__ import annotations

import re
from html import escape as _escape

# Control characters but tab and line ends, lone surrogates, and two that are no characters at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class SafeHtml(str):
    """HTML that is safe to print as it is.

    Template engines that follow the ``__html__`` convention (Django's among them) print it unescaped.
    Joining it with ordinary text gives an ordinary ``str``, which is escaped again: the mistake shows, and does no harm.
    """

    __slots__ = ()

    def __html__(self) -> SafeHtml:
        return self


def as_html(value: object) -> SafeHtml:
    """``value`` as safe HTML: what says so itself (``__html__``) is kept, everything else is escaped."""
    if hasattr(value, "__html__"):
        return SafeHtml(value.__html__())
    return SafeHtml(escape(value))


def escape(value: object) -> str:
    """``value`` as text for an element or a quoted attribute, without characters that XML forbids."""
    return _escape(clean_text(value), quote=True)


def clean_text(value: object) -> str:
    """``value`` without control characters and lone surrogates, which neither XML nor PDF can hold."""
    return _UNPRINTABLE.sub("", str(value))

"""The embedded typeface: Arimo, as ``data:`` addresses, loaded once per process."""

from __future__ import annotations

import base64
import logging
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rendering.pdf.fetcher import stylesheet_fetcher

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

logger = logging.getLogger(__name__)

PROJECT_DIRECTORY = Path(__file__).resolve().parents[2]
FONT_DIRECTORIES = (
    PROJECT_DIRECTORY / "assets" / "fonts",
    PROJECT_DIRECTORY / "node_modules" / "@fontsource" / "arimo" / "files",
)
STYLESHEETS = ("base.css", "document.css", "letter.css", "one_page.css", "short_paper.css")

# Regular, bold and their italics, each in the letters that English, Welsh or Polish names need.
SUBSETS = {
    "latin": "",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+2113",
}
FACES = ((400, "normal"), (400, "italic"), (700, "normal"), (700, "italic"))


def font_file_names() -> list[str]:
    """The files of ``@fontsource/arimo`` that ``assets/fonts`` should hold."""
    return [f"arimo-{subset}-{weight}-{style}.woff2" for subset in SUBSETS for weight, style in FACES]


@dataclass(frozen=True)
class WarmStyles:
    """Fonts and parsed stylesheets, ready to be inherited by a forked rendering."""

    process_id: int
    fonts: FontConfiguration
    stylesheets: tuple[CSS, ...]


_warm: list[WarmStyles] = []  # more than one only after a fork: see _disown


def warm_styles() -> WarmStyles:
    """The fonts and stylesheets of this process, loaded at the first call (about 0.3 s)."""
    if _warm and _warm[-1].process_id == os.getpid():
        return _warm[-1]
    if _warm:
        _disown(_warm[-1])
    _warm.append(_load_styles())
    return _warm[-1]


def _disown(inherited: WarmStyles) -> None:
    """Keep an inherited configuration alive: when collected it would delete the parent's font files."""
    inherited.fonts._folder = None


def _load_styles() -> WarmStyles:
    from weasyprint import CSS  # noqa: PLC0415  slow library: only processes that make PDFs load it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()
    fetcher = stylesheet_fetcher()
    texts = [font_face_css(), *(_stylesheet_text(name) for name in STYLESHEETS)]
    sheets = tuple(CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in texts)
    return WarmStyles(process_id=os.getpid(), fonts=fonts, stylesheets=sheets)


def _stylesheet_text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


@cache
def font_face_css() -> str:
    """``@font-face`` rules with the font files inside. Missing files are logged; a system font then stands in."""
    rules = []
    for subset, unicode_range in SUBSETS.items():
        for weight, style in FACES:
            name = f"arimo-{subset}-{weight}-{style}.woff2"
            path = find_font(name)
            if path is None:
                logger.warning("Font file %s is missing: run the set-up again", name)
                continue
            encoded = base64.b64encode(path.read_bytes()).decode("ascii")
            reach = f" unicode-range: {unicode_range};" if unicode_range else ""
            rules.append(
                f'@font-face {{ font-family: "Arimo"; font-weight: {weight}; font-style: {style};'
                f' src: url("data:font/woff2;base64,{encoded}") format("woff2");{reach} }}'
            )
    return "\n".join(rules)


def find_font(name: str) -> Path | None:
    """The path of a font file in the first directory that holds it."""
    return next((folder / name for folder in FONT_DIRECTORIES if (folder / name).is_file()), None)

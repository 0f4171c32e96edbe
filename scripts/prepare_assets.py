"""Prepare the browser assets that npm fetched, so that no page asks a third party for anything.

Reads ``node_modules`` and writes ``assets/nhsuk`` (style sheet, script, icons), ``assets/fonts`` (Arimo, for pages
and PDFs) and ``assets/idb`` (IndexedDB by promises).
NHS.UK frontend names Frutiger, which needs a licence and comes from another host: Arimo takes its place.
Of its images only the icons that the style sheet names are taken: the others show the NHS logo, which needs permission.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NHSUK = ROOT / "node_modules/nhsuk-frontend/dist/nhsuk"
ARIMO = ROOT / "node_modules/@fontsource/arimo"
IDB = ROOT / "node_modules/idb"
ASSETS = ROOT / "assets"

# The letters that English, Welsh, Polish or Greek names need; a browser fetches only the subsets of a page's letters.
UNICODE_RANGES = {
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
    "greek": "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
}
# The style sheet asks for 400 and 600; Arimo's 700 is the nearer to Frutiger Bold.
WEIGHTS = {400: 400, 700: 600}


def font_faces() -> str:
    """The @font-face rules of Arimo for pages, with addresses relative to the style sheet."""
    return "".join(
        f"@font-face{{font-family:Arimo;font-style:{style};font-weight:{declared};font-display:swap;"
        f"src:url(../fonts/arimo-{subset}-{weight}-{style}.woff2) format('woff2');unicode-range:{unicode_range}}}\n"
        for subset, unicode_range in UNICODE_RANGES.items()
        for weight, declared in WEIGHTS.items()
        for style in ("normal", "italic")
    )


def without_source_map(text: str) -> str:
    """``text`` without its source map comment: the manifest storage would look for the file and fail."""
    return re.sub(r"(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$", "", text)


def prepare_nhsuk() -> None:
    """Write ``assets/nhsuk``: the style sheet with Arimo, the script started by ``initAll()``, the icons."""
    target = ASSETS / "nhsuk"
    css = without_source_map((NHSUK / "nhsuk-frontend.min.css").read_text())
    css, dropped = re.subn(r"@font-face\{[^}]*\}", "", css)
    if dropped != 2:
        raise SystemExit(f"NHS.UK frontend has {dropped} @font-face rules, not 2. Read its release notes.")
    css = css.replace("Frutiger W01", "Arimo").replace("url(/assets/", "url(")
    if "//assets.nhs.uk" in css:
        raise SystemExit("NHS.UK frontend's style sheet still names another host. Read its release notes.")
    (target / "images").mkdir(parents=True)
    (target / "nhsuk-frontend.min.css").write_text(font_faces() + css)
    for image in set(re.findall(r"url\((images/[^)]+)\)", css)):
        shutil.copy(NHSUK / "assets" / image, target / image)
    script = without_source_map((NHSUK / "nhsuk-frontend.min.js").read_text())
    (target / "nhsuk-frontend.min.js").write_text(f"{script}\ninitAll();\n")


def prepare_fonts() -> None:
    """Write ``assets/fonts``: Arimo regular and bold, upright and italic, with its licence."""
    target = ASSETS / "fonts"
    target.mkdir(parents=True)
    for subset in UNICODE_RANGES:
        for weight in WEIGHTS:
            for style in ("normal", "italic"):
                shutil.copy(ARIMO / f"files/arimo-{subset}-{weight}-{style}.woff2", target)
    shutil.copy(ARIMO / "LICENSE", target / "LICENSE.txt")


def prepare_idb() -> None:
    """Write ``assets/idb``: the module that the visit form keeps its notes with, and its licence."""
    target = ASSETS / "idb"
    target.mkdir(parents=True)
    (target / "index.js").write_text(without_source_map((IDB / "build/index.js").read_text()))
    shutil.copy(IDB / "LICENSE", target / "LICENSE.txt")


if __name__ == "__main__":
    shutil.rmtree(ASSETS, ignore_errors=True)
    prepare_nhsuk()
    prepare_fonts()
    prepare_idb()

"""QR codes as SVG: dark squares as one path, no inline style, so that a strict CSP shows them."""

from xml.sax.saxutils import quoteattr

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_MODULES = 4  # ISO/IEC 18004: the margin that a reader needs


def qr_svg(text: str, *, title: str) -> str:
    """An SVG of the QR code of ``text``, black on white with its margin; ``title`` says to those who do not see it what it is.

    Level M: a fifth of a worn poster may be unreadable. The size is given by where it stands: there is a viewBox alone.
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(text)
    rows = code.get_matrix()
    dark = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )  # fmt: skip
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label={quoteattr(title)} '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )

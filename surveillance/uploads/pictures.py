"""Pictures: drawn anew, upright, so that whatever else the file carried (EXIF, places, hidden text, a second file) is gone."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from surveillance.uploads.refusals import UploadRefused, not_readable

MAX_PIXELS = 50_000_000  # our default, to be confirmed: a phone's largest picture is 50 megapixels
FAULTS = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    RuntimeError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
# What each format can say; a palette becomes colours, so that what was see-through stays so.
PNG_MODES = {"1", "L", "LA", "RGB", "RGBA", "I;16"}
JPEG_MODES = {"L", "RGB"}


def check_picture(content: bytes, extension: str) -> bytes:
    """The picture's bytes as they are kept: of an animation the first picture. Raises UploadRefused with a sentence."""
    wanted = "PNG" if extension == "png" else "JPEG"
    try:
        return _drawn_anew(content, wanted)
    except FAULTS as error:
        raise not_readable(wanted.replace("JPEG", "JPG")) from error


def _drawn_anew(content: bytes, wanted: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=[wanted]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UploadRefused("The selected file has too many pixels. Make the picture smaller and try again")
            upright = ImageOps.exif_transpose(image)
            upright.load()
    shown = upright.convert(_mode_for(upright, wanted))
    drawn = Image.new(shown.mode, shown.size)
    drawn.paste(shown)
    made = io.BytesIO()
    if wanted == "JPEG":
        drawn.save(made, "JPEG", quality=90)
    else:
        drawn.save(made, "PNG")
    return made.getvalue()


def _mode_for(image: Image.Image, wanted: str) -> str:
    if wanted == "JPEG":
        return image.mode if image.mode in JPEG_MODES else "RGB"
    if "transparency" in image.info:
        return "RGBA"
    if image.mode in PNG_MODES:
        return image.mode
    return "RGBA" if image.mode == "PA" else "I;16" if image.mode == "I" else "RGB"

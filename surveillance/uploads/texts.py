"""Plain texts and CSV: whatever the encoding, only what a person can read."""

from surveillance.uploads.refusals import not_readable, refuse_viruses

WHITE = "\t\r\n\f\v"


def check_text(content: bytes, extension: str) -> None:
    """UTF-8 with or without its mark, UTF-16 with its mark, or Windows-1252. Raises UploadRefused for anything else."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if any(ord(letter) < 32 and letter not in WHITE for letter in set(text)):
        raise not_readable(extension.upper())
    refuse_viruses(text.encode("utf-8", "replace"))

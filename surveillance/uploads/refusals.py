"""The sentences of a refusal, the bounds that hold for every kind of file, and the virus that is known without a scanner."""

from dataclasses import dataclass

ALLOWED = "The selected file must be a PDF, PNG, JPG, DOCX, XLSX, PPTX, CSV, TXT, MSG or EML"
# The standard test text that every scanner knows; in two parts, so that this file is not taken for a virus itself.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_FILE = b"PK\x03\x04"
MAX_INFLATED_BYTES = 200 * 1024 * 1024  # our default, to be confirmed: eight times the largest upload
MAX_DEPTH = 3  # a mail that holds a document that holds a workbook

MACROS = "The selected file contains macros. Save it without macros and try again"
PROTECTED = "The selected file is password protected"
TOO_LARGE_INSIDE = "The selected file grows too large when it is opened"
NOT_ALLOWED_INSIDE = "The selected file has something inside that is not allowed. Remove embedded files and try again"
REFERS_ELSEWHERE = "The selected file refers to other files or addresses in a way that is not allowed. Remove the links and try again"
DAMAGED = "The selected file is damaged. Save it again and try once more"


class UploadRefused(Exception):
    """The file is not kept; the message is a sentence for the person."""


@dataclass
class Budget:
    """What one upload may still unfold, shared with everything that is inside it: a file in a file gets no new allowance."""

    inflated_bytes: int = MAX_INFLATED_BYTES
    depth: int = MAX_DEPTH

    def spend(self, size_bytes: int) -> None:
        """Take ``size_bytes`` off. Raises UploadRefused when nothing is left."""
        self.inflated_bytes -= size_bytes
        if self.inflated_bytes < 0:
            raise UploadRefused(TOO_LARGE_INSIDE)

    def go_deeper(self) -> None:
        """Open a file inside this one. Raises UploadRefused when files are nested too deep."""
        self.depth -= 1
        if self.depth < 0:
            raise UploadRefused(NOT_ALLOWED_INSIDE)

    def come_back(self) -> None:
        """Leave the file inside."""
        self.depth += 1


def not_readable(kind: str) -> UploadRefused:
    """The file is not of the kind that its name says."""
    article = "an" if kind[:1] in "EMX" else "a"
    return UploadRefused(f"The selected file is not {article} {kind} that can be opened. Save it again and try once more")


def refuse_viruses(content: bytes) -> None:
    """Raises UploadRefused for the standard test text, also where no scanner runs."""
    if EICAR in content:
        raise UploadRefused("The selected file contains a virus")

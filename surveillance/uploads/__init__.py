"""What a file must be before it is kept: checked by its structure, never by its name or first bytes alone.

Every refusal is a sentence for the person ("The selected file contains macros. Save it without macros and try again").
"""

from surveillance.uploads.checking import MEDIA_TYPES, CheckedFile, check_upload, clean_name, extension_of, read_upload
from surveillance.uploads.refusals import ALLOWED, EICAR, UploadRefused, refuse_viruses

__all__ = [
    "ALLOWED", "EICAR", "MEDIA_TYPES", "CheckedFile", "UploadRefused", "check_upload", "clean_name", "extension_of", "read_upload",
    "refuse_viruses",
]  # fmt: skip

"""Mails as .eml: they parse, have the headers that every mail has, and what hangs on them can be looked at."""

import email
import email.policy
from email.message import EmailMessage

from surveillance.uploads.refusals import TOO_LARGE_INSIDE, Budget, UploadRefused, not_readable, refuse_viruses

MAX_PARTS = 500
# Parts that are text or a signature; what they are called must agree.
TEXT_ENDINGS = {"txt", "csv", "htm", "html", "ics", "vcf", "md", "log", "eml"}
SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
GIF = (b"GIF87a", b"GIF89a")


def attachments_of(content: bytes, budget: Budget) -> list[tuple[str, bytes]]:
    """Name and bytes of everything attached that is neither text nor a signature. Raises UploadRefused with a sentence."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        names = {name.lower() for name in message}
        if b"\x00" in content or not names & {"from", "sender"} or not names & {"date", "subject", "to", "received"}:
            raise not_readable("EML")
        parts = _leaves(message)
        return [found for part in parts if (found := _attachment(part, budget)) is not None]
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MemoryError) as error:
        raise not_readable("EML") from error


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    waiting, leaves, count = [message], [], 0
    while waiting:
        part = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise UploadRefused(TOO_LARGE_INSIDE)
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            waiting.extend(part for part in inner if isinstance(part, EmailMessage))
        else:
            leaves.append(part)
    return leaves


def _attachment(part: EmailMessage, budget: Budget) -> tuple[str, bytes] | None:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    budget.spend(len(body))
    refuse_viruses(body)
    name = str(part.get_filename() or "")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = part.get_content_type()
    if kind in SIGNATURES and ending in {"", "p7s", "asc", "sig"}:
        return None
    if kind.startswith(("text/", "message/")) and ending in {"", *TEXT_ENDINGS}:
        return None
    name = name or f"attachment.{kind.rpartition('/')[2]}"
    return None if is_harmless(name, body) else (name, body)


def is_harmless(name: str, body: bytes) -> bool:
    """Small companions of mails that are not files of their own: a logo as GIF, a calendar entry, a card, a page of text."""
    ending = name.rpartition(".")[2].lower()
    if ending == "gif":
        return body.startswith(GIF)
    return ending in TEXT_ENDINGS - {"txt", "csv", "eml"} and b"\x00" not in body and not body.startswith(b"MZ")

"""WSGI entry point for gunicorn."""

import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qnt.settings")
site = get_wsgi_application()

CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


def has_known_charset(content_type: str) -> bool:
    """Whether a request says that its text is UTF-8, or says nothing."""
    header = Message()
    header["Content-Type"] = content_type.replace("\r", " ").replace("\n", " ")
    charset = header.get_param("charset")
    return charset is None or (isinstance(charset, str) and charset.strip().lower() in CHARSETS)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The site, once the request's charset is one that it reads.

    Django decodes the query by the charset that the caller names, before any middleware: ``hex`` makes it fail, and
    ``utf-7`` would carry NUL bytes past the check for them.
    """
    if has_known_charset(environ.get("CONTENT_TYPE", "")):
        return site(environ, start_response)
    refusal = b"The text must be UTF-8."
    start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", str(len(refusal)))])
    return [refusal]

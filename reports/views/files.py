"""Serving a file that is kept under MEDIA_ROOT."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404


def stored_file(path: str, name: str) -> FileResponse:
    """A PDF as an attachment that no page can run, or 404 while there is none."""
    whole_path = Path(settings.MEDIA_ROOT, path)
    if not path or not whole_path.is_file():
        raise Http404
    response = FileResponse(whole_path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response

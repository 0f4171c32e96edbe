"""The service worker: which files a device keeps, and the script that serves them without a signal."""

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from accounts.access import PUBLIC, access

# What the visit's pages name themselves, by the addresses that pages use.
NAMED = (
    "nhsuk/nhsuk-frontend.min.css", "nhsuk/nhsuk-frontend.min.js", "fonts/arimo-latin-400-normal.woff2",
    "fonts/arimo-latin-700-normal.woff2", "css/app.css", "css/visit.css", "images/icon.svg", "django_htmx/htmx-2.min.js",
    "js/boot.js", "js/app.js", "js/visit/page.js",
)  # fmt: skip
# What scripts import of each other: by plain addresses.
PARTS = ("device", "download", "forms", "leaving", "lists", "pack", "risk", "sender", "status", "store", "words")
IMPORTED = (
    "idb/index.js", "js/answer_drafts.js", "js/answer_form.js", "js/sign_out.js", *(f"js/visit/{part}.js" for part in PARTS),
)  # fmt: skip
WORKER = "js/visit/worker.js"


@lru_cache
def _script() -> str:
    """The worker with its list. Its version is made of the hashed names of all files, so that a changed file is fetched anew."""
    named = [static(name) for name in NAMED]
    imported = [settings.STATIC_URL + name for name in IMPORTED]
    contents = [staticfiles_storage.url(name) for name in (*NAMED, *IMPORTED, WORKER)]
    version = hashlib.sha256("\n".join(contents).encode()).hexdigest()[:16]
    facts = {"version": version, "files": [*named, *imported], "static": settings.STATIC_URL}
    return f"self.QNT_VISIT = {json.dumps(facts)};\nimportScripts({json.dumps(static(WORKER))});\n"


@access(PUBLIC, methods="GET")
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script at ``/sw.js``; it may be registered for pages of reviews only, and names nobody."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/reviews/"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)

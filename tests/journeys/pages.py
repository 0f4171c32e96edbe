"""Which routes show a page, and how an address is made of a route's pattern."""

import re

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Files and JSON, which are no pages; the keep-alive and the password links have tests of their own.
NOT_PAGES = re.compile(
    r"\.(csv|docx|xlsx|json|webmanifest|ics|svg)$|^/sw.js$|/visit/token/$|/file/$|/progress/$|^/files/<|pdf|^/healthz$|^/readyz$"
    r"|/password/reset/key/<|^/accounts/logout/$"
)

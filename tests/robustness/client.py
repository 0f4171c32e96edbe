"""One signed-in browser over HTTP, as a page's script asks: JSON, token, a connection that is kept while it lasts."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode

from tests.robustness.servers import HOST

TIMEOUT_SECONDS = 60
TOKEN = "t" * 32
Answer = tuple[int | None, Any]


class Browser:
    """Asks the site on ``port`` with the cookie ``session``. A status of None: no connection, or it broke."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self.headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Origin": f"https://{HOST}",
            "Cookie": f"__Host-sessionid={session}; __Host-csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }

    def get_json(self, path: str) -> Answer:
        return self._ask("GET", path, headers={"Accept": "application/json"})

    def get_page(self, path: str) -> Answer:
        return self._ask("GET", path, headers={"Accept": "text/html"})

    def post_json(self, path: str, fields: dict[str, object]) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        try:
            self.connection.request(method, path, body, self.headers | (headers or {}))
            response = self.connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None, None
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(raw) if is_json else raw.decode(errors="replace")

    def close(self) -> None:
        """The next request opens a new connection."""
        self.connection.close()

"""A signed-in browser without a network: the whole stack from middleware to template, token included."""

from typing import Any

from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.models import User

JSON = {"Accept": "application/json"}


class Browser:
    """Sends what a page's own script would send; anything but 200 is an error."""

    def __init__(self, person: User) -> None:
        host, self.is_secure = settings.ALLOWED_HOSTS[0], not settings.EMBEDDED
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME=host)
        self.client.force_login(person)
        token = get_random_string(32)
        self.client.cookies[settings.CSRF_COOKIE_NAME] = token
        self.sent_with_posts = {"X-CSRFToken": token, "Origin": f"{'https' if self.is_secure else 'http'}://{host}"}

    def get(self, address: str) -> Any:
        """A page."""
        return self.checked(self.client.get(address, secure=self.is_secure))

    def post_json(self, address: str, fields: dict[str, object]) -> Any:
        """Send fields as a form and read the answer as JSON."""
        return self.checked(self.client.post(address, fields, secure=self.is_secure, headers=JSON | self.sent_with_posts))

    @staticmethod
    def checked(response: Any) -> Any:
        """The answer, unless something went wrong: then what is measured is not what was meant."""
        if response.status_code != 200:
            raise RuntimeError(f"The site answered {response.status_code}: {response.content[:300]!r}")
        return response

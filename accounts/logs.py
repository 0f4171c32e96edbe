"""What logs may say of a request: never the secret that stands in its address."""

import logging
import re
from typing import Any

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Addresses that open something by themselves: a calendar, the choice of a new password, a survey.
SECRETS = re.compile(r"(/calendar/)[^/?#\s]+(\.ics)|(/password/reset/key/|/survey/)[^/?#\s]+")


def masked(text: str) -> str:
    """``text`` with "[secret]" wherever an address holds one."""
    return SECRETS.sub(lambda found: f"{found[1] or found[3]}[secret]{found[2] or ''}", text)


class RequestLogMiddleware(RequestMiddleware):
    """A line as a request begins and as it ends, its address masked."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return masked(RequestMiddleware.format_request(request))


class MaskSecrets(logging.Filter):
    """The same for every other line: Django names the address of each request that it answers with 404, 429 or 500."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(self._masked(argument) for argument in record.args)
        return True

    @staticmethod
    def _masked(argument: Any) -> Any:
        """Texts, and what would be written as text (an address in an exception); numbers stay numbers for ``%d``."""
        return argument if isinstance(argument, (int, float)) else masked(str(argument))

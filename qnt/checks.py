"""What a production site refuses beyond what ``settings`` itself stops at: each fault with a hint.

They are Django system checks (``manage.py check``), and ``QntConfig.ready`` asks them too, since gunicorn and Celery
start without running checks.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

BROKERS = {"redis", "rediss"}
MAX_LOGIN_PER_MINUTE = 60
MAX_UPLOAD_BYTES = 100 * 1024 * 1024


@register(Tags.security)
def check_production(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """Faults of the settings in the production profile; none in the embedded one."""
    return [] if settings.EMBEDDED else list(_faults())


def stop_when_unsafe() -> None:
    """Stop the start of any process of an unsafe production site. Raises ImproperlyConfigured with every hint."""
    faults = check_production()
    if faults:
        raise ImproperlyConfigured(" ".join(f"{fault.msg} {fault.hint}" for fault in faults))


def _faults() -> Iterator[Error]:
    if urlsplit(settings.CELERY_BROKER_URL).scheme not in BROKERS:
        yield Error("CELERY_BROKER_URL does not name Redis.", "Use redis:// or rediss://.", id="qnt.E001")
    if urlsplit(settings.SITE_URL).scheme != "https":
        yield Error("SITE_URL is not a secure address.", "Mails link to it; begin it with https://.", id="qnt.E002")
    if not Path(settings.MEDIA_ROOT).is_absolute():
        yield Error("MEDIA_ROOT is a relative path.", "Web and worker must share one folder; give its full path.", id="qnt.E003")
    if Path(settings.MEDIA_ROOT).is_relative_to(settings.STATIC_ROOT):
        yield Error("MEDIA_ROOT lies among the static files.", "Uploads are never served without a check; move it.", id="qnt.E004")
    if settings.DEBUG or settings.DEMONSTRATION:
        yield Error("The site is a demonstration or in debug mode.", "Leave QNT_DEMONSTRATION unset.", id="qnt.E005")
    if int(settings.ACCOUNT_RATE_LIMITS["login"].split("/")[0]) > MAX_LOGIN_PER_MINUTE:
        yield Error("The limit of sign-ins is that of a demonstration.", "Leave ACCOUNT_RATE_LIMITS as it is.", id="qnt.E006")
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY):
        yield Error("Cookies may travel without encryption.", "Leave the cookie settings as they are.", id="qnt.E007")
    if settings.UPLOAD_MAX_BYTES > MAX_UPLOAD_BYTES:
        yield Error("UPLOAD_MAX_BYTES is over 100 MB.", "Uploads are read and checked in one go; lower it.", id="qnt.E008")

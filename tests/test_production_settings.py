"""The production profile does not start with a missing or unsafe setting, and says what to do."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from qnt import checks

WHOLE = {
    "QNT_PROFILE": "production",
    "DJANGO_SECRET_KEY": "r7Xq2LwZ9sV4kTn8yBd3GmHc6JpFa5QeUxWvKt1oNiMz0YbRhSgDfLcP",
    "DATABASE_URL": "postgres://qnt:secret@db.example/qnt",
    "CELERY_BROKER_URL": "redis://redis.example/0",
    "ALLOWED_HOSTS": "qnt.example.nhs.uk",
    "MEDIA_ROOT": "/srv/qnt/media",
    "EMAIL_URL": "smtp://mail.example:25",
}


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Start Django with these settings; None takes one away."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    environment = kept | {name: value for name, value in (WHOLE | changes).items() if value is not None}
    command = [sys.executable, "-c", "import django; django.setup(); print('started')"]
    environment["DJANGO_SETTINGS_MODULE"] = "qnt.settings"
    return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


def test_whole_production_settings_start() -> None:
    assert start().stdout == "started\n", start().stderr


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"DJANGO_SECRET_KEY": None}, "DJANGO_SECRET_KEY is not set"),
        ({"DJANGO_SECRET_KEY": "short"}, "DJANGO_SECRET_KEY is too short"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:////tmp/x.sqlite3"}, "The production profile needs PostgreSQL"),
        ({"CELERY_BROKER_URL": "filesystem://"}, "The production profile needs Redis"),
        ({"CELERY_BROKER_URL": "memory://"}, "CELERY_BROKER_URL does not name Redis"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
        ({"EMAIL_URL": None}, "EMAIL_URL is not set"),
        ({"MEDIA_ROOT": "media"}, "MEDIA_ROOT is a relative path"),
        ({"SITE_URL": "http://qnt.example.nhs.uk"}, "SITE_URL is not a secure address"),
        ({"QNT_DEMONSTRATION": "1"}, "The production profile refuses it"),
        ({"QNT_PROFILE": "staging"}, "Set it to embedded or production"),
        ({"UPLOAD_MAX_BYTES": "1000000000"}, "UPLOAD_MAX_BYTES is over 100 MB"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_unsafe_production_setting_stops_the_start_with_a_hint(changes: dict[str, str | None], hint: str) -> None:
    stopped = start(**changes)

    assert stopped.returncode != 0
    assert hint in stopped.stderr
    assert "started" not in stopped.stdout


def test_embedded_profile_has_nothing_to_refuse() -> None:
    assert checks.check_production() == []

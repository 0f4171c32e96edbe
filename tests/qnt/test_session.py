"""How often activity is written down, and what that costs a save."""

import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories.surveillance import make_scene


@pytest.mark.django_db
def test_activity_is_written_at_most_once_a_minute(
    signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    """The first request of a minute writes the session too: BEGIN, UPDATE and COMMIT. Keep-alive is a request like another."""
    settings.SESSION_NOTED_EVERY_SECONDS = 60
    minute = [0]
    real = time.time
    monkeypatch.setattr("accounts.middleware.time.time", lambda: real() + minute[0] * 60)
    scene = make_scene()
    client, counts = signed_in(scene.lead), []

    def save(version: int) -> HttpResponse:
        fields = {"value": "YES", "comment": "", "version": version}
        return client.post(
            f"/self-reports/{scene.report.pk}/answers/{scene.answers[0].pk}/", fields, headers={"Accept": "application/json"}
        )

    def count(act: Callable[[], HttpResponse], *, at: int) -> None:
        minute[0] = at
        with CaptureQueriesContext(connection) as captured:
            assert act().status_code == 200
        counts.append(len(captured))

    save(0)
    for version, at in enumerate([0, 2, 2], start=1):
        count(lambda version=version: save(version), at=at)
    for at in (4, 4):
        count(lambda: client.post("/session/keep-alive/"), at=at)

    assert counts == [7, 10, 7, 5, 2]

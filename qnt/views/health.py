"""``/healthz``: the process is up. ``/readyz``: database, migrations, media and sweeper; Redis down is degraded, still 200."""

import datetime as dt
import tempfile

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.access import PUBLIC, access
from work.models import PeriodicRun

SWEEPER_MAX_AGE = dt.timedelta(minutes=2)


@access(PUBLIC, methods="GET")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "up"})


@access(PUBLIC, methods="GET")
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this site can serve people: 200 with "ready" or "degraded", else 503, with each check in words."""
    required = {"database": _check_database(), "media": _check_media()}
    extras = {"sweeper": _check_sweeper() if required["database"] == "ok" else "unknown", "broker": _check_broker()}
    is_ready = all(value == "ok" for value in required.values())
    is_whole = all(value == "ok" for value in extras.values())
    status = ("ready" if is_whole else "degraded") if is_ready else "not ready"
    return JsonResponse({"status": status} | required | extras, status=200 if is_ready else 503)


def _check_database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "down"
    return f"{len(pending)} migrations are missing" if pending else "ok"


def _check_media() -> str:
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT):
            return "ok"
    except OSError:
        return "cannot be written"


def _check_sweeper() -> str:
    run = PeriodicRun.objects.filter(name="sweep_jobs").first()
    if run is None:
        return "has not run yet"
    return "ok" if timezone.now() - run.ran_at < SWEEPER_MAX_AGE else "has not run for over 2 minutes"


def _check_broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception:  # whatever the transport raises, it is down
        return "down"
    return "ok"

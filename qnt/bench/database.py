"""A database for one run of the benchmarks; the site's own is never touched."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import environ
from django.conf import settings
from django.db import connection, connections, transaction

from qnt.demo import story
from surveillance.models import Service
from work.models import PeriodicRun

LEAST_SERVICES = 4_000


@contextmanager
def throw_away_database() -> Iterator[Path]:
    """Migrate a database of its own on the engine that the settings name, and drop it in the end; gives a folder for files.

    On PostgreSQL it is made beside the one of ``DATABASE_URL``, whose person must be allowed to; on SQLite it is a file in
    the folder. No bell is rung: the jobs of this database would be looked for in the site's.
    """
    site_name, creation = str(connection.settings_dict["NAME"]), connection.creation
    with tempfile.TemporaryDirectory(prefix="qnt-bench-") as folder:
        name = f"bench_{os.getpid()}" if connection.vendor == "postgresql" else str(Path(folder, "bench.sqlite3"))
        connection.settings_dict["TEST"]["NAME"] = name
        settings.JOBS_RING_BELL, settings.MEDIA_ROOT = False, Path(folder, "media")
        with redirect_stdout(sys.stderr):  # one of its steps always speaks
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield Path(folder)
        finally:
            creation.destroy_test_db(site_name, verbosity=0)


@contextmanager
def national_database() -> Iterator[bool]:
    """Work on the site of national size and leave it as it was; gives whether there is one.

    It is the database of ``NATIONAL_DATABASE_URL``, else of ``DATABASE_URL``. All is one transaction that is rolled back.
    """
    url, before = os.environ.get("NATIONAL_DATABASE_URL", ""), connections.settings["default"]
    if url:
        config = {"OPTIONS": settings.POSTGRESQL_OPTIONS} | environ.Env().db_url_config(url)
        connections.settings["default"] = connections.configure_settings({"default": config})["default"]
        connection.close()
        del connections["default"]
    try:
        with transaction.atomic():
            yield is_national()
            transaction.set_rollback(True)
    finally:
        connection.close()
        if url:
            connections.settings["default"] = before
            del connections["default"]


def is_national() -> bool:
    """Whether this database holds the story and as many services as the site of national size; not even tables stand in a new one."""
    if PeriodicRun._meta.db_table not in connection.introspection.table_names():
        return False
    return story.is_told() and Service.objects.count() >= LEAST_SERVICES


def engine_words() -> str:
    """The engine and its version: "PostgreSQL 15.6", "SQLite 3.40.1"."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"

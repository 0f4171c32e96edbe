"""What every test shares: clean caches, and people signed in."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import User
from tests.tables import begin_with_tables

# A busy machine draws its examples slowly; that says nothing about the code.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # no two lines a request


@pytest.fixture(scope="session")
def tables_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of every table is kept: from run to run, or for this one where pytest keeps no cache."""
    has_cache = pytestconfig.pluginmanager.hasplugin("cacheprovider")
    return pytestconfig.cache.mkdir("tables") if has_cache else tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the database is a copy that has its tables; its folder goes with the process."""
    return django_db_keepdb or _is_file()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest) -> None:
    """Put a database of every table where this process looks for its own."""
    if _is_file():
        begin_with_tables(request.getfixturevalue("tables_folder"), Path(settings.DATABASES["default"]["TEST"]["NAME"]))


def _is_file() -> bool:
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """The process's own cache outlives a test's rolled back rows: bank holidays are read anew in each test."""
    caches["local"].clear()
    yield
    caches["local"].clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with transactions of their own leave every table empty: what migrations wrote is written again before the next."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """``signed_in(user)``: a browser in which this person is signed in."""

    def make(user: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    return make

"""What every test shares: clean caches, and people signed in."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import User

# A busy machine draws its examples slowly; that says nothing about the code.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # no two lines a request


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

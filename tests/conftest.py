"""What every test shares: clean caches, and people signed in."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.core.cache import caches
from django.test import Client

from accounts.models import User

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # no two lines a request


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """The process's own cache outlives a test's rolled back rows: bank holidays are read anew in each test."""
    caches["local"].clear()
    yield
    caches["local"].clear()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """``signed_in(user)``: a browser in which this person is signed in."""

    def make(user: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    return make

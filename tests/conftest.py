"""What every test shares: clean caches, and people signed in."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User


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

"""Holes that an outside tester found, each closed for good."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from accounts.models import User
from accounts.nhsuk import RowsField
from qnt import wsgi


def status_of(content_type: str) -> str:
    """What the entry point answers to a request that names this content type."""
    answered: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        answered.append(status)

    environ = RequestFactory().get("/healthz", {"q": "+AAA-"}).environ | {"CONTENT_TYPE": content_type}
    b"".join(wsgi.application(environ, start_response))
    return answered[0]


@pytest.mark.parametrize("charset", ["hex", "utf-7", "utf-16", "zlib", "idna", '"hex"', "utf-7 ", "unknown"])
def test_charset_other_than_utf_8_is_refused(charset: str) -> None:
    answer = status_of(f"text/plain; charset={charset}")

    assert answer == "400 Bad Request"


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json; charset=UTF-8", 'text/plain; charset="utf-8"', ";;;"])
def test_charset_utf_8_or_none_is_served(content_type: str) -> None:
    answer = status_of(content_type)

    assert answer == "200 OK"


@pytest.mark.django_db
@pytest.mark.parametrize("pk", ["99999999999999999999999", "-99999999999999999999", "9" * 400, "0", "x"])
def test_rows_field_number_that_no_row_has_is_an_invalid_choice(pk: str) -> None:
    field = RowsField(User.objects.all())

    with pytest.raises(ValidationError) as refusal:
        field.clean([pk])

    assert refusal.value.error_list[0].code in {"invalid_choice", "invalid_pk_value"}

"""What holds for every request: sign-in, sessions, methods, undeclared views, unclean input, safe headers."""

import html
import io
import re
import time

import pytest
from django.conf import LazySettings, settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from accounts.access import NOT_IN_ROLE, NOT_THEIRS, SIGNED_IN, access, refusal_words
from accounts.permissions import Role
from qnt.urls import urlpatterns as site_urls
from tests.factories import reports as scenes
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory, person

pytestmark = pytest.mark.django_db


def undeclared(request: HttpRequest) -> HttpResponse:
    """A view that forgot to declare its access."""
    return HttpResponse("secret")


@access(SIGNED_IN, methods="GET")
def broken(request: HttpRequest) -> HttpResponse:
    """A view that fails."""
    raise RuntimeError("secret detail")


class WithBrokenViews:
    urlpatterns = [*site_urls, path("undeclared/", undeclared, name="undeclared"), path("broken/", broken, name="broken")]
    handler400, handler403 = "qnt.views.errors.bad_request", "qnt.views.errors.permission_denied"
    handler404, handler500 = "qnt.views.errors.not_found", "qnt.views.errors.server_error"


def test_signed_out_person_is_sent_to_sign_in_and_back() -> None:
    client = Client()
    user = UserFactory()

    asked = client.get("/files/?page=2")
    signed_in = client.post(asked.headers["Location"], {"login": user.email.upper(), "password": PASSWORD})

    assert (asked.status_code, asked.headers["Location"]) == (302, "/accounts/login/?next=%2Ffiles%2F%3Fpage%3D2")
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/files/?page=2")


def test_signed_out_post_comes_back_to_a_page_that_can_be_shown() -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post("/people/me/").headers["Location"] == "/accounts/login/?next=%2Fpeople%2Fme%2F"
    assert client.post("/jobs/1/retry/").headers["Location"] == "/accounts/login/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_out_caller_of_json_gets_401(method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)("/people/me/", headers={"Accept": "application/json"})

    assert (response.status_code, response.json()) == (401, {"errors": {"": ["Sign in to continue."]}})


def test_part_of_a_page_is_never_replaced_by_the_sign_in_form() -> None:
    response = Client().get("/jobs/1/progress/", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"Sign in to continue.")


def test_post_without_token_is_refused(signed_in) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    response = client.post("/people/me/", {"name": "Other"})

    assert response.status_code == 403
    assert "This page was open for too long." in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POST"])
def test_undeclared_method_answers_405_with_a_page(signed_in, method: str) -> None:
    response = signed_in(UserFactory()).generic(method, "/home/")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET")
    assert "This page does not work that way" in response.content.decode()


def test_head_answers_where_get_does(signed_in) -> None:
    assert signed_in(UserFactory()).head("/files/").status_code == 200


def test_undeclared_view_is_refused_to_everybody(settings, signed_in) -> None:
    settings.ROOT_URLCONF = WithBrokenViews

    responses = [Client().get("/undeclared/"), signed_in(person(Role.NATIONAL_LEAD)).get("/undeclared/")]

    assert [response.status_code for response in responses] == [403, 403]
    assert b"secret" not in b"".join(response.content for response in responses)


def test_error_page_quotes_the_request_and_tells_no_detail(settings, signed_in) -> None:
    settings.ROOT_URLCONF = WithBrokenViews

    response = signed_in(UserFactory()).get("/broken/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Sorry, there is a problem with the service" in page
    assert re.search("Quote [0-9a-f-]{36}[.]", page)
    assert "secret detail" not in page


def test_missing_page_says_so(signed_in) -> None:
    response = signed_in(UserFactory()).get("/nowhere/")

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_person_without_a_role_signs_in_and_reads_that_they_have_no_access_yet() -> None:
    client, user = Client(), UserFactory()

    signed_in = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    page = client.get("/home/")

    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/home/")
    assert "You do not have access yet" in page.content.decode()


def test_disabled_person_is_refused_on_the_next_request(signed_in) -> None:
    user = UserFactory()
    client = signed_in(user)
    before = client.get("/files/").status_code

    user.is_active = False
    user.save()

    assert (before, client.get("/files/").status_code) == (200, 302)


def test_ended_role_is_refused_on_the_next_request(signed_in) -> None:
    membership = MembershipFactory(role=Role.NATIONAL_LEAD)
    client = signed_in(membership.user)
    before = client.get("/bank-holidays/").status_code

    membership.delete()

    assert (before, client.get("/bank-holidays/").status_code) == (200, 403)


@pytest.mark.parametrize("role", ["NOBODY_KNOWS", ""])
def test_unknown_role_grants_nothing(signed_in, role: str) -> None:
    client = signed_in(MembershipFactory(role=Role.REGULATOR).user)
    MembershipFactory._meta.model.objects.update(role=role)

    assert [client.get(url).status_code for url in ("/home/", "/people/", "/bank-holidays/")] == [200, 403, 403]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> list[float]:
    """The session clock, moved by hand: ``clock[0]`` seconds later."""
    later = [0.0]
    real = time.time
    settings.SESSION_NOTED_EVERY_SECONDS = 60
    monkeypatch.setattr("accounts.middleware.time.time", lambda: real() + later[0])
    return later


def test_session_ends_after_30_minutes_without_activity_and_says_so(signed_in, clock: list[float]) -> None:
    client = signed_in(UserFactory())
    client.get("/files/")

    clock[0] = 30 * 60 + 1
    response = client.get("/files/", follow=True)

    assert response.redirect_chain == [("/accounts/login/?next=%2Ffiles%2F", 302)]
    assert "You were signed out after 30 minutes without activity." in response.content.decode()


def test_activity_keeps_a_session_and_polling_does_not(signed_in, clock: list[float]) -> None:
    active, polling = signed_in(UserFactory()), signed_in(UserFactory())
    codes = []
    for minutes in (0, 20, 40):
        clock[0] = minutes * 60
        codes.append(active.get("/files/").status_code)
        codes.append(polling.get("/jobs/1/progress/", headers={"HX-Request": "true"}).status_code)

    assert codes == [200, 404, 200, 404, 200, 401]


def test_keep_alive_counts_as_activity(signed_in, clock: list[float]) -> None:
    client = signed_in(UserFactory())
    codes = []
    for minutes in (0, 25, 50):
        clock[0] = minutes * 60
        codes.append(client.post("/session/keep-alive/").status_code)

    assert codes == [200, 200, 200]


def test_session_ends_after_12_hours_however_active(signed_in, clock: list[float]) -> None:
    client = signed_in(UserFactory())
    codes = []
    for step in range(0, 12 * 60 + 40, 20):
        clock[0] = step * 60 + 1
        codes.append(client.get("/files/").status_code)

    assert set(codes[: 12 * 3]) == {200}
    assert codes[-1] == 302


def test_session_key_changes_at_sign_in() -> None:
    client, user = Client(), UserFactory()
    client.get("/accounts/login/")
    session = client.session
    session["was_here"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert client.cookies["sessionid"].value != before


def test_signed_in_pages_are_never_stored(signed_in) -> None:
    client = signed_in(UserFactory())

    assert ["no-store" in client.get(url).headers["Cache-Control"] for url in ("/home/", "/files/", "/nowhere/")] == [True, True, True]


def test_pages_carry_a_strict_policy(signed_in) -> None:
    headers = signed_in(UserFactory()).get("/home/").headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"], headers["Referrer-Policy"]) == ("nosniff", "DENY", "same-origin")


def test_sign_in_does_not_tell_whether_an_address_is_known() -> None:
    user = UserFactory()

    pages = [
        Client().post("/accounts/login/", {"login": login, "password": "wrong password"}).content.decode()
        for login in (user.email, "unknown@example.nhs.uk")
    ]
    resets = [Client().post("/accounts/password/reset/", {"email": email}) for email in (user.email, "unknown@example.nhs.uk")]

    assert ["Check your email address and password, and try again" in page for page in pages] == [True, True]
    assert [(reset.status_code, reset.headers["Location"]) for reset in resets] == [(302, "/accounts/password/reset/done/")] * 2


def test_nobody_signs_up() -> None:
    client = Client()

    client.post("/accounts/signup/", {"email": "new@example.nhs.uk", "password1": PASSWORD, "password2": PASSWORD})

    assert client.post("/accounts/login/", {"login": "new@example.nhs.uk", "password": PASSWORD}).status_code == 200


def test_signing_out_needs_a_press(signed_in) -> None:
    client = signed_in(UserFactory())

    codes = [client.get("/accounts/logout/").status_code, client.get("/files/").status_code]
    codes += [client.post("/accounts/logout/").status_code, client.get("/files/").status_code]

    assert codes == [200, 200, 302, 302]


@pytest.mark.parametrize("url", ["/files/?q=%00", "/files/?q=%ff", "/files/?%00=1", "/fil%00es/", "/fil%ffes/", "/people/?q=%ed%a0%80"])
def test_bad_bytes_in_an_address_answer_400(signed_in, url: str) -> None:
    client = signed_in(person(Role.NATIONAL_LEAD))
    path, _, query = url.partition("?")

    response = client.generic("GET", path, QUERY_STRING=query)

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=%00"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe"),
        ("application/x-www-form-urlencoded", b"name=\xff"),
        ("application/x-www-form-urlencoded; charset=utf-16", "name=x".encode("utf-16")),
        ("application/json", b'{"name": "\\u0000"}'),
        ("application/json", b'{"name": "\xff"}'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\na\x00b\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\na\xffb\r\n--b--\r\n'),
        ("multipart/form-data; boundary=", b"--"),
    ],
)
def test_bad_bytes_in_a_form_answer_400(signed_in, content_type: str, body: bytes) -> None:
    response = signed_in(UserFactory()).generic("POST", "/people/me/", data=body, content_type=content_type)

    assert response.status_code == 400


def test_bad_bytes_for_a_caller_of_json_answer_json(signed_in) -> None:
    response = signed_in(UserFactory()).get("/files/", QUERY_STRING="q=%00", headers={"Accept": "application/json"})

    assert (response.status_code, response.json()) == (400, {"errors": {"": ["The text holds bytes that are not valid."]}})


def test_file_may_hold_any_bytes(signed_in) -> None:
    file = io.BytesIO(b"\x00\xff")
    file.name = "bytes.bin"

    response = signed_in(UserFactory()).post("/people/me/", {"name": "A name", "file": file})

    assert response.status_code == 302


def test_session_limits_are_those_of_the_design() -> None:
    assert (settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE) == (1800, 43200)


# Why somebody is refused -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("permission", "words"),
    [
        ("report.publish", "Your role does not include it. A national lead can."),
        ("decision.decide", "Your role does not include it. A national lead or a hub manager can."),
        ("report.consent", "Your role does not include it. A service lead or an executive can."),
        ("self_report.answer", "Your role does not include it. A service lead, a contributor or a network lead can."),
        ("position.record", "Your role does not include it. An executive or a commissioner can."),
        ("people.manage", "Your role does not include it. A national lead, a hub manager, a service lead or others can."),
        ("report.draft", NOT_THEIRS),
        (SIGNED_IN, "Your role does not include it."),
    ],
)
def test_refusal_agrees_with_the_role_of_the_person(permission: str, words: str) -> None:
    assert refusal_words(person(Role.HUB_OFFICER), permission, NOT_IN_ROLE) == words


def test_refusal_of_a_page_that_says_why_names_nobody_else() -> None:
    assert refusal_words(person(Role.HUB_OFFICER), "report.view", "You drafted this report.") == "You drafted this report."
    assert refusal_words(None, "") == NOT_IN_ROLE


def sentence_of(page: str) -> str:
    """The first paragraph of what a page says."""
    return html.unescape(page.split('nhsuk-grid-column-two-thirds">')[-1].split("<p>")[1].split("</p>")[0])


def test_refused_officer_is_not_told_that_officers_can(signed_in) -> None:
    scene = scenes.make_scene()
    report = scenes.to_check(scene)

    pages = [
        signed_in(scene.place.officer).get(reverse(f"reports:{route}", args=[report.pk])).content.decode()
        for route in ("report_quality_check", "report_sign_off", "report_publish")
    ]

    assert [sentence_of(page) for page in pages] == [
        "Only the 2 people who were named check this report.",
        "You drafted this report, so someone else must sign it off.",
        "Your role does not include it. A national lead can.",
    ]

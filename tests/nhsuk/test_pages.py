"""What base.html puts around every page: title, headings, banner, footer, sign-out, and no cookie without need."""

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from accounts.models import User
from tests.nhsuk.html_tree import find_all, text_of

FOOTER = ["Help and contact", "Accessibility statement", "Privacy", "Cookies", "Terms"]
PAGES = {
    "/help/": "Help and contact",
    "/accessibility/": "Accessibility statement",
    "/privacy/": "Privacy",
    "/cookies/": "Cookies",
    "/terms/": "Terms",
    "/about/": "About peer review",
}


def page(source: str, **context: object) -> str:
    """A page that extends base.html, as somebody signed out sees it."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    template = Template('{% extends "base.html" %}{% load nhsuk_components %}' + source)
    return template.render(Context(context | {"request": request}))


def title_of(html: str) -> str:
    return html.split("<title>")[1].split("</title>")[0]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "heading"), PAGES.items())
def test_footer_page_open_to_anyone_without_a_cookie(client: Client, path: str, heading: str) -> None:
    answer = client.get(path)

    html = answer.content.decode()
    assert (answer.status_code, title_of(html), dict(answer.cookies)) == (200, f"{heading} – QNT Peer Review", {})
    assert len(find_all(html, "h1")) == 1


@pytest.mark.django_db
def test_footer_has_five_links_in_one_order(client: Client) -> None:
    html = client.get("/about/").content.decode()

    footer = html.split("<footer")[1]
    assert text_of("<footer" + footer.split("</footer>")[0]) == "Support links " + " ".join(FOOTER)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("{% block title %}Your work{% endblock %}", "Your work – QNT Peer Review"),
        (
            "{% block title %}Check{% endblock %}{% block context_title %}A &amp; B{% endblock %}",
            "Check – A &amp; B – QNT Peer Review",
        ),
        ("{% block title %}{{ hostile }}{% endblock %}", "&lt;i&gt; – QNT Peer Review"),
        (
            "{% block title %}Services{% endblock %}{% block title_suffix %} (page 2){% endblock %}",
            "Services (page 2) – QNT Peer Review",
        ),
    ],
)
def test_title_made_from_the_heading(source: str, title: str) -> None:
    html = page(source, hostile="<i>")

    assert title_of(html) == title


def test_caption_stands_above_the_heading_only_when_there_is_one() -> None:
    without, with_caption = (
        page("{% block title %}A{% endblock %}"),
        page("{% block title %}A{% endblock %}{% block caption %}Trust{% endblock %}"),
    )

    classes = [[attrs.get("class") for attrs in find_all(html, "span")] for html in (without, with_caption)]
    assert [("nhsuk-caption-l" in found) for found in classes] == [False, True]


@pytest.mark.parametrize("path", ["400", "403", "404", "405", "410", "500", "503"])
def test_error_page_drawn_without_request_or_database(path: str) -> None:
    html = render_to_string(f"{path}.html", {"request_id": "7f3a91c0"})

    assert len(find_all(html, "h1")) == 1
    assert path not in text_of(html)  # no codes in the words


def test_server_error_quotes_the_request() -> None:
    html = render_to_string("500.html", {"request_id": "7f3a91c0"})

    assert "Try again later. Answers shown as saved are safe. Quote 7f3a91c0." in text_of(html)


def test_forbidden_page_names_who_can() -> None:
    html = render_to_string("403.html", {"sentence": "Your role does not include it. A hub manager can."})

    assert "You cannot do this Your role does not include it. A hub manager can." in text_of(html)


@pytest.mark.django_db
def test_faulty_form_says_error_in_title_and_summary(client: Client) -> None:
    html = client.post("/accounts/login/", {"login": "", "password": ""}).content.decode()

    summary = html.split('class="nhsuk-error-summary"')[1].split("</ul>")[0]
    assert title_of(html) == "Error: Sign in – QNT Peer Review"
    assert [attrs["href"] for attrs in find_all(summary, "a")] == ["#id_login", "#id_password"]


@pytest.mark.django_db
def test_wrong_and_unknown_accounts_read_alike(client: Client) -> None:
    User.objects.create_user("known@example.com", "a-long-password-1", name="Known Person")

    answers = [
        client.post("/accounts/login/", {"login": address, "password": "not-the-password"}).content.decode()
        for address in ("known@example.com", "unknown@example.com")
    ]

    said = [text_of(html.split('class="nhsuk-error-summary"')[1].split("</ul>")[0]) for html in answers]
    assert said[0] == said[1]
    assert "Check your email address and password, and try again" in said[0]


@pytest.mark.django_db
def test_signed_in_page_has_sign_out_and_the_warning(client: Client) -> None:
    client.force_login(User.objects.create_user("lee@example.com", "a-long-password-1", name="Lee Wong"))

    html = client.get("/about/").content.decode()

    account = html.split('class="nhsuk-header__account-list"')[1].split("</ul>")[0]
    (dialog,) = find_all(html, "dialog")
    assert text_of("<ul " + account).endswith("Lee Wong : your details Sign out")
    assert (dialog["data-seconds-left"], dialog["data-keep-alive-url"]) == ("1800", "/session/keep-alive/")


def test_only_the_last_message_is_shown_as_a_banner() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    storage = CookieStorage(request)
    storage.add(messages.INFO, "First")
    storage.add(messages.SUCCESS, "Answer 10-1A-301 saved")

    html = render_to_string("components/messages.html", {"messages": storage})

    assert text_of(html) == "Success Answer 10-1A-301 saved"


@pytest.mark.django_db
def test_components_page_shows_every_state(client: Client) -> None:
    plain, faulty = client.get("/components/"), client.post("/components/", {})

    assert (plain.status_code, faulty.status_code) == (200, 200)
    assert title_of(faulty.content.decode()) == "Error: Components (page 2) – Acute oncology – QNT Peer Review"


@pytest.mark.django_db
@override_settings(EMBEDDED=False)
def test_components_page_is_for_development_only(client: Client) -> None:
    assert client.get("/components/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PAGES, "/components/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/"])
def test_page_holds_nothing_inline(client: Client, path: str) -> None:
    html = client.get(path).content.decode()

    inline = [attrs for attrs in find_all(html, "script") if "src" not in attrs]
    styled = [attrs for tag in ("div", "span", "p", "td", "progress") for attrs in find_all(html, tag) if "style" in attrs]
    assert (inline, styled, find_all(html, "style"), "onclick" in html) == ([], [], [], False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("known@example.com", "Choose a new password for QNT Peer Review"),
        ("unknown@example.com", "You do not have an account for QNT Peer Review"),
    ],
)
def test_forgotten_password_reads_alike_and_mails_in_our_words(client: Client, mailoutbox: list, address: str, subject: str) -> None:
    User.objects.create_user("known@example.com", "a-long-password-1", name="Known Person")

    answer = client.post("/accounts/password/reset/", {"email": address}, follow=True)

    (mail,) = mailoutbox
    assert title_of(answer.content.decode()) == "Check your email – QNT Peer Review"
    assert (mail.subject, mail.to, "example.com!" in mail.body) == (subject, [address], False)


@pytest.mark.django_db
def test_link_to_choose_a_password_works_once(client: Client, mailoutbox: list) -> None:
    user = User.objects.create_user("known@example.com", "a-long-password-1", name="Known Person")
    client.post("/accounts/password/reset/", {"email": user.email})
    link = next(line for line in mailoutbox[0].body.splitlines() if line.startswith("http"))

    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": "three random words", "password2": "three random words"}, follow=True)
    again = Client().get(link)

    user.refresh_from_db()
    assert title_of(form.content.decode()) == "Choose a new password – QNT Peer Review"
    assert title_of(done.content.decode()) == "New password saved – QNT Peer Review"
    assert title_of(again.content.decode()) == "This link does not work any more – QNT Peer Review"
    assert user.check_password("three random words")

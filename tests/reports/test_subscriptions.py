"""Emails about new reports: the same answer for every address, confirmed from the mail, one a day, left in one press."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from reports.models import Subscription
from reports.periodic import send_library_news
from reports.services import subscriptions as services
from reports.subscription_tokens import token_of
from tests.factories.library import make_published
from work import jobs

pytestmark = pytest.mark.django_db
ADDRESS = "reader@example.org"


def ask(client: Client, email: str = ADDRESS, **facets: str) -> object:
    form = client.get("/library/emails/", facets).content.decode()
    signed = re.search(r'name="form" value="([^"]+)"', form)[1]
    answer = client.post("/library/emails/", {"email": email, "form": signed} | facets)
    jobs.run_pending()
    return answer


def link_in(message: object) -> str:
    return re.search(r"https?://[^/]+(/\S+)", message.body)[1]


def confirmed(email: str = ADDRESS, **facets: list[str]) -> Subscription:
    services.ask_for_emails(email=email, facets=facets)
    row = Subscription.objects.get(email=email)
    services.confirm_emails(token=token_of(row))
    Subscription.objects.update(told_until=timezone.now() - dt.timedelta(days=1))
    mail.outbox.clear()
    return Subscription.objects.get(pk=row.pk)


def sent_news() -> list[object]:
    mail.outbox.clear()
    send_library_news()
    jobs.run_pending()
    return [message for message in mail.outbox if message.subject.startswith("Read ")]


def test_reader_asks_confirms_and_leaves_without_a_cookie() -> None:
    client = Client(enforce_csrf_checks=True)

    asked = ask(client, "Reader@Example.org")
    link = link_in(mail.outbox[0])
    opened = client.get(link).content.decode()
    waiting = Subscription.objects.get().status
    client.post(link)
    active = Subscription.objects.get()
    left = client.post(f"{link}leave/", {"List-Unsubscribe": "One-Click"})
    twice = client.post(f"{link}leave/")

    assert asked.headers["Location"] == "/library/emails/sent/"
    assert "Confirm your emails about new reports" in opened
    assert (waiting, active.status, active.email) == ("WAITING", "ACTIVE", ADDRESS)
    assert "You will not get these emails any more." in left.content.decode()
    assert (left.status_code, twice.status_code, client.get(link).status_code) == (200, 200, 404)
    assert not Subscription.objects.exists()
    assert len(client.cookies) == 0


def test_answer_is_the_same_whether_or_not_the_address_is_known() -> None:
    confirmed()

    known, new = ask(Client()), ask(Client(), "other@example.org")

    answers = [(answer.status_code, answer.headers["Location"], answer.content) for answer in (known, new)]
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [[ADDRESS], ["other@example.org"]]
    assert Subscription.objects.get(email=ADDRESS).status == "ACTIVE"


def test_one_address_gets_few_mails_a_day_whoever_asks() -> None:
    answers = [ask(Client()).status_code for _ in range(5)]

    assert answers == [302] * 5
    assert len(mail.outbox) == services.MAILS_A_DAY


def test_site_as_a_whole_takes_so_many_asks(settings: object) -> None:
    settings.SUBSCRIPTIONS_LIMIT_COUNT = 2

    answers = [ask(Client(), f"reader{n}@example.org").status_code for n in range(3)]

    assert answers == [302, 302, 429]
    assert Subscription.objects.count() == 2


@pytest.mark.parametrize(("email", "form"), [("", None), ("no address", None), (ADDRESS, "forged"), (ADDRESS, "")])
def test_form_that_is_wrong_or_not_ours_sends_nothing_and_keeps_what_was_typed(email: str, form: str | None) -> None:
    signed = re.search(r'name="form" value="([^"]+)"', Client().get("/library/emails/").content.decode())[1]

    page = Client().post("/library/emails/", {"email": email, "form": signed if form is None else form})

    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert f'value="{email}"' in page.content.decode() or not email
    assert not Subscription.objects.exists()


def test_mail_names_new_reports_that_fit_and_nothing_they_say() -> None:
    live = make_published("Acute oncology", "CANARY-of-the-text", days_ago=0)
    type(live).objects.update(public_from=timezone.now() - dt.timedelta(hours=1))
    other = make_published("Burns care", "CANARY-of-the-text")
    type(other).objects.filter(pk=other.pk).update(public_from=timezone.now() - dt.timedelta(days=40))
    confirmed(year=["2027"], provider=[live.report.review.services.get().provider.code])
    services.ask_for_emails(email="nobody@example.org", facets={})  # never confirmed

    messages = sent_news()

    assert [(message.to, message.subject) for message in messages] == [([ADDRESS], "Read 1 new peer review report")]
    assert "Acute oncology" in messages[0].body
    assert "CANARY" not in messages[0].body + messages[0].subject
    token = token_of(Subscription.objects.get(email=ADDRESS))
    assert messages[0].extra_headers["List-Unsubscribe"].endswith(f"/library/emails/{token}/leave/>")
    assert messages[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_at_most_one_mail_a_day_and_each_report_once() -> None:
    for title in ("Acute oncology", "Burns care"):
        live = make_published(title)
        type(live).objects.filter(pk=live.pk).update(public_from=timezone.now() - dt.timedelta(hours=1))
    confirmed()

    first, again = sent_news(), sent_news()
    late = make_published("Neonatal care")
    type(late).objects.filter(pk=late.pk).update(public_from=timezone.now())
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=True):
        tomorrow = sent_news()

    assert [message.subject for message in first] == ["Read 2 new peer review reports"]
    assert again == []
    assert [("Neonatal care" in message.body, "Burns care" in message.body) for message in tomorrow] == [(True, False)]


def test_withdrawn_and_embargoed_reports_are_in_no_mail() -> None:
    live = make_published("Acute oncology")
    type(live).objects.update(public_from=timezone.now() + dt.timedelta(hours=1))
    confirmed()

    assert sent_news() == []


def test_address_that_is_refused_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    live = make_published("Acute oncology")
    type(live).objects.update(public_from=timezone.now() - dt.timedelta(hours=1))
    rows = [confirmed(f"reader{n}@example.org") for n in range(2)]
    told = []

    def send(row: Subscription, entries: object) -> int:
        if row == rows[0]:
            raise OSError("refused")
        told.append(row.email)
        return 1

    with pytest.raises(OSError, match="refused"):
        services.send_all_news([row.pk for row in rows], send)

    assert told == ["reader1@example.org"]
    assert list(Subscription.objects.filter(mailed_date=None).values_list("email", flat=True)) == ["reader0@example.org"]


def test_link_works_for_seven_days_and_the_address_is_then_forgotten() -> None:
    services.ask_for_emails(email=ADDRESS, facets={})
    token = token_of(Subscription.objects.get())

    with time_machine.travel(timezone.now() + dt.timedelta(days=services.CONFIRM_DAYS, hours=1)):
        opened = Client().get(f"/library/emails/{token}/").status_code
        late = services.confirm_emails(token=token)
        gone = services.forget_unconfirmed()

    assert (opened, late, gone) == (404, None, 1)


def test_token_is_kept_as_its_hash_only() -> None:
    row = confirmed()

    assert token_of(row) not in str(Subscription.objects.values().get())


def test_database_keeps_one_row_and_no_half_confirmed_one() -> None:
    row = confirmed()
    again = {"email": row.email, "facets_key": row.facets_key, "token_hash": "x"}
    bad = [lambda: Subscription.objects.create(**again), lambda: Subscription.objects.update(confirmed_at=None)]

    for write in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.parametrize("count", [1, 5])
def test_news_cost_the_same_statements_for_any_number_of_addresses(count: int, django_assert_num_queries: object) -> None:
    live = make_published("Acute oncology")
    type(live).objects.update(public_from=timezone.now() - dt.timedelta(hours=1))
    ids = [confirmed(f"reader{n}@example.org").pk for n in range(count)]

    with django_assert_num_queries(3):
        found = list(services.news_for(ids, until=timezone.now()))

    assert [len(entries) for _, entries in found] == [1] * count

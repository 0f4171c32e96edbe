"""Asking about dates: who is asked, what they say, what speaks against a date, silence, the choice, and who sees what."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from peerreview.models import DateAnswer, DateAway, Review
from peerreview.queries.polls import asked_people, poll_rows, silence_words
from peerreview.queries.waiting_polls import poll_items
from peerreview.services import dates, polls, reviews
from peerreview.services.reminders import remind_of_reviews
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.peerreview import Visit, make_visit, reviewer
from tests.peerreview.test_procedures_pages import text_of
from tests.surveillance.test_decisions_together import together
from work import jobs
from work.items import work_items
from work.models import BankHoliday
from work.reminding import send_reminder
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def day(count: int) -> dt.date:
    return add_working_days(timezone.localdate(), count)


def options(*counts: int) -> list[tuple[dt.date, dt.date]]:
    return [(day(count), day(count)) for count in counts]


@pytest.fixture
def visit() -> Visit:
    """A proposed review with an invited reviewer."""
    made = make_visit()
    made.open(starts_date=None, ends_date=None)
    made.invite(made.lead, "LEAD")
    return made


def ask(visit: Visit, *counts: int, due: int = 5) -> Review:
    return polls.ask_about_dates(review_id=visit.review.pk, options=options(*counts), due_date=day(due), by=visit.manager)


def say(visit: Visit, user: User, *words: str) -> None:
    pks = visit.review.date_options.values_list("pk", flat=True)
    polls.answer_dates(review_id=visit.review.pk, answers=dict(zip(pks, words, strict=True)), by=user)


# Asking ---------------------------------------------------------------------------------------------------------------
def test_team_leads_and_executives_are_asked_by_one_mail_each(visit: Visit):
    ask(visit, 60, 61)
    jobs.run_pending()
    jobs.run_pending()

    asked = {one.user: one.part for one in asked_people(Review.objects.get(pk=visit.review.pk))}
    place = visit.place(visit.lead)
    mails = {sent.to[0]: sent.body for sent in mail.outbox if sent.subject.startswith("Say which dates you can make")}
    assert asked == {visit.lead: "lead reviewer", visit.scene.lead: "service lead", visit.scene.executive: "executive"}
    assert set(mails) == {person.email for person in asked}
    assert f"/team/{place.pk}/dates/" in mails[visit.lead.email]
    assert f"/reviews/{visit.review.pk}/poll/answer/" in mails[visit.scene.executive.email]
    assert len([sent for sent in mail.outbox if "Say which dates" in sent.subject]) == 3


@pytest.mark.parametrize("counts", [(60,), tuple(range(60, 69)), (60, 60)])
def test_asking_takes_two_to_eight_dates(visit: Visit, counts: tuple[int, ...]):
    with pytest.raises(InvalidTransition, match="Propose 2 to 8 dates"):
        ask(visit, *counts)


def test_answers_are_due_before_the_first_date(visit: Visit):
    with pytest.raises(InvalidTransition, match="before the first of the dates"):
        ask(visit, 4, 60)


def test_nobody_is_asked_after_the_notice(visit: Visit):
    dates.plan_dates(review_id=visit.review.pk, starts_date=day(60), ends_date=None, by=visit.manager)
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)

    with pytest.raises(InvalidTransition, match="service notified"):
        ask(visit, 60, 61)


def test_dates_asked_about_again_keep_their_answers(visit: Visit):
    ask(visit, 60, 61)
    say(visit, visit.lead, "YES", "NO")

    ask(visit, 61, 62)

    said = {answer.option.starts_date: answer.answer for answer in DateAnswer.objects.all()}
    assert said == {day(61): "NO"}
    with pytest.raises(SomeoneElseChanged):
        polls.ask_about_dates(review_id=visit.review.pk, options=options(60, 61), due_date=day(5), by=visit.manager, version=1)


# Answering ------------------------------------------------------------------------------------------------------------
def test_answers_can_be_changed_until_a_date_is_chosen(visit: Visit):
    ask(visit, 60, 61)
    say(visit, visit.lead, "YES", "NO")
    say(visit, visit.lead, "IF_NEEDED", "YES")
    assert list(DateAnswer.objects.order_by("option").values_list("answer", flat=True)) == ["IF_NEEDED", "YES"]

    option = visit.review.date_options.get(starts_date=day(61))
    polls.choose_date(review_id=visit.review.pk, option_id=option.pk, by=visit.manager)
    review = Review.objects.get(pk=visit.review.pk)
    assert (review.status, review.starts_date, review.poll_due_date) == ("PLANNED", day(61), None)
    assert list(review.days.values_list("date", flat=True)) == [day(61)]
    with pytest.raises(InvalidTransition, match="You do not need to do anything"):
        say(visit, visit.lead, "YES", "YES")
    with pytest.raises(InvalidTransition, match="Nobody is asked"):
        polls.choose_date(review_id=visit.review.pk, option_id=option.pk, by=visit.manager)


def test_strangers_and_halves_are_refused(visit: Visit):
    ask(visit, 60, 61)
    first = visit.review.date_options.first()

    with pytest.raises(InvalidTransition, match="not asked"):
        say(visit, visit.member, "YES", "YES")
    with pytest.raises(InvalidTransition, match="dates changed"):
        polls.answer_dates(review_id=visit.review.pk, answers={first.pk: "YES"}, by=visit.lead)


def test_short_notice_needs_its_reason(visit: Visit):
    ask(visit, 20, 61)
    option = visit.review.date_options.first()

    with pytest.raises(InvalidTransition, match="The procedure asks for 50"):
        polls.choose_date(review_id=visit.review.pk, option_id=option.pk, by=visit.manager)
    polls.choose_date(review_id=visit.review.pk, option_id=option.pk, by=visit.manager, short_notice_reason="A risk.")

    assert Review.objects.get(pk=visit.review.pk).short_notice_reason == "A risk."


@pytest.mark.django_db(transaction=True)
def test_two_people_choose_at_once_and_one_date_stands():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")
    visit = make_visit()
    visit.open(starts_date=None, ends_date=None)
    ask(visit, 60, 61)
    pks = list(visit.review.date_options.values_list("pk", flat=True))

    outcomes = together(*(lambda pk=pk: polls.choose_date(review_id=visit.review.pk, option_id=pk, by=visit.manager) for pk in pks))

    assert outcomes == ["InvalidTransition", "done"]
    assert visit.review.days.count() == 1


# What is shown --------------------------------------------------------------------------------------------------------
def test_row_counts_in_words_and_names_what_speaks_against_a_date(visit: Visit):
    ask(visit, 60, 61)
    say(visit, visit.lead, "YES", "NO")
    say(visit, visit.scene.lead, "IF_NEEDED", "NO")
    first = visit.review.date_options.first()
    BankHoliday.objects.create(date=first.starts_date, name="A new holiday")
    caches["local"].clear()
    DateAway.objects.create(user=visit.lead, from_date=first.starts_date - dt.timedelta(days=1), to_date=first.starts_date)

    review = Review.objects.for_display().get(pk=visit.review.pk)
    asked = asked_people(review)
    rows = poll_rows(review, asked)

    assert [row.counts for row in rows] == ["1 yes, 1 if needed, 0 no, 1 has not answered", "0 yes, 0 if needed, 2 no, 1 has not answered"]
    assert any(words.endswith(" is a bank holiday") for words in rows[0].warnings)
    assert f"{visit.lead.name} is away" in rows[0].warnings
    assert rows[1].warnings == []
    name = visit.scene.executive.name
    assert silence_words(rows, asked, day(5), day(1)) == f"1 of 3 people has not answered yet: {name} (executive)."
    late = silence_words(rows, asked, dt.date(2027, 7, 30), dt.date(2027, 8, 2))
    assert late == f"No answer by Friday 30 July 2027 from {name} (executive). This counts as no answer, not as yes or no."


def test_pages_from_asking_to_the_choice(visit: Visit, signed_in: SignedIn):
    manager, lead, executive = signed_in(visit.manager), signed_in(visit.lead), signed_in(visit.scene.executive)
    url = f"/reviews/{visit.review.pk}/poll/"
    page = manager.get(f"{url}new/")
    version = re.search(r'name="version"[^>]* value="(\d+)"', page.content.decode()).group(1)
    sent = {"days_count": "2", "version": version, **date("date_1", day(60)), **date("date_2", day(65)), **date("due_date", day(5))}
    wrong = manager.post(f"{url}new/", sent | date("date_2", day(60)))
    assert "is there twice" in text_of(wrong)
    assert manager.post(f"{url}new/", sent | {"version": "0"}).status_code == 409
    assert manager.post(f"{url}new/", sent).status_code == 302
    pks = list(visit.review.date_options.values_list("pk", flat=True))
    assert visit.review.date_options.first().ends_date == day(61)

    place = visit.place(visit.lead)
    assert "Select yes, if needed or no for" in text_of(lead.post(f"/team/{place.pk}/dates/", {f"option_{pks[0]}": "YES"}))
    assert lead.post(f"/team/{place.pk}/dates/", {f"option_{pk}": "YES" for pk in pks}).status_code == 302
    assert "You have answered." in text_of(lead.get(f"/team/{place.pk}/dates/"))
    assert executive.post(f"{url}answer/", {f"option_{pks[0]}": "NO", f"option_{pks[1]}": "IF_NEEDED"}).status_code == 302
    assert executive.get(url).status_code == 403
    assert visit.lead.name not in text_of(executive.get(f"{url}answer/"))
    assert lead.get(url).status_code == 404
    assert lead.get(f"{url}answer/").status_code == 404

    shown = text_of(manager.get(url))
    assert "1 yes, 0 if needed, 1 no, 1 has not answered" in shown
    assert visit.scene.lead.name in shown
    chosen = manager.post(url, {"option": pks[1], "version": Review.objects.get(pk=visit.review.pk).version})
    assert chosen.status_code == 302
    assert "Nobody is asked about dates" in text_of(manager.get(url))
    assert "Nobody is asked about dates" in text_of(lead.get(f"/team/{place.pk}/dates/"))


def date(name: str, when: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


# Waiting --------------------------------------------------------------------------------------------------------------
def test_the_asked_have_it_among_their_work_and_the_hub_waits_for_them(visit: Visit):
    ask(visit, 60, 61)
    reference = f"review:{visit.review.pk}:poll"

    for user in (visit.lead, visit.scene.lead, visit.scene.executive):
        mine = [item for item in work_items(user) if item.reference == reference]
        assert [(item.task, item.due, item.is_mine) for item in mine] == [("Say which dates you can make", day(5), True)]
    say(visit, visit.lead, "YES", "YES")
    assert poll_items(visit.lead) == []
    hubs = next(item for item in work_items(visit.manager) if item.reference == reference)
    assert (hubs.is_mine, hubs.holder, set(hubs.holder_ids)) == (False, "2 people", {visit.scene.lead.pk, visit.scene.executive.pk})

    send_reminder(reference=reference, by=visit.manager)
    say(visit, visit.scene.lead, "YES", "YES")
    say(visit, visit.scene.executive, "YES", "YES")
    assert [(item.task, item.is_mine) for item in poll_items(visit.manager)] == [("Choose a date of the visit", True)]


def test_work_costs_one_statement_without_and_few_with_open_questions(visit: Visit):
    def statements(user: User) -> int:
        with CaptureQueriesContext(connection) as captured:
            poll_items(User.objects.get(pk=user.pk))
        return len(captured)

    assert statements(visit.manager) <= 3  # the person, their roles, the question
    ask(visit, 60, 61)
    one = statements(visit.manager)
    other = make_visit()
    other.open(starts_date=None, ends_date=None)
    Review.objects.filter(pk=other.review.pk).update(region=visit.review.region)
    ask(other, 60, 61)

    assert statements(visit.manager) == one <= 15


def test_those_who_are_silent_are_reminded_once_a_step(visit: Visit):
    ask(visit, 60, 61, due=1)
    say(visit, visit.lead, "YES", "YES")
    jobs.run_pending()
    mail.outbox.clear()

    counts = [remind_of_reviews()["polls"] for _ in range(2)]
    say(visit, visit.scene.lead, "YES", "YES")
    jobs.run_pending()

    assert counts == [2, 0]
    assert [sent.to for sent in mail.outbox] == [[visit.scene.executive.email]]
    assert "You have not said yet" in mail.outbox[0].body


def test_page_takes_the_same_statements_for_few_and_many(visit: Visit, signed_in: SignedIn):
    client, counts = signed_in(visit.manager), []
    client.get(f"/reviews/{visit.review.pk}/poll/")  # the first page of a session costs more
    for more in (0, 5):
        for _ in range(more):
            visit.invite(reviewer(visit.review.region))
        ask(visit, *range(60, 62 + more))
        say(visit, visit.lead, *["YES"] * (2 + more))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/reviews/{visit.review.pk}/poll/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 15

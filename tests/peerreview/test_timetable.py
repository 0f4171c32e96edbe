"""The timetable: sessions from the procedure, moved by buttons, clashes by name, informal exchange, days that move."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Review, Session, VisitDay
from peerreview.queries import timetable as queries
from peerreview.services import dates, reviews, team, timetable
from qnt.demo.clock import moment
from tests.factories.accounts import person
from tests.factories.peerreview import Visit, make_visit
from work.status import InvalidTransition
from work.working_days import add_working_days, is_working_day

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A planned visit of two days."""
    made = make_visit()
    start = add_working_days(timezone.localdate(), 60)
    while not (start.weekday() == 0 and all(is_working_day(start + dt.timedelta(days=n)) for n in (0, 1, 2, 3, 4, 7, 8, 9, 14, 15, 16))):
        start += dt.timedelta(days=1)
    made.open(starts_date=start, ends_date=start + dt.timedelta(days=1))
    return made


def days(visit: Visit) -> list[VisitDay]:
    return list(visit.review.days.order_by("date"))


def add(
    visit: Visit, title: str, begins: str, minutes: int = 60, *, day: int = 0, people: tuple[User, ...] = (), **fields: object
) -> Session:
    content = timetable.SessionContent(
        day_id=days(visit)[day].pk, title=title, starts_at=dt.time.fromisoformat(begins), minutes=minutes,
        people_ids=tuple(person.pk for person in people), **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    return timetable.add_session(review_id=visit.review.pk, content=content, by=visit.manager)


def times(visit: Visit, day: int = 0) -> list[str]:
    sessions = Session.objects.filter(day=days(visit)[day]).order_by("starts_at", "pk")
    return [f"{one.starts_at:%H:%M}-{one.ends_at:%H:%M} {one.title}" for one in sessions]


def move(visit: Visit, session: Session, steps: int) -> None:
    timetable.move_session(review_id=visit.review.pk, session_id=session.pk, steps=steps, by=visit.manager)


def url(visit: Visit, part: str = "") -> str:
    return f"/reviews/{visit.review.pk}/timetable/{part}"


def test_it_starts_from_the_procedure_and_days_without_a_template_stay_empty(visit: Visit, signed_in: SignedIn) -> None:
    manager, template = signed_in(visit.manager), visit.procedure.timetable
    assert "No sessions yet. Start from the procedure's timetable." in manager.get(url(visit)).content.decode()

    assert manager.post(url(visit, "start/")).status_code == 302

    assert [words.partition(" ")[2] for words in times(visit)] == [row["title"] for row in template]
    assert times(visit)[0].startswith("09:30-")
    assert times(visit, 1) == []
    assert sum(queries.minutes_of(one) for one in Session.objects.all()) == sum(row["minutes"] for row in template)
    with pytest.raises(InvalidTransition, match="There are sessions already"):
        timetable.start_from_procedure(review_id=visit.review.pk, by=visit.manager)


def test_procedure_of_more_days_says_what_it_left_out() -> None:
    visit = make_visit()
    visit.open()
    visit.review.procedure.timetable += [{"code": "X", "day": 2, "title": "Second day", "minutes": 30, "is_informal": False}]
    visit.review.procedure.save()

    assert timetable.start_from_procedure(review_id=visit.review.pk, by=visit.manager) == 1


def test_session_is_added_changed_and_removed_by_pages(visit: Visit, signed_in: SignedIn) -> None:
    manager, day = signed_in(visit.manager), days(visit)[1].pk
    page = manager.post(url(visit, "new/"), {"starts_at": "soon", "minutes": "2"}).content.decode()
    for sentence in ("Enter the session", "Select a day", "must be a time, like 9:30am", "must be 5 minutes or more"):
        assert sentence in page
    said = {"title": "Ward walk", "day": day, "starts_at": "12:30pm", "minutes": "45", "place": "Ward 4", "people": [visit.scene.lead.pk]}
    assert manager.post(url(visit, "new/"), said).status_code == 302
    session = Session.objects.get()
    assert (session.starts_at, session.ends_at, list(session.people.all())) == (dt.time(12, 30), dt.time(13, 15), [visit.scene.lead])

    assert 'value="12:30"' in manager.get(url(visit, f"{session.pk}/")).content.decode()
    assert manager.post(url(visit, f"{session.pk}/"), said | {"starts_at": "2.15pm", "people": []}).status_code == 302
    late = manager.post(url(visit, f"{session.pk}/"), said | {"starts_at": "11:50pm"}).content.decode()
    assert "A session must end before midnight of its day" in late
    page = signed_in(visit.scene.lead).get(url(visit)).content.decode()
    assert ("2:15pm to 3pm" in page, "Ward 4" in page, "Remove" in page) == (True, True, False)

    assert "“Ward walk” at 2:15pm" in manager.get(url(visit, f"{session.pk}/remove/")).content.decode()
    manager.post(url(visit, f"{session.pk}/remove/"))
    assert Session.objects.count() == 0


def test_moving_swaps_two_sessions_and_no_other_moves(visit: Visit) -> None:
    add(visit, "A", "09:00", 30)
    second = add(visit, "B", "09:30", 60)
    third = add(visit, "C", "10:45", 45)
    add(visit, "D", "12:00", 30)

    move(visit, third, -1)
    assert times(visit) == ["09:00-09:30 A", "09:30-10:15 C", "10:30-11:30 B", "12:00-12:30 D"]
    move(visit, third, 1)
    assert times(visit) == ["09:00-09:30 A", "09:30-10:30 B", "10:45-11:30 C", "12:00-12:30 D"]
    move(visit, second, -1)
    with pytest.raises(InvalidTransition, match="B is the first session of its day already"):
        move(visit, second, -1)


def test_session_beside_another_moves_past_the_one_before(visit: Visit) -> None:
    add(visit, "A", "09:00", 60)
    add(visit, "B", "10:00", 60)
    beside = add(visit, "C", "10:00", 60)

    move(visit, beside, -1)

    assert times(visit) == ["09:00-10:00 C", "10:00-11:00 A", "10:00-11:00 B"]


def test_move_comes_back_to_the_session_and_is_said(visit: Visit, signed_in: SignedIn) -> None:
    add(visit, "Team meeting", "09:00", 30)
    second = add(visit, "Ward walk", "09:30", 30)
    manager = signed_in(visit.manager)

    answer = manager.post(url(visit), {"earlier": second.pk})

    assert answer.headers["Location"] == f"{url(visit)}?moved={second.pk}#session-{second.pk}"
    page = manager.get(answer.headers["Location"]).content.decode()
    assert ("Ward walk now takes place from 9am to 9:30am" in page, f'id="session-{second.pk}" tabindex="-1"' in page) == (True, True)
    assert signed_in(visit.scene.lead).post(url(visit), {"earlier": second.pk}).status_code == 403


def test_person_in_two_places_is_named(visit: Visit) -> None:
    lead, executive = visit.scene.lead, visit.scene.executive
    add(visit, "Ward walk", "10:00", 60, people=(lead, executive))
    add(visit, "Team meeting", "10:30", 60, people=(lead,))
    add(visit, "Lunch", "11:30", 60, people=(lead, executive))
    add(visit, "Clinic", "11:00", 30, people=(executive,))
    add(visit, "Tea", "15:00", 30, day=1, people=(lead,))

    assert queries.clash_words(queries.days_of(visit.review)) == [
        "Lee Lead is in 2 sessions at 10:30am on day 1: Ward walk and Team meeting."
    ]


def test_three_places_at_once_are_one_sentence() -> None:
    visit = make_visit()
    visit.open()
    for title in ("A", "B", "C"):
        add(visit, title, "10:00", 60, people=(visit.scene.lead,))

    assert queries.clash_words(queries.days_of(visit.review)) == ["Lee Lead is in 3 sessions at 10am: A, B and C."]


def test_informal_exchange_is_counted_and_then_what_was_given(visit: Visit, signed_in: SignedIn) -> None:
    visit.procedure.informal_minutes = 90
    visit.procedure.save()
    coffee = add(visit, "Coffee", "10:00", 60, is_informal=True)
    manager = signed_in(visit.manager)
    page = manager.get(url(visit)).content.decode()
    assert "Informal exchange: 60 of at least 90 minutes. Add 30 more." in page
    assert "The timetable needs 30 more minutes of informal exchange." in manager.get(f"/reviews/{visit.review.pk}/").content.decode()
    with pytest.raises(InvalidTransition, match="The visit has not begun"):
        timetable.record_given_minutes(review_id=visit.review.pk, minutes={coffee.pk: 45}, by=visit.manager)

    Review.objects.filter(pk=visit.review.pk).update(status="REPORTING")
    assert "must be a number" in manager.post(url(visit, "given/"), {f"given_{coffee.pk}": "some"}).content.decode()
    assert manager.post(url(visit, "given/"), {f"given_{coffee.pk}": "45"}).status_code == 302
    page = signed_in(visit.scene.lead).get(url(visit)).content.decode()

    assert ("Given: 45 of at least 90 minutes." in page, "45 minutes given" in page) == (True, True)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("ON_SITE", "Clinic has no place yet. Each session of an on site visit needs a place."),
        ("VIRTUAL", "Walk has no link yet. Each session of a virtual visit needs a link."),
        ("HYBRID", "2 sessions have no place and link yet. Each session of a hybrid visit needs a place and a link."),
    ],
)
def test_place_or_link_is_asked_for_gently(mode: str, words: str) -> None:
    visit = make_visit()
    visit.open(mode=mode)
    add(visit, "Walk", "10:00", place="Ward 4")
    add(visit, "Clinic", "11:00", link="https://meet.example/1")

    assert queries.place_words(visit.review, queries.sessions_in(queries.days_of(visit.review))) == words


def test_people_are_of_the_team_or_the_services(visit: Visit) -> None:
    with pytest.raises(InvalidTransition, match="Select people of the team or of the services"):
        add(visit, "Walk", "10:00", people=(visit.scene.stranger,))
    with pytest.raises(InvalidTransition, match="Select people of the team or of the services"):
        add(visit, "Walk", "10:00", people=(visit.member,))
    member = visit.clear(visit.member)
    session = add(visit, "Walk", "10:00", people=(visit.member, visit.scene.contributor))

    team.end_place(member_id=member.pk, reason="Ill", by=visit.manager)

    words = queries.left_words(visit.review, queries.days_of(visit.review), queries.people_to_ask(visit.review))
    assert words == ["Max Member is not on this review any more and gets no invitation. Change Walk."]
    assert session.people.count() == 2


def test_sessions_move_with_the_days(visit: Visit) -> None:
    add(visit, "First day", "10:00")
    add(visit, "Second day", "10:00", day=1)
    start = days(visit)[0].date

    for shift, length in ((1, 2), (0, 2), (14, 3)):
        first = start + dt.timedelta(days=shift)
        dates.plan_dates(
            review_id=visit.review.pk, starts_date=first, ends_date=first + dt.timedelta(days=length - 1), by=visit.manager,
            short_notice_reason="Room",
        )  # fmt: skip
        assert [day.date for day in days(visit)] == [first + dt.timedelta(days=n) for n in range(length)]
        assert [times(visit, n) for n in (0, 1)] == [["10:00-11:00 First day"], ["10:00-11:00 Second day"]]
    dates.plan_dates(review_id=visit.review.pk, starts_date=start, ends_date=start, by=visit.manager, short_notice_reason="Room")

    assert [times(visit, n) for n in range(len(days(visit)))] == [["10:00-11:00 First day", "10:00-11:00 Second day"]]


def test_sessions_of_the_second_day_skip_a_weekend(visit: Visit) -> None:
    add(visit, "First day", "10:00")
    add(visit, "Second day", "10:00", day=1)
    friday = days(visit)[0].date + dt.timedelta(days=4)

    dates.plan_dates(review_id=visit.review.pk, starts_date=friday, ends_date=friday + dt.timedelta(days=3), by=visit.manager)

    held = [(row.day.date, [one.session.title for one in row.sessions]) for row in queries.days_of(visit.review)]
    assert held == [(friday, ["First day"]), (friday + dt.timedelta(days=3), ["Second day"])]


def test_timetable_of_a_visit_that_is_off_or_over_stays(visit: Visit) -> None:
    session = add(visit, "Walk", "10:00")
    reviews.postpone_review(review_id=visit.review.pk, reason="Snow", by=visit.manager)

    with pytest.raises(InvalidTransition, match="This review is postponed, so its timetable cannot change"):
        timetable.remove_session(review_id=visit.review.pk, session_id=session.pk, by=visit.manager)


def test_next_session_is_named_on_the_day(visit: Visit, signed_in: SignedIn) -> None:
    add(visit, "Walk", "10:00", place="Ward 4")
    add(visit, "Tea", "15:00")
    day = days(visit)[0].date

    found = []
    for hour in (8, 12, 17):
        with moment(day, hour):
            row = queries.next_session(visit.review, queries.days_of(visit.review))
            found.append(row.session.title if row else None)

    assert found == ["Walk", "Tea", None]


def test_who_reads_and_who_arranges(visit: Visit, signed_in: SignedIn) -> None:
    add(visit, "Walk", "10:00")
    visit.clear(visit.member)
    people = (visit.manager, visit.scene.lead, visit.member, visit.scene.commissioner, person(Role.HUB_MANAGER))

    codes = [[signed_in(user).get(url(visit, part)).status_code for part in ("", "new/", "calendar.ics")] for user in people]

    assert codes == [[200, 200, 200], [200, 403, 200], [200, 403, 200], [404, 404, 404], [404, 404, 404]]


@pytest.mark.parametrize("count", [1, 8])
def test_page_costs_the_same_for_any_number_of_sessions(
    visit: Visit, count: int, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        add(visit, f"Session {n}", f"{9 + n:02}:00", day=n % 2, people=(visit.scene.lead, visit.scene.executive))
    client = signed_in(visit.manager)
    client.get(url(visit))

    with django_assert_num_queries(16):
        client.get(url(visit))

"""Two people change the same session, document asked for, topic or link: the second sees both texts, chooses, and loses nothing."""

import datetime as dt
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from peerreview.models import EvidenceAsk, FocusTopic, Session, ViewsLink
from peerreview.services import evidence_asks, timetable, topics, views_links
from peerreview.services.visit_days import set_days
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.peerreview import Visit, make_visit

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TODAY = timezone.localdate  # asked when it is needed: a run may go on past midnight


@dataclass
class Edited:
    """One row, its page, two forms that were opened together, and what a row says."""

    row: Any
    address: str
    first: dict[str, Any]
    second: dict[str, Any]
    texts: tuple[str, str]
    says: Callable[[Any], str]


@pytest.fixture
def visit() -> Visit:
    made = make_visit(accepted=True)
    made.carry("PREPARING")
    return made


def a_session(visit: Visit) -> Edited:
    day = visit.review.days.get()
    content = timetable.SessionContent(day_id=day.pk, title="Ward walk", starts_at=dt.time(9), minutes=30)
    row = timetable.add_session(review_id=visit.review.pk, content=content, by=visit.manager)
    sent = {
        "title": "Ward walk",
        "day": day.pk,
        "starts_at": "9am",
        "minutes": 30,
        "people": [visit.scene.lead.pk, visit.scene.executive.pk],
    }
    return Edited(
        row, f"/reviews/{visit.review.pk}/timetable/{row.pk}/", sent | {"place": "Ward 4"}, sent | {"place": "Theatre 2"},
        ("Ward 4", "Theatre 2"), lambda now: now.place,
    )  # fmt: skip


def an_ask(visit: Visit) -> Edited:
    row = evidence_asks.ask_for_document(
        review_id=visit.review.pk, service_id=visit.scene.service.pk, what="The rota", why="To see cover",
        topic_id=visit.review.topics.get().pk, by=visit.manager,
    )  # fmt: skip
    return Edited(
        row, f"/reviews/{visit.review.pk}/evidence-request/{row.pk}/change/", {"what": "The rota of May", "why": "To see cover"},
        {"what": "The rota of June", "why": "To see cover"}, ("The rota of May", "The rota of June"), lambda now: now.what,
    )  # fmt: skip


def a_topic(visit: Visit) -> Edited:
    row = visit.review.topics.get()
    sent = {"question": "Who comes?", "indicators": [answer.indicator_id for answer in visit.scene.answers[:2]]}
    return Edited(
        row, f"/reviews/{visit.review.pk}/topics/{row.pk}/", sent | {"title": "Cover by day"}, sent | {"title": "Cover at weekends"},
        ("Cover by day", "Cover at weekends"), lambda now: now.title,
    )  # fmt: skip


def a_link(visit: Visit) -> Edited:
    chosen = {"opens_date": TODAY(), "closes_date": TODAY() + dt.timedelta(days=7), "formats_contact": "The service"}
    row = views_links.make_link(
        review_id=visit.review.pk, service_id=visit.scene.service.pk, pals_contact="PALS", by=visit.manager, **chosen
    )
    sent = {"formats_contact": "The service"}
    for name in ("opens_date", "closes_date"):
        sent |= {f"{name}_{part}": str(getattr(chosen[name], part)) for part in ("day", "month", "year")}
    return Edited(
        row, f"/reviews/{visit.review.pk}/views/links/{row.pk}/change/", sent | {"pals_contact": "PALS, desk 1"},
        sent | {"pals_contact": "PALS, desk 2"}, ("PALS, desk 1", "PALS, desk 2"), lambda now: now.pals_contact,
    )  # fmt: skip


KINDS = [a_session, an_ask, a_topic, a_link]


def fields(page: str) -> dict[str, list[str]]:
    """The hidden fields of a page's own form, several of one name together."""
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page.partition("<main")[2]):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(html.unescape(value))
    return found


@pytest.mark.parametrize("make", KINDS)
def test_second_of_two_edits_sees_both_and_chooses(make: Callable[[Visit], Edited], visit: Visit, signed_in: SignedIn) -> None:
    edited, manager = make(visit), signed_in(visit.manager)
    opened = fields(manager.get(edited.address).content.decode())["version"]
    mine, theirs = edited.texts

    assert manager.post(edited.address, edited.first | {"version": opened}).status_code == 302
    clash = manager.post(edited.address, edited.second | {"version": opened})
    page = clash.content.decode()

    assert clash.status_code == 409
    assert "Someone else changed this" in page
    words = " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())
    assert (mine in words, theirs in words) == (True, True)
    edited.row.refresh_from_db()
    assert edited.says(edited.row) == mine
    kept = manager.post(edited.address, fields(page))
    assert kept.status_code == 302
    edited.row.refresh_from_db()
    assert edited.says(edited.row) == theirs
    for name in ("people", "indicators"):
        if name in edited.second:
            assert sorted(getattr(edited.row, name).values_list("pk", flat=True)) == sorted(edited.second[name])


@pytest.mark.parametrize("make", KINDS)
def test_edit_that_met_no_other_is_saved(make: Callable[[Visit], Edited], visit: Visit, signed_in: SignedIn) -> None:
    edited, manager = make(visit), signed_in(visit.manager)

    for sent in (edited.first, edited.second):
        opened = fields(manager.get(edited.address).content.decode())["version"]
        assert manager.post(edited.address, sent | {"version": opened}).status_code == 302

    edited.row.refresh_from_db()
    assert edited.says(edited.row) == edited.texts[1]


def test_session_that_was_moved_was_changed(visit: Visit) -> None:
    day = visit.review.days.get()

    def content(title: str, hour: int) -> timetable.SessionContent:
        return timetable.SessionContent(day_id=day.pk, title=title, starts_at=dt.time(hour), minutes=30)

    asked = {"review_id": visit.review.pk, "by": visit.manager}
    first, second = (timetable.add_session(content=content(title, hour), **asked) for title, hour in (("A", 9), ("B", 10)))
    timetable.move_session(session_id=second.pk, steps=-1, **asked)

    for session, hour in ((first, 9), (second, 10)):
        with pytest.raises(SomeoneElseChanged):
            timetable.change_session(session_id=session.pk, content=content("C", hour), version=session.version, **asked)
    assert sorted(Session.objects.values_list("title", flat=True)) == ["A", "B"]


def test_session_that_moved_with_its_day_was_changed_and_one_that_stayed_was_not(visit: Visit) -> None:
    row, day = a_session(visit).row, visit.review.days.get().date
    later = day + dt.timedelta(days=7)
    versions = []

    for dates in ([day, later], [later]):
        set_days(visit.review, dates)
        row.refresh_from_db()
        versions.append((row.day.date, row.version))

    assert versions == [(day, 1), (later, 2)]


def test_link_that_was_closed_meanwhile_does_not_open_again_unseen(visit: Visit, signed_in: SignedIn) -> None:
    edited = a_link(visit)
    opened = edited.row.version
    views_links.close_link(link_id=edited.row.pk, by=visit.manager)

    clash = signed_in(visit.manager).post(edited.address, edited.first | {"version": opened})

    assert clash.status_code == 409
    assert "Closed before its day" in clash.content.decode()
    assert ViewsLink.objects.get().closed_at is not None


def test_answer_of_the_service_does_not_clash_with_better_words(visit: Visit) -> None:
    row = an_ask(visit).row
    evidence_asks.send_request(review_id=visit.review.pk, by=visit.manager)
    evidence_asks.say_cannot(ask_id=row.pk, reason="It is being written", by=visit.scene.lead)

    evidence_asks.change_ask(ask_id=row.pk, what="The rota of May", why="Cover", version=row.version, by=visit.manager)

    now = EvidenceAsk.objects.get()
    assert (now.what, now.cannot_reason) == ("The rota of May", "It is being written")


def test_topic_of_an_agreement_stays_agreed_when_a_change_clashed(visit: Visit) -> None:
    topic, first = visit.review.topics.get(), visit.scene.answers[0].indicator_id

    with pytest.raises(SomeoneElseChanged):
        topics.change_topic(topic_id=topic.pk, title="X", question="", indicator_ids=[first], version=topic.version - 1, by=visit.manager)

    visit.review.refresh_from_db()
    assert visit.review.topics_agreed_by == visit.scene.lead
    assert FocusTopic.objects.get().title == "Cover at night"

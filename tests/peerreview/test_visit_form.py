"""The visit form on the server: notes that waited, replays, tokens, the file and its way back, the worker and the manifest."""

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from peerreview.models import Finding, Judgement, Note, Pledge, Review, Session, VisitDay
from peerreview.queries.visit_form import session_on_or_next, timetable_of
from peerreview.services.notes import save_note
from peerreview.visit_files import MAX_BYTES, Unreadable, VisitFile, read_visit_file
from tests.factories.peerreview import Visit, make_visit
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
DEVICE = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def visit() -> Visit:
    made = make_visit()
    made.carry("VISITING")
    return made


def address(visit: Visit, part: str = "") -> str:
    return f"/reviews/{visit.review.pk}/visit/{part}"


def add_sessions(visit: Visit, day: dt.date) -> list[Session]:
    """Three sessions of an hour, from 9am."""
    made = VisitDay.objects.create(review=visit.review, date=day)
    hours = [(9, "Ward walk"), (10, "Team meeting"), (11, "Exchange")]
    return [Session.objects.create(day=made, starts_at=dt.time(hour), ends_at=dt.time(hour + 1), title=title) for hour, title in hours]


# Notes that waited ----------------------------------------------------------------------------------------------------
def test_note_that_waited_keeps_its_time_and_session(visit: Visit) -> None:
    session = add_sessions(visit, timezone.localdate())[1]
    Review.objects.filter(pk=visit.review.pk).update(opened_at=timezone.now() - dt.timedelta(days=1))
    written = timezone.now() - dt.timedelta(hours=2)

    note = save_note(
        review_id=visit.review.pk, client_id=uuid.uuid4(), text=" Seen ", by=visit.member, session_id=session.pk, written_at=written
    )

    assert (note.text, note.session, note.written_at) == ("Seen", session, written)
    assert note.received_at > written


@pytest.mark.parametrize("days", [-4000, 1])
def test_note_of_a_wrong_clock_is_written_now(days: int, visit: Visit) -> None:
    wrong = timezone.now() + dt.timedelta(days=days)

    note = save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="Seen", by=visit.member, written_at=wrong)

    assert abs(note.written_at - timezone.now()) < dt.timedelta(minutes=1)


def test_note_names_no_session_of_another_visit(visit: Visit) -> None:
    other = Review.objects.create(
        title="Other", purpose="COMPLIANCE", procedure=visit.procedure, region=visit.review.region, opened_by=visit.manager
    )
    session = Session.objects.create(
        day=VisitDay.objects.create(review=other, date=timezone.localdate()), starts_at=dt.time(9), ends_at=dt.time(10), title="Elsewhere"
    )

    with pytest.raises(InvalidTransition, match="Select a session of this visit"):
        save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="Seen", by=visit.member, session_id=session.pk)


def test_device_is_answered_with_the_note_as_the_list_shows_it(visit: Visit, signed_in: SignedIn) -> None:
    client, client_id = signed_in(visit.member), str(uuid.uuid4())
    sent = {"text": "<b>Bold</b>\nSecond line", "client_id": client_id, "written_at": timezone.now().isoformat()}

    answers = [client.post(address(visit), sent, **DEVICE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["client_id"] == client_id
    assert '<p class="app-note">&lt;b&gt;Bold&lt;/b&gt;\nSecond line</p>' in answers[0].json()["html"]
    assert answers[0].json()["html"] in client.get(address(visit)).content.decode()
    assert Note.objects.count() == 1


def test_device_learns_why_a_note_stays(visit: Visit, signed_in: SignedIn) -> None:
    client, client_id = signed_in(visit.member), str(uuid.uuid4())
    signed_in(visit.lead).post(address(visit), {"text": "Of the lead", "client_id": client_id}, **DEVICE)

    def post(**fields: str) -> tuple[int, Any]:
        answer = client.post(address(visit), {"text": "A", "client_id": str(uuid.uuid4())} | fields, **DEVICE)
        return answer.status_code, answer.json()

    assert post(text=" ") == (422, {"errors": {"text": ["Enter a note"]}})
    assert post(client_id=client_id) == (409, {"errors": {"": ["This note was written by someone else."]}})
    Review.objects.filter(pk=visit.review.pk).update(status="FOLLOW_UP")
    assert post() == (409, {"errors": {"": ["This review is follow-up, so no notes can be saved now."]}})
    client.logout()
    assert post()[0] == 401


def test_page_of_one_person_sends_nothing_as_another(visit: Visit, signed_in: SignedIn) -> None:
    sent = {"text": "Of the member", "client_id": str(uuid.uuid4())}

    other = signed_in(visit.lead).post(address(visit), sent, **DEVICE, HTTP_X_OPENED_BY=str(visit.member.pk))
    own = signed_in(visit.member).post(address(visit), sent, **DEVICE, HTTP_X_OPENED_BY=str(visit.member.pk))

    assert (other.status_code, own.status_code) == (401, 200)
    assert Note.objects.get().author == visit.member


@pytest.mark.django_db(transaction=True)
def test_same_note_sent_twice_at_once_is_one_row() -> None:
    visit = make_visit()
    visit.carry("VISITING")
    client_id, saved, barrier = uuid.uuid4(), [], threading.Barrier(2)

    def send() -> None:
        barrier.wait()
        try:
            saved.append(save_note(review_id=visit.review.pk, client_id=client_id, text="Once", by=visit.member).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert saved == [Note.objects.get().pk] * 2


def test_token_names_who_is_signed_in(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(visit.member)

    answer = strict.get(address(visit, "token/"), **DEVICE)
    sent = {"text": "With a fresh token", "client_id": str(uuid.uuid4()), "csrfmiddlewaretoken": answer.json()["token"]}

    assert answer.json()["user"] == visit.member.pk
    assert "no-store" in answer["Cache-Control"]
    assert strict.post(address(visit), sent, **DEVICE).status_code == 200
    assert Client().get(address(visit, "token/"), **DEVICE).status_code == 401
    visit.place(visit.member).__class__.objects.filter(user=visit.member).update(status="DECLINED", is_cleared=False)
    assert client.get(address(visit, "token/"), **DEVICE).status_code == 404


# The page -------------------------------------------------------------------------------------------------------------
def test_page_holds_the_form_the_pack_and_what_a_device_needs(visit: Visit, signed_in: SignedIn) -> None:
    sessions = add_sessions(visit, timezone.localdate() + dt.timedelta(days=1))
    client = signed_in(visit.member)
    client.post(address(visit), {"text": "Seen", "topic": "", "session": sessions[0].pk})

    page = client.get(address(visit)).content.decode()

    assert page.count(">Note</label>") == 1
    assert page.count("Save note") == 1
    assert f'<option value="{sessions[0].pk}" selected>9am, Ward walk</option>' in page
    assert "9am to 10am: Ward walk" in page
    assert "Cover at night" in page
    assert f'data-user="{visit.member.pk}"' in page
    assert '<link rel="manifest"' in page
    assert "sign-out-warning" not in page
    assert 'data-whom="tell ' in page
    assert [f'id="{form}"' in page for form in ("visit-risk", "visit-judgement", "visit-pledge")] == [True] * 3
    assert "waiting to send" not in page


def test_nothing_is_judged_on_a_review_for_learning(visit: Visit, signed_in: SignedIn) -> None:
    Review.objects.filter(pk=visit.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST", decision=None)

    page = signed_in(visit.member).get(address(visit)).content.decode()

    assert [words in page for words in ("My judgements", "Indicator (optional)", "What do you judge?")] == [False] * 3
    assert "What I take home" in page


@pytest.mark.parametrize("count", [1, 20])
def test_page_costs_the_same_for_any_number_of_notes(
    count: int, visit: Visit, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sessions = add_sessions(visit, timezone.localdate())
    for number in range(count):
        save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text=f"{number}", by=visit.member, session_id=sessions[number % 3].pk)
    client = signed_in(visit.member)
    client.get(address(visit))

    with django_assert_num_queries(32):
        client.get(address(visit))


def test_session_on_or_next_goes_by_the_clock(visit: Visit) -> None:
    day = timezone.localdate() + dt.timedelta(days=3)
    walk, meeting, exchange = add_sessions(visit, day)
    sessions = timetable_of(visit.review)

    def at(hour: int, minute: int = 0) -> Session | None:
        return session_on_or_next(sessions, timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute))))

    assert [at(0), at(9, 59), at(10), at(11, 30), at(12)] == [walk, walk, meeting, exchange, None]


def test_pages_of_signed_in_people_are_not_stored_by_browsers(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)

    stored = [
        client.get(url)["Cache-Control"] for url in (address(visit), f"/reviews/{visit.review.pk}/pack/", address(visit, "notes.json"))
    ]

    assert ["no-store" in one for one in stored] == [True, True, True]


def test_worker_is_public_and_keeps_files_only() -> None:
    answer = Client().get("/sw.js")
    script = answer.content.decode()

    assert (answer["Content-Type"], answer["Service-Worker-Allowed"]) == ("text/javascript; charset=utf-8", "/reviews/")
    assert answer["Cache-Control"] == "no-cache"
    facts = json.loads(script.removeprefix("self.QNT_VISIT = ").split(";\n")[0])
    assert [one for one in facts["files"] if not one.startswith("/static/")] == []


def test_worker_names_every_script_of_the_visit(settings: Any) -> None:
    listed = Client().get("/sw.js").content.decode()

    missing = [path.name for path in (settings.BASE_DIR / "static/js/visit").glob("*.js") if f"js/visit/{path.stem}." not in listed]
    assert missing == []


def test_manifest_lets_a_phone_install_the_visit(visit: Visit, signed_in: SignedIn) -> None:
    answer = signed_in(visit.member).get(address(visit, "manifest.webmanifest"))

    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["display"], manifest["short_name"]) == (address(visit), "standalone", "Visit")
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512", "any"]


# The file -------------------------------------------------------------------------------------------------------------
def upload(client: Client, visit: Visit, content: bytes | str) -> str:
    raw = content if isinstance(content, bytes) else content.encode()
    return client.post(address(visit, "upload/"), {"file": SimpleUploadedFile("notes.json", raw)}).content.decode()


def file_of(visit: Visit, texts: list[str], **changes: Any) -> dict[str, Any]:
    rows = [
        {"kind": "note", "client_id": str(uuid.uuid4()), "written_at": timezone.now().isoformat(), "fields": {"text": text, "topic": ""}}
        for text in texts
    ]
    facts = {"review": visit.review.pk, "review_title": "This review", "person": visit.member.pk, "person_name": "Max Member"}
    return {"kind": "qnt-visit", "format": 1, "made_at": "", "items": rows} | facts | changes


def test_file_comes_back_once(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="Here already", by=visit.member)
    file = json.loads(client.get(address(visit, "notes.json")).content)
    file["items"] += file_of(visit, ["First <new>", "Second new"])["items"]

    page = upload(client, visit, json.dumps(file))
    assert "2 notes will be added" in page
    assert '<input type="hidden" name="content"' in page
    assert "1 note is here already, and will not be added again." in page
    assert '<p class="app-note">First &lt;new&gt;</p>' in page
    assert Note.objects.count() == 1
    for _ in range(2):
        done = client.post(address(visit, "upload/"), {"content": json.dumps(file)}, follow=True)

    assert "Nothing added" in done.content.decode()
    assert list(Note.objects.values_list("text", flat=True)) == ["Here already", "First <new>", "Second new"]
    assert "There is nothing to add" in upload(client, visit, json.dumps(file))


def test_file_of_another_person_or_review_is_refused(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    others = json.dumps(file_of(visit, ["Of the lead"], person=visit.lead.pk, person_name="Lin Lead"))
    elsewhere = json.dumps(file_of(visit, ["Elsewhere"], review=visit.review.pk + 1, review_title="Another review"))

    assert "This file holds notes by Lin Lead. Only Lin Lead can add them" in upload(client, visit, others)
    assert "This file holds notes of another review, Another review" in upload(client, visit, elsewhere)
    for content in (others, elsewhere, "{}"):
        assert client.post(address(visit, "upload/"), {"content": content}).status_code == 200
    assert Note.objects.count() == 0


def test_entry_that_cannot_be_added_leaves_the_others(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    file = file_of(visit, ["Good", " ", "Of a topic that went"])
    file["items"][2]["fields"]["topic"] = "999999"
    file["items"].append({"kind": "song", "client_id": str(uuid.uuid4()), "written_at": timezone.now().isoformat(), "fields": {}})

    page = upload(client, visit, json.dumps(file))
    client.post(address(visit, "upload/"), {"content": json.dumps(file)})

    assert "1 note will be added" in page
    assert page.count("This cannot be added.") == 3
    assert [note.text for note in Note.objects.all()] == ["Good"]


def test_file_brings_back_every_kind_once(visit: Visit, signed_in: SignedIn) -> None:
    client, service, indicator = signed_in(visit.member), visit.scene.service.pk, visit.scene.answers[0].indicator_id
    file = file_of(visit, ["A note"])
    kinds = {
        "judgement": {"service": str(service), "indicator": str(indicator), "value": "NOT_MET", "reason": "No rota"},
        "pledge": {"text": "Walk the ward at night"},
        "risk": {"service": str(service), "what": "Fire door", "where": "Ward 4", "told": "Matron"},
    }
    for kind, fields in kinds.items():
        file["items"].append({"kind": kind, "client_id": str(uuid.uuid4()), "written_at": timezone.now().isoformat(), "fields": fields})

    page = upload(client, visit, json.dumps(file))
    done = client.post(address(visit, "upload/"), {"content": json.dumps(file)}, follow=True).content.decode()
    client.post(address(visit, "upload/"), {"content": json.dumps(file)})

    assert "1 note, 1 judgement, 1 pledge and 1 immediate risk will be added" in page
    assert [text in page for text in ("A note", "Not met. No rota", "Walk the ward at night", "Fire door")] == [True] * 4
    assert "1 note, 1 judgement, 1 pledge and 1 immediate risk added" in done
    assert [model.objects.count() for model in (Note, Judgement, Pledge, Finding)] == [1, 1, 1, 1]
    assert "No rota" in client.get(address(visit)).content.decode()
    assert "No rota" not in signed_in(visit.lead).get(address(visit)).content.decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"not json", b"[]", b'{"kind": "else"}', b"[" * 100_000, b'{"kind": "qnt-visit", "items": 1}',
        b'{"kind": "qnt-visit", "format": 2, "items": []}', b'{"kind": "qnt-visit", "format": 1, "items": [1]}',
        b'{"kind": "qnt-visit", "format": 1, "items": [], "review": "x"}',
        b'{"kind": "qnt-visit", "format": 1, "items": [{"kind": "note", "client_id": "1", "written_at": "2027-01-01", "fields": {}}]}',
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_a_sentence(raw: bytes, visit: Visit, signed_in: SignedIn) -> None:
    page = upload(signed_in(visit.member), visit, raw)

    assert "<title>Error: Add notes from a file" in page
    assert "The selected file" in page


def test_large_file_is_refused(visit: Visit, signed_in: SignedIn) -> None:
    assert "The selected file must be smaller than 2MB" in upload(signed_in(visit.member), visit, b" " * (MAX_BYTES + 1))


def test_file_with_too_many_entries_is_refused(visit: Visit) -> None:
    with pytest.raises(Unreadable, match="1,000 notes or fewer"):
        read_visit_file(json.dumps(file_of(visit, [""] * 1001)).encode())


def test_file_reads_as_it_was_written(visit: Visit) -> None:
    file = read_visit_file(json.dumps(file_of(visit, ["Ärger", "two\nlines"])).encode())

    assert read_visit_file(file.as_json(timezone.now()).encode()) == file
    assert isinstance(file, VisitFile)

"""A button that is pressed twice makes one row and the page says so; the same page with other words makes another."""

import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from peerreview.models import EvidenceAsk, Exchange, Finding, ImpactEvidence, Learnt, Session
from peerreview.services import evidence_asks, exchanges, findings, impact, learning, timetable
from peerreview.views.common import SENT_ALREADY
from surveillance.models import EvidenceItem
from tests.factories.peerreview import Visit, make_visit
from work.models import Job
from work.status import InvalidTransition

SignedIn = Callable[[User], Client]
ID = re.compile(r'name="client_id" value="([0-9a-f-]{36})"')


@dataclass
class Form:
    """A page that makes a row: who sends what, and what else would be said."""

    model: Any
    path: str
    by: User
    sent: dict[str, Any]
    other: dict[str, Any]


def a_session(visit: Visit) -> Form:
    visit.carry("PREPARING")
    sent = {"title": "Ward walk", "day": visit.review.days.get().pk, "starts_at": "9am", "minutes": 30}
    return Form(Session, "timetable/new/", visit.manager, sent, {"title": "Theatre walk"})


def an_ask(visit: Visit) -> Form:
    visit.carry("PREPARING")
    sent = {"service": visit.scene.service.pk, "about": f"topic-{visit.review.topics.get().pk}", "what": "The rota", "why": "Cover"}
    return Form(EvidenceAsk, "evidence-request/new/", visit.manager, sent, {"what": "The plan"})


def a_finding(visit: Visit) -> Form:
    visit.carry("VISITING")
    sent = {
        "service": visit.scene.service.pk, "category": "GOOD_PRACTICE", "what_was_seen": "A huddle", "basis": "Seen",
        "topic": visit.review.topics.get().pk, "addressed_to": "PROVIDER",
    }  # fmt: skip
    return Form(Finding, "findings/new/", visit.member, sent, {"what_was_seen": "A board"})


def what_was_learnt(visit: Visit) -> Form:
    visit.carry("VISITING")
    return Form(Learnt, "learning/new/", visit.scene.lead, {"text": "Shorter rounds", "topic": ""}, {"text": "Nurses lead"})


def an_exchange(visit: Visit) -> Form:
    visit.carry("REPORTING")
    return Form(
        Exchange, "exchanges/new/", visit.scene.lead, {"asked_of": visit.member.pk, "kind": "CALL", "what": "A talk"}, {"what": "Two"}
    )


def what_changed(visit: Visit) -> Form:
    visit.carry("REPORTING")
    sent = {"service": visit.scene.service.pk, "domain": "LATERAL", "what_changed": "Cover all night", "source": "NONE"}
    return Form(ImpactEvidence, "impact/new/", visit.scene.lead, sent, {"what_changed": "Cover by day"})


KINDS = [a_session, an_ask, a_finding, what_was_learnt, an_exchange, what_changed]


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.django_db
@pytest.mark.parametrize("make", KINDS)
def test_second_press_gives_the_same_row_and_says_so(make: Callable[[Visit], Form], signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    form = make(visit)
    client, address = signed_in(form.by), f"/reviews/{visit.review.pk}/{form.path}"
    [client_id] = ID.findall(client.get(address).content.decode())
    sent = form.sent | {"client_id": client_id}

    first, again = client.post(address, sent), client.post(address, sent)

    assert (first.status_code, again.status_code) == (302, 302)
    assert first.url == again.url
    assert form.model.objects.count() == 1
    assert said(again)[-1] == SENT_ALREADY
    assert SENT_ALREADY in client.get(again.url).content.decode()
    assert client.post(address, sent | form.other).status_code == 302
    assert form.model.objects.count() == 2
    assert ID.findall(client.get(address).content.decode()) != [client_id]


@pytest.mark.django_db
def test_second_press_tells_nobody_twice(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    form = an_exchange(visit)
    sent = form.sent | {"client_id": str(uuid.uuid4())}

    for _ in range(2):
        signed_in(form.by).post(f"/reviews/{visit.review.pk}/{form.path}", sent)

    assert Job.objects.filter(kind="mail.exchange_asked").count() == 1


@pytest.mark.django_db
def test_form_with_a_fault_keeps_its_id(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    form = an_ask(visit)
    client, address, client_id = signed_in(form.by), f"/reviews/{visit.review.pk}/{form.path}", str(uuid.uuid4())

    page = client.post(address, form.sent | {"client_id": client_id, "what": ""}).content.decode()

    assert "Enter which document you ask for" in page
    assert ID.findall(page) == [client_id]


@pytest.mark.django_db
def test_document_that_comes_with_a_change_is_filed_once(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    form = what_changed(visit)
    client, address = signed_in(form.by), f"/reviews/{visit.review.pk}/{form.path}"
    sent = form.sent | {"client_id": str(uuid.uuid4()), "source": "FILE", "file_title": "The rota"}

    def file(words: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("rota.txt", words, "text/plain")

    answers = [client.post(address, sent | {"file": file(b"Cover at night")}) for _ in range(2)]

    assert [said(answer)[-1] for answer in answers] == ["What changed is filed", SENT_ALREADY]
    assert (EvidenceItem.objects.count(), ImpactEvidence.objects.get().item) == (1, EvidenceItem.objects.get())
    client.post(address, sent | {"file": file(b"Cover at night and by day")})
    assert EvidenceItem.objects.count() == 2


@pytest.mark.django_db
def test_held_document_is_filed_once_by_two_presses_of_keep_it(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    form = what_changed(visit)
    client, address = signed_in(form.by), f"/reviews/{visit.review.pk}/{form.path}"
    sent = form.sent | {"client_id": str(uuid.uuid4()), "source": "FILE", "file_title": "About 943 476 5919"}
    asked = client.post(address, sent | {"file": SimpleUploadedFile("rota.txt", b"Cover", "text/plain")}).content.decode()
    [token, *_] = re.findall(r'name="held" value="([^"]+)"', asked)

    answers = [client.post(address, sent | {"held": token, "keep": "on"}) for _ in range(2)]

    assert [said(answer)[-1] for answer in answers] == ["What changed is filed", SENT_ALREADY]
    assert (EvidenceItem.objects.count(), ImpactEvidence.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_document_is_not_filed_when_the_change_is_refused(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    visit.carry("VISITING")

    with pytest.raises(InvalidTransition, match="What changed is filed after the visit"):
        impact.file_impact_evidence(
            review_id=visit.review.pk, service_id=visit.scene.service.pk, domain="LATERAL", what_changed="x", by=visit.scene.lead,
            attach=lambda: pytest.fail("nothing may be filed"),
        )  # fmt: skip


@pytest.mark.django_db
def test_id_of_another_person_or_review_is_refused() -> None:
    visit, client_id = make_visit(accepted=True), uuid.uuid4()
    visit.carry("VISITING")
    pk, service = visit.review.pk, visit.scene.service.pk
    learning.write_learnt(review_id=pk, text="Ours", client_id=client_id, by=visit.scene.lead)
    findings.record_finding(review_id=pk, content=visit.content(), client_id=client_id, by=visit.member)

    with pytest.raises(InvalidTransition, match="This was sent by someone else"):
        learning.write_learnt(review_id=pk, text="Theirs", client_id=client_id, by=visit.member)
    with pytest.raises(InvalidTransition, match="This was sent by someone else"):
        findings.record_finding(review_id=pk, content=visit.content(), client_id=client_id, by=visit.lead)
    assert (Learnt.objects.get().text, Finding.objects.count()) == ("Ours", 1)

    elsewhere = make_visit()
    elsewhere.carry("PREPARING")
    content = timetable.SessionContent(
        day_id=visit.review.days.get().pk, title="A", starts_at=visit.review.procedure.day_starts_at, minutes=9
    )
    made = Session.objects.create(
        day=visit.review.days.get(), client_id=client_id, title="A", starts_at=content.starts_at, ends_at=content.starts_at
    )
    with pytest.raises(InvalidTransition, match="This was sent by someone else"):
        timetable.add_session(review_id=elsewhere.review.pk, content=content, client_id=client_id, by=elsewhere.manager)
    ask = EvidenceAsk.objects.create(
        review=visit.review,
        service_id=service,
        topic=visit.review.topics.get(),
        what="x",
        why="x",
        client_id=client_id,
        asked_by=visit.manager,
    )
    about = {"service_id": elsewhere.scene.service.pk, "what": "y", "why": "y", "topic_id": elsewhere.review.topics.get().pk}
    with pytest.raises(InvalidTransition, match="This was sent by someone else"):
        evidence_asks.ask_for_document(review_id=elsewhere.review.pk, client_id=client_id, by=elsewhere.manager, **about)
    assert (Session.objects.get(), EvidenceAsk.objects.get()) == (made, ask)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_one_moment_make_one_row() -> None:
    visit, client_id, given, barrier = make_visit(accepted=True), uuid.uuid4(), [], threading.Barrier(2)
    visit.carry("REPORTING")
    asked = {"service_id": visit.scene.service.pk, "kind": "CALL", "what": "A talk", "asked_of_id": visit.member.pk}

    def press() -> None:
        barrier.wait()
        try:
            given.append(exchanges.ask_exchange(review_id=visit.review.pk, client_id=client_id, by=visit.scene.lead, **asked))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [exchange.pk for exchange in given] == [Exchange.objects.get().pk] * 2
    assert sorted(exchange.is_repeat for exchange in given) == [False, True]

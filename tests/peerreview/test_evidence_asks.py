"""The evidence request: for topics and key indicators only, filed once and used again, answered or refused with a reason."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import EvidenceAsk, Review
from peerreview.queries.evidence_asks import day_of_evidence, summary_words
from peerreview.queries.milestones import milestones_of
from peerreview.queries.waiting_preparation import preparation_items
from peerreview.services import evidence_asks, opening
from peerreview.services.evidence_reminders import remind_of_evidence
from qnt.demo.clock import moment
from surveillance.models import EvidenceItem, Indicator, InvalidTransition
from surveillance.services import evidence
from tests.factories.accounts import person
from tests.factories.peerreview import Visit, make_visit
from work import jobs, reminding
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A visit that is being prepared; the second indicator is a key indicator."""
    made = make_visit(accepted=True)
    Indicator.objects.filter(pk=made.scene.answers[1].indicator_id).update(is_key=True)
    made.carry("PREPARING")
    return made


def ask(visit: Visit, what: str = "The rota", **about: Any) -> EvidenceAsk:
    about = about or {"topic_id": visit.review.topics.get().pk}
    return evidence_asks.ask_for_document(
        review_id=visit.review.pk, service_id=visit.scene.service.pk, what=what, why="To see cover", by=visit.manager, **about
    )


def send(visit: Visit) -> None:
    visit.review = evidence_asks.send_request(review_id=visit.review.pk, by=visit.manager)


def policy(visit: Visit, place: int = 0, date: dt.date | None = None) -> EvidenceItem:
    item = evidence.add_link(
        service_id=visit.scene.service.pk, title="Policy", document_date=date or timezone.localdate(), link="https://a.example/",
        by=visit.scene.lead,
    )  # fmt: skip
    item.answers.add(visit.scene.answers[place])
    return item


def url(visit: Visit, part: str = "") -> str:
    return f"/reviews/{visit.review.pk}/evidence-request/{part}"


def test_documents_are_asked_for_a_topic_or_a_key_indicator_only(visit: Visit, signed_in: SignedIn) -> None:
    plain, key = (visit.scene.answers[n].indicator_id for n in (0, 1))
    topic = visit.review.topics.get().pk
    for about in ({"indicator_id": plain}, {"topic_id": topic, "indicator_id": key}, {"topic_id": None}, {"topic_id": topic + 999}):
        with pytest.raises(InvalidTransition, match="Choose a focus topic or a key indicator"):
            ask(visit, **about)
    manager, said = signed_in(visit.manager), {"service": visit.scene.service.pk, "what": "The rota", "why": "Cover"}

    pages = [
        manager.post(url(visit, "new/"), said | {"about": about})
        for about in ("", f"indicator-{plain}", f"indicator-{key}", f"topic-{topic}")
    ]

    assert [page.status_code for page in pages] == [200, 200, 302, 302]
    assert "Select a topic or a key indicator" in pages[0].content.decode()
    assert sorted(EvidenceAsk.objects.values_list("topic", "indicator"), key=str) == sorted([(None, key), (topic, None)], key=str)


def test_service_sees_the_request_once_it_was_sent(visit: Visit, signed_in: SignedIn) -> None:
    ask(visit)
    lead = signed_in(visit.scene.lead)
    assert "Nothing is asked of your service yet" in lead.get(url(visit)).content.decode()

    assert signed_in(visit.manager).post(url(visit, "send/")).status_code == 302
    page = lead.get(url(visit)).content.decode()
    assert ("We ask for 1 document, for 1 topic. It is not filed yet." in page, "To see cover" in page) == (True, True)
    with pytest.raises(InvalidTransition, match="The evidence request was sent on"):
        send(visit)
    with moment(timezone.localdate() + dt.timedelta(days=1), 10):
        ask(visit, "The minutes")
    page = lead.get(url(visit)).content.decode()
    assert page.count("Added later") == 1
    jobs.run_pending()
    assert [sent.to[0] for sent in mail.outbox if sent.subject.startswith("Answer the evidence request")] == [visit.scene.lead.email]


def test_what_is_filed_is_offered_and_chosen(visit: Visit, signed_in: SignedIn) -> None:
    old = policy(visit, date=timezone.localdate() - dt.timedelta(days=500))
    policy(visit, place=2)
    asked = ask(visit)
    send(visit)
    lead = signed_in(visit.scene.lead)
    page = lead.get(url(visit)).content.decode()
    assert (page.count("Already filed:"), page.count("Over 12 months old")) == (1, 1)

    assert lead.post(url(visit, f"{asked.pk}/choose/{old.pk}/")).status_code == 302
    asked.refresh_from_db()
    assert (asked.item, asked.answered_by) == (old, visit.scene.lead)
    page = lead.get(url(visit)).content.decode()
    assert ("It is already filed." in page, "Over 12 months old" in page) == (True, True)
    row = next(row for row in milestones_of(Review.objects.get(pk=visit.review.pk)) if row.code == "EVIDENCE")
    assert (row.is_done, row.clock_words.endswith("on time")) == (True, True)
    with pytest.raises(InvalidTransition, match="A peer review of this service rests on it"):
        evidence.remove_item(evidence_id=old.pk, by=visit.scene.lead)


def test_hub_uses_what_is_filed_before_it_asks(visit: Visit, signed_in: SignedIn) -> None:
    item, asked = policy(visit), ask(visit)

    codes = [
        signed_in(user).post(url(visit, f"{asked.pk}/choose/{item.pk}/")).status_code
        for user in (visit.scene.executive, visit.scene.lead, visit.manager)
    ]
    asked.refresh_from_db()

    assert (codes, asked.item) == ([403, 403, 302], item)


def test_service_files_a_new_document_by_the_rules_of_all_evidence(
    visit: Visit, signed_in: SignedIn, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    asked = ask(visit)
    send(visit)
    lead, address = signed_in(visit.scene.lead), url(visit, f"{asked.pk}/")
    assert "Select how you answer" in lead.post(address, {}).content.decode()
    assert "Select a document" in lead.post(address, {"source": "FILED"}).content.decode()
    assert "Enter why you cannot give it" in lead.post(address, {"source": "CANNOT"}).content.decode()
    refused = lead.post(address, {"source": "FILE", "file": SimpleUploadedFile("a.exe", b"MZ")})
    assert refused.status_code == 200

    page = lead.post(
        address, {"source": "FILE", "title": "Letter 943 476 5919", "file": SimpleUploadedFile("a.txt", b"Text")}
    ).content.decode()
    token = page.partition('name="held" value="')[2].partition('"')[0]
    assert "This may contain an NHS number" in page
    assert lead.post(address, {"source": "FILE", "title": "Rota", "held": token, "keep": "on"}).status_code == 302

    asked.refresh_from_db()
    assert asked.item is not None
    assert (asked.item.title, asked.item.versions.get().file_name, asked.item.service) == ("Rota", "a.txt", visit.scene.service)


def test_service_says_why_it_cannot_and_may_change_its_answer(visit: Visit, signed_in: SignedIn) -> None:
    item, asked = policy(visit), ask(visit)
    send(visit)
    lead, address = signed_in(visit.scene.lead), url(visit, f"{asked.pk}/")

    assert lead.post(address, {"source": "CANNOT", "reason": "It is on paper"}).status_code == 302
    assert "The service cannot give it: It is on paper" in signed_in(visit.manager).get(url(visit)).content.decode()
    assert lead.post(address, {"source": "FILED", "item": item.pk}).status_code == 302

    asked.refresh_from_db()
    assert (asked.item, asked.cannot_reason) == (item, "")


def test_document_of_another_service_answers_nothing(visit: Visit) -> None:
    asked, other = ask(visit), make_visit()
    foreign = policy(other)
    send(visit)

    with pytest.raises(InvalidTransition, match="Select a document of this service"):
        evidence_asks.choose_document(ask_id=asked.pk, item_id=foreign.pk, by=visit.scene.lead)


def test_request_is_read_by_its_people_only(visit: Visit, signed_in: SignedIn) -> None:
    asked = ask(visit, "canary-of-the-ask")
    visit.clear(visit.member)
    send(visit)
    readers = {
        "manager": visit.manager, "lead": visit.scene.lead, "executive": visit.scene.executive, "member": visit.member,
        "commissioner": visit.scene.commissioner, "stranger": visit.scene.stranger, "contributor": visit.scene.contributor,
        "other hub": person(Role.HUB_MANAGER),
    }  # fmt: skip

    pages = {name: signed_in(user).get(url(visit)) for name, user in readers.items()}
    codes = [
        signed_in(user).get(url(visit, f"{asked.pk}/")).status_code for user in (visit.scene.stranger, visit.scene.executive, visit.member)
    ]

    assert {name for name, page in pages.items() if "canary-of-the-ask" in page.content.decode()} == {
        "manager",
        "lead",
        "executive",
        "member",
    }
    assert codes == [404, 403, 403]


def test_request_waits_for_the_lead_and_the_hub_can_remind(visit: Visit) -> None:
    ask(visit)
    ask(visit, "The minutes")
    send(visit)
    lead, manager = User.objects.get(pk=visit.scene.lead.pk), User.objects.get(pk=visit.manager.pk)

    mine, theirs = preparation_items(lead), preparation_items(manager)

    assert [(item.task, item.due) for item in mine] == [("Answer the evidence request: 2 of 2 documents", day_of_evidence(visit.review))]
    assert [(item.reference, item.is_mine, item.holder_ids) for item in theirs] == [(mine[0].reference, False, (lead.pk,))]
    assert reminding.send_reminder(reference=mine[0].reference, by=manager).task == mine[0].task


def test_reminders_go_on_each_step_once(visit: Visit) -> None:
    ask(visit)
    send(visit)
    due = day_of_evidence(visit.review)
    assert due is not None

    sent = []
    for days in (-20, -14, -13, -5, -1, 0, 1, 2):
        with moment(add_working_days(due, days) if days else due, 9):
            sent.append(remind_of_evidence() + remind_of_evidence())

    assert sent == [0, 1, 0, 1, 1, 0, 1, 0]


def test_review_for_learning_asks_for_its_questions_only(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    Indicator.objects.filter(pk=visit.scene.answers[1].indicator_id).update(is_key=True)
    review = opening.request_review(
        service_id=visit.scene.service.pk, title="Learn", question="What helps?", reason="Why", visit_lead_id=visit.manager.pk,
        by=visit.scene.lead,
    )  # fmt: skip
    visit.review = review
    with pytest.raises(InvalidTransition, match="Choose a learning question"):
        ask(visit, indicator_id=visit.scene.answers[1].indicator_id)
    ask(visit)

    page = signed_in(visit.manager).get(url(visit, "new/")).content.decode()

    assert ("Learning question: What helps?" in page, "Key indicator" in page) == (True, False)
    assert signed_in(person(Role.HUB_MANAGER, visit.scene.service.region)).get(url(visit)).status_code == 404


def test_removed_topic_takes_its_asks_and_says_so(visit: Visit, signed_in: SignedIn) -> None:
    ask(visit)
    visit.add_topic()
    topic = visit.review.topics.order_by("position").first()
    manager = signed_in(visit.manager)

    page = manager.get(f"/reviews/{visit.review.pk}/topics/{topic.pk}/remove/").content.decode()
    manager.post(f"/reviews/{visit.review.pk}/topics/{topic.pk}/remove/")

    assert "1 document asked for this topic goes out of the evidence request." in page
    assert EvidenceAsk.objects.count() == 0


def test_words_of_the_summary() -> None:
    def row(topic: int | None, *, filed: bool) -> Any:
        return SimpleNamespace(ask=SimpleNamespace(topic_id=topic, indicator_id=None if topic else 9), is_filed=filed)

    assert summary_words([row(n % 3 + 1, filed=n < 4) for n in range(6)]) == (
        "We ask for 6 documents, each for one of 3 topics. 4 are already filed."
    )
    assert summary_words([row(1, filed=True), row(None, filed=False)]) == (
        "We ask for 2 documents, each for a topic or a key indicator. 1 is already filed."
    )


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_number_of_documents(
    visit: Visit, count: int, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        ask(visit, f"Document {n}")
        policy(visit)
    send(visit)
    client = signed_in(visit.scene.lead)
    client.get(url(visit))

    with django_assert_num_queries(13):
        client.get(url(visit))

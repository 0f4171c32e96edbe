"""A signed report is issued: to whom, as what, who could not be reached, who opened it, and a reminder once a day."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from reports.models import Receipt
from reports.queries.issuing import not_reached
from reports.queries.waiting_after import signed_report_items
from reports.services import issuing, publication, revisions
from surveillance.models import NetworkMember
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from work import jobs
from work.models import Job, ReminderSent
from work.reminding import send_reminder
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_bell(settings: LazySettings) -> None:
    settings.JOBS_RING_BELL = False


def titled(user: User, title: str) -> User:
    User.objects.filter(pk=user.pk).update(job_title=title)
    return user


def read(client: Client, url: str) -> None:
    """Open a page, or a file to its last byte."""
    response = client.get(url)
    assert response.status_code == 200
    if response.streaming:
        list(response.streaming_content)


def run_mails(kind: str) -> dict[str, str]:
    """Run the waiting mail jobs of a kind, each twice: the addresses with what they were sent."""
    mail.outbox.clear()
    for pk in Job.objects.filter(kind=kind, status="QUEUED").values_list("pk", flat=True):
        jobs.run_job(pk, heartbeat=False)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox)
    return {message.to[0]: message.body for message in mail.outbox}


def test_posts_are_recorded_by_the_titles_of_executives() -> None:
    scene = scenes.make_scene()
    trust = scene.place.service.provider
    titled(scene.place.executive, "Chief Executive")
    medical = titled(person(Role.EXECUTIVE, trust), "Medical Director and Responsible Officer")
    nursing = titled(person(Role.EXECUTIVE, trust), "Chief Nursing Officer")
    titled(scene.place.contributor, "Medical director")

    scenes.to_signed(scene)

    posts = {r.user_id: r.capacity for r in Receipt.objects.all()}
    assert posts == {
        scene.place.executive.pk: "CHIEF_EXECUTIVE", medical.pk: "MEDICAL_DIRECTOR", nursing.pk: "NURSING_DIRECTOR",
        scene.place.lead.pk: "SERVICE_LEAD", scene.place.commissioner.pk: "COMMISSIONER", scene.lead_reviewer.pk: "TEAM",
        scene.reviewer.pk: "TEAM",
    }  # fmt: skip
    assert not_reached(scene.report) == []


def test_page_says_who_could_not_be_reached(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    network = OrganisationFactory(network=True, region=scene.place.service.region, host=scene.place.service.provider)
    NetworkMember.objects.create(network=network, service=scene.place.service, from_date=dt.date(2020, 1, 1))
    titled(scene.place.executive, "Chief executive")
    scenes.to_signed(scene)
    trust = scene.place.service.provider.name

    body = signed_in(scene.place.officer).get(reverse("reports:report_issue", args=[scene.report.pk])).content.decode()

    assert not_reached(scene.report) == [f"Medical director of {trust}", f"Nursing director of {trust}", f"Network: {network.name}"]
    assert "Who could not be reached" in body
    assert f"Network: {network.name}" in body


def test_each_is_mailed_once_what_happens_next_and_nothing_of_the_report() -> None:
    scene = scenes.make_scene()
    scenes.to_signed(scene)

    sent = run_mails("mail.report_issued")

    place = scene.place
    people = {user.email for user in (place.lead, place.executive, place.commissioner, scene.lead_reviewer, scene.reviewer)}
    assert set(sent) == people
    assert all("What happens next" in body for body in sent.values())
    assert not any("consultant" in body for body in sent.values())
    assert "your access to its papers has ended" in sent[scene.reviewer.email]


@pytest.mark.parametrize("way", ["page", "pdf"])
def test_opening_the_page_or_the_pdf_is_noted_once(signed_in: SignedIn, way: str, tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    Path(tmp_path, "report.pdf").write_bytes(b"%PDF-1.7")
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    report.versions.filter(purpose="FINAL").update(pdf_path="report.pdf", pdf_sha256="0" * 64)
    number = report.versions.get(purpose="FINAL").number
    url = reverse("reports:report_read", args=[report.pk])
    if way == "pdf":
        url = reverse("reports:report_version_pdf", args=[report.pk, number])

    read(signed_in(scene.place.executive), url)
    first = Receipt.objects.get(user=scene.place.executive).opened_at
    read(signed_in(scene.place.executive), url)

    assert first is not None
    assert Receipt.objects.get(user=scene.place.executive).opened_at == first
    assert Receipt.objects.get(user=scene.place.lead).opened_at is None


def test_opening_the_accuracy_copy_is_not_opening_the_report(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    Receipt.objects.update(opened_at=None)

    signed_in(scene.place.lead).get(reverse("reports:accuracy_record", args=[report.pk]))

    assert Receipt.objects.get(user=scene.place.lead).opened_at is None


def test_unopened_for_10_working_days_shows_on_the_page_and_for_a_quarter_in_the_work_of_the_hub(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    officer, today = User.objects.get(pk=scene.place.officer.pk), timezone.localdate()
    issuing.record_opened(report_id=report.pk, version=report.versions.get(purpose="FINAL"), by=scene.place.lead)
    found = []

    for days in (10, 11, 60, 61):
        moment = dt.datetime.combine(add_working_days(today, days), dt.time(12), tzinfo=dt.UTC)
        with time_machine.travel(moment, tick=False):
            body = signed_in(officer).get(reverse("reports:report_issue", args=[report.pk])).content.decode()
            overview = signed_in(officer).get(reverse("reports:report_detail", args=[report.pk])).content.decode()
            items = [item for item in signed_report_items(officer) if item.kind == "report.read"]
            said = ("for more than 10 working days" in body, "2 people have not opened it for more than 10 working days" in overview)
            asked = len([item for item in signed_report_items(scene.place.executive) if item.kind == "report.read"])
            found.append((*said, [set(item.holder_ids) for item in items], asked))

    late = {scene.place.executive.pk, scene.place.commissioner.pk}
    assert found == [(False, False, [], 1), (True, True, [late], 1), (True, True, [late], 1), (True, True, [], 0)]


def test_reminder_on_the_page_goes_to_those_who_did_not_open_it_once_a_day(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    issuing.record_opened(report_id=report.pk, version=report.versions.get(purpose="FINAL"), by=scene.place.lead)
    client, url = signed_in(scene.place.officer), reverse("reports:report_issue", args=[report.pk])

    client.post(url)
    first = run_mails("mail.report_unopened")
    again = client.post(url, follow=True).content.decode()
    second = run_mails("mail.report_unopened")

    assert (set(first), second) == ({scene.place.executive.email, scene.place.commissioner.email}, {})
    assert "You can send another tomorrow." in again


def test_reminder_when_everybody_opened_it_is_refused() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    Receipt.objects.update(opened_at=timezone.now())

    with pytest.raises(InvalidTransition, match="Everybody"):
        issuing.remind_unopened(report_id=report.pk, by=scene.place.officer)

    assert ReminderSent.objects.filter(key__startswith="report_unopened").count() == 0


def test_hub_reminds_from_its_work_list_too() -> None:
    scene = scenes.make_scene()
    scenes.to_signed(scene)
    later = dt.datetime.combine(add_working_days(timezone.localdate(), 12), dt.time(12), tzinfo=dt.UTC)
    officer = User.objects.get(pk=scene.place.officer.pk)

    with time_machine.travel(later, tick=False):
        item = send_reminder(reference=f"report:{scene.report.pk}:read", by=officer)

    assert set(item.holder_ids) == {scene.place.lead.pk, scene.place.executive.pk, scene.place.commissioner.pk}


def test_receipts_of_an_old_version_are_not_waited_for() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    lead = User.objects.get(pk=scene.place.lead.pk)

    items = [item for item in signed_report_items(lead) if item.kind == "report.read"]

    assert len(items) == 1
    assert Receipt.objects.filter(user=lead).count() == 2


@pytest.mark.parametrize(("kind", "name"), [("CORRECTION", "correction of the report"), ("ANNEX", "annex to the report")])
def test_mails_of_a_new_version_say_what_it_is_and_repeat_nothing_of_the_first(kind: str, name: str) -> None:
    scene = scenes.make_scene()
    old = scenes.to_published(scene).sign_offs.get()
    known = scenes.public_version(scene.report).number
    run_mails("mail.report_issued")
    if kind == "ANNEX":
        scenes.make_actions(scene)
        scenes.agree_plan(scene)
        revisions.open_revision(report_id=scene.report.pk, kind=kind, what="Canary what.", why="Canary why.", by=scene.place.officer)
    else:
        scenes.open_correction(scene)
    scenes.sign_correction(scene)

    sent = run_mails("mail.report_issued")
    subjects = {message.subject for message in mail.outbox}

    place = scene.place
    issued = {user.email for user in (place.lead, place.executive, place.commissioner)}
    team = {scene.lead_reviewer.email, scene.reviewer.email}
    assert set(sent) == issued | team
    assert all(f"Until then version {known} stays public." in body for body in sent.values())
    assert all(("action plan as an annex" in body) == (kind == "ANNEX") for body in sent.values())
    assert all(("correct" in body) == (kind == "CORRECTION") for body in sent.values())
    assert all("The page says what changed and why." in sent[email] for email in issued)
    assert all(name in subject for subject in subjects)
    said_before = ("decides whether to publish it", "access to its papers", "agree actions on the recommendations", "Canary", "wrong site")
    assert [(words, email) for words in said_before for email, body in sent.items() if words in body] == []
    assert old.version_id != scene.report.sign_offs.order_by("-pk")[0].version_id


def test_reminder_of_a_published_correction_says_that_it_is_published() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    issuing.remind_unopened(report_id=scene.report.pk, by=scene.place.officer)

    sent = run_mails("mail.report_unopened")

    assert set(sent) == {user.email for user in (scene.place.lead, scene.place.executive, scene.place.commissioner)}
    assert all("The national team decided to publish the new version." in body for body in sent.values())


def test_pages_of_a_new_version_say_what_it_is_and_keep_who_opened_the_earlier_one(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    first, known = report.sign_offs.get(), scenes.public_version(report).number
    issuing.record_opened(report_id=report.pk, version=first.version, by=scene.place.lead)
    scenes.open_correction(scene)
    signed = scenes.sign_correction(scene)

    page = signed_in(scene.place.officer).get(reverse("reports:report_issue", args=[report.pk]))
    read_page = signed_in(scene.place.lead).get(reverse("reports:report_read", args=[report.pk])).content.decode()
    items = [item.task for item in signed_report_items(User.objects.get(pk=scene.place.executive.pk)) if item.kind == "report.read"]

    body = " ".join(page.content.decode().split())
    assert f"Version {signed.version.number}, a correction of version {known}, was issued" in body
    assert f"Version {first.version.number}, signed off by {scene.place.manager.name} on" in body
    assert "1 of 3 people opened it" in body
    assert body.count(scene.place.executive.name) == 2
    assert f"Version {known} stays public until it is." in read_page
    assert items == [f"Read the correction of the report on {report.title}"]


def test_page_of_receipts_takes_as_many_statements_for_many_versions_as_for_one(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report, client = scenes.to_published(scene), signed_in(scene.place.officer)
    counts = []
    for summary in ("Once.", "Twice."):
        scenes.open_correction(scene, summary=summary)
        scenes.sign_correction(scene)
        publication.publish_report(report_id=report.pk, by=scene.national)
        client.get(reverse("reports:report_issue", args=[report.pk]))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("reports:report_issue", args=[report.pk]))
        counts.append((len(captured), len(page.context["earlier"])))

    assert [versions for _, versions in counts] == [1, 2]
    assert counts[0][0] == counts[1][0]


@pytest.mark.parametrize("who", ["lead", "executive", "commissioner", "reviewer"])
def test_page_of_receipts_is_the_hub_s_alone(signed_in: SignedIn, who: str) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    user = scene.reviewer if who == "reviewer" else getattr(scene.place, who)

    assert signed_in(user).get(reverse("reports:report_issue", args=[report.pk])).status_code in (403, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_work_after_sign_off_costs_the_same_for_any_number(django_assert_num_queries, count: int) -> None:  # type: ignore[no-untyped-def]
    first = scenes.make_scene()
    scenes.to_signed(first)
    for _ in range(count - 1):
        scene = scenes.make_scene(region=first.place.service.region, provider=first.place.service.provider)
        scenes.to_signed(scene)
    executive = User.objects.get(pk=first.place.executive.pk)
    assert executive.has_permission("report.view")

    with django_assert_num_queries(3):
        items = signed_report_items(executive)

    assert len(items) == count

"""A report that is to be published on a date: what it is called until then, moving it, publishing it now, stopping it."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from accounts.templatetags.qnt_tags import month_date
from reports.models import LibraryEntry, Publication, Report
from reports.queries.library import public_versions
from reports.queries.publications import status_words
from reports.queries.steps import report_next_step
from reports.queries.waiting import report_items
from reports.queries.waiting_after import signed_report_items
from reports.services import publication
from surveillance.services.clash import SomeoneElseChanged
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def first_moment(days: int) -> dt.datetime:
    """Midnight of a day from now, UK time."""
    return timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(days=days), dt.time.min))


@pytest.fixture
def scene() -> scenes.Scene:
    """A report that becomes public in 17 days."""
    made = scenes.make_scene()
    publication.publish_report(report_id=scenes.to_signed(made).pk, by=made.national, public_from=first_moment(17))
    return made


def waiting(scene: scenes.Scene) -> Publication:
    return scene.report.publications.waiting().get()


def mails() -> int:
    return Job.objects.filter(kind="mail.report_published").count()


def library_code(scene: scenes.Scene) -> int:
    return Client().get(reverse("reports:library_report", args=[scene.report.address])).status_code


def url(scene: scenes.Scene, route: str = "report_publish") -> str:
    return reverse(f"reports:{route}", args=[scene.report.pk])


def decision(scene: scenes.Scene, **said: object) -> dict[str, object]:
    """What the page of a report that waits for its day sends."""
    version = scene.report.sign_offs.get().version.number
    return {"version": version, "waiting": waiting(scene).pk, "reason": "", "decision": "NOW"} | said


def date_fields(name: str, day: dt.date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_it_is_called_to_be_published_until_its_day(scene: scenes.Scene, signed_in: SignedIn) -> None:
    words, client = f"To be published on {month_date(first_moment(17))}", signed_in(scene.national)

    before = (status_words(scene.report), report_next_step(scene.report).what)
    pages = [words in client.get(address).content.decode() for address in (url(scene, "report_detail"), reverse("reports:report_list"))]
    offered = [
        url(scene, route) in client.get(url(scene, "report_detail")).content.decode() for route in ("report_publish", "report_withdraw")
    ]
    with time_machine.travel(first_moment(17) + dt.timedelta(hours=1), tick=False):
        after = status_words(scene.report)

    assert before == (words, words)
    assert pages == [True, True]
    assert offered == [True, False]
    assert after == "Published"


def test_another_date_is_one_decision_more_and_the_first_never_counts(scene: scenes.Scene, signed_in: SignedIn) -> None:
    first = waiting(scene)
    said = decision(scene, decision="LATER", **date_fields("public_date", timezone.localdate() + dt.timedelta(days=30)))

    response = signed_in(scene.national).post(url(scene), said)

    second = waiting(scene)
    first.refresh_from_db()
    assert response.status_code == 302
    assert (second.public_from, second.version, first.replaced_by) == (first_moment(30), first.version, second)
    assert list(LibraryEntry.objects.values_list("publication", flat=True)) == [second.pk]
    assert list(AuditEvent.objects.filter(action__startswith="report.publi").values_list("action", flat=True).order_by("pk")) == [
        "report.published", "report.publication_moved",
    ]  # fmt: skip
    codes = []
    for days in (18, 31):
        with time_machine.travel(first_moment(days), tick=False):
            codes.append((library_code(scene), publication.announce_embargoed()))
    assert codes == [(404, 0), (200, 1)]
    with time_machine.travel(first_moment(31), tick=False):
        assert [version.number for version in public_versions(second)] == [second.version.number]


def test_publish_now_makes_it_public_at_once_and_tells_once(scene: scenes.Scene, signed_in: SignedIn) -> None:
    assert mails() == 0

    signed_in(scene.national).post(url(scene), decision(scene))

    assert (library_code(scene), mails(), status_words(scene.report)) == (200, 1, "Published")
    assert Publication.objects.waiting().count() == 0


def test_stopping_withholds_it_with_reason_and_review_date(scene: scenes.Scene, signed_in: SignedIn) -> None:
    review, first = timezone.localdate() + dt.timedelta(days=40), waiting(scene)
    said = decision(scene, decision="WITHHOLD", reason="An inquiry began.", **date_fields("review_date", review))
    client = signed_in(scene.national)

    without_reason = client.post(url(scene), said | {"reason": ""}).content.decode()
    client.post(url(scene), said)

    stopped = scene.report.publications.get(decision="WITHHOLD")
    first.refresh_from_db()
    assert "Enter a reason for your decision" in without_reason
    assert (scene.report.status, stopped.review_date, first.replaced_by) == ("WITHHELD", review, stopped)
    assert (LibraryEntry.objects.count(), mails()) == (0, 0)
    with time_machine.travel(first_moment(18), tick=False):
        assert (library_code(scene), publication.announce_embargoed()) == (404, 0)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    assert library_code(scene) == 200


@pytest.mark.parametrize("said", [{}, {"decision": "LATER"}, {"decision": "WITHHOLD", "reason": "An inquiry."}])
def test_page_opened_before_somebody_else_decided_changes_nothing(scene: scenes.Scene, signed_in: SignedIn, said: dict[str, str]) -> None:
    day = timezone.localdate() + dt.timedelta(days=50)
    old = decision(scene, **said, **date_fields("public_date", day), **date_fields("review_date", day))
    other = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    publication.publish_report(report_id=scene.report.pk, by=other, public_from=first_moment(20), waiting_id=old["waiting"])

    response = signed_in(scene.national).post(url(scene), old)

    assert (response.status_code, waiting(scene).public_from) == (409, first_moment(20))
    assert f'value="{waiting(scene).pk}"' in response.content.decode()


def test_who_signed_or_drafted_neither_moves_nor_stops_it(scene: scenes.Scene) -> None:
    kept = waiting(scene)
    facts = {"report_id": scene.report.pk, "waiting_id": kept.pk}
    day = timezone.localdate() + dt.timedelta(days=9)

    for by in (scene.place.manager, scene.place.officer):
        with pytest.raises(InvalidTransition, match="someone else must publish it"):
            publication.publish_report(by=by, **facts)
        with pytest.raises(InvalidTransition, match="someone else must publish it"):
            publication.withhold_report(by=by, reason="No", review_date=day, **facts)

    assert waiting(scene) == kept


def test_changed_words_after_sign_off_stop_a_new_decision_as_they_stop_the_first(scene: scenes.Scene) -> None:
    version = scene.report.sign_offs.get().version
    type(version).objects.filter(pk=version.pk).update(content=version.content.replace("weekends", "nights"))

    with pytest.raises(InvalidTransition, match="The report changed after sign-off"):
        publication.publish_report(report_id=scene.report.pk, by=scene.national, waiting_id=waiting(scene).pk)


def test_same_day_again_and_a_decision_not_known_of_are_refused(scene: scenes.Scene) -> None:
    facts = {"report_id": scene.report.pk, "by": scene.national}

    with pytest.raises(InvalidTransition, match="Choose another date"):
        publication.publish_report(public_from=first_moment(17), waiting_id=waiting(scene).pk, **facts)
    with pytest.raises(InvalidTransition, match="is to be published on"):
        publication.publish_report(**facts)
    with pytest.raises(SomeoneElseChanged):
        publication.publish_report(waiting_id=waiting(scene).pk + 1000, **facts)

    assert Publication.objects.count() == 1


def test_public_report_is_not_withheld() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    day = timezone.localdate() + dt.timedelta(days=9)

    with pytest.raises(InvalidTransition, match="Withdraw it instead"):
        publication.withhold_report(report_id=scene.report.pk, reason="No", review_date=day, by=scene.national)

    assert scene.report.status == Report.Status.PUBLISHED


def test_correction_that_waits_is_moved_and_the_old_version_stays_until_then(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national, public_from=first_moment(3))
    body = signed_in(scene.national).get(url(scene)).content.decode()

    publication.publish_report(report_id=scene.report.pk, by=scene.national, public_from=first_moment(9), waiting_id=waiting(scene).pk)

    assert "Withhold" not in body
    assert status_words(scene.report) == "Published"
    shown = []
    for days in (0, 4, 10):
        with time_machine.travel(first_moment(days) + dt.timedelta(hours=23, minutes=59), tick=False):
            shown.append([one.version.number for one in Publication.objects.public().filter(report=scene.report)])
    old, new = scene.report.publications.order_by("pk")[0].version.number, waiting(scene).version.number
    assert shown == [[old], [old], [new]]


@pytest.fixture
def corrected() -> scenes.Scene:
    """A public report whose correction takes its place in 9 days."""
    made = scenes.make_scene()
    scenes.to_published(made)
    scenes.open_correction(made)
    scenes.sign_correction(made)
    publication.publish_report(report_id=made.report.pk, by=made.national, public_from=first_moment(9))
    return made


def stopping(scene: scenes.Scene) -> dict[str, object]:
    """What the page sends to stop a correction that waits for its day."""
    version = scene.report.sign_offs.order_by("-pk")[0].version.number
    day = date_fields("review_date", timezone.localdate() + dt.timedelta(days=40))
    return {"decision": "WITHHOLD", "reason": "The trust asks for more time.", "version": version, "waiting": waiting(scene).pk} | day


def test_correction_that_waits_is_stopped_and_the_old_version_stays(corrected: scenes.Scene, signed_in: SignedIn) -> None:
    client, stopped = signed_in(corrected.national), waiting(corrected)
    old = corrected.report.publications.order_by("pk")[0]
    step = report_next_step(corrected.report).what
    assert "Until then the version before stays at its address" in client.get(url(corrected, "report_published")).content.decode()

    page = client.get(url(corrected)).content.decode()
    without_reason = client.post(url(corrected), stopping(corrected) | {"reason": ""}).content.decode()
    response = client.post(url(corrected), stopping(corrected), follow=True).content.decode()

    revision, kept = corrected.report.revisions.get(), corrected.report.publications.get(decision="WITHHOLD")
    stopped.refresh_from_db()
    assert step == f"The new version is to be published on {month_date(first_moment(9))}"
    assert "Stop it: the version that is public now stays" in page
    assert "Enter a reason for your decision" in without_reason
    assert "The version that is public now stays" in response
    assert "The trust asks for more time." in response
    assert (corrected.report.status, revision.status, stopped.replaced_by) == ("PUBLISHED", "SIGNED", kept)
    assert list(LibraryEntry.objects.values_list("publication", flat=True)) == [old.pk]
    with time_machine.travel(first_moment(12), tick=False):
        shown = [one.pk for one in Publication.objects.public().filter(report=corrected.report)]
        assert (shown, library_code(corrected)) == ([old.pk], 200)
    due = timezone.localdate() + dt.timedelta(days=40)
    assert report_next_step(corrected.report).what == "The national team decides whether to publish the correction"
    assert report_next_step(corrected.report).due == due
    items = [item for item in report_items(User.objects.get(pk=corrected.national.pk)) if item.kind == "report.publish"]
    assert [item.due for item in items] == [due]


def test_correction_that_was_stopped_is_published_after_all(corrected: scenes.Scene, signed_in: SignedIn) -> None:
    client = signed_in(corrected.national)
    client.post(url(corrected), stopping(corrected))

    opened = client.get(url(corrected)).context["form"].initial
    client.post(url(corrected), opened | {"decision": "NOW", "reason": "", "waiting": ""})

    public = Publication.objects.public().get(report=corrected.report)
    assert public.pk == corrected.report.publications.order_by("-pk")[0].pk
    assert corrected.report.revisions.get().status == "PUBLISHED"
    assert [version.number for version in public_versions(public)] == [
        corrected.report.publications.order_by("pk")[0].version.number, public.version.number,
    ]  # fmt: skip


def test_correction_that_waits_is_not_stopped_by_who_signed_nor_under_a_newer_annex(corrected: scenes.Scene) -> None:
    facts = {"report_id": corrected.report.pk, "review_date": timezone.localdate() + dt.timedelta(days=9), "reason": "No"}
    kept = waiting(corrected)
    with pytest.raises(InvalidTransition, match="someone else must publish it"):
        publication.withhold_report(by=corrected.place.manager, waiting_id=kept.pk, **facts)
    with pytest.raises(SomeoneElseChanged):
        publication.withhold_report(by=corrected.national, waiting_id=kept.pk + 1000, **facts)
    scenes.open_correction(corrected, summary="Newer words.")
    with pytest.raises(InvalidTransition, match="“Correction” was begun on the version that waits"):
        publication.withhold_report(by=corrected.national, waiting_id=kept.pk, **facts)

    assert waiting(corrected) == kept
    assert not corrected.report.publications.filter(decision="WITHHOLD").exists()


def test_list_tells_what_waits_for_its_day_from_what_is_published(
    scene: scenes.Scene, corrected: scenes.Scene, signed_in: SignedIn
) -> None:
    client = signed_in(scene.national)

    shown = [
        [report.pk for report in client.get(reverse("reports:report_list"), {"status": codes}).context["page_obj"]]
        for codes in ("TO_BE_PUBLISHED", "PUBLISHED", ["TO_BE_PUBLISHED", "PUBLISHED"], "WITHHELD")
    ]

    assert shown == [[scene.report.pk], [corrected.report.pk], [corrected.report.pk, scene.report.pk], []]


def test_work_items_and_the_service_s_page_say_that_it_waits_for_its_day(scene: scenes.Scene, signed_in: SignedIn) -> None:
    words = f"To be published on {month_date(first_moment(17))}"
    lead = scene.place.lead

    tags = [item.status for item in signed_report_items(User.objects.get(pk=lead.pk))]
    page = signed_in(scene.place.manager).get(reverse("service_reports", args=[scene.place.service.pk])).content.decode()

    assert tags == [words]
    assert words in page

"""Presses at once, on a database that locks rows: exactly one public version, one sign-off, one open revision, whatever the order."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from reports.models import Publication, Receipt, Report, Revision, SignOff
from reports.services import accuracy, publication, revisions
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from tests.surveillance.test_decisions_together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _needs_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL")


def second_national() -> object:
    return person("NATIONAL_LEAD", OrganisationFactory(national=True))


def standing() -> tuple[int, int]:
    """How many publications stand, and how many anyone reads."""
    return Publication.objects.standing().count(), Publication.objects.public().count()


def test_two_publish_once() -> None:
    scene, other = scenes.make_scene(), second_national()
    report = scenes.to_signed(scene)

    outcomes = together(*(lambda by=by: publication.publish_report(report_id=report.pk, by=by) for by in (scene.national, other)))

    assert outcomes == ["InvalidTransition", "done"]
    assert standing() == (1, 1)


def test_publish_and_withhold_at_once_leave_one_decision_that_the_status_names() -> None:
    scene, other = scenes.make_scene(), second_national()
    report = scenes.to_signed(scene)
    day = timezone.localdate() + dt.timedelta(days=30)

    together(
        lambda: publication.publish_report(report_id=report.pk, by=scene.national),
        lambda: publication.withhold_report(report_id=report.pk, reason="An inquiry.", review_date=day, by=other),
    )

    status = scene.report.status
    assert status == Report.Status.PUBLISHED or standing() == (0, 0)
    assert (status == Report.Status.PUBLISHED) == (standing() == (1, 1))


def test_withdrawing_and_publishing_a_correction_at_once_agree_with_the_status() -> None:
    scene, other = scenes.make_scene(), second_national()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)

    together(
        lambda: publication.publish_report(report_id=scene.report.pk, by=scene.national),
        lambda: publication.withdraw_report(report_id=scene.report.pk, reason="It named a patient.", by=other),
    )

    expected = (1, 1) if scene.report.status == Report.Status.PUBLISHED else (0, 0)
    assert standing() == expected


def test_two_publish_a_correction_once() -> None:
    scene, other = scenes.make_scene(), second_national()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)

    outcomes = together(*(lambda by=by: publication.publish_report(report_id=scene.report.pk, by=by) for by in (scene.national, other)))

    assert outcomes == ["InvalidTransition", "done"]
    assert standing() == (1, 1)
    assert Publication.objects.filter(replaced_at__isnull=False).count() == 1


def test_two_open_one_revision() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    facts = {"report_id": scene.report.pk, "kind": "CORRECTION", "what": "A word.", "why": "Misspelt."}

    outcomes = together(*(lambda by=by: revisions.open_revision(by=by, **facts) for by in (scene.place.officer, scene.other_officer)))

    assert outcomes == ["AlreadyDone", "done"]
    assert Revision.objects.count() == 1


def test_two_sign_a_correction_once() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene)
    scenes.open_correction(scene)
    number = revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer).number
    facts = {"report_id": scene.report.pk, "version_number": number}
    before = Receipt.objects.count()

    outcomes = together(*(lambda by=by: revisions.sign_revision(by=by, **facts) for by in (scene.place.manager, scene.national)))

    assert outcomes == ["InvalidTransition", "done"]
    assert SignOff.objects.filter(version__number=number).count() == 1
    assert Receipt.objects.count() == 2 * before


def test_lead_and_executive_answer_one_item_at_once() -> None:
    scene = scenes.make_scene()
    point = scenes.to_accuracy(scene).accuracy_points.filter(party="SERVICE").first()

    outcomes = together(
        *(
            lambda by=by: accuracy.answer_point(point_id=point.pk, by=by, is_correct=True, version=point.version)
            for by in (scene.place.lead, scene.place.executive)
        )
    )

    assert outcomes == ["SomeoneElseChanged", "done"]

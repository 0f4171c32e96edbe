"""Training in the annual programme report: counted from the register, without a hub's or a person's name, small groups held back."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.permissions import Role
from peerreview.models import TrainingRecord
from peerreview.queries.training_register import Line
from peerreview.training import Standing
from qnt.programme.annual import services
from qnt.programme.annual.blocks import MAKERS
from qnt.programme.annual.figures import frozen_year
from qnt.programme.annual.models import AnnualPublication, AnnualSection
from qnt.programme.annual.training import ALL_COURSES, training_of
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import reviewer, trained
from tests.programme.scene import Scene

YES, SOON, ENDED, NEVER = Standing.IN_DATE, Standing.ENDS_SOON, Standing.ENDED, Standing.NEVER


def lines(first: int, hub: int | None, *standings: Standing, course: str = "Visits") -> list[Line]:
    """A line for each person, numbered from ``first``."""
    return [
        Line(first + n, f"Person {first + n}", hub, f"Hub {hub}", "REVIEWERS", 1, course, is_required=True, standing=standing)
        for n, standing in enumerate(standings)
    ]  # fmt: skip


# What may be shown ----------------------------------------------------------------------------------------------------
def test_people_are_counted_once_for_each_course_and_stand_as_with_the_course_that_lacks_most():
    found = training_of(
        [*lines(1, 1, YES, YES, SOON, ENDED, NEVER), *lines(1, 2, YES), *lines(1, 1, NEVER, YES, YES, YES, YES, course="Papers")]
    )

    assert [(row.title, row.people, row.counts) for row in found.rows] == [
        ("Papers", 5, (4, 0, 0, 1)),
        ("Visits", 5, (2, 1, 1, 1)),
        (ALL_COURSES, 5, (1, 1, 1, 2)),
    ]


def test_a_course_of_few_people_is_held_back_with_what_would_give_it_away():
    visits, papers, other = lines(1, 1, *[YES] * 8), lines(20, 1, YES, NEVER, course="Papers"), lines(30, 1, *[ENDED] * 9, course="Letters")

    two = training_of([*visits, *papers])
    three = training_of([*visits, *papers, *other])
    alone = training_of(papers)

    assert [(row.title, row.counts) for row in two.rows] == [("Papers", None), ("Visits", None), (ALL_COURSES, (9, 0, 0, 1))]
    assert [(row.title, row.counts) for row in three.rows] == [
        ("Letters", (0, 0, 9, 0)), ("Papers", None), ("Visits", None), (ALL_COURSES, (9, 0, 9, 1)),
    ]  # fmt: skip
    assert [(row.title, row.counts) for row in alone.rows] == [("Papers", None), (ALL_COURSES, None)]


def test_hubs_are_a_distribution_of_those_that_may_be_shown():
    hubs = [lines(1, 1, *[YES] * 6), lines(10, 2, *[YES] * 3, *[NEVER] * 3), lines(20, 3, *[SOON] * 4, ENDED)]

    whole = training_of([line for hub in hubs for line in hub])
    with_few = training_of([line for hub in [*hubs, lines(30, 4, NEVER)] for line in hub])
    without_hub = training_of([line for hub in [*hubs, lines(30, None, *[NEVER] * 9)] for line in hub])

    assert whole.hubs == [Decimal(50), Decimal(80), Decimal(100)]
    assert with_few.hubs == [Decimal(50), Decimal(100)]  # the hub of five goes with the one of one
    assert without_hub.hubs == whole.hubs


def test_one_hub_is_no_distribution():
    assert training_of(lines(1, 1, *[YES] * 6)).quartiles is None


# The section ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def scene(db: None, tmp_path: Path, settings: LazySettings) -> Scene:
    """Two hubs with six reviewers each, of whom one in the second never completed the course."""
    settings.MEDIA_ROOT, settings.JOBS_RING_BELL = tmp_path, False
    made = Scene()
    people = [reviewer(region, name=f"Canary {n}") for region in made.hubs for n in range(6)]
    trained(people[0], timezone.localdate() - dt.timedelta(days=5))
    TrainingRecord.objects.filter(user=people[-1]).delete()
    TrainingRecord.objects.filter(user=people[-2]).delete()
    return made


def test_the_section_counts_england_and_names_no_hub_and_nobody(scene):
    content = json.loads(scene.publish().content)

    [part] = [one for one in content["sections"] if one["code"] == "training"]
    people, hubs, words = part["blocks"]
    assert people["header"] == ["Course", "People", "In date", "Ends within 3 months", "Training ended", "No record"]
    assert people["rows"] == [
        ["Peer reviewer training", "12", "9", "0", "1", "2"],
        [ALL_COURSES, "12", "9", "0", "1", "2"],
    ]
    assert hubs["rows"] == [["Every required course in date", "66%", "70% and 79%", "83%", "2"]]
    assert words["words"].startswith("From the register of training as it stood on ")
    assert "Canary" not in json.dumps(part)
    assert [region.name for region in scene.hubs if region.name in json.dumps(part)] == []
    assert [one["code"] for one in content["sections"]][-4:] == ["learning", "training", "context", "definitions"]


def test_what_is_published_keeps_the_register_of_its_day(scene):
    before = scene.publish().content
    TrainingRecord.objects.all().delete()

    assert AnnualPublication.objects.get().content == before


def test_without_anybody_in_such_a_role_the_section_says_so(db):
    scene = Scene()
    scene.draft()

    [block] = MAKERS["training"](frozen_year(AnnualSection.objects.first().report.year))

    assert block == {"kind": "note", "words": "No data: nobody holds a role that a required course is for."}


def test_a_new_version_of_a_report_without_the_section_begins_with_it(scene):
    """A report of the time before had eight parts and an appendix; its own page stays as it was."""
    old = scene.draft()
    old.sections.filter(code="training").delete()
    old.sections.filter(code="foreword").update(text="Our words", saved_by=scene.second)
    third = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    version = scene.offer(old).version
    before = services.publish_report(report_id=old.pk, version=version, by=third).content
    services.withdraw_report(report_id=old.pk, reason="A figure was wrong.", by=scene.lead)

    new = scene.draft()

    assert "training" not in [one["code"] for one in json.loads(before)["sections"]]
    assert AnnualPublication.objects.get(report=old).content == before
    assert [one.code for one in new.sections.all()][6:9] == ["learning", "training", "context"]
    kept = new.sections.get(code="foreword")
    assert (kept.text, kept.saved_by) == ("Our words", scene.second)

"""The register of training: whom it shows to whom, its counts and files, reminders of what ends, and its forms."""

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from accounts.permissions import Role
from peerreview.models import Course, TrainingRecord
from peerreview.queries.training_ends import training_items
from peerreview.services import training
from peerreview.training import Standing
from peerreview.training_papers import COLUMNS
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import first_course, reviewer, trained
from tests.peerreview.test_procedures_pages import text_of
from work import jobs
from work.models import ReminderSent
from work.schedule import run_periodic

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
PATH = "/programme/training/"


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


@pytest.fixture
def hub() -> Organisation:
    return OrganisationFactory(hub=True, name="Illustrative North hub")


@pytest.fixture
def manager(hub: Organisation) -> User:
    return person(Role.HUB_MANAGER, hub, name="Mo Manager")


def reviewers_of(hub: Organisation) -> list[User]:
    """One in each standing, by name."""
    people = [reviewer(hub, name=f"{name} Reviewer") for name in ("Ann", "Ben", "Cas", "Dot")]
    for user, count in zip(people, (200, 30, -5), strict=False):
        trained(user, days(count))
    TrainingRecord.objects.filter(user=people[3]).delete()
    return people


def test_register_says_how_everybody_stands(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    reviewers_of(hub)

    words = text_of(signed_in(manager).get(PATH))

    for name, standing in zip(("Ann", "Ben", "Cas", "Dot"), Standing, strict=True):
        assert f"{name} Reviewer Illustrative North hub Reviewers Peer reviewer training {standing}" in words
    assert "Illustrative North hub 4 1 1 1 1 4" in words


def test_hub_reads_its_own_people_and_the_national_team_all(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    reviewer(hub, name="Near Reviewer")
    far = reviewer(OrganisationFactory(hub=True, name="Illustrative A hub"), name="Far Reviewer")
    pages = [text_of(signed_in(user).get(PATH)) for user in (manager, person(Role.NATIONAL_LEAD))]

    assert [("Near Reviewer" in page, "Far Reviewer" in page) for page in pages] == [(True, False), (True, True)]
    assert signed_in(manager).get(f"{PATH}people/{far.pk}/").status_code == 404
    assert pages[1].index("Illustrative A hub") < pages[1].index("Illustrative North hub")


def test_course_that_is_not_required_has_a_line_for_those_who_completed_it(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    national = person(Role.NATIONAL_LEAD)
    course = training.add_course(name="Leading a visit", audiences=["REVIEWERS"], valid_months=12, is_required=False, by=national)
    ann, ben = (reviewer(hub, name=f"{name} Reviewer") for name in ("Ann", "Ben"))
    trained(ann, days(300), course)
    client = signed_in(manager)

    register, other = text_of(client.get(PATH)), text_of(client.get(f"{PATH}people/{ben.pk}/"))

    assert register.count("Leading a visit Not required") == 1
    assert "Leading a visit Not required Record training" in other


def test_filters_of_the_address_narrow_page_and_files_alike(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    reviewers_of(hub)
    client, query = signed_in(manager), "?standing=ENDED&standing=NEVER"

    page = text_of(client.get(PATH + query))
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{PATH}register.csv{query}").streaming_content).decode())))
    unknown = text_of(client.get(f"{PATH}?standing=OTHER&hub=x&course=9&q="))

    assert ("Ann Reviewer" in page, "Cas Reviewer" in page) == (False, True)
    assert [(row["person"], row["standing"]) for row in rows] == [("Cas Reviewer", "Training ended"), ("Dot Reviewer", "No record")]
    assert "Ann Reviewer" in unknown
    assert "No lines match these filters" in text_of(client.get(f"{PATH}?q=nobody"))


def test_counts_by_hub_can_be_counted_again_from_the_file(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    reviewers_of(hub)
    client = signed_in(manager)

    book = load_workbook(io.BytesIO(b"".join(client.get(f"{PATH}register.xlsx").streaming_content)))
    lines = [dict(zip(COLUMNS, row, strict=True)) for row in book["Register"].iter_rows(min_row=2, values_only=True)]
    counted = [cell for cell in next(book["By hub"].iter_rows(min_row=2, values_only=True))]

    found = Counter(line["standing"] for line in lines)
    assert counted == [
        "Illustrative North hub", len({line["person_id"] for line in lines}), *(found[str(one)] for one in Standing), len(lines),
    ]  # fmt: skip
    terms = [row[0] for row in book["About this workbook"].iter_rows(values_only=True)]
    assert {"Line", "Hub", *(str(one) for one in Standing)} <= set(terms)


@pytest.mark.parametrize("count", [1, 30])
def test_register_costs_the_same_for_any_number(
    count: int, hub: Organisation, manager: User, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        reviewer(hub)
    client = signed_in(manager)
    client.get(PATH)

    with django_assert_num_queries(6):
        client.get(PATH)


# Recording ------------------------------------------------------------------------------------------------------------
def sent(day: dt.date, **fields: object) -> dict[str, object]:
    return {
        "completed_date_day": day.day, "completed_date_month": day.month, "completed_date_year": day.year, "evidence": "Seen", "version": 0
    } | fields  # fmt: skip


def test_manager_records_training_and_two_edits_meet(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    user = person(Role.REVIEWER, hub, name="Nia New")
    path, client = f"{PATH}people/{user.pk}/courses/{first_course().pk}/", signed_in(manager)

    saved = client.post(path, sent(days(-3)))
    clash = client.post(path, sent(days(-2), evidence="Mine"))
    page = text_of(client.get(f"{PATH}people/{user.pk}/"))

    assert (saved.status_code, clash.status_code) == (302, 409)
    assert ("Seen" in text_of(clash), "Mine" in text_of(clash)) == (True, True)
    assert TrainingRecord.objects.get().completed_date == days(-3)
    assert "In date" in page
    assert "Recorded by Mo Manager" in page


def test_faults_are_said_and_what_was_typed_is_kept(hub: Organisation, manager: User, signed_in: SignedIn) -> None:
    user = person(Role.REVIEWER, hub)

    page = signed_in(manager).post(f"{PATH}people/{user.pk}/courses/{first_course().pk}/", sent(days(5))).content.decode()

    assert "The day on which it was completed must be today or in the past" in page
    assert re.search(r">\s*Seen</textarea>", page)


def test_officer_reads_and_does_not_record(hub: Organisation, signed_in: SignedIn) -> None:
    user, officer = person(Role.REVIEWER, hub), person(Role.HUB_OFFICER, hub)
    client = signed_in(officer)

    codes = [
        client.get(f"{PATH}people/{user.pk}/").status_code,
        client.get(f"{PATH}people/{user.pk}/courses/{first_course().pk}/").status_code,
    ]

    assert codes == [200, 403]


def test_person_reads_their_own_training(hub: Organisation, signed_in: SignedIn) -> None:
    user = reviewer(hub)

    assert "Peer reviewer training In date" in text_of(signed_in(user).get("/training/"))
    assert "No course is for the roles that you hold now" in text_of(signed_in(person(Role.EXECUTIVE)).get("/training/"))


# Courses --------------------------------------------------------------------------------------------------------------
def test_national_lead_adds_changes_and_retires_a_course(signed_in: SignedIn) -> None:
    client, path = signed_in(person(Role.NATIONAL_LEAD)), f"{PATH}courses/"
    form = {"name": "Hub course", "audiences": ["HUB_STAFF"], "valid_months": 24, "is_required": "YES"}

    added = [client.post(f"{path}new/", form | {"client_id": "0e4a0b4e-6f0a-4b5e-9a0e-0f3f6f6a1b2c"}).status_code for _ in range(2)]
    course = Course.objects.get(name="Hub course")
    changed = client.post(f"{path}{course.pk}/", form | {"valid_months": 12, "version": 1})
    clash = client.post(f"{path}{course.pk}/", form | {"valid_months": 6, "version": 1})
    old = client.post(f"{path}{course.pk}/retire/", {"version": 1})
    retired = client.post(f"{path}{course.pk}/retire/", {"version": 2})

    assert added == [302, 302]
    assert [one.status_code for one in (changed, clash, old, retired)] == [302, 409, 409, 302]
    course.refresh_from_db()
    assert (course.valid_months, course.retired_at is not None) == (12, True)
    assert "Hub course, retired on" in text_of(client.get(path))
    assert "Our default. To be confirmed." in text_of(client.get(path))


# Reminders ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("left", "is_reminded"), [(61, False), (60, True), (15, True), (14, True), (0, True), (-1, False)])
def test_person_and_manager_are_reminded_once(left: int, is_reminded: bool, hub: Organisation, manager: User) -> None:
    user = reviewer(hub)
    trained(user, days(left))

    counts = [run_periodic("send_reminders") for _ in range(2)]
    jobs.run_pending()

    asked = int(is_reminded)
    assert [(one["training_people"], one["training_managers"]) for one in counts] == [(asked, asked), (0, 0)]
    assert sorted(one.to[0] for one in mail.outbox) == (sorted([user.email, manager.email]) if is_reminded else [])
    assert all(user.name not in one.subject + one.body for one in mail.outbox if one.to == [manager.email])


def test_each_step_is_reminded_of_and_a_renewal_ends_it(hub: Organisation, manager: User) -> None:
    user = reviewer(hub)
    trained(user, days(40))
    run_periodic("send_reminders")
    trained(user, days(10))
    run_periodic("send_reminders")
    trained(user, days(900))
    jobs.run_pending()

    assert ReminderSent.objects.filter(user=user, key__startswith="training:").count() == 2
    assert mail.outbox == []


def test_one_mail_tells_a_manager_of_many(hub: Organisation, manager: User) -> None:
    for _ in range(3):
        trained(reviewer(hub), days(30))

    run_periodic("send_reminders")
    jobs.run_pending()

    assert [one.subject for one in mail.outbox if one.to == [manager.email]] == [
        "Plan training for 3 people whose training ends within 60 days"
    ]


def test_training_that_ends_is_work_of_the_person_and_waited_for_by_the_manager(hub: Organisation, manager: User) -> None:
    user, late = reviewer(hub, name="Ann Reviewer"), reviewer(hub, name="Ben Reviewer")
    trained(user, days(30))
    trained(late, days(-2))
    reviewer(hub)
    officer = person(Role.HUB_OFFICER, hub)

    own, waited = training_items(user), training_items(manager)

    assert [(one.task, one.due, one.is_mine) for one in own] == [("Renew the training “Peer reviewer training”", days(30), True)]
    assert [(one.holder, one.is_mine, one.status) for one in waited] == [
        ("Ben Reviewer", False, "Late"), ("Ann Reviewer", False, "Not yet started"),
    ]  # fmt: skip
    assert own[0].reference == waited[1].reference
    assert training_items(officer) == []


def test_retired_course_reminds_nobody(hub: Organisation, manager: User) -> None:
    trained(reviewer(hub), days(30))
    training.retire_course(course_id=first_course().pk, version=None, by=person(Role.NATIONAL_LEAD))

    assert run_periodic("send_reminders")["training_people"] == 0
    assert training_items(manager) == []

"""A plan on paper and as a workbook: tagged, whole, in scope, every text of people as text."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from surveillance.models import Action
from surveillance.services import action_steps as steps
from surveillance.services import actions as services
from surveillance.services import papers, plans
from tests.factories.decisions import Place, make_action, make_decision, make_owned_action, make_place
from tests.surveillance.test_papers import HOSTILE, gates, made, opened, passed, words
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def place() -> Place:
    return make_place()


def fill(place: Place) -> dict[str, Action]:
    """A plan with a draft, a late action with steps, a block that cannot be funded and one that is done."""
    decision = make_decision(place)
    late = make_owned_action(place, what="Name a deputy", due_date=timezone.localdate() - dt.timedelta(days=3), decision_id=decision.pk)
    step = steps.add_step(action_id=late.pk, what="Ask the board", by=place.lead)
    steps.tick_step(action_id=late.pk, step_id=step.pk, by=place.lead)
    steps.add_step(action_id=late.pk, what="Write it down", due_date=dt.date(2031, 3, 1), by=place.lead)
    blocked, done = make_owned_action(place, what="Second consultant"), make_owned_action(place, what="Audit", domains=["DIRECTIVE"])
    services.block_action(action_id=blocked.pk, reason="No budget", by=place.lead)
    services.answer_block(action_id=blocked.pk, answer="CANNOT", note="Cover stays thin", by=place.commissioner)
    services.mark_action_done(action_id=done.pk, by=place.lead, note="Filed")
    plans.agree_plan(service_id=place.service.pk, by=place.executive, as_hub=False)
    plans.agree_plan(service_id=place.service.pk, by=place.manager, as_hub=True)
    return {"late": late, "blocked": blocked, "done": done, "draft": make_action(place, what="Later")}


def paper_address(place: Place) -> str:
    return reverse("surveillance:action_plan_paper", args=[place.service.pk])


def test_plan_is_made_as_a_tagged_pdf(place: Place, signed_in: SignIn, tmp_path: Path) -> None:
    fill(place)

    path = opened(made(signed_in(place.commissioner), paper_address(place), "action_plan.pdf"), tmp_path)

    text = words(path)
    assert gates(path) == passed(f"Action plan: {place.service.name}")
    said = (
        "Needs an owner", "To verify", "Name a deputy", "Step: Ask the board: done", "Step: Write it down: not done", "Blocked: No budget",
        "Answer: Cannot.",
        "Cover stays thin", "What shows it:", "Directive", f"By {place.executive.name} on", "0 of 4 verified", "1 late, 1 blocked",
    )  # fmt: skip
    assert [one for one in said if one not in text] == []


def test_empty_plan_says_why_on_paper(place: Place, signed_in: SignIn, tmp_path: Path) -> None:
    path = opened(made(signed_in(place.lead), paper_address(place), "action_plan.pdf"), tmp_path)

    assert "No actions. No decision asks for any yet." in words(path)


def test_hostile_texts_stay_texts(place: Place, signed_in: SignIn, tmp_path: Path) -> None:
    action = make_owned_action(place, what="\n".join(HOSTILE))
    steps.add_step(action_id=action.pk, what=HOSTILE[0], by=place.lead)
    services.mark_action_done(action_id=action.pk, by=place.lead, note="\n".join(HOSTILE))

    path = opened(made(signed_in(place.lead), paper_address(place), "action_plan.pdf"), tmp_path)

    text = words(path)
    assert gates(path) == passed(f"Action plan: {place.service.name}")
    assert "<script>alert(1)</script>" in text.replace(" ", "")
    assert "{{settings.SECRET_KEY}}" in text.replace(" ", "")


def test_paper_is_not_made_for_who_lost_the_right(place: Place) -> None:
    papers.request_plan(service_id=place.service.pk, by=place.commissioner)
    place.commissioner.memberships.update(to_date=timezone.localdate() - dt.timedelta(days=1))

    jobs.run_pending()

    job = Job.objects.get(kind="action_plan.pdf")
    assert (job.status, job.result_file) == ("FAILED", "")
    assert "You cannot read this action plan any more." in job.error


@pytest.mark.parametrize("name", ["action_plan_paper", "action_plan_sheet"])
def test_plan_of_another_service_is_missing(place: Place, signed_in: SignIn, name: str) -> None:
    assert signed_in(make_place().lead).get(reverse(f"surveillance:{name}", args=[place.service.pk])).status_code == 404


def sheets_of(place: Place, browser: Client) -> openpyxl.Workbook:
    answer = browser.get(reverse("surveillance:action_plan_sheet", args=[place.service.pk]))
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def test_workbook_holds_actions_steps_and_definitions(place: Place, signed_in: SignIn) -> None:
    told = fill(place)

    book = sheets_of(place, signed_in(place.executive))

    rows = [[cell.value for cell in row] for row in book["Actions"].iter_rows(min_row=2)]
    facts = {row[1]: (row[0], row[3], row[6], row[7], row[14]) for row in rows}
    lead = place.lead.name
    assert book.sheetnames == ["Actions", "Steps", "About this workbook"]
    assert facts == {
        told["late"].what: ("Late", lead, "Not yet started", "Yes", ""),
        told["blocked"].what: ("Blocked", lead, "Blocked", "No", "Cannot"),
        told["done"].what: ("To verify", lead, "Done but not verified", "No", ""),
        told["draft"].what: ("Needs an owner", "No one holds this yet", "Draft", "No", ""),
    }
    assert [[row[n].value for n in (1, 3, 5)] for row in book["Steps"].iter_rows(min_row=2)] == [
        ["Ask the board", "Done", lead], ["Write it down", "Not done", ""],
    ]  # fmt: skip


def test_workbook_runs_no_formula(place: Place, signed_in: SignIn) -> None:
    make_action(place, what='=HYPERLINK("http://example.com")', baseline="+1", target="@x")

    row = sheets_of(place, signed_in(place.lead))["Actions"][2]

    found = [(row[n].value, row[n].data_type) for n in (1, 10, 11)]
    assert found == [('\'=HYPERLINK("http://example.com")', "s"), ("'+1", "s"), ("'@x", "s")]


def test_workbook_of_an_empty_plan(place: Place, signed_in: SignIn) -> None:
    book = sheets_of(place, signed_in(place.lead))

    assert (book["Actions"].max_row, book["Steps"].max_row) == (1, 1)

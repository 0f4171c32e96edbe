"""A new version of a signed report: a correction or the action plan as an annex. The old one stays until a third person publishes."""

import datetime as dt
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from rendering.pdf import Metadata, render_pdf
from reports import content
from reports.blocks import block_data
from reports.models import Publication, Receipt, Report, Revision
from reports.printing import version_html
from reports.queries.revisions import with_agreed_plan
from reports.queries.steps import report_next_step
from reports.queries.waiting import report_items
from reports.queries.waiting_after import signed_report_items
from reports.services import drafting, publication, revisions
from surveillance.models import Action
from surveillance.services import plans
from surveillance.services.actions import draft_action
from surveillance.services.clash import AlreadyDone
from tests.factories import reports as scenes
from tests.factories.decisions import make_place
from tests.rendering.test_pdf_gates import page_texts
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
R = Revision.Status
ALLOWED = {(R.OPEN, R.SIGNED), (R.OPEN, R.STOPPED), (R.SIGNED, R.PUBLISHED), (R.PUBLISHED, R.SIGNED)}
OLD, NEW = "The old summary.", "The corrected summary."


@pytest.mark.parametrize(("before", "after"), list(product(R, R)))
def test_revision_moves_only_where_the_table_allows(before: str, after: str) -> None:
    revision = Revision(status=before)

    if (before, after) in ALLOWED:
        revision.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            revision.check_may_become(after)


@pytest.fixture
def scene() -> scenes.Scene:
    """A published report whose summary says OLD."""
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    section = report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text=OLD, by=scene.place.officer, version=section.version)
    scenes.start_accuracy(scene)
    scenes.sign(scene)
    publication.publish_report(report_id=report.pk, by=scene.national)
    return scene


def public_page(scene: scenes.Scene, name: str = "library_report", *more: object) -> tuple[int, str]:
    response = Client().get(reverse(f"reports:{name}", args=[scene.report.address, *more]))
    return response.status_code, response.content.decode()


def public_words(scene: scenes.Scene) -> tuple[bool, bool]:
    """Whether anyone reads the old summary, and the new."""
    body = public_page(scene)[1]
    return OLD in body, NEW in body


def test_old_version_stays_public_until_the_new_one_is_published(scene: scenes.Scene) -> None:
    found = [public_words(scene)]

    scenes.open_correction(scene)
    found.append(public_words(scene))
    scenes.sign_correction(scene)
    found.append(public_words(scene))
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    found.append(public_words(scene))

    assert found == [(True, False)] * 3 + [(False, True)]
    assert Publication.objects.public().filter(report=scene.report).count() == 1


def test_new_version_names_the_old_and_says_what_why_and_who(scene: scenes.Scene) -> None:
    old = scenes.public_version(scene.report)
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)

    said = content.content_of(scenes.public_version(scene.report))["revision"]
    page, changes = public_page(scene)[1], public_page(scene, "library_changes")[1]

    assert (said["names"], said["what"], said["why"]) == (old.number, "The summary named the wrong site.", "A table was misread.")
    assert said["by"] == scene.review.region.name
    assert "see what changed" in page
    assert f"This version takes the place of version {old.number} of {said['named_on']}." in page
    assert "The summary named the wrong site." in changes
    assert scene.place.officer.name not in changes


def test_cover_of_a_correction_takes_one_page(scene: scenes.Scene, tmp_path: Path) -> None:
    scenes.open_correction(scene)
    signed = scenes.sign_correction(scene)
    path = tmp_path / "report.pdf"

    render_pdf(version_html(signed.version), path, metadata=Metadata(subject="Peer review report", identifier=signed.version.hash))

    cover, contents = page_texts(path)[:2]
    assert "This version takes the place of version" in " ".join(cover.split())
    assert "Contents" in contents


def test_correction_can_mark_sections_and_says_nothing_of_the_team_s_reading(scene: scenes.Scene, signed_in: SignedIn) -> None:
    scenes.open_correction(scene)
    officer, pk = signed_in(scene.place.officer), scene.report.pk
    section = scene.report.sections.get(code="summary")
    marks = reverse("reports:report_marks", args=[pk])

    detail, opened, words = (
        officer.get(reverse(f"reports:{name}", args=[pk, *more])).content.decode()
        for name, more in (("report_detail", []), ("report_revision", []), ("report_section", [section.pk]))
    )

    assert [marks in detail, marks in opened] == [True, True]
    assert "What the team said of the draft" in detail
    assert "read it." not in words


def test_address_of_the_old_version_says_by_what_it_was_replaced(scene: scenes.Scene) -> None:
    old = scenes.public_version(scene.report)
    before = Client().get(reverse("reports:library_version", args=[scene.report.address, old.number]))
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    new = scenes.public_version(scene.report)

    status, body = public_page(scene, "library_version", old.number)
    present = Client().get(reverse("reports:library_version", args=[scene.report.address, new.number]))
    unknown, _ = public_page(scene, "library_version", 99)

    assert (before.status_code, status, present.status_code, unknown) == (302, 410, 302, 404)
    assert f"by version {new.number}" in body
    assert OLD not in body


def test_hostile_words_of_a_revision_stay_words_on_paper_and_page(scene: scenes.Scene) -> None:
    hostile = '<img src="https://evil.example/x.png"><script>alert(1)</script>'
    revisions.open_revision(report_id=scene.report.pk, kind="CORRECTION", what=hostile, why=hostile, by=scene.place.officer)
    section = scene.report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text=NEW, by=scene.place.officer)
    signed = scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)

    shown = [version_html(signed.version), *(public_page(scene, name)[1] for name in ("library_report", "library_changes"))]

    assert not any('<img src="https://evil' in html or "<script>alert" in html for html in shown)
    assert "&lt;img" in shown[0]
    assert "&lt;img" in shown[2]


def test_correction_changes_only_what_somebody_chose(scene: scenes.Scene) -> None:
    base = content.content_of(scene.report.sign_offs.get().version)
    scene.review.findings.filter(category="GOOD_PRACTICE").update(what_was_seen="Changed after sign-off.")
    scenes.open_correction(scene)
    signed = scenes.sign_correction(scene)

    new = content.content_of(signed.version)

    differing = [part["code"] for part, old in zip(new["sections"], base["sections"], strict=True) if part != old]
    assert differing == ["summary"]


def test_correction_draws_chosen_blocks_again(scene: scenes.Scene) -> None:
    scene.review.findings.filter(category="GOOD_PRACTICE").update(what_was_seen="Nurses ring most patients.")
    revisions.open_revision(
        report_id=scene.report.pk, kind="CORRECTION", what="A finding.", why="It said every.", redrawn=["findings"], by=scene.place.officer
    )

    signed = scenes.sign_correction(scene)

    assert "Nurses ring most patients." in signed.version.content
    assert "Nurses ring every patient" not in signed.version.content


def test_correction_that_changes_nothing_cannot_be_prepared(scene: scenes.Scene) -> None:
    revisions.open_revision(report_id=scene.report.pk, kind="CORRECTION", what="A word.", why="Misspelt.", by=scene.place.officer)

    with pytest.raises(InvalidTransition, match="Nothing differs"):
        revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer)


def test_who_wrote_the_new_version_neither_signs_nor_publishes_it(scene: scenes.Scene) -> None:
    pk = scene.report.pk
    revisions.open_revision(report_id=pk, kind="CORRECTION", what="The summary.", why="Wrong site.", by=scene.place.manager)
    section = scene.report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text=NEW, by=scene.other_officer)
    number = revisions.prepare_revision(report_id=pk, by=scene.place.manager).number

    for writer in (scene.place.manager, scene.other_officer):
        with pytest.raises(InvalidTransition, match="You wrote this new version"):
            revisions.sign_revision(report_id=pk, version_number=number, by=writer)
    revisions.sign_revision(report_id=pk, version_number=number, by=scene.national)
    for writer, words in ((scene.place.manager, "You wrote this new version"), (scene.national, "You signed this off")):
        with pytest.raises(InvalidTransition, match=words):
            publication.publish_report(report_id=pk, by=writer)


def test_sign_off_of_a_correction_that_changed_since_is_refused(scene: scenes.Scene) -> None:
    scenes.open_correction(scene)
    number = revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer).number
    drafting.save_section(section_id=scene.report.sections.get(code="summary").pk, text="Again.", by=scene.place.officer)

    with pytest.raises(InvalidTransition, match="changed after version"):
        revisions.sign_revision(report_id=scene.report.pk, version_number=number, by=scene.place.manager)


def test_only_one_revision_at_a_time(scene: scenes.Scene) -> None:
    first = scenes.open_correction(scene)

    with pytest.raises(AlreadyDone):
        scenes.open_correction(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(
            report=scene.report, kind="ANNEX", base=first.base, names=first.names, what="x", why="y", opened_by=scene.national
        )


def test_given_up_correction_puts_words_and_marks_back(scene: scenes.Scene) -> None:
    scenes.open_correction(scene)
    section = scene.report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="Third words.", visibility="RESTRICTED", by=scene.place.officer)

    revisions.stop_revision(report_id=scene.report.pk, by=scene.place.officer)

    section.refresh_from_db()
    assert (section.text, section.visibility) == (OLD, "PUBLIC")
    with pytest.raises(InvalidTransition):
        drafting.save_section(section_id=section.pk, text="No more.", by=scene.place.officer)


def test_new_version_on_a_date_takes_over_at_that_moment_and_never_two(scene: scenes.Scene) -> None:
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    later = timezone.now() + dt.timedelta(days=3)
    publication.publish_report(report_id=scene.report.pk, by=scene.national, public_from=later)

    found = []
    for moment in (timezone.now(), later - dt.timedelta(seconds=1), later + dt.timedelta(seconds=1)):
        with time_machine.travel(moment, tick=False):
            found.append((public_words(scene), Publication.objects.public().filter(report=scene.report).count()))

    assert found == [((True, False), 1), ((True, False), 1), ((False, True), 1)]


def test_withdrawal_takes_the_waiting_version_away_too(scene: scenes.Scene) -> None:
    scenes.open_correction(scene)
    scenes.sign_correction(scene)
    later = timezone.now() + dt.timedelta(days=3)
    publication.publish_report(report_id=scene.report.pk, by=scene.national, public_from=later)

    publication.withdraw_report(report_id=scene.report.pk, reason="It named a patient.", by=scene.national)

    for moment in (timezone.now(), later + dt.timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            assert public_page(scene)[0] == 410
            assert Publication.objects.public().count() == 0


def test_withdrawn_report_is_published_again_after_its_correction_only(scene: scenes.Scene) -> None:
    publication.withdraw_report(report_id=scene.report.pk, reason="It named the wrong site.", by=scene.national)
    scenes.open_correction(scene)

    with pytest.raises(InvalidTransition, match="A correction is open"):
        publication.publish_report(report_id=scene.report.pk, by=scene.national)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)

    assert public_words(scene) == (False, True)
    assert Revision.objects.get().status == R.PUBLISHED


def test_published_report_is_not_published_twice(scene: scenes.Scene) -> None:
    with pytest.raises(InvalidTransition):
        publication.publish_report(report_id=scene.report.pk, by=scene.national)

    assert Publication.objects.count() == 1


def test_receipts_are_issued_again_and_to_the_same_team(scene: scenes.Scene) -> None:
    first = set(Receipt.objects.values_list("user", "capacity"))
    scenes.open_correction(scene)

    signed = scenes.sign_correction(scene)

    assert set(Receipt.objects.filter(version=signed.version).values_list("user", "capacity")) == first


def test_learning_report_has_no_correction_by_the_hub(scene: scenes.Scene) -> None:
    type(scene.review).objects.filter(pk=scene.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST")

    with pytest.raises(InvalidTransition, match="belongs to the service"):
        scenes.open_correction(scene)


def test_withheld_report_comes_back_as_work_on_its_review_date() -> None:
    scene = scenes.make_scene()
    day = timezone.localdate() + dt.timedelta(days=30)
    publication.withhold_report(report_id=scenes.to_signed(scene).pk, reason="An inquiry.", review_date=day, by=scene.national)

    items = report_items(User.objects.get(pk=scene.national.pk))

    assert [(item.kind, item.due) for item in items if item.kind == "report.publish"] == [("report.publish", day)]


def test_report_that_waits_for_its_day_is_not_withdrawn_and_was_never_there() -> None:
    scene = scenes.make_scene()
    later = timezone.now() + dt.timedelta(days=3)
    publication.publish_report(report_id=scenes.to_signed(scene).pk, by=scene.national, public_from=later)

    with pytest.raises(InvalidTransition, match="not public yet"):
        publication.withdraw_report(report_id=scene.report.pk, reason="Too early.", by=scene.national)

    assert public_page(scene)[0] == 404


# The action plan ------------------------------------------------------------------------------------------------------
def open_annex(scene: scenes.Scene) -> Revision:
    return revisions.open_revision(
        report_id=scene.report.pk, kind="ANNEX", what="The agreed action plan was added.", why="It is agreed.", by=scene.place.officer
    )


def test_annex_adds_the_plan_and_nothing_else_through_the_same_people(scene: scenes.Scene) -> None:
    base = content.content_of(scene.report.sign_offs.get().version)
    actions = scenes.make_actions(scene)
    scenes.agree_plan(scene)
    open_annex(scene)
    number = revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer).number
    with pytest.raises(InvalidTransition, match="You wrote this new version"):
        revisions.sign_revision(report_id=scene.report.pk, version_number=number, by=scene.place.officer)
    signed = revisions.sign_revision(report_id=scene.report.pk, version_number=number, by=scene.place.manager)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)

    new = content.content_of(signed.version)
    body = public_page(scene)[1]

    assert new["sections"][:-1] == base["sections"]
    assert new["sections"][-1]["code"] == "plan_annex"
    assert all(action.what in body for action in actions[1:])
    assert scene.place.lead.name not in str(new["sections"][-1])


def test_annex_leaves_out_what_stands_in_a_restricted_section() -> None:
    scene = scenes.make_scene()
    scenes.to_published(scene, public=("summary", "findings"))
    actions = scenes.make_actions(scene)
    scenes.agree_plan(scene)
    open_annex(scene)

    annex = content.content_of(scenes.sign_correction(scene).version)["sections"][-1]

    assert actions[1].what in str(annex)
    assert (actions[-1].what in str(annex), "Agree the funding" in str(annex)) == (False, False)
    assert annex["data"]["left_out_count"] == 1


def test_annex_stays_in_a_later_correction(scene: scenes.Scene) -> None:
    scenes.make_actions(scene)
    scenes.agree_plan(scene)
    open_annex(scene)
    annexed = content.content_of(scenes.sign_correction(scene).version)["sections"][-1]
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    scenes.open_correction(scene)

    corrected = content.content_of(scenes.sign_correction(scene).version)

    assert corrected["sections"][-1] == annexed


def test_annex_waits_for_the_report_to_be_published() -> None:
    scene = scenes.make_scene()
    scenes.to_signed(scene)

    with pytest.raises(InvalidTransition, match="Publish the report first"):
        open_annex(scene)


@pytest.mark.parametrize("as_hub", [None, False])
def test_plan_that_executive_and_hub_did_not_both_agree_is_no_annex(scene: scenes.Scene, signed_in: SignedIn, as_hub: bool | None) -> None:
    scenes.make_actions(scene)
    if as_hub is not None:
        scenes.agree_plan(scene, as_hub=as_hub)
    client, url = signed_in(scene.place.officer), reverse("reports:report_revision", args=[scene.report.pk])

    page = client.get(url)
    sent = client.post(url, {"kind": "ANNEX", "what": "The agreed action plan was added.", "why": "It is agreed."})

    with pytest.raises(InvalidTransition, match="Not agreed yet: the action plan of"):
        open_annex(scene)
    assert "Not agreed yet: the action plan of" in page.content.decode()
    assert [code for code, _ in page.context["form"].fields["kind"].choices] == ["CORRECTION"]
    assert (sent.status_code, Revision.objects.count()) == (200, 0)
    assert block_data("plan_annex", scene.review)["actions"] == []
    assert not with_agreed_plan().exists()


def test_annex_of_a_plan_that_is_no_longer_agreed_is_neither_prepared_nor_signed(scene: scenes.Scene) -> None:
    scenes.make_actions(scene)
    scenes.agree_plan(scene)
    open_annex(scene)
    number = revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer).number
    draft_action(service_id=scene.place.service.pk, what="One more.", due_date=timezone.localdate(), by=scene.place.lead)

    with pytest.raises(InvalidTransition, match="once it is agreed"):
        revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer)
    with pytest.raises(InvalidTransition, match="once it is agreed"):
        revisions.sign_revision(report_id=scene.report.pk, version_number=number, by=scene.place.manager)


def test_of_several_services_every_one_that_acts_must_have_agreed(scene: scenes.Scene) -> None:
    actions = scenes.make_actions(scene)
    scenes.agree_plan(scene)
    other = make_place().service
    Action.objects.filter(pk=actions[0].pk).update(service=other)

    with pytest.raises(InvalidTransition, match=f"Not agreed yet: the action plan of {other.name}"):
        open_annex(scene)
    assert not with_agreed_plan().exists()


def test_drafter_is_asked_for_the_annex_when_the_plan_is_agreed(scene: scenes.Scene) -> None:
    actions = scenes.make_actions(scene)
    officer = User.objects.get(pk=scene.place.officer.pk)

    def asked() -> bool:
        return "report.annex" in [item.kind for item in signed_report_items(officer)]

    found = [asked()]
    scenes.agree_plan(scene, as_hub=False)
    found.append(asked())
    plans.agree_plan(service_id=scene.place.service.pk, by=scene.place.manager, as_hub=True)
    found.append(asked())
    Action.objects.filter(pk=actions[0].pk).update(status="OFFERED", accepted_at=None)
    found.append(asked())
    Action.objects.filter(pk=actions[0].pk).update(status="ACCEPTED", accepted_at=timezone.now())
    open_annex(scene)
    found.append(asked())

    assert found == [False, False, True, False, False]


# What waits, and the pages --------------------------------------------------------------------------------------------
def test_work_of_a_correction_follows_its_holder(scene: scenes.Scene) -> None:
    def kinds() -> list[list[str]]:
        users = [User.objects.get(pk=user.pk) for user in (scene.place.officer, scene.place.manager, scene.national)]
        found = [[*report_items(user), *signed_report_items(user)] for user in users]
        return [[item.kind for item in items if item.kind in ("report.revision", "report.publish")] for items in found]

    scenes.open_correction(scene)
    found = [kinds()]
    revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer)
    found.append(kinds())
    scenes.sign_correction(scene)
    found.append(kinds())
    publication.publish_report(report_id=scene.report.pk, by=scene.national)
    found.append(kinds())

    assert found == [[["report.revision"], [], []], [[], ["report.revision"], []], [[], [], ["report.publish"]], [[], [], []]]


@pytest.mark.parametrize("kind", ["CORRECTION", "ANNEX"])
def test_decision_on_a_new_version_has_one_day_counted_from_its_own_sign_off(scene: scenes.Scene, kind: str) -> None:
    first_due = scene.report.publication_due_date
    with time_machine.travel(timezone.now() + dt.timedelta(days=140), tick=False):
        if kind == "ANNEX":
            scenes.make_actions(scene)
            scenes.agree_plan(scene)
            open_annex(scene)
        else:
            scenes.open_correction(scene)
        scenes.sign_correction(scene)
        due = add_working_days(timezone.localdate(), 10)

        items = [item for item in report_items(User.objects.get(pk=scene.national.pk)) if item.kind == "report.publish"]
        step = report_next_step(scene.report)

    assert [(item.due, item.status) for item in items] == [(due, "Signed off")]
    assert ("annex" in items[0].task, "correction" in items[0].task) == (kind == "ANNEX", kind == "CORRECTION")
    assert step.due == due
    assert scene.report.publication_due_date == first_due != due


def test_prepared_version_is_in_the_hand_of_a_manager_who_did_not_write_it(scene: scenes.Scene, signed_in: SignedIn) -> None:
    revision = scenes.open_correction(scene)
    found = [report_next_step(scene.report)]
    revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer)
    found.append(report_next_step(scene.report))
    pages = [
        signed_in(scene.place.manager).get(reverse(f"reports:{name}", args=[scene.report.pk])).content.decode()
        for name in ("report_revision", "report_sign_off")
    ]
    Revision.objects.filter(pk=revision.pk).update(opened_by=scene.place.manager)
    found.append(report_next_step(scene.report))

    due = add_working_days(timezone.localdate(), 10)
    assert [(step.what, step.holder.split(",")[0], step.due) for step in found] == [
        ("The hub finishes the correction, and somebody else signs it off", scene.place.officer.name, due),
        ("The hub manager signs off the correction", scene.place.manager.name, due),
        ("Somebody who did not write the correction signs it off", "The national team", due),
    ]
    assert all("The hub manager signs off the correction" in page for page in pages)


def test_journey_of_a_correction_through_its_pages(scene: scenes.Scene, signed_in: SignedIn) -> None:
    officer, manager, national = (signed_in(user) for user in (scene.place.officer, scene.place.manager, scene.national))
    pk = scene.report.pk
    url = {name: reverse(f"reports:{name}", args=[pk]) for name in ("report_revision", "report_sign_off", "report_publish")}
    section = scene.report.sections.get(code="summary")

    officer.post(url["report_revision"], {"kind": "CORRECTION", "what": "The summary.", "why": "Wrong site."})
    officer.post(
        reverse("reports:report_section", args=[pk, section.pk]), {"text": NEW, "visibility": "PUBLIC", "version": section.version}
    )
    page = officer.get(url["report_revision"]).content.decode()
    officer.post(url["report_revision"], {"prepare": "1"})
    number = scene.report.versions.filter(purpose="FINAL").first().number
    manager.post(url["report_sign_off"], {"version": number})
    national.post(url["report_publish"], {"decision": "NOW", "reason": ""})

    assert "Added:" in page
    assert public_words(scene) == (False, True)
    assert scene.report.status == Report.Status.PUBLISHED


def test_publisher_who_read_another_version_decides_again(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    client, url = signed_in(scene.national), reverse("reports:report_publish", args=[report.pk])
    opened = client.get(url).context["form"].initial["version"]
    scenes.open_correction(scene)
    scenes.sign_correction(scene)

    clash = client.post(url, {"decision": "NOW", "reason": "My reason.", "version": opened})
    again = client.post(url, {"decision": "NOW", "reason": "My reason.", "version": clash.context["form"].initial["version"]})

    assert (clash.status_code, again.status_code) == (409, 302)
    assert "My reason." in clash.content.decode()
    assert public_words(scene) == (False, True)


def test_second_person_who_opens_a_correction_keeps_what_they_typed(scene: scenes.Scene, signed_in: SignedIn) -> None:
    client = signed_in(scene.other_officer)
    scenes.open_correction(scene)

    answer = client.post(
        reverse("reports:report_revision", args=[scene.report.pk]), {"kind": "CORRECTION", "what": "My own words.", "why": "Mine."}
    )

    assert answer.status_code == 409
    assert "My own words." in answer.content.decode()
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("name", ["report_revision", "revision_stop", "report_sign_off", "report_publish", "report_issue", "report_detail"])
def test_pages_open_with_and_without_a_correction(scene: scenes.Scene, signed_in: SignedIn, name: str, opened: bool) -> None:
    if opened:
        scenes.open_correction(scene)

    assert signed_in(scene.national).get(reverse(f"reports:{name}", args=[scene.report.pk])).status_code == 200

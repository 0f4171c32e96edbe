"""Pages of reports: who may open which, what they say, and that lists cost the same for one row and for three."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from reports.models import AccuracyPoint, Report
from reports.queries.waiting import report_items
from reports.services import accuracy, checking, drafting, publication, signing
from tests.factories import reports as scenes
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def page(client: Client, name: str, *arguments: object) -> tuple[int, str]:
    response = client.get(reverse(f"reports:{name}", args=arguments))
    return response.status_code, response.content.decode() if response.status_code == 200 else ""


def test_read_page_opens_by_role_as_the_report_moves_on(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    place = scene.place
    people = {
        "officer": place.officer, "national": scene.national, "team": scene.reviewer, "lead": place.lead, "executive": place.executive,
        "commissioner": place.commissioner, "contributor": place.contributor, "other region": person(Role.HUB_OFFICER),
    }  # fmt: skip
    found = {name: [] for name in people}

    for step in (lambda: scenes.draft(scene), lambda: scenes.start_accuracy(scene), lambda: scenes.sign(scene)):
        step()
        for name, user in people.items():
            found[name].append(page(signed_in(User.objects.get(pk=user.pk)), "report_read", scene.report.pk)[0])

    assert found == {
        "officer": [200, 200, 200], "national": [200, 200, 200], "team": [200, 200, 404], "lead": [404, 200, 200],
        "executive": [404, 200, 200], "commissioner": [404, 403, 200], "contributor": [404, 404, 404], "other region": [404, 404, 404],
    }  # fmt: skip


@pytest.mark.parametrize(
    "carry", [scenes.draft, scenes.to_check, scenes.to_accuracy, scenes.to_answered, scenes.to_signed, scenes.to_published]
)
def test_every_page_opens_for_the_national_lead_in_every_status(signed_in: SignedIn, carry: Callable[..., Report]) -> None:
    scene = scenes.make_scene()
    report, client = carry(scene), signed_in(scene.national)
    names = (
        "report_detail", "report_read", "report_marks", "report_checkers", "report_accuracy", "report_sign_off", "report_publish",
        "report_withdraw", "report_versions",
    )  # fmt: skip

    assert {name: page(client, name, report.pk)[0] for name in names} == dict.fromkeys(names, 200)


@pytest.mark.parametrize(
    "name", ["report_detail", "report_read", "report_versions", "report_documents", "report_accuracy", "accuracy_record", "report_withdraw",
             "report_published"],
)  # fmt: skip
def test_page_of_a_published_report_says_what_happens_next(signed_in: SignedIn, name: str) -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)

    status, body = page(signed_in(scene.national), name, report.pk)

    assert (status, body.count("What happens next")) == (200, 1)


def test_page_of_an_item_says_what_happens_next(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_accuracy(scene)
    point = report.accuracy_points.filter(party="SERVICE").first()

    answering = page(signed_in(scene.place.lead), "accuracy_point", report.pk, point.pk)[1]
    deciding = page(signed_in(scene.place.officer), "accuracy_decision", report.pk, point.pk)[1]

    assert ["The service checks the facts" in body for body in (answering, deciding)] == [True, True]


def test_item_shows_the_words_of_a_section_as_the_report_does(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    section = report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="- **Kind** staff", by=scene.place.officer, version=section.version)
    scenes.start_accuracy(scene)
    point = report.accuracy_points.get(section=section)

    bodies = [
        page(signed_in(scene.place.lead), "accuracy_point", report.pk, point.pk)[1],
        page(signed_in(scene.place.officer), "accuracy_decision", report.pk, point.pk)[1],
    ]

    assert ["<strong>Kind</strong> staff</li>" in body for body in bodies] == [True, True]


def test_report_links_to_documents_only_when_there_is_one_to_read(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    url = reverse("reports:report_documents", args=[scenes.draft(scene).pk])
    officer, found = signed_in(scene.place.officer), []

    for step in (lambda: None, lambda: scenes.start_accuracy(scene)):
        step()
        found.append((url in page(officer, "report_detail", scene.report.pk)[1], officer.get(url).status_code))

    assert found == [(False, 403), (True, 200)]


def test_report_that_waits_for_its_day_links_to_no_page_of_the_library(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    publication.publish_report(report_id=report.pk, by=scene.national, public_from=timezone.now() + dt.timedelta(days=3))
    address = f'href="{reverse("reports:library_report", args=[report.address])}"'
    client = signed_in(scene.national)

    detail, done = page(client, "report_detail", report.pk)[1], page(client, "report_published", report.pk)[1]

    assert [address in body for body in (detail, done)] == [False, False]
    assert ["Publication is set" in done, "Report published" in done] == [True, False]


def test_section_saved_by_two_people_shows_both_texts(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    section = report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="The first text", by=scene.place.manager)

    answer = signed_in(scene.place.officer).post(
        reverse("reports:report_section", args=[report.pk, section.pk]),
        {"text": "The second text", "visibility": "PUBLIC", "version": section.version},
    )

    assert answer.status_code == 409
    body = answer.content.decode()
    assert "Someone else changed this section" in body
    assert "first" in body
    assert "second" in body


def test_section_with_status_in_the_form_changes_nothing_else(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    report = scenes.draft(scene)
    section = report.sections.get(code="summary")
    data = {"text": "New words", "visibility": "PUBLIC", "version": section.version, "status": "PUBLISHED", "published": "1"}

    answer = signed_in(scene.place.officer).post(reverse("reports:report_section", args=[report.pk, section.pk]), data)

    assert answer.status_code == 302
    assert (scene.report.status, report.sections.get(code="summary").text) == ("DRAFT", "New words")


def test_journey_of_a_report_through_its_pages(signed_in: SignedIn) -> None:
    scene = scenes.make_scene()
    place = scene.place
    officer, manager, national = signed_in(place.officer), signed_in(place.manager), signed_in(scene.national)

    officer.post(reverse("reports:report_start", args=[scene.review.pk]))
    pk = scene.report.pk
    officer.post(reverse("reports:report_marks", args=[pk]), {"public": ["summary", "findings"]})
    officer.post(reverse("reports:report_team_ask", args=[pk]))
    for member in (scene.lead_reviewer, scene.reviewer):
        signed_in(member).post(reverse("reports:report_team_answer", args=[pk]))
    officer.post(reverse("reports:report_checkers", args=[pk]), {"checkers": [scene.other_officer.pk, scene.national.pk]})
    for checker in (signed_in(scene.other_officer), national):
        checker.post(
            reverse("reports:report_quality_check", args=[pk]), {"criteria": list(checking.CRITERIA), "outcome": "PASS", "note": ""}
        )
    for point in AccuracyPoint.objects.all():
        by = signed_in(place.commissioner if point.party == "COMMISSIONER" else place.lead)
        by.post(reverse("reports:accuracy_point", args=[pk, point.pk]), {"answer": "CORRECT"})
    for by in (place.lead, place.commissioner):
        signed_in(by).post(reverse("reports:accuracy_send", args=[pk]))
    manager.post(reverse("reports:report_sign_off", args=[pk]), {"prepare": "1"})
    number = scene.report.versions.filter(purpose="FINAL").get().number
    manager.post(reverse("reports:report_sign_off", args=[pk]), {"version": number})
    national.post(reverse("reports:report_publish", args=[pk]), {"decision": "NOW", "reason": ""})
    read = Client().get(reverse("reports:library_report", args=[scene.report.address]))

    assert scene.report.status == "PUBLISHED"
    assert read.status_code == 200
    assert "No consultant covers the service at weekends." in read.content.decode()
    assert "Nobody pays for the outreach clinic." not in read.content.decode()


def test_withdrawn_report_answers_gone_with_the_reason() -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    publication.withdraw_report(report_id=report.pk, reason="It named a patient by mistake.", by=scene.national)

    answers = [Client().get(reverse(f"reports:{name}", args=[report.address])) for name in ("library_report", "library_pdf")]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "This report has been withdrawn" in answers[0].content.decode()
    assert "It named a patient by mistake." in answers[0].content.decode()
    assert report.title not in Client().get(reverse("reports:library")).content.decode()


def test_embargoed_and_withheld_reports_are_not_in_the_library() -> None:
    scene = scenes.make_scene()
    report = scenes.to_signed(scene)
    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=3)

    publication.publish_report(report_id=report.pk, by=scene.national, public_from=later)

    assert Client().get(reverse("reports:library_report", args=[report.address])).status_code == 404
    assert report.title not in Client().get(reverse("reports:library")).content.decode()


def test_library_finds_by_words_and_facets() -> None:
    scene = scenes.make_scene()
    report = scenes.to_published(scene)
    url = reverse("reports:library")

    found = [
        report.title in Client().get(url, query).content.decode()
        for query in ({"words": "weekends"}, {"region": scene.review.region.code}, {"words": "zebra"})
    ]

    assert found == [True, True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_any_number_of_rows(signed_in: SignedIn, django_assert_max_num_queries, count: int) -> None:  # type: ignore[no-untyped-def]
    national = None
    for _ in range(count):
        scene = scenes.make_scene()
        scenes.to_published(scene)
        national = scene.national
    client = signed_in(national)
    client.get(reverse("reports:report_list"))

    with django_assert_max_num_queries(10) as listed:
        client.get(reverse("reports:report_list"))
    with django_assert_max_num_queries(15) as library:
        Client().get(reverse("reports:library"))

    assert (len(listed), len(library)) == (8, 4)


@pytest.mark.parametrize("count", [1, 3])
def test_work_items_cost_the_same_for_any_number_of_reports(django_assert_num_queries, count: int) -> None:  # type: ignore[no-untyped-def]
    first = scenes.make_scene()
    scenes.to_accuracy(first)
    for _ in range(count - 1):
        scene = scenes.make_scene(region=first.place.service.region, provider=first.place.service.provider)
        scenes.to_accuracy(scene)
    executive = User.objects.get(pk=first.place.executive.pk)

    with django_assert_num_queries(5):
        items = report_items(executive)

    assert len(items) == count


def test_work_items_follow_the_holder() -> None:
    scene = scenes.make_scene()
    people = {
        "officer": scene.place.officer,
        "checker": scene.other_officer,
        "lead": scene.place.lead,
        "manager": scene.place.manager,
        "national": scene.national,
    }
    found = []

    def kinds() -> dict[str, list[str]]:
        return {
            name: kind
            for name, user in people.items()
            if (kind := sorted(item.kind for item in report_items(User.objects.get(pk=user.pk))))
        }

    scenes.draft(scene)
    found.append(kinds())
    scenes.hear_team(scene)
    checking.ask_for_quality_check(
        report_id=scene.report.pk, checker_ids=[scene.other_officer.pk, scene.place.manager.pk], by=scene.place.officer
    )
    found.append(kinds())
    for checker in (scene.other_officer, scene.place.manager):
        checking.answer_quality_check(report_id=scene.report.pk, by=checker, is_passed=True, criteria=list(checking.CRITERIA))
    found.append(kinds())
    accuracy.lapse_accuracy(today=scene.report.accuracy_due_date + dt.timedelta(days=1))
    found.append(kinds())
    version = signing.prepare_final(report_id=scene.report.pk, by=scene.place.officer)
    signing.sign_off_report(report_id=scene.report.pk, version_number=version.number, by=scene.place.manager)
    found.append(kinds())

    assert found == [
        {"officer": ["report.draft"]},
        {"checker": ["report.quality_check"], "manager": ["report.quality_check"]},
        {"lead": ["report.accuracy"]},
        {"manager": ["report.sign_off"]},
        {"national": ["report.publish"]},
    ]

"""A service's annual report and the overview of a programme: what they hold, what they never hold, and whose they are."""

import copy
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.permissions import Role
from peerreview.models import Finding, FindingTag, Review
from reports.models import LearningCard, Publication, Theme, ThemeFinding
from reports.papers.annual import annual_html
from reports.papers.overview import overview_html
from reports.queries.annual import annual_facts, annual_services
from reports.queries.overview import overview_facts, overview_reports
from reports.queries.overview_indicators import indicator_words
from reports.queries.small_numbers import guarded, parts_of
from reports.services import publication, yearly
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import ProgrammeOfCare, SelfReport
from surveillance.services.self_reports import declaration_content
from surveillance.services.summaries import freeze_summary
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import make_decision
from tests.pdf_gates import faults_of, page_texts, unnumbered_pages
from work import jobs
from work.models import Job
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
CANARY = "CANARY-3ac0ffee"
YEAR = 2027


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: LazySettings) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.JOBS_RING_BELL = False


def accepted(scene) -> SelfReport:
    report = scene.self_report
    content = canonical_json(declaration_content(report))
    report.declarations.update(content=content, hash=sha256_of(content))
    freeze_summary(report, by=scene.place.officer, at=timezone.now())
    return report


def visited_in(scene, year: int = YEAR) -> None:
    Review.objects.filter(pk=scene.review.pk).update(starts_date=dt.date(year, 5, 12), ends_date=dt.date(year, 5, 13))


def made(job: Job, settings: LazySettings) -> Path:
    done = jobs.run_job(job.pk, heartbeat=False)
    assert (done.status, done.error) == ("DONE", "")
    return Path(settings.MEDIA_ROOT, done.result_file)


# Annual ---------------------------------------------------------------------------------------------------------------
def test_annual_report_holds_scores_decision_reviews_actions_and_learning(settings) -> None:
    scene = scenes.make_scene()
    report = accepted(scene)
    visited_in(scene)
    scenes.make_actions(scene)
    make_decision(scene.place, report=report)
    scene.place.service.decisions.update(status="IN_FORCE", in_force_at=timezone.now(), in_force_by=scene.place.manager)
    scenes.to_signed(scene)

    job = yearly.request_annual(service_id=scene.place.service.pk, year=YEAR, by=scene.place.lead)
    path = made(job, settings)

    words = " ".join(" ".join(page_texts(path)).split())
    for text in ("3 of 4 met (75%)", "Option 2, enhanced (provider)", "Cover is thin.", "Two pumps were in use", "Accepted",
                 "No learning card was shared", f"annual report {YEAR}"):  # fmt: skip
        assert text in words
    assert (faults_of(path), unnumbered_pages(path)) == ([], [])


def test_annual_report_leaves_out_learning_drafts_and_what_is_not_in_force() -> None:
    scene = scenes.make_scene()
    report = accepted(scene)
    visited_in(scene)
    make_decision(scene.place, report=report, rationale=f"{CANARY} proposed")
    learning = scenes.make_scene()
    learning.review.findings.update(what_was_seen=f"{CANARY} learning")
    scenes.to_signed(learning)
    learning.review.services.set([scene.place.service])
    Review.objects.filter(pk=learning.review.pk).update(
        purpose="IMPROVEMENT", origin="REQUEST", starts_date=dt.date(YEAR, 4, 1), ends_date=dt.date(YEAR, 4, 1)
    )
    scenes.to_accuracy(scene)

    facts = annual_facts(scene.place.service, YEAR, scene.national)

    assert CANARY not in str(facts)
    assert (facts["decisions"], facts["reviews"]) == ([], [])


def test_annual_report_is_for_those_who_may_read_all_of_it() -> None:
    scene = scenes.make_scene()
    place = scene.place
    people = {
        "national": scene.national, "manager": place.manager, "officer": place.officer, "lead": place.lead, "executive": place.executive,
        "commissioner": place.commissioner, "contributor": place.contributor, "reviewer": scene.reviewer,
        "foreign": person(Role.HUB_MANAGER, OrganisationFactory(hub=True)),
    }  # fmt: skip

    may = {name for name, user in people.items() if annual_services(user).filter(pk=place.service.pk).exists()}

    assert may == {"national", "manager", "officer", "lead", "executive", "commissioner"}


def test_person_without_learning_cards_gets_none_in_the_copy() -> None:
    scene = scenes.make_scene()
    accepted(scene)
    finding = scene.review.findings.get(category="GOOD_PRACTICE")
    answered = timezone.make_aware(dt.datetime(YEAR - 1, 5, 1))  # noqa: DTZ001 (made aware at once)
    LearningCard.objects.create(
        finding=finding, review=scene.review, service=scene.place.service, status="SHARED", title=CANARY, what="a", for_whom="b", how="c",
        contact="d", written_by=scene.place.officer, answered_by=scene.place.lead, answered_at=answered,
    )  # fmt: skip

    html = {
        user: annual_html(annual_facts(scene.place.service, YEAR, user), day=timezone.localdate())[0]
        for user in (scene.place.lead, scene.place.executive)
    }

    assert [CANARY in text for text in html.values()] == [True, False]
    assert "your role does not include them" in html[scene.place.executive]


def test_annual_page_offers_accepted_years_and_makes_one_job(signed_in) -> None:
    scene = scenes.make_scene()
    accepted(scene)
    url = reverse("reports:annual_report", args=[scene.place.service.pk])
    client = signed_in(scene.place.lead)

    page = client.get(url).content.decode()
    answers = [client.post(url, {"year": year}).status_code for year in (YEAR, YEAR, 1999, "x")]

    assert f'value="{YEAR}"' in page
    assert answers == [302, 302, 404, 404]
    assert Job.objects.filter(kind=yearly.ANNUAL).count() == 1
    assert signed_in(scene.place.contributor).get(url).status_code == 403


def test_annual_report_of_somebody_who_lost_access_fails_with_a_sentence() -> None:
    scene = scenes.make_scene()
    accepted(scene)
    job = yearly.request_annual(service_id=scene.place.service.pk, year=YEAR, by=scene.place.lead)
    scene.place.service.assignments.filter(user=scene.place.lead).delete()

    done = jobs.run_job(job.pk, heartbeat=False)

    assert (done.status, done.error) == ("FAILED", "You cannot read this annual report any more.")


# Overview -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("count", "words"), [(0, "None"), (1, "Fewer than 5"), (4, "Fewer than 5"), (5, "5"), (1200, "1,200")])
def test_small_counts_are_not_shown(count, words) -> None:
    assert guarded(count) == words


@pytest.fixture(scope="module")
def five_published(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list]:
    """Five published reports of one programme and region, made once and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        first = scenes.make_scene()
        found = [first, *(scenes.make_scene(region=first.review.region) for _ in range(4))]
        for scene in found:
            for finding in scene.review.findings.all():
                FindingTag.objects.create(finding=finding, domain="DIRECTIVE", shows="It acts", tagged_by=scene.lead_reviewer)
            scenes.to_published(scene)
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def programme_scenes(five_published):
    """The five reports, for one test to change as it likes: rows go back after it, and these objects are its own."""
    return copy.deepcopy(five_published)


def gathered(found, category):
    """A theme that somebody accepted, made of one finding of the category of each scene."""
    theme = Theme.objects.create(
        title=f"Theme of {category}", systemic="Cover", purpose="COMPLIANCE", written_by=found[0].national, status="ACCEPTED",
        owner=found[0].place.commissioner, owner_organisation=found[0].place.commissioner.memberships.get().organisation,
        answer_due_date=timezone.localdate(), due_date=timezone.localdate(), answered_at=timezone.now(),
    )  # fmt: skip
    for scene in found:
        finding = scene.review.findings.filter(category=category).first()
        ThemeFinding.objects.create(theme=theme, finding=finding, added_by=found[0].national)
    return theme


def year_of(scene) -> int:
    return scene.review.starts_date.year


def facts_of(found, user=None):
    programme = ProgrammeOfCare.objects.get(code="A")
    years = [year_of(scene) for scene in found]
    return overview_facts(user or found[0].national, programme, min(years), max(years))


def test_overview_counts_over_reports_and_hides_small_numbers(programme_scenes, settings) -> None:
    facts = facts_of(programme_scenes)
    html, _ = overview_html(facts, day=timezone.localdate())

    assert (facts["reports"], facts["services"]) == (5, 5)
    assert facts["categories"] == [
        ["Good practice", "5"], ["Immediate risks", "5"], ["Serious concerns", "5"], ["Concerns", "10"], ["Further consideration", "5"],
    ]  # fmt: skip
    assert facts["domains"][1] == ["Directive", "5", "5", "5", "10", "5"]
    assert [row[1:] for row in facts["domains"] if row[0] != "Directive"] == [["None"] * 5] * 7
    assert "Numbers under 5 are not shown" in html


def test_overview_gives_compliance_by_indicator_with_its_spread(programme_scenes) -> None:
    facts = facts_of(programme_scenes)
    (found,) = facts["compliance"]
    html, _ = overview_html(facts, day=timezone.localdate())

    assert (found["services"], found["spread"]) == (5, [75, 75, 75])
    assert [row[2:] for row in found["rows"]] == [["5", "None", "None", "5 of 5 met (100%)"]] * 3 + [
        ["None", "5", "None", "0 of 5 met (0%)"]
    ]
    assert [bar[1:] for bar in found["bars"]] == [[5, 0, 0]] * 3 + [[0, 5, 0]]
    assert f"The indicator that most services did not meet is {found['bars'][3][0]}: 5 of 5 services." in html


@pytest.mark.parametrize(
    ("counts", "words"),
    [((5, 0, 0), ["5", "None", "None", "5 of 5 met (100%)"]), ((6, 5, 5), ["6", "5", "5", "6 of 11 met (54%)"]),
     ((0, 0, 7), ["None", "None", "7", "Not judged"]), ((7, 3, 0), ["5 or more", "Fewer than 5", "None", "Not shown"]),
     ((1, 5, 0), ["Not shown"] * 4), ((4, 4, 0), ["Not shown"] * 4),
     ((3, 4, 5), ["Fewer than 5", "Fewer than 5", "5 or more", "Not shown"])],
)  # fmt: skip
def test_no_part_of_an_indicator_gives_away_a_small_one(counts, words) -> None:
    assert indicator_words(list(counts)) == words


@pytest.mark.parametrize("total", range(1, 16))
def test_words_of_parts_leave_more_than_one_number_for_a_small_part(total) -> None:
    every = [(one, two, total - one - two) for one in range(total + 1) for two in range(total + 1 - one)]
    shown = {}
    for counts in every:
        shown.setdefault(tuple(parts_of(list(counts))), []).append(counts)

    for words, possible in shown.items():
        for place in range(3):
            numbers = {counts[place] for counts in possible}
            assert words[0] == "Not shown" or numbers & {0} == numbers or min(numbers) >= 5 or len(numbers) > 1


def test_overview_groups_findings_by_theme_and_the_others_by_category(programme_scenes) -> None:
    theme = gathered(programme_scenes, "SERIOUS_CONCERN")

    found = facts_of(programme_scenes)["themes"]

    assert found["themes"] == [[theme.title, "5", "5"]]
    assert found["others"] == [
        ["Good practice", "5"], ["Immediate risks", "5"], ["Serious concerns", "None"], ["Concerns", "10"], ["Further consideration", "5"],
    ]  # fmt: skip


def test_small_theme_is_given_away_by_no_other_number(programme_scenes) -> None:
    theme = gathered(programme_scenes[:3], "SERIOUS_CONCERN")

    found = facts_of(programme_scenes)["themes"]

    assert found["themes"] == [[theme.title, "Fewer than 5", "Fewer than 5"]]
    assert [words for _, words in found["others"]] == ["5 or more", "5 or more", "Fewer than 5", "5 or more", "5 or more"]


@pytest.mark.parametrize("change", [{"status": "OFFERED"}, {"purpose": "IMPROVEMENT"}, {"status": "WITHDRAWN"}])
def test_overview_names_no_theme_that_not_everybody_reads(change, programme_scenes) -> None:
    theme = gathered(programme_scenes, "SERIOUS_CONCERN")
    Theme.objects.filter(pk=theme.pk).update(**change)

    facts = facts_of(programme_scenes)

    html = overview_html(facts, day=timezone.localdate())[0]
    assert facts["themes"]["themes"] == []
    assert "No finding of these reports belongs to a theme." in html
    assert "Findings of no theme" not in html  # they are all findings, which stand under the next heading


def test_finding_that_the_public_version_does_not_print_counts_for_no_theme(programme_scenes) -> None:
    gathered(programme_scenes, "SERIOUS_CONCERN")
    Finding.objects.filter(category="SERIOUS_CONCERN").update(what_was_seen="Changed after publication")

    assert facts_of(programme_scenes)["themes"]["themes"] == []


def test_overview_costs_the_same_for_any_number_of_themes(programme_scenes, django_assert_max_num_queries) -> None:
    facts_of(programme_scenes)  # reads the person's places once
    costs = []
    for category in ("SERIOUS_CONCERN", "CONCERN", "GOOD_PRACTICE", "IMMEDIATE_RISK"):
        gathered(programme_scenes, category)
        with django_assert_max_num_queries(20) as counted:
            facts_of(programme_scenes)
        costs.append(len(counted))

    assert len(set(costs)) == 1


def test_overview_quotes_good_practice_of_every_report(programme_scenes) -> None:
    facts = facts_of(programme_scenes)

    assert sorted(row[2] for row in facts["good_practice"]) == sorted(scene.report.address for scene in programme_scenes)


def test_overview_reads_no_learning_draft_signed_withheld_or_withdrawn_report(programme_scenes) -> None:
    first, second, third, fourth, _ = programme_scenes
    for unpublished, step in ((scenes.make_scene(region=first.review.region), step) for step in (scenes.to_accuracy, scenes.to_signed)):
        step(unpublished)
    publication.withdraw_report(report_id=first.report.pk, reason="Wrong", by=first.national)
    Publication.objects.filter(report=second.report).update(public_from=timezone.now() + dt.timedelta(days=1))
    Review.objects.filter(pk=third.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST")

    programme, year = ProgrammeOfCare.objects.get(code="A"), year_of(first)
    seen = overview_reports(first.national, programme, year, year)

    assert set(seen) == {fourth.report, programme_scenes[4].report}
    with pytest.raises(InvalidTransition, match="Fewer than 5 services"):
        facts_of(programme_scenes)


def test_overview_counts_nothing_of_restricted_sections() -> None:
    first = scenes.make_scene()
    for scene in [first, *(scenes.make_scene(region=first.review.region) for _ in range(4))]:
        scenes.to_published(scene, public=("summary", "compliance"))

    facts = facts_of([first], first.place.officer)

    assert ([words for _, words in facts["categories"]], facts["good_practice"]) == (["None"] * 5, [])


def test_overview_of_a_hub_reads_its_own_region(programme_scenes) -> None:
    foreign = person(Role.HUB_OFFICER, OrganisationFactory(hub=True))

    assert facts_of(programme_scenes, programme_scenes[0].place.officer)["reports"] == 5
    with pytest.raises(InvalidTransition, match="Fewer than 5 services"):
        facts_of(programme_scenes, foreign)


def test_overview_is_made_by_a_job_or_fails_with_a_sentence(programme_scenes, settings) -> None:
    programme, year = ProgrammeOfCare.objects.get(code="A"), year_of(programme_scenes[0])
    by = programme_scenes[0].national
    path = made(yearly.request_overview(programme_id=programme.pk, first_year=year, last_year=year, by=by), settings)

    empty = yearly.request_overview(programme_id=programme.pk, first_year=2001, last_year=2001, by=by)
    done = jobs.run_job(empty.pk, heartbeat=False)

    assert (faults_of(path), unnumbered_pages(path)) == ([], [])
    assert done.error == "Fewer than 5 services of this programme have a published report for these years, so no overview is made."


@pytest.mark.parametrize(
    ("form", "words"),
    [({"programme": "", "first_year": "2026", "last_year": "2026"}, "Select a programme"),
     ({"first_year": "2026", "last_year": "2025"}, "The last year must be the same as or after the first year"),
     ({"first_year": "1850", "last_year": "2026"}, "The first year must be between 2000")],
)  # fmt: skip
def test_overview_form_says_what_is_missing(form, words, signed_in) -> None:
    scene = scenes.make_scene()
    programme = ProgrammeOfCare.objects.get(code="A")
    filled = {"programme": programme.pk} | form

    page = signed_in(scene.place.officer).post(reverse("reports:programme_overview"), filled)

    assert words in page.content.decode()
    assert not Job.objects.filter(kind=yearly.OVERVIEW).exists()

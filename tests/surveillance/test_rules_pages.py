"""The rules in the browser: read, draft, see whom it moves, publish; the random sample with its seed."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.permissions import Role
from surveillance.models import DecisionRules, DrawnService, Round, SurveillanceDecision
from surveillance.queries.rules import published_rules
from surveillance.rules import SHIPPED
from surveillance.services import rules as services
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.accounts import person
from tests.factories.decisions import make_decision, make_place, make_report
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db


@pytest.fixture
def national():
    return person(Role.NATIONAL_LEAD)


def entered(draft, **changes):
    """What the form sends for a draft, with changes by field."""
    sent = {"revision": draft.revision, "sample_percent": draft.sample_percent, "note": "Stricter on visits"}
    for code, stored in draft.levels.items():
        sent[f"{code}_options"] = stored["options"]
        sent[f"{code}_number"] = stored["number"] or ""
    return sent | changes


def stricter(**changes):
    return {"UNDER_VISIT_LEVEL_number": "80"} | changes


def test_first_version_is_published_by_the_migration():
    assert published_rules() == SHIPPED


def test_rules_are_read_in_words_by_everybody_who_reads_decisions(national, signed_in):
    page = signed_in(person(Role.EXECUTIVE)).get(reverse("surveillance:rules_detail")).content.decode()

    assert "Under the visit level: the level of each set" in page
    assert "The same KPI is not met again: 2 years" in page
    assert "Our defaults. To be confirmed" in page
    assert "Change the rules" not in page
    assert "Change the rules" in signed_in(national).get(reverse("surveillance:rules_detail")).content.decode()


def test_draft_moves_services_and_is_published(national, signed_in):
    place = make_place()
    decision = make_decision(place, report=make_report(place, met=3))
    browser = signed_in(national)
    browser.post(reverse("surveillance:rules_edit"), {"begin": "1"})
    draft = DecisionRules.objects.get(status="DRAFT")

    saved = browser.post(reverse("surveillance:rules_edit"), entered(draft, **stricter()), follow=True)
    page = saved.content.decode()
    published = browser.post(reverse("surveillance:rules_preview"), {"revision": draft.revision + 1}, follow=True)

    assert "1 of 1 decision of" in page
    assert "Under the visit level of 80%" in page
    assert "Version 2 of the rules published" in published.content.decode()
    assert published_rules().version == 2
    assert SurveillanceDecision.objects.get(pk=decision.pk).rule_version == 1
    old = browser.get(reverse("surveillance:rules_version", args=[1])).content.decode()
    assert "These rules are replaced." in old


def test_new_proposals_name_the_version_that_made_them(national):
    place = make_place()
    draft = services.draft_rules(by=national)
    levels = draft.levels | {"UNDER_VISIT_LEVEL": {"options": ["PROVIDER_ACTION", "PEER_REVIEW"], "number": "80"}}
    services.save_rules(levels=levels, sample_percent=Decimal(2), note="Stricter", revision=draft.revision, by=national)
    services.publish_rules(revision=draft.revision + 1, by=national)

    decision = make_decision(place, report=make_report(place, met=3))

    assert decision.rule_version == 2
    assert "Under the visit level of 80%" in decision.rule_sentence


def test_draft_is_one_and_discarding_leaves_what_is_in_use(national, signed_in):
    first, second = services.draft_rules(by=national), services.draft_rules(by=national)

    signed_in(national).post(reverse("surveillance:rules_discard"))

    assert first.pk == second.pk
    assert [row.version for row in DecisionRules.objects.all()] == [1]


def test_publishing_needs_a_reason(national):
    draft = services.draft_rules(by=national)

    with pytest.raises(InvalidTransition, match="Say what changed and why"):
        services.publish_rules(revision=draft.revision, by=national)


def test_two_people_editing_meet_on_one_page(national, signed_in):
    draft = services.draft_rules(by=national)
    services.save_rules(levels=draft.levels, sample_percent=Decimal(3), note="First", revision=draft.revision, by=national)

    page = signed_in(national).post(reverse("surveillance:rules_edit"), entered(draft, note="Second")).content.decode()

    assert "Someone else changed this draft" in page
    assert "Second" in page
    assert 'name="revision" value="2"' in page
    with pytest.raises(SomeoneElseChanged):
        services.publish_rules(revision=draft.revision, by=national)


def test_publishing_what_somebody_else_changed_shows_it_first(national, signed_in):
    draft = services.draft_rules(by=national)
    services.save_rules(levels=draft.levels, sample_percent=Decimal(3), note="First", revision=draft.revision, by=national)
    browser, address = signed_in(national), reverse("surveillance:rules_preview")

    refused = browser.post(address, {"revision": draft.revision}).content.decode()
    published = browser.post(address, {"revision": draft.revision + 1}, follow=True).content.decode()

    assert "Someone else changed this draft after you opened it" in refused
    assert 'name="revision" value="2"' in refused
    assert "Version 2 of the rules published" in published


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"KPI_AGAIN_number": ""}, "For how many years running: enter a number from 1 to 5"),
        ({"KPI_AGAIN_number": "9"}, "For how many years running: enter a number from 1 to 5"),
        ({"UNDER_VISIT_LEVEL_number": "many"}, "One level for every service: enter a number from 0 to 100"),
        ({"sample_percent": "200"}, "The share of the sample must be a number from 0 to 100"),
    ],
)
def test_faults_are_said_and_nothing_is_lost(national, signed_in, changes, sentence):
    draft = services.draft_rules(by=national)

    page = signed_in(national).post(reverse("surveillance:rules_edit"), entered(draft, note="Kept words") | changes).content.decode()

    assert sentence in page
    assert "Kept words" in page
    assert "<title>Error: " in page


def test_preview_reads_the_last_closed_round_and_another_when_asked(national, signed_in):
    for year in (2025, 2026, 2027):
        place = make_place()
        make_decision(place, report=make_report(place, year=year))
    Round.objects.filter(year__lt=2027).update(closed_at=timezone.now())
    services.draft_rules(by=national)
    browser, address = signed_in(national), reverse("surveillance:rules_preview")

    read = [browser.get(address, {"year": year} if year else {}).context["found"] for year in ("", "2027", "1999", "x" * 50)]

    assert [found.year for found in read] == [2026, 2027, 2026, 2026]
    assert read[0].other_years == (2027, 2025)


@pytest.mark.parametrize("count", [1, 4])
def test_preview_takes_the_same_statements_for_few_and_many(national, signed_in, django_assert_num_queries, count):
    for _ in range(count):
        place = make_place()
        make_decision(place, report=make_report(place, met=3))
    draft = services.draft_rules(by=national)
    services.save_rules(
        levels=draft.levels | {"UNDER_VISIT_LEVEL": {"options": ["PEER_REVIEW"], "number": "80"}}, sample_percent=Decimal(2), note="x",
        revision=draft.revision, by=national,
    )  # fmt: skip
    browser = signed_in(national)
    browser.get(reverse("surveillance:rules_preview"))

    with django_assert_num_queries(8):
        page = browser.get(reverse("surveillance:rules_preview"))

    assert len(page.context["rows"]) == count


# The random sample ----------------------------------------------------------------------------------------------------
def test_sample_is_drawn_once_with_a_seed_that_draws_the_same_again(national, signed_in):
    places = [make_place() for _ in range(3)]
    report = [make_report(place) for place in places][0]
    browser, address = signed_in(national), reverse("surveillance:round_sample", args=[report.round.year])

    drawn = browser.post(address, follow=True).content.decode()
    again = browser.post(address).content.decode()

    row = DrawnService.objects.first()
    by_region = {place.service.region_id: [place.service.pk] for place in places}
    assert services.drawn_services(by_region, percent=row.percent, seed=row.seed) == sorted(place.service.pk for place in places)
    assert f"The seed is {row.seed}" in drawn
    assert "is drawn already" in again
    assert AuditEvent.objects.filter(action="round.sample_drawn").count() == 1


def test_drawn_service_is_proposed_a_visit(national):
    place = make_place()
    report = make_report(place, met=4)
    services.draw_sample(year=report.round.year, by=national, seed=1)

    assert "drawn in the random sample: option 3, peer review" in make_decision(place, report=report).rule_sentence


def test_hub_sees_the_drawn_services_of_its_region_alone(national, signed_in):
    near, far = make_place(), make_place()
    year = [make_report(place) for place in (near, far)][0].round.year
    services.draw_sample(year=year, by=national)
    address = reverse("surveillance:round_sample", args=[year])

    page = signed_in(near.manager).get(address).content.decode()

    assert near.service.name in page
    assert far.service.name not in page
    assert signed_in(near.manager).post(address).status_code == 403


@pytest.mark.parametrize("percent", ["0.5", "2", "33.3", "100"])
def test_sample_draws_the_share_of_each_region_rounded_up(percent):
    by_region = {1: list(range(100)), 2: list(range(200, 207))}

    drawn = services.drawn_services(by_region, percent=Decimal(percent), seed=3)

    for services_of_region in by_region.values():
        share = sum(1 for pk in drawn if pk in services_of_region)
        assert share >= len(services_of_region) * Decimal(percent) / 100 > share - 1
    assert drawn == services.drawn_services(by_region, percent=Decimal(percent), seed=3)

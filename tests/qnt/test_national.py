"""The site of national size, made small: of the same shape, whole, and the same each time."""

import json

import pytest
from django.db import transaction

from accounts.models import Organisation, User
from peerreview.models import Finding, Review
from qnt.demo import manifest
from qnt.demo.national.sizes import SMALL
from qnt.demo.national.story import tell_national
from qnt.integrity import faults
from reports.content import content_of, search_text
from reports.models import Publication
from surveillance import rules, scoring
from surveillance.models import Answer, Declaration, Score, SelfReport, Service, Stage, SurveillanceDecision
from surveillance.queries.decisions import figures_of, rule_figures
from surveillance.queries.rules import published_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def national():
    """A small national site."""
    tell_national(seed=1, say=lambda line: None, sizes=SMALL)


def test_site_has_its_counts_and_is_invented_throughout(national):
    services = SMALL.trusts * SMALL.services_a_trust
    reviews = (SMALL.reviews_a_year + SMALL.learning_reviews_a_year) * SMALL.rounds

    assert (Service.objects.count(), SelfReport.objects.count()) == (services, services * SMALL.rounds)
    assert Review.objects.count() == reviews
    found = Finding.objects.filter(review__purpose="COMPLIANCE")
    assert found.count() == SMALL.reviews_a_year * (SMALL.rounds - 1) * SMALL.findings_a_review
    assert Publication.objects.public().count() == SMALL.reviews_a_year * (SMALL.rounds - 1)
    assert not Organisation.objects.filter(pk__in=Service.objects.values("provider")).exclude(code__startswith="ZZ").exists()
    assert SurveillanceDecision.objects.filter(status="SUPERSEDED").exists()


def test_what_is_frozen_carries_its_hash(national):
    assert Declaration.objects.exists()
    assert SurveillanceDecision.objects.exists()
    assert faults() == []


def test_reports_are_found_by_the_words_that_a_published_one_would_have(national):
    publications = list(Publication.objects.public().select_related("version"))

    assert publications
    assert [one.summary for one in publications] == [search_text(content_of(one.version)) for one in publications]


def test_scores_are_those_of_the_answers(national):
    scores = Score.objects.filter(stage=Stage.SELF_ASSESSED).select_related("self_report__indicator_set")

    assert scores.exists()
    for score in scores:
        met = Answer.objects.filter(self_report=score.self_report).values_list("met", flat=True)
        levels = score.self_report.indicator_set
        result = scoring.score(
            map(scoring.Line, met), threshold_percent=levels.threshold_percent, visit_level_percent=levels.visit_level_percent
        )
        assert (score.met_count, score.applicable_count, score.percent) == (result.met_count, result.applicable_count, result.percent)


def test_manifest_names_everybody_and_few_rows_of_each_kind(national, monkeypatch):
    monkeypatch.setattr(manifest, "MOST", 4)
    monkeypatch.setattr(manifest, "_PLACES", {})

    told = json.loads(manifest.as_json())

    assert len(told["users"]) == User.objects.count()
    assert {len(told["objects"][kind]) for kind in ("service", "self_report", "decision", "review", "finding")} == {4}
    assert max(len(rows) for rows in told["objects"].values()) == 4


def test_proposals_are_those_of_the_rules_in_use(national):
    decision = SurveillanceDecision.objects.order_by("pk").first()

    proposal = rules.propose(rule_figures(figures_of(decision.figures)), published_rules())

    assert (decision.rule_sentence, decision.rule_version) == (proposal.sentence, proposal.rule_version)


def test_same_seed_gives_the_same_answers():
    def told() -> list[tuple[object, ...]]:
        with transaction.atomic():
            tell_national(seed=7, say=lambda line: None, sizes=SMALL)
            found = list(Answer.objects.order_by("pk").values_list("value", "numerator", "denominator"))
            transaction.set_rollback(True)
        return found

    assert told() == told()

"""The programme's own material on the site of national size, made small: whole, within the rules, and shown by the pages."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import ExtractDay
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import (
    Course,
    Exchange,
    ImpactEvidence,
    Learnt,
    Letter,
    PatientView,
    Pledge,
    ProgressCheck,
    Review,
    SurveyInvitation,
    SurveyResponse,
    TeamMember,
    TrainingRecord,
)
from peerreview.queries.survey_results import half_of
from qnt.bench.programme import PAGES, whole, years
from qnt.demo.national.sizes import SMALL
from qnt.demo.national.story import tell_national
from qnt.integrity import faults
from qnt.programme.annual.models import AnnualPublication, AnnualReport
from qnt.programme.definitions import Group
from qnt.programme.measures import DEFINITIONS
from qnt.programme.models import ContextNote, ProgrammeFact, ProgrammeYear
from reports.models import AccuracyPoint, LearningCard, Publication, QualityCheck, Receipt, SignOff, Theme, Uptake
from reports.models.themes import LEAST_SERVICES
from surveillance.models import Action, IndicatorChallenge, Score, SelfReport, Stage, SurveillanceDecision

pytestmark = pytest.mark.django_db

ENOUGH = replace(
    SMALL, regions=1, trusts=6, services_a_trust=4, specifications=4, rounds=4, reviews_a_year=16, findings_a_review=9,
    actions_a_review=8, reviewers=24, patient_reviewers=8, learning_reviews_a_year=6, views_a_review=4, reviews_an_exchange=1,
    reviews_a_card=1, uptakes_a_card=4, themes_a_region=4, themes_of_england=3, challenges_a_year=10, own_actions_a_year=10,
)  # fmt: skip
# Links have no pages, and a pack needs a file: the site is seeded without files.
WITHOUT_DATA = {"BURDEN_PAGES", "SYS_PACKS"}
MOST_STATEMENTS = 15


@pytest.fixture(scope="module")
def national(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A site with enough of everything for its figures to be shown, made once; each test is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        caches["local"].clear()
        tell_national(seed=1, say=lambda line: None, sizes=ENOUGH)
        yield
        transaction.set_rollback(True)


def lead() -> User:
    """Somebody of the national team."""
    return User.objects.filter(memberships__role=Role.NATIONAL_LEAD).order_by("pk")[0]


def busiest(code: str) -> int:
    """The year with most rows of a measure: what a day of the seeding puts into which year is the calendar's to say."""
    return Counter(ProgrammeFact.objects.filter(measure=code, is_learning=False).values_list("year", flat=True)).most_common(1)[0][0]


def page(client, address: str) -> str:
    """The words of a page, without tags and with even spaces."""
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_every_kind_of_row_is_there_by_its_number(national):
    held = ENOUGH.rounds - 1
    compliance, learning = ENOUGH.reviews_a_year * held, ENOUGH.learning_reviews_a_year * held
    reviews = compliance + learning

    assert Review.objects.filter(purpose="IMPROVEMENT").count() == ENOUGH.learning_reviews_a_year * ENOUGH.rounds
    assert (SignOff.objects.count(), Publication.objects.count()) == (reviews, compliance)
    assert (Pledge.objects.count(), Exchange.objects.count()) == (reviews * ENOUGH.pledges_a_review, reviews)
    assert (ImpactEvidence.objects.count(), LearningCard.objects.count()) == (reviews, reviews)
    assert Learnt.objects.count() == 2 * learning
    assert QualityCheck.objects.count() == 2 * reviews
    assert AccuracyPoint.objects.count() == compliance * ENOUGH.findings_a_review + 2 * learning
    assert Theme.objects.count() == (ENOUGH.regions * ENOUGH.themes_a_region + ENOUGH.themes_of_england) * held
    assert (IndicatorChallenge.objects.count(), Course.objects.count()) == (ENOUGH.challenges_a_year * ENOUGH.rounds, 3)
    assert Action.objects.filter(decision=None, drafted_by=F("owner")).count() == ENOUGH.own_actions_a_year * ENOUGH.rounds
    assert SurveyResponse.objects.count() == SurveyInvitation.objects.filter(answered_date__isnull=False).count() > reviews
    assert Score.objects.filter(stage=Stage.PEER_REVIEWED).count() == compliance
    for kind in (Uptake, PatientView, Letter, Receipt, TrainingRecord, ProgressCheck):
        assert kind.objects.exists(), kind


def test_surveys_are_answered_in_several_half_years_by_both_sides(national):
    days = SurveyResponse.objects.values_list("side", "answered_date")
    halves = {side: {half_of(day) for found, day in days if found == side} for side in ("TEAM", "SERVICE")}

    assert [len(found) >= 4 for found in halves.values()] == [True, True]
    assert not SurveyResponse.objects.annotate(day=ExtractDay("answered_date")).exclude(day=1).exists()


def test_nothing_lies_ahead(national):
    now = timezone.now()
    moments = (
        (Review, "closed_at"), (Action, "verified_at"), (Action, "done_at"), (Pledge, "answered_at"), (Uptake, "said_at"),
        (LearningCard, "answered_at"), (Theme, "done_at"), (Theme, "answered_at"), (Exchange, "answered_at"), (ImpactEvidence, "filed_at"),
        (Letter, "answered_at"), (Receipt, "opened_at"), (SignOff, "signed_at"), (Publication, "decided_at"), (ProgressCheck, "done_at"),
        (SelfReport, "accepted_at"), (SurveillanceDecision, "in_force_at"), (SurveyInvitation, "sent_at"), (TeamMember, "ended_at"),
    )  # fmt: skip

    assert [(model.__name__, name) for model, name in moments if model.objects.filter(**{f"{name}__gt": now}).exists()] == []
    assert not Exchange.objects.filter(happened_on__gt=now.date()).exists()
    assert not Review.objects.filter(status="PLANNED", starts_date__lte=now.date()).exists()


def test_rules_that_services_keep_hold_for_what_was_written_in_bulk(national):
    themes = Theme.objects.annotate(services=Count("theme_findings__finding__service", distinct=True))
    providers = Membership.objects.filter(role__in=[Role.SERVICE_LEAD, Role.EXECUTIVE, Role.CONTRIBUTOR])

    assert not themes.filter(services__lt=LEAST_SERVICES).exists()
    assert not themes.filter(Q(owner__in=providers.values("user")) | Q(owner=F("written_by"))).exists()
    assert not Uptake.objects.filter(service__provider=F("card__service__provider")).exists()
    assert not Uptake.objects.exclude(card__status="SHARED").exists()
    on_team = TeamMember.objects.values("user", "review")
    checks = QualityCheck.objects.filter(report__review__purpose="COMPLIANCE").values_list("checker", "report__review")
    assert not set(checks) & {(row["user"], row["review"]) for row in on_team}
    assert not QualityCheck.objects.filter(report__review__purpose="COMPLIANCE", checker=F("report__drafter")).exists()
    assert not Publication.objects.filter(report__review__purpose="IMPROVEMENT").exists()
    assert not SignOff.objects.filter(signed_by=F("report__drafter")).exists()
    assert not LearningCard.objects.filter(status="SHARED").exclude(what__gt="", how__contains="(Illustrative)").exists()
    assert TeamMember.objects.filter(team_role="PATIENT_REVIEWER").values("review").distinct().count() == SignOff.objects.count()


def test_years_are_published_with_a_report_and_a_draft_and_nothing_is_changed_after(national):
    this = timezone.localdate().year
    published = ProgrammeYear.objects.filter(published_at__isnull=False)

    assert list(published.order_by("year").values_list("year", flat=True)) == [this - 2, this - 1]
    reports = AnnualReport.objects.order_by("year__year").values_list("year__year", "status")
    assert list(reports) == [(this - 2, "PUBLISHED"), (this - 1, "DRAFT")]
    assert AnnualPublication.objects.get().report.year.year == this - 2
    assert ContextNote.objects.filter(year=this - 1).count() == 4 * (1 + ENOUGH.regions)
    assert faults() == []


def test_every_measure_has_rows_enough_to_be_shown(national):
    rows = Counter(ProgrammeFact.objects.filter(is_learning=False).values_list("measure", flat=True))

    assert {one.code for one in DEFINITIONS if rows[one.code] < 5} == WITHOUT_DATA


@pytest.mark.parametrize(
    ("name", "group", "measure"),
    [
        ("programme/learning", Group.LEARNING, "LEARN_PLEDGES"), ("programme/learning", Group.LEARNING, "LEARN_CARDS"),
        ("programme/learning", Group.LEARNING, "LEARN_EXCHANGES"), ("programme/learning", Group.LEARNING, "LEARN_UPTAKE"),
        ("programme/learning", Group.THEMES, "THEMES_FOUND"), ("programme/logic-model", Group.LOGIC_MODEL, "SURVEY_TRUST"),
        ("programme/fidelity", Group.FIDELITY, "FID_ACCURACY"), ("programme/lead-times", Group.LEAD_TIMES, "LEAD_DRAFT"),
    ],
)  # fmt: skip
def test_page_shows_a_figure_and_not_that_there_is_no_data(name, group, measure, national, signed_in):
    definition = next(one for one in DEFINITIONS if one.code == measure)
    assert definition.group is group

    words = page(signed_in(lead()), f"/{name}/?year={busiest(measure)}")

    title = definition.title.removeprefix("Survey: ")
    shown = re.search(rf"{re.escape(title)}[^%]{{0,400}}?(\d+ of \d+ \(|\d+ cards|\d+ themes|\d\.\d of 5 \(|median of)", words)
    assert shown, words[words.find(title) :][:500]


def test_pages_of_the_bench_take_15_statements_at_most(national, signed_in):
    client, taken = signed_in(lead()), {}
    for name, one in PAGES.items():
        address = one.address.format(**years())
        whole(client.get(address))  # choices of filters are kept for a minute
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
            assert (response.status_code, whole(response) > 0) == (200, True), address
        taken[name] = len(asked)

    assert {name: count for name, count in taken.items() if count > MOST_STATEMENTS} == {}

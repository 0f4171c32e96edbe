"""Outliers of a round: which services are points, whose limits, what is left out, and what the page costs."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.permissions import Role
from rendering.charts.funnel import Place
from surveillance.models import Answer, Assessment, Declaration, Indicator, SelfReport, Stage
from surveillance.queries.outliers import is_suspended, outliers_of
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, RoundFactory, SelfReportFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


class World:
    """A round with one proportion, and a hub."""

    def __init__(self):
        self.round, self.hub = RoundFactory(year=2027), OrganisationFactory(hub=True)
        indicator_set = IndicatorSetFactory()
        self.indicator = IndicatorFactory(
            indicator_set=indicator_set, answer_kind=Indicator.AnswerKind.PERCENTAGE, target=Decimal(90), comparator="AT_LEAST"
        )
        self.national, self.officer = person(Role.NATIONAL_LEAD), person(Role.HUB_OFFICER, self.hub)

    def add(self, met=None, total=None, *, region=None, value="", is_declared=True, status=SelfReport.Status.ACCEPTED):
        """A service with its figure, declared and accepted unless told otherwise."""
        now, provider = timezone.now(), OrganisationFactory(region=region or self.hub)
        service = ServiceFactory(provider=provider, specification=self.indicator.indicator_set.specification)
        times = {"declared_at": now, "declared_by": self.officer, "accepted_at": now, "accepted_by": self.officer} if is_declared else {}
        report = SelfReportFactory(
            service=service, round=self.round, indicator_set=self.indicator.indicator_set, status=status if is_declared else "IN_PROGRESS",
            **times,
        )  # fmt: skip
        return Answer.objects.create(self_report=report, indicator=self.indicator, value=value, numerator=met, denominator=total)

    def outliers(self, user=None, **choices):
        return outliers_of(user or self.national, self.round, self.indicator, **choices)


def test_limits_come_from_all_england_and_points_from_the_scope(world):
    own = [world.add(90, 100) for _ in range(4)]
    for _ in range(3):
        world.add(20, 40, region=OrganisationFactory(hub=True))

    everybody, hub = world.outliers(), world.outliers(world.officer)

    assert (everybody.share, everybody.england_count, len(everybody.spots)) == (420 / 520, 7, 7)
    assert (hub.share, hub.england_count) == (420 / 520, 7)
    assert [spot.answer_id for spot in hub.spots] == [answer.pk for answer in own]


def test_what_is_no_proportion_is_left_out_and_counted(world):
    for _ in range(5):
        world.add(9, 10)
    world.add(9, 10, is_declared=False)
    world.add(value="CANNOT")
    world.add(value="NA")
    world.add()
    world.add(0, 0)
    world.add(45, 40)
    world.add(Decimal("1.5"), 40)
    world.add(value="CANNOT", region=OrganisationFactory(hub=True))

    found = world.outliers(world.officer)

    assert len(found.spots) == 5
    assert found.left_out_words == (
        "1 not declared, 1 cannot answer, 1 not applicable, 1 without figures, 1 with a total of 0, "
        "2 with more that met it than the total, or with a part of a person"
    )


def test_a_suspended_indicator_has_no_points(world):
    for _ in range(5):
        world.add(9, 10)
    world.indicator.suspended_from = timezone.localdate() - dt.timedelta(days=1)

    found = world.outliers()

    assert is_suspended(world.indicator, world.round)
    assert (found.spots, found.share, found.chart, found.left_out_words) == ([], None, None, "5 suspended when it was counted")


def test_under_five_services_nothing_is_shown(world):
    for _ in range(4):
        world.add(9, 10)

    found = world.outliers(picked=1)

    assert (found.share, found.spots, found.chart, found.england_count) == (None, [], None, 4)


@pytest.mark.parametrize(("comparator", "sentence"), [
    ("AT_LEAST", "1 of 7 services is below the lower limit, 1 is above the upper limit."),
    ("AT_MOST", "1 of 7 services is above the upper limit, 1 is below the lower limit."),
])  # fmt: skip
def test_which_side_is_worse_follows_the_comparator(world, comparator, sentence):
    world.indicator.comparator = comparator
    for _ in range(5):
        world.add(500, 1000)
    low, high = world.add(400, 1000), world.add(600, 1000)

    found = world.outliers()

    places = [(low.pk, Place.BELOW), (high.pk, Place.ABOVE)]
    assert found.chart.sentence == sentence
    assert [(spot.answer_id, spot.place) for spot in found.outside] == (places if comparator == "AT_LEAST" else places[::-1])


def test_figures_are_those_of_the_stage(world):
    answers = [world.add(9, 10) for _ in range(5)]
    Assessment.objects.create(
        answer=answers[0], stage=Stage.VALIDATED, numerator=2, denominator=10, reason="Counted twice", assessed_by=world.officer,
        assessed_at=timezone.now(),
    )  # fmt: skip

    shares = [world.outliers(stage=stage).share for stage in Stage.values]

    assert shares == [45 / 50, 38 / 50, 38 / 50]


def test_a_queried_answer_counts_as_it_was_declared(world):
    for _ in range(4):
        world.add(9, 10)
    changed = world.add(1, 10, status=SelfReport.Status.QUERIED)
    content = {"answers": [{"id": changed.pk, "value": "", "numerator": "8", "denominator": "10"}]}
    Declaration.objects.create(
        self_report=changed.self_report, content=json.dumps(content), hash="0" * 64, declared_by=world.officer,
        declared_at=timezone.now(), receipt_code="R1",
    )  # fmt: skip

    assert world.outliers().share == 44 / 50


def test_page_marks_the_chosen_service_and_leads_to_its_answer(world, signed_in):
    for _ in range(5):
        world.add(950, 1000)
    poor = world.add(500, 1000)

    client = signed_in(world.officer)
    page = client.get(f"/rounds/2027/outliers/?indicator={world.indicator.pk}&service={poor.self_report_id}")
    answer = client.get(f"/self-reports/{poor.self_report_id}/answers/")

    text = page.content.decode()
    name = f"{poor.self_report.service.provider.name}, {poor.self_report.service.name}"
    assert page.status_code == 200
    assert "1 of 6 services is below the lower limit, 5 are above the upper limit." in text
    assert f"{name}: 500 of 1,000 (50%). Below the lower limit (99.8%)." in text
    assert f'href="/self-reports/{poor.self_report_id}/answers/#answer-{poor.pk}"' in text
    assert f'id="answer-{poor.pk}"' in answer.content.decode()
    assert "The target is at least 90%, so a low figure is the worse one." in text


@pytest.mark.parametrize("query", ["indicator=999999&service=7", "indicator=x&service=x&stage=x", "service=%00"])
def test_page_leaves_out_what_does_not_exist(world, signed_in, query):
    world.add(9, 10)

    assert signed_in(world.national).get(f"/rounds/2027/outliers/?{query}").status_code in {200, 400}


def test_page_of_a_round_without_proportions_says_so(signed_in):
    RoundFactory(year=2027)

    text = signed_in(person(Role.NATIONAL_LEAD)).get("/rounds/2027/outliers/").content.decode()

    assert "No service in this round was asked for a proportion, so there is nothing to compare." in text


@pytest.mark.parametrize("count", [5, 30])
def test_page_costs_the_same_for_few_and_many_services(world, signed_in, django_assert_num_queries, count):
    for _ in range(count):
        world.add(9, 10)
    client = signed_in(world.officer)

    with django_assert_num_queries(13):
        assert client.get("/rounds/2027/outliers/?stage=VALIDATED").status_code == 200

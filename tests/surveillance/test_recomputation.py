"""Figures are those of the exported answers: on random rounds with every case that counts in a way of its own."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Organisation
from accounts.permissions import Role
from surveillance.models import Answer, Assessment, Indicator, IndicatorSet, Round, SelfReport, Stage
from surveillance.services import answers, checking, self_reports
from surveillance.services.collation import ask_to_count
from surveillance.services.rescoring import ask_to_rescore
from surveillance.services.scores import write_score
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.surveillance import (
    AnswerFactory,
    IndicatorFactory,
    IndicatorSetFactory,
    ProgrammeFactory,
    SelfReportFactory,
    ServiceFactory,
    SpecificationFactory,
    assign,
)
from tests.surveillance.recomputing import own_met, own_percent, recount
from work import jobs

Kind = Indicator.AnswerKind
ASKED = (
    {}, {"is_key": True}, {}, {"answer_kind": Kind.PERCENTAGE, "target": Decimal(90), "comparator": "AT_LEAST"},
    {"answer_kind": Kind.PERCENTAGE, "target": Decimal("33.333"), "comparator": "AT_MOST"}, {"answer_kind": Kind.PERCENTAGE},
    {"answer_kind": Kind.NUMBER, "target": Decimal("10.5"), "comparator": "AT_MOST"}, {"answer_kind": Kind.TEXT},
)  # fmt: skip
SUSPENDED = (2, 3)  # places of indicators that are suspended after everything was scored


class World:
    """Two years of declared self-reports with random answers, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (invented answers, the same each time)
        self.national = person(Role.NATIONAL_LEAD)
        regions = [OrganisationFactory(hub=True) for _ in range(2)]
        self.officers = {region.pk: person(Role.HUB_OFFICER, region) for region in regions}
        self.sets = [self._set(code) for code in ("A", "B")]
        places = [(indicator_set, region) for indicator_set in self.sets for region in regions] * 2
        self.services = [self._service(*place) for place in places]

    def _set(self, programme: str) -> IndicatorSet:
        specification = SpecificationFactory(programme=ProgrammeFactory(code=programme, name=programme))
        made = IndicatorSetFactory(specification=specification, threshold_percent=Decimal(60), visit_level_percent=Decimal("33.3"))
        for place, facts in enumerate(ASKED):
            IndicatorFactory(indicator_set=made, position=place, **facts)
        return made

    def _service(self, indicator_set: IndicatorSet, region: Organisation):
        provider = OrganisationFactory(region=region)
        service = ServiceFactory(provider=provider, specification=indicator_set.specification)
        return service, assign(service, Role.SERVICE_LEAD), person(Role.EXECUTIVE, provider), indicator_set

    def tell(self) -> None:
        """Both years, then the suspensions."""
        today, day = timezone.localdate(), dt.timedelta(days=1)
        for year, opens, check_by in ((today.year - 1, today - 400 * day, today), (today.year, today - 30 * day, today + 30 * day)):
            opened = Round.objects.create(
                year=year, opens_date=opens, closes_date=today, check_by_date=check_by, opened_at=timezone.now(), opened_by=self.national
            )
            for place, service in enumerate(self.services):
                self._report(opened, *service, is_checked=place % 3 != 2, is_reviewed=place % 4 == 0)
        for place in SUSPENDED:
            indicator = self.sets[0].indicators.get(position=place)
            indicator.suspended_from, indicator.suspended_reason = today, "The guideline was withdrawn"
            indicator.save()
            ask_to_rescore(indicator)
        jobs.run_pending()
        for opened in Round.objects.all():
            ask_to_count(opened.pk, by=self.national)
        jobs.run_pending()

    def _report(self, opened, service, lead, executive, indicator_set, *, is_checked: bool, is_reviewed: bool) -> None:
        report = SelfReportFactory(service=service, round=opened, indicator_set=indicator_set, due_date=opened.closes_date)
        rows = [AnswerFactory(self_report=report, indicator=one) for one in indicator_set.indicators.order_by("position")]
        for row in rows:
            answers.save_answer(answer_id=row.pk, self_report_id=report.pk, raw=self._raw(row.indicator), version=row.version, by=lead)
        self_reports.send_to_executive(self_report_id=report.pk, executive_id=executive.pk, by=lead)
        self_reports.declare_self_report(self_report_id=report.pk, by=executive)
        if is_checked:
            self._check(report, rows)
        if is_reviewed:
            Assessment.objects.create(
                answer=rows[0], stage=Stage.PEER_REVIEWED, value="NO", met=False, assessed_by=self.national, assessed_at=timezone.now()
            )
            write_score(report, Stage.PEER_REVIEWED)

    def _check(self, report: SelfReport, rows: list[Answer]) -> None:
        officer = self.officers[report.service.region_id]
        for row in self.chance.sample(rows, 4):
            raw = self._raw(row.indicator)
            checking.change_value(answer_id=row.pk, self_report_id=report.pk, raw=raw, why="We hold this to be right", by=officer)
        checking.accept_self_report(self_report_id=report.pk, by=officer)

    def _raw(self, indicator: Indicator) -> dict[str, str]:
        """What somebody types: every kind of answer, often exactly at the target."""
        if self.chance.random() < 0.15:
            can_apply = ("NA", "CANNOT") if indicator.answer_kind == Kind.YES_NO_NA else ("CANNOT",)
            return {"value": self.chance.choice(can_apply), "reason": "Because"}
        if indicator.answer_kind == Kind.PERCENTAGE:
            met, total = self.chance.choice(((9, 10), (45, 50), (0, 0), (1, 3), (33333, 100000), (89, 99), (2, 6), (7, 7)))
            return {"numerator": str(met), "denominator": str(total)}
        choices = {Kind.NUMBER: ("10.5", "10.501", "-3", "0"), Kind.TEXT: ("Written",)}
        return {"value": self.chance.choice(choices.get(Kind(indicator.answer_kind), ("YES", "NO", "YES")))}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_rounds_score_as_their_exported_answers_do(seed):
    world = World(seed)
    world.tell()

    found = recount(world.national)

    assert found.differences == []
    reached = 2 * (8 + 6 + 2)  # self-reports at the three stages of two years
    assert (found.scores, found.services, found.groups) == (reached, reached, 2 * (4 + 4 + 2))
    assert found.answers == reached * len(ASKED)
    assert found.figures > 0
    assert found.page_counts > 0
    given = Answer.objects.all()
    assert {"NA", "CANNOT"} < set(given.values_list("value", flat=True))
    assert given.filter(denominator=0).exists()
    assert given.filter(numerator=45, denominator=50).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.HUB_OFFICER, Role.NATIONAL_LEAD])
def test_recount_notices_a_wrong_score(role):
    world = World(1)
    world.tell()
    score = SelfReport.objects.filter(round__year=timezone.localdate().year).first().scores.get(stage=Stage.SELF_ASSESSED)
    score.percent = Decimal("99.9")
    score.save()
    user = world.national if role == Role.NATIONAL_LEAD else world.officers[score.self_report.service.region_id]

    found = recount(user)

    of_rows = [one for one in found.differences if "/rounds/" not in one or "services.csv" in one]
    assert len(of_rows) == 2  # the stored score and its line of services.csv; counts of pages follow where they read it


@pytest.mark.parametrize(("met", "applicable", "percent"), [
    (24, 24, "100.0"), (1999, 2000, "99.9"), (2000, 2001, "99.9"), (2, 3, "66.6"), (0, 7, "0.0"), (1, 1000, "0.1"), (0, 0, None),
])  # fmt: skip
def test_own_percent_rounds_down_so_that_100_means_all(met, applicable, percent):
    assert own_percent(met, applicable) == (None if percent is None else Decimal(percent))


def test_own_arithmetic_knows_the_level_itself():
    indicator = Indicator(answer_kind=Kind.PERCENTAGE, target=Decimal("33.333"), comparator="AT_MOST")
    rows = [{"value": "", "numerator": met, "denominator": total} for met, total in (("33333", "100000"), ("1", "3"), ("0", "0"))]

    assert [own_met(indicator, row) for row in rows] == ["true", "false", ""]

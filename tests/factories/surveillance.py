"""Services, sets, rounds and self-reports: each factory makes the least valid row; ``make_scene`` a whole small world."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import factory
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Role
from surveillance.models import (
    Answer,
    Commissioning,
    Indicator,
    IndicatorSet,
    ProgrammeOfCare,
    Round,
    SelfReport,
    Service,
    ServiceAssignment,
    ServiceSpecification,
)
from surveillance.services import answers as answer_services
from surveillance.services import checking, self_reports
from tests.factories.accounts import LONG_AGO, MembershipFactory, OrganisationFactory, person


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """A programme of care."""

    class Meta:
        model = ProgrammeOfCare
        django_get_or_create = ["code"]

    code = "B"
    name = "Cancer"


class SpecificationFactory(factory.django.DjangoModelFactory):
    """A service specification."""

    class Meta:
        model = ServiceSpecification

    number = factory.Sequence(lambda n: f"S{n}")
    name = factory.Sequence(lambda n: f"Specification {n}")
    programme = factory.SubFactory(ProgrammeFactory)


class IndicatorSetFactory(factory.django.DjangoModelFactory):
    """A published set without indicators."""

    class Meta:
        model = IndicatorSet

    code = factory.Sequence(lambda n: f"SET-{n}")
    name = factory.Sequence(lambda n: f"Set {n}")
    specification = factory.SubFactory(SpecificationFactory)
    status = IndicatorSet.Status.PUBLISHED


class IndicatorFactory(factory.django.DjangoModelFactory):
    """A Yes or No indicator of structure and function."""

    class Meta:
        model = Indicator

    indicator_set = factory.SubFactory(IndicatorSetFactory)
    number = factory.Sequence(lambda n: f"10-1A-{n}")
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Indicator {n}")
    section = "Structure and function"
    type = Indicator.Type.STRUCTURE_AND_FUNCTION


class ServiceFactory(factory.django.DjangoModelFactory):
    """A provider's service in the provider's region."""

    class Meta:
        model = Service

    provider = factory.SubFactory(OrganisationFactory)
    specification = factory.SubFactory(SpecificationFactory)
    region = factory.LazyAttribute(lambda made: made.provider.region)
    name = factory.LazyAttribute(lambda made: made.specification.name)


class RoundFactory(factory.django.DjangoModelFactory):
    """A round that opened a month ago and closes in two."""

    class Meta:
        model = Round
        django_get_or_create = ["year"]

    year = factory.LazyFunction(lambda: timezone.localdate().year)
    opens_date = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=30))
    closes_date = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=60))
    check_by_date = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=120))
    opened_at = factory.LazyFunction(timezone.now)
    opened_by = factory.LazyFunction(lambda: person(Role.NATIONAL_LEAD))


class SelfReportFactory(factory.django.DjangoModelFactory):
    """A self-report that nobody has started."""

    class Meta:
        model = SelfReport

    service = factory.SubFactory(ServiceFactory)
    round = factory.SubFactory(RoundFactory)
    due_date = factory.LazyAttribute(lambda made: made.round.closes_date)


class AnswerFactory(factory.django.DjangoModelFactory):
    """An empty answer."""

    class Meta:
        model = Answer

    self_report = factory.SubFactory(SelfReportFactory)
    indicator = factory.SubFactory(IndicatorFactory)


def assign(service: Service, role: str, organisation: Organisation | None = None, **fields: object) -> User:
    """A person of the provider who works on ``service`` in ``role``, and has for long."""
    worker = person(role, organisation or service.provider, **fields)
    ServiceAssignment.objects.create(user=worker, service=service, role=role, from_date=LONG_AGO)
    return worker


@dataclass
class Scene:
    """One service with its people and a self-report of four questions in two sections."""

    service: Service
    report: SelfReport
    answers: list[Answer]
    lead: User
    contributor: User
    executive: User
    officer: User
    commissioner: User
    national: User
    stranger: User
    indicator_set: IndicatorSet = field(repr=False)

    def fill(self, values: dict[int, str] | None = None) -> None:
        """Answer every question: Yes, 45 of 50, 12 and a text, unless told otherwise by place."""
        given = {0: {"value": "YES"}, 1: {"numerator": "45", "denominator": "50"}, 2: {"value": "12"}, 3: {"value": "Written"}}
        given |= {place: {"value": value, "reason": "Because"} for place, value in (values or {}).items()}
        for place, raw in given.items():
            answer = Answer.objects.get(pk=self.answers[place].pk)
            answer_services.save_answer(answer_id=answer.pk, self_report_id=self.report.pk, raw=raw, version=answer.version, by=self.lead)

    def send(self) -> None:
        """Answer everything and send it to the executive."""
        self.fill()
        self_reports.send_to_executive(self_report_id=self.report.pk, executive_id=self.executive.pk, by=self.lead)

    def declare(self) -> None:
        """Carry it to the hub."""
        self.send()
        self_reports.declare_self_report(self_report_id=self.report.pk, by=self.executive)

    def accept(self) -> None:
        """Carry it to its acceptance."""
        self.declare()
        checking.accept_self_report(self_report_id=self.report.pk, by=self.officer)

    def status(self) -> str:
        """The self-report's status as stored."""
        return SelfReport.objects.values_list("status", flat=True).get(pk=self.report.pk)


def make_scene(*, opened: Round | None = None) -> Scene:
    """A small world around one self-report: 4 questions of all kinds, with a target where there can be one."""
    service = ServiceFactory()
    indicator_set = IndicatorSetFactory(specification=service.specification)
    outcome, kinds = "Clinical outcome", Indicator.AnswerKind
    indicators = [
        IndicatorFactory(indicator_set=indicator_set),
        IndicatorFactory(indicator_set=indicator_set, answer_kind=kinds.PERCENTAGE, target=Decimal(90), comparator="AT_LEAST"),
        IndicatorFactory(indicator_set=indicator_set, answer_kind=kinds.NUMBER, target=Decimal(10), comparator="AT_MOST", section=outcome),
        IndicatorFactory(indicator_set=indicator_set, answer_kind=kinds.TEXT, section=outcome),
    ]
    report = SelfReportFactory(service=service, indicator_set=indicator_set, **({"round": opened} if opened else {}))
    board = OrganisationFactory(board=True, region=service.region)
    Commissioning.objects.create(service=service, organisation=board, is_lead=True, from_date=LONG_AGO)
    elsewhere = ServiceFactory()
    return Scene(
        service=service,
        report=report,
        answers=[AnswerFactory(self_report=report, indicator=indicator) for indicator in indicators],
        lead=assign(service, Role.SERVICE_LEAD, name="Lee Lead"),
        contributor=assign(service, Role.CONTRIBUTOR, name="Sam Contributor"),
        executive=person(Role.EXECUTIVE, service.provider, name="Eve Executive"),
        officer=person(Role.HUB_OFFICER, service.region, name="Hal Officer"),
        commissioner=person(Role.COMMISSIONER, board, name="Cam Commissioner"),
        national=person(Role.NATIONAL_LEAD, name="Nat Lead"),
        stranger=assign(elsewhere, Role.SERVICE_LEAD, name="Sue Stranger"),
        indicator_set=indicator_set,
    )


def make_delegate(scene: Scene) -> User:
    """Somebody who declares for the scene's executive."""
    executive = scene.executive.memberships.get()
    return MembershipFactory(role=Role.EXECUTIVE, organisation=scene.service.provider, delegate_of=executive).user

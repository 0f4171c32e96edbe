"""A service with its people, an accepted self-report with scores, a decision and its actions: the least valid rows."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.models import Organisation, User
from accounts.permissions import Role
from surveillance.models import (
    Action,
    Answer,
    Commissioning,
    Declaration,
    Indicator,
    IndicatorSet,
    ProgrammeOfCare,
    Round,
    Score,
    SelfReport,
    Service,
    ServiceAssignment,
    ServiceSpecification,
    SurveillanceDecision,
)
from surveillance.services import actions, decisions
from tests.factories.accounts import OrganisationFactory, person

INDICATOR_COUNT = 4


@dataclass
class Place:
    """One service and everybody around it."""

    service: Service
    manager: User
    officer: User
    lead: User
    contributor: User
    executive: User
    commissioner: User
    board: Organisation


def make_service(*, region: Organisation | None = None, provider: Organisation | None = None, board: Organisation | None = None) -> Service:
    """A service of a provider, led in its buying by one board."""
    region = region or OrganisationFactory(hub=True)
    provider = provider or OrganisationFactory(region=region)
    board = board or OrganisationFactory(board=True, region=region)
    programme, _ = ProgrammeOfCare.objects.get_or_create(code="A", defaults={"name": "Internal medicine"})
    number = f"1{ServiceSpecification.objects.count():02}"
    specification = ServiceSpecification.objects.create(number=number, name="Acute oncology", programme=programme)
    service = Service.objects.create(provider=provider, specification=specification, region=region, name=f"Acute oncology {number}")
    Commissioning.objects.create(service=service, organisation=board, is_lead=True, from_date=dt.date(2020, 1, 1))
    return service


def make_place(**organisations: Organisation) -> Place:
    """A service with a hub manager and officer, a lead, a contributor, an executive and a lead commissioner."""
    service = make_service(**organisations)
    board = service.commissionings.get().organisation
    lead, contributor = person(Role.SERVICE_LEAD, service.provider), person(Role.CONTRIBUTOR, service.provider)
    for user, role in ((lead, Role.SERVICE_LEAD), (contributor, Role.CONTRIBUTOR)):
        ServiceAssignment.objects.create(user=user, service=service, role=role, from_date=dt.date(2020, 1, 1))
    return Place(
        service=service,
        manager=person(Role.HUB_MANAGER, service.region),
        officer=person(Role.HUB_OFFICER, service.region),
        lead=lead,
        contributor=contributor,
        executive=person(Role.EXECUTIVE, service.provider),
        commissioner=person(Role.COMMISSIONER, board),
        board=board,
    )


def make_round(year: int = 2027) -> Round:
    """The round of a year, opened."""
    found, _ = Round.objects.get_or_create(
        year=year,
        defaults={
            "opens_date": dt.date(year, 6, 1), "closes_date": dt.date(year, 7, 31), "check_by_date": dt.date(year, 9, 30),
            "opened_at": timezone.now(),
        },
    )  # fmt: skip
    return found


def make_report(
    place: Place, *, met: int = 3, applicable: int = INDICATOR_COUNT, year: int = 2027, threshold: str = "80.0", visit_level: str = "50.0",
    status: str = SelfReport.Status.ACCEPTED, has_key: bool = False,
) -> SelfReport:  # fmt: skip
    """A declared self-report with ``met`` of ``applicable`` indicators met, accepted unless told otherwise."""
    now, service = timezone.now(), place.service
    indicator_set = IndicatorSet.objects.create(
        code=f"SET-{service.pk}-{year}", name="Acute oncology measures", specification=service.specification, status="PUBLISHED",
        threshold_percent=Decimal(threshold), visit_level_percent=Decimal(visit_level),
    )  # fmt: skip
    report = SelfReport.objects.create(
        service=service, round=make_round(year), indicator_set=indicator_set, status=status, due_date=dt.date(year, 7, 31),
        declared_at=now, declared_by=place.executive, accepted_at=now, accepted_by=place.officer,
    )  # fmt: skip
    answers = []
    for number in range(applicable):
        indicator = Indicator.objects.create(
            indicator_set=indicator_set, number=f"10-1A-{301 + number}", position=number, title=f"Measure {number}",
            section="Structure and function", type="structure_and_function", is_key=has_key and number == applicable - 1,
        )  # fmt: skip
        is_met = number < met
        answer = Answer.objects.create(
            self_report=report, indicator=indicator, value="YES" if is_met else "NO", met=is_met, saved_at=now, saved_by=place.lead
        )
        answers.append({"id": answer.pk, "met": is_met})
    Declaration.objects.create(
        self_report=report, content=json.dumps({"answers": answers}), hash="0" * 64, declared_by=place.executive, declared_at=now,
        receipt_code=f"R{report.pk}",
    )  # fmt: skip
    percent = Decimal(met * 1000 // applicable) / 10 if applicable else None
    for stage in ("SELF_ASSESSED", "VALIDATED"):
        Score.objects.create(
            self_report=report, stage=stage, met_count=met, applicable_count=applicable, percent=percent,
            is_threshold_met=percent >= Decimal(threshold) if percent is not None else None,
        )  # fmt: skip
    return report


def make_decision(
    place: Place, *, report: SelfReport | None = None, at: dt.datetime | None = None, **options: object
) -> SurveillanceDecision:
    """A proposed decision on an accepted self-report; option 2 with provider action unless told otherwise."""
    report = report or make_report(place)
    chosen = {"needs_provider_action": True} | options
    facts = {"likelihood": 3, "consequence": 4, "rationale": "Cover is thin.", "review_date": timezone.localdate() + dt.timedelta(days=300)}
    return decisions.propose_decision(self_report_id=report.pk, by=place.officer, at=at, **(facts | chosen))


def give_positions(place: Place, decision: SurveillanceDecision, *, provider: str = "AGREE", commissioner: str = "AGREE") -> None:
    """Record all three positions."""
    for party, view, by in (
        ("QNT", "AGREE", place.manager),
        ("PROVIDER", provider, place.executive),
        ("COMMISSIONER", commissioner, place.commissioner),
    ):
        decisions.record_position(decision_id=decision.pk, party=party, view=view, note="" if view == "AGREE" else "Because.", by=by)


def make_action(place: Place, **fields: object) -> Action:
    """A drafted provider action, due in 60 days."""
    facts = {"what": "Appoint a second consultant", "due_date": timezone.localdate() + dt.timedelta(days=60), "by": place.lead}
    return actions.draft_action(service_id=place.service.pk, **(facts | fields))


def make_owned_action(place: Place, **fields: object) -> Action:
    """An action that the service lead has accepted."""
    action = make_action(place, **fields)
    actions.offer_action(action_id=action.pk, owner_id=place.lead.pk, by=place.lead)
    return actions.accept_action(action_id=action.pk, by=place.lead)

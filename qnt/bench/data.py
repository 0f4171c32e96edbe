"""Invented data to measure on: two services of one trust, each with last year's declared self-report and this year's.

This year's is half done, as a lead finds it in the middle of a round: two of three questions are answered with a comment,
half of those have a document, and all have an answer of last year.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from qnt.demo.clock import moment
from surveillance import scoring
from surveillance.models import (
    Answer,
    EvidenceItem,
    EvidenceVersion,
    Indicator,
    IndicatorSet,
    ProgrammeOfCare,
    Round,
    SelfReport,
    Service,
    ServiceAssignment,
    ServiceSpecification,
)
from surveillance.services import self_reports

SECTION_LENGTH = 30  # a question page holds at most so many
SMALL, LARGE = 31, 300  # a usual set, and the largest that is designed for
DOCUMENT_EVERY = 10
REPORTS = 4_000  # published
Kind = Indicator.AnswerKind
KINDS = (
    (Kind.YES_NO_NA, {"value": "YES"}),
    (Kind.YES_NO_NA, {"value": "NO"}),
    (Kind.PERCENTAGE, {"numerator": Decimal(45), "denominator": Decimal(50)}),
    (Kind.YES_NO_NA, {"value": "YES"}),
    (Kind.NUMBER, {"value": "12.5"}),
    (Kind.YES_NO_NA, {"value": "NA", "reason": "The partner trust provides this part of the pathway."}),
    (Kind.PERCENTAGE, {"numerator": Decimal(88), "denominator": Decimal(97)}),
    (Kind.YES_NO_NA, {"value": "YES"}),
    (Kind.TEXT, {"value": "Two consultants and one specialist nurse hold the clinic; cover is by the partner trust."}),
    (Kind.YES_NO_NA, {"value": "CANNOT", "reason": "The figure was not kept before the new system."}),
)
TARGETS = {Kind.PERCENTAGE: (Decimal(90), "AT_LEAST"), Kind.NUMBER: (Decimal(15), "AT_MOST")}
COMMENT = "Reviewed at the governance meeting of the division; policy, rota and this year's audit are on file, and the board has seen them."
DESCRIPTION = (
    "The service has a written agreement on this, reviewed each year, known to all of the team and audited against its own standard."
)


@dataclass
class World:
    """What benchmarks are given: the person who answers, this year's self-reports, and a folder for files."""

    lead: User
    small: SelfReport
    large: SelfReport
    folder: Path
    report_count: int = REPORTS


def make_world(folder: Path, *, small: int = SMALL, large: int = LARGE, reports: int = REPORTS) -> World:
    """The rows behind a run; ``small`` and ``large`` are the numbers of indicators of the two sets.

    ``reports`` are made by the benchmark that searches them.
    """
    region = Organisation.objects.create(kind="REGION", code="ZZBR", name="Illustrative region", is_illustrative=True)
    provider = Organisation.objects.create(kind="PROVIDER", code="ZZB", name="Illustrative trust", region=region, is_illustrative=True)
    lead, executive = (make_person(role, provider) for role in (Role.SERVICE_LEAD, Role.EXECUTIVE))
    today = timezone.localdate()
    last = make_round(today.year - 1, today - dt.timedelta(days=420), executive)
    this = make_round(today.year, today - dt.timedelta(days=48), executive)

    def self_report_of(count: int) -> SelfReport:
        service = make_service(provider, count)
        indicators = make_indicators(service.specification, count)
        assign(lead, service)
        before = make_self_report(service, last, indicators, lead, answered=count)
        with moment(last.closes_date):
            self_reports.send_to_executive(self_report_id=before.pk, executive_id=executive.pk, by=lead)
            self_reports.declare_self_report(self_report_id=before.pk, by=executive)
        return make_self_report(service, this, indicators, lead, answered=count * 2 // 3)

    return World(lead, self_report_of(small), self_report_of(large), folder, reports)


def make_person(role: str, organisation: Organisation, name: str = "") -> User:
    """Somebody with a role since two years ago; nobody can sign in as them by password."""
    name = name or f"Illustrative {Role(role).label.lower()}"
    person = User.objects.create_user(f"{name.lower().replace(' ', '.')}@bench.example", name=name)
    Membership.objects.create(user=person, organisation=organisation, role=role, from_date=timezone.localdate() - dt.timedelta(days=730))
    return person


def assign(person: User, service: Service) -> None:
    """Let somebody lead a service since two years ago."""
    since = timezone.localdate() - dt.timedelta(days=730)
    ServiceAssignment.objects.create(user=person, service=service, role=Role.SERVICE_LEAD, from_date=since)


def make_round(year: int, opens: dt.date, by: User) -> Round:
    """A round of 60 days, opened on a day."""
    closes = opens + dt.timedelta(days=60)
    check_by = closes + dt.timedelta(days=60)
    return Round.objects.create(
        year=year, opens_date=opens, closes_date=closes, check_by_date=check_by, opened_at=timezone.now(), opened_by=by
    )


def make_service(provider: Organisation, count: int) -> Service:
    """A service under a specification of its own."""
    programme, _ = ProgrammeOfCare.objects.get_or_create(code="B", defaults={"name": "Cancer"})
    specification = ServiceSpecification.objects.create(number=f"BENCH-{count}", name=f"Service of {count}", programme=programme)
    return Service.objects.create(
        provider=provider, specification=specification, region=provider.region, name=specification.name, is_illustrative=True
    )


def make_indicators(specification: ServiceSpecification, count: int) -> list[Indicator]:
    """A published set of ``count`` indicators of all kinds, in sections of a page each."""
    made = IndicatorSet.objects.create(
        code=f"BENCH-{count}",
        name=f"Set of {count}",
        specification=specification,
        status=IndicatorSet.Status.PUBLISHED,
        is_illustrative=True,
    )
    return Indicator.objects.bulk_create(make_indicator(made, position) for position in range(1, count + 1))


def make_indicator(indicator_set: IndicatorSet, position: int) -> Indicator:
    """An unsaved indicator, its kind by its place."""
    kind, _ = KINDS[position % len(KINDS)]
    target, comparator = TARGETS.get(kind, (None, ""))
    return Indicator(
        indicator_set=indicator_set,
        number=f"BN-{position:03}",
        position=position,
        title=f"There is an agreed way of working, part {position}",
        description=DESCRIPTION,
        section=f"Part {(position - 1) // SECTION_LENGTH + 1}",
        type=Indicator.Type.STRUCTURE_AND_FUNCTION,
        answer_kind=kind,
        target=target,
        comparator=comparator,
        is_key=position % 15 == 0,
        evidence_wanted="The policy and the audit",
    )


def make_self_report(service: Service, in_round: Round, indicators: list[Indicator], lead: User, *, answered: int) -> SelfReport:
    """A self-report in progress, its first ``answered`` questions answered, with documents for every second of these."""
    report = SelfReport.objects.create(
        service=service, round=in_round, indicator_set=indicators[0].indicator_set, due_date=in_round.closes_date, status="IN_PROGRESS"
    )
    answers = Answer.objects.bulk_create(make_answer(report, one, lead, is_answered=n < answered) for n, one in enumerate(indicators))
    add_documents(service, answers[:answered], lead)
    return report


def make_answer(report: SelfReport, indicator: Indicator, lead: User, *, is_answered: bool) -> Answer:
    """An unsaved answer as the service would have saved it."""
    if not is_answered:
        return Answer(self_report=report, indicator=indicator)
    _, given = KINDS[indicator.position % len(KINDS)]
    answer = Answer(self_report=report, indicator=indicator, comment=COMMENT, version=1, saved_by=lead, saved_at=timezone.now(), **given)
    answer.met = scoring.met_of(indicator, value=answer.value, numerator=answer.numerator, denominator=answer.denominator)
    return answer


def add_documents(service: Service, answers: list[Answer], lead: User) -> None:
    """A link for every ten answers, tied to every second of them."""
    for start in range(0, len(answers), DOCUMENT_EVERY):
        item = EvidenceItem.objects.create(service=service, title=f"Policy {start // DOCUMENT_EVERY + 1}", added_by=lead)
        EvidenceVersion.objects.create(
            item=item,
            link=f"https://documents.example/{item.pk}",
            document_date=timezone.localdate() - dt.timedelta(days=90),
            uploaded_by=lead,
        )
        item.answers.add(*answers[start : start + DOCUMENT_EVERY : 2])

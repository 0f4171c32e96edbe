"""Declared self-reports by what was met, over services and years: for figures that are put together from many."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from accounts.permissions import Role
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Answer, Assessment, Declaration, Indicator, IndicatorSet, Round, SelfReport, Service, Stage
from surveillance.services.scores import write_score
from surveillance.services.self_reports import declared_answer, new_receipt_code
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory

Met = bool | None
VALUES = {True: "YES", False: "NO", None: "NA"}


def round_of(year: int) -> Round:
    """The round of a year; hubs check it until the end of September."""
    dates = {"opens_date": dt.date(year, 6, 1), "closes_date": dt.date(year, 7, 31), "check_by_date": dt.date(year, 9, 30)}
    return Round.objects.get_or_create(year=year, defaults=dates | {"opened_at": timezone.now()})[0]


def set_of(service: Service, count: int, **fields: object) -> IndicatorSet:
    """A set of ``count`` indicators of Yes and No, the first of them a key indicator."""
    made = IndicatorSetFactory(specification=service.specification, **fields)
    for n in range(count):
        IndicatorFactory(indicator_set=made, position=n, number=f"N-{n}", is_key=n == 0)
    return made


def declared(service: Service, year: int, met: Sequence[Met], *, indicator_set: IndicatorSet | None = None, at: dt.datetime | None = None,
             **fields: object) -> SelfReport:  # fmt: skip
    """A declared self-report whose answers are met, not met or not applicable, in the order of its set; with its score."""
    indicator_set = indicator_set or set_of(service, len(met))
    executive, at = person(Role.EXECUTIVE, service.provider), at or timezone.now()
    report = SelfReport.objects.create(
        **({
            "service": service, "round": round_of(year), "indicator_set": indicator_set, "status": "DECLARED",
            "due_date": dt.date(year, 7, 31), "declared_at": at, "declared_by": executive,
        } | fields)
    )  # fmt: skip
    for indicator, value in zip(Indicator.objects.filter(indicator_set=indicator_set), met, strict=True):
        Answer.objects.create(
            self_report=report, indicator=indicator, value=VALUES[value], met=value, reason="" if value is not None else "Because.",
            saved_at=at, saved_by=executive,
        )  # fmt: skip
    declare_again(report)
    return report


def declare_again(report: SelfReport) -> None:
    """Write the declaration of the answers as they stand, and the score."""
    answers = [declared_answer(answer, documents=()) for answer in report.answers.select_related("indicator")]
    content = canonical_json({"self_report": report.pk, "answers": answers})
    Declaration.objects.create(
        self_report=report, content=content, hash=sha256_of(content), declared_by=report.declared_by, declared_at=report.declared_at,
        receipt_code=new_receipt_code(),
    )  # fmt: skip
    write_score(report, Stage.SELF_ASSESSED)


def validated(report: SelfReport, changes: dict[int, Met]) -> None:
    """The hub accepts: answers by place that it holds to be something else, and the validated score."""
    officer = person(Role.HUB_OFFICER, report.service.region)
    answers = list(report.answers.select_related("indicator"))
    for place, met in changes.items():
        Assessment.objects.create(
            answer=answers[place], stage=Stage.VALIDATED, value=VALUES[met], met=met, reason="Seen otherwise.", assessed_by=officer,
            assessed_at=timezone.now(),
        )  # fmt: skip
    report.status, report.accepted_at, report.accepted_by = "ACCEPTED", timezone.now(), officer
    report.save()
    write_score(report, Stage.VALIDATED)

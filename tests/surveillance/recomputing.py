"""Every figure of every round worked out again from the exported answers, in arithmetic of its own: no line of it calls the product's.

The exports are what somebody outside has. What an indicator asks (kind, target, comparator, suspension) and the levels of a set
are read from the rows. Whole numbers are multiplied out; nothing is divided before it is compared.
"""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from accounts.models import User
from surveillance.models import Indicator, IndicatorFigure, Round, Score, SelfReport

STAGES = ("SELF_ASSESSED", "VALIDATED", "PEER_REVIEWED")
Row = dict[str, str]


@dataclass
class Recount:
    """What was compared, and every difference in words."""

    differences: list[str] = field(default_factory=list)
    answers: int = 0
    scores: int = 0
    services: int = 0
    groups: int = 0
    figures: int = 0
    page_counts: int = 0

    def expect(self, what: str, shown: object, own: object) -> None:
        """Note a difference between what the site says and what was worked out."""
        if shown != own:
            self.differences.append(f"{what}: the site says {shown!r}, worked out {own!r}")


def recount(user: User, **client_options: str) -> Recount:
    """Compare every round at every stage, as ``user`` downloads it."""
    client, found = Client(**client_options), Recount()
    client.force_login(user)
    before: dict[str, dict[str, tuple[int, int]]] = {stage: {} for stage in STAGES}
    for opened in Round.objects.order_by("year"):
        asked = _asked(opened)
        for stage in STAGES:
            answers = _read(client, f"/rounds/{opened.year}/answers.csv?stage={stage}")
            services = _read(client, f"/rounds/{opened.year}/services.csv?stage={stage}")
            _compare_answers(found, opened, answers, asked)
            counts = _counts(answers, services)
            _compare_scores(found, opened, stage, counts, [row["service_id"] for row in services])
            _compare_services(found, services, counts, before[stage])
            _compare_groups(found, services, answers)
            _compare_figures(found, opened, stage, services, answers, asked)
            _compare_page(found, client, f"/rounds/{opened.year}/?stage={stage}", services)
            before[stage] = {row["service_id"]: counts.get(row["service_id"], (0, 0)) for row in services if row["met"]}
    return found


def _read(client: Client, path: str) -> list[Row]:
    response = client.get(path)
    assert response.status_code == 200, path
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def _asked(opened: Round) -> dict[tuple[str, str], tuple[Indicator, SelfReport]]:
    """(service, number) to what was asked, and to its self-report."""
    reports = SelfReport.objects.filter(round=opened).select_related("indicator_set").prefetch_related("indicator_set__indicators")
    return {
        (str(report.service_id), indicator.number): (indicator, report)
        for report in reports
        if report.indicator_set
        for indicator in report.indicator_set.indicators.all()
    }


def _compare_answers(found: Recount, opened: Round, answers: list[Row], asked: dict[tuple[str, str], tuple[Indicator, SelfReport]]) -> None:
    """Whether each answer is met, from its value alone."""
    for row in answers:
        indicator, report = asked[row["service_id"], row["number"]]
        own = "" if _has_left(indicator, report, opened) else own_met(indicator, row)
        found.expect(f"{opened.year} {row['stage']} service {row['service_id']} {row['number']}", row["met"], own)
        found.answers += 1


def _has_left(indicator: Indicator, report: SelfReport, opened: Round) -> bool:
    """Suspended by today, from a day on which its round was still checked or on or before which it was declared."""
    day = indicator.suspended_from
    if day is None or day > timezone.localdate():
        return False
    return day <= opened.check_by_date or day <= timezone.localdate(report.declared_at)


def own_met(indicator: Indicator, row: Row) -> str:
    """``true``, ``false`` or nothing: what the field guide says that an answer is worth."""
    if row["value"] == "CANNOT":
        return "false"
    if indicator.answer_kind == "YES_NO_NA":
        return {"YES": "true", "NO": "false"}.get(row["value"], "")
    if indicator.answer_kind == "TEXT" or indicator.target is None or row["value"] == "NA":
        return ""
    if indicator.answer_kind == "NUMBER":
        if not row["value"]:
            return ""
        left, right = Decimal(row["value"]), indicator.target
    else:
        if not row["numerator"] or not row["denominator"] or Decimal(row["denominator"]) == 0:
            return ""
        left, right = 100 * Decimal(row["numerator"]), indicator.target * Decimal(row["denominator"])
    is_met = left >= right if indicator.comparator == "AT_LEAST" else left <= right
    return "true" if is_met else "false"


def _counts(answers: list[Row], services: list[Row]) -> dict[str, tuple[int, int]]:
    """Service to (met, applicable); key requirements have no level and count nothing."""
    counted = {row["service_id"] for row in services if row["threshold"]}
    met: dict[str, int] = defaultdict(int)
    applicable: dict[str, int] = defaultdict(int)
    for row in answers:
        is_counted = row["service_id"] in counted and row["met"] != ""
        applicable[row["service_id"]] += is_counted
        met[row["service_id"]] += is_counted and row["met"] == "true"
    return {service: (met[service], applicable[service]) for service in applicable}


def _compare_scores(found: Recount, opened: Round, stage: str, counts: dict[str, tuple[int, int]], listed: list[str]) -> None:
    """Stored scores of declared self-reports that are listed. Each declared one has a self-assessed score."""
    scores = Score.objects.filter(
        self_report__round=opened, stage=stage, self_report__declared_at__isnull=False, self_report__service__in=listed
    )  # fmt: skip
    rows = {str(score.self_report.service_id): score for score in scores.select_related("self_report__indicator_set")}
    if stage == "SELF_ASSESSED":
        found.expect(f"{opened.year} services with a score", set(rows), set(counts))
    for service, score in rows.items():
        met, applicable = counts[service]
        levels = score.self_report.indicator_set
        reached = [_reached(met, applicable, level) for level in (levels.threshold_percent, levels.visit_level_percent)]
        shown = (score.met_count, score.applicable_count, score.percent, score.is_threshold_met, score.is_visit_level_met)
        found.expect(f"{opened.year} {stage} score of service {service}", shown, (met, applicable, own_percent(met, applicable), *reached))
        found.scores += 1


def own_percent(met: int, applicable: int) -> Decimal | None:
    """One decimal, rounded down, by counting tenths; None when nothing applies."""
    if not applicable:
        return None
    tenths = 0
    while (tenths + 1) * applicable <= met * 1000:
        tenths += 1
    return Decimal(f"{tenths // 10}.{tenths % 10}")


def _reached(met: int, applicable: int, level: Decimal) -> bool | None:
    return None if not applicable else met * 100 >= level * applicable


def _compare_services(found: Recount, services: list[Row], counts: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]) -> None:
    """Each row of services.csv that has a score."""
    for row in services:
        if not row["met"]:
            continue
        met, applicable = counts.get(row["service_id"], (0, 0))
        percent, last = own_percent(met, applicable), own_percent(*before.get(row["service_id"], (0, 0)))
        reached = _reached(met, applicable, Decimal(row["threshold"] or 0))
        own = {
            "met": str(met), "applicable": str(applicable), "percent": "" if percent is None else str(percent),
            "below_100": "" if not applicable else str(met < applicable).lower(),
            "below_threshold": "" if reached is None else str(not reached).lower(),
            "change_on_last_year": "" if percent is None or last is None else str(percent - last),
        }  # fmt: skip
        found.expect(f"{row['stage']} services.csv, service {row['service_id']}", {name: row[name] for name in own}, own)
        found.services += 1


def _compare_groups(found: Recount, services: list[Row], answers: list[Row]) -> None:
    """Sums of services.csv by region and by programme, against the answers of their services."""
    where = {row["service_id"]: row for row in services if row["met"] and row["threshold"]}
    for column in ("region", "programme"):
        shown: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        own: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in where.values():
            shown[row[column]][0] += int(row["met"])
            shown[row[column]][1] += int(row["applicable"])
        for row in answers:
            if row["service_id"] in where and row["met"]:
                own[where[row["service_id"]][column]][0] += row["met"] == "true"
                own[where[row["service_id"]][column]][1] += 1
        for name, sums in shown.items():
            found.expect(f"{column} {name}", sums, own[name])
            found.groups += 1


def _compare_figures(
    found: Recount,
    opened: Round,
    stage: str,
    services: list[Row],
    answers: list[Row],
    asked: dict[tuple[str, str], tuple[Indicator, SelfReport]],
) -> None:
    """What the round page sums of each indicator and region, against the answers of the region's services."""
    where = {row["service_id"]: row["region"] for row in services if row["met"] and row["threshold"]}
    own: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in answers:
        if row["service_id"] in where and row["met"]:
            indicator, _ = asked[row["service_id"], row["number"]]
            own[indicator.pk, where[row["service_id"]]][0] += row["met"] == "true"
            own[indicator.pk, where[row["service_id"]]][1] += 1
    kept = IndicatorFigure.objects.filter(round=opened, stage=stage, region__code__in=where.values(), applicable_count__gt=0)
    names = ("indicator", "region__code", "met_count", "applicable_count")
    shown = {(indicator, region): [met, applicable] for indicator, region, met, applicable in kept.values_list(*names)}
    found.expect(f"{opened.year} {stage} figures of indicators", shown, dict(own))
    found.figures += len(own)


LOOKS = {
    "Under 100%": lambda row: row["below_100"] == "true",
    "Below good practice level": lambda row: row["below_threshold"] == "true",
    "Down 20 points or more": lambda row: row["change_on_last_year"] != "" and Decimal(row["change_on_last_year"]) <= -20,
    "Higher than last year": lambda row: row["change_on_last_year"] != "" and Decimal(row["change_on_last_year"]) > 0,
    "Lower than last year": lambda row: row["change_on_last_year"] != "" and Decimal(row["change_on_last_year"]) < 0,
}


def _compare_page(found: Recount, client: Client, path: str, services: list[Row]) -> None:
    """The counts that stand on the round page, against the lines of services.csv."""
    page = client.get(path).content.decode()
    for label, is_one in LOOKS.items():
        shown = re.search(rf"{label} \(([\d,]+)\)", page)
        own = sum(is_one(row) for row in services)
        found.expect(f"{path} {label}", shown and int(shown[1].replace(",", "")), own)
        found.page_counts += own

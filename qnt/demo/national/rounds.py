"""Ten rounds of self-reports: answers, declarations, scores at two stages, checks, frozen summaries."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.crowd import Crowd
from qnt.demo.national.places import World
from surveillance import scoring
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import (
    Answer,
    Assessment,
    Declaration,
    EvidenceItem,
    EvidenceVersion,
    Indicator,
    Round,
    RoundSet,
    Score,
    SelfReport,
    Service,
    ServiceSummary,
    Stage,
)
from surveillance.services.self_reports import declared_answer, new_receipt_code

S = SelfReport.Status
BATCH = 100
# How this year's self-reports stand, in per cent; earlier years are accepted, but for the few that nobody declared.
THIS_YEAR = ((S.ACCEPTED, 62), (S.BEING_CHECKED, 6), (S.DECLARED, 20), (S.WITH_EXECUTIVE, 3), (S.IN_PROGRESS, 6), (S.NOT_STARTED, 3))
EARLIER = ((S.ACCEPTED, 97), (S.NOT_DECLARED, 3))
DECLARED = frozenset({S.ACCEPTED, S.BEING_CHECKED, S.DECLARED})


@dataclass(frozen=True)
class Scored:
    """What later steps need of an accepted self-report."""

    report: SelfReport
    score: Score
    not_met: tuple[Indicator, ...]


class Rounds:
    """Writes the rounds, oldest first; remembers how good each service is, so that years resemble one another."""

    def __init__(self, world: World, crowd: Crowd, questions: dict[int, list[Indicator]], chance: random.Random) -> None:
        self.world, self.crowd, self.questions, self.chance = world, crowd, questions, chance
        trust_quality = {trust.pk: chance.uniform(-0.08, 0.06) for trust in world.trusts}
        self.quality = {s.pk: min(0.995, max(0.35, chance.gauss(0.87, 0.1) + trust_quality[s.provider_id])) for s in world.services}
        self.trend: dict[int, list[dict[str, Any]]] = {service.pk: [] for service in world.services}
        self.percents: dict[tuple[int, int, str], Decimal | None] = {}  # of service, year and stage
        self.people = {trust.pk: pair for trust, pair in zip(world.trusts, zip(crowd.leads, crowd.executives, strict=True), strict=True)}
        self.officers = {region.pk: user for region, user in zip(world.regions, crowd.officers, strict=True)}

    def carry(self, year: int, *, closes: dt.date, is_last: bool) -> list[Scored]:
        """One round; gives its accepted self-reports with their validated scores."""
        opened = Round.objects.create(
            year=year, opens_date=closes - dt.timedelta(days=60), closes_date=closes, check_by_date=closes + dt.timedelta(days=60),
            opened_at=self._at(closes - dt.timedelta(days=67)), opened_by=self.crowd.nationals[0],
            closed_at=None if is_last else self._at(closes + dt.timedelta(days=16)),
        )  # fmt: skip
        write_all(
            RoundSet,
            (RoundSet(round=opened, specification_id=pk, indicator_set=rows[0].indicator_set) for pk, rows in self.questions.items()),
        )
        accepted: list[Scored] = []
        services = iter(self.world.services)
        while batch := list(islice(services, BATCH)):
            with transaction.atomic():
                accepted += self._carry_batch(opened, batch, THIS_YEAR if is_last else EARLIER)
        return accepted

    @staticmethod
    def _at(day: dt.date, hour: int = 10) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour), tzinfo=timezone.get_default_timezone())

    def _carry_batch(self, opened: Round, services: Sequence[Service], statuses: tuple[tuple[str, int], ...]) -> list[Scored]:
        reports = list(write(SelfReport, (self._report(opened, service, statuses) for service in services)))
        answers = self._answers(reports)
        self._file_evidence(reports, answers)
        declared = [report for report in reports if report.status in DECLARED]
        write_all(Declaration, (self._declaration(report, answers[report.pk]) for report in declared))
        validated = self._check([report for report in declared if report.status == S.ACCEPTED], answers)
        return self._score(declared, answers, validated)

    def _report(self, opened: Round, service: Service, statuses: tuple[tuple[str, int], ...]) -> SelfReport:
        status = self.chance.choices([one for one, _ in statuses], [weight for _, weight in statuses])[0]
        lead, executive = self.people[service.provider_id]
        days = self.chance.randint(15, 58)
        declared = self._at(opened.opens_date + dt.timedelta(days=days)) if status in DECLARED else None
        sent = self._at(opened.opens_date + dt.timedelta(days=days - 3)) if declared or status == S.WITH_EXECUTIVE else None
        longest = 20 if statuses is THIS_YEAR else 50  # the newest round closed 40 days ago: nothing lies ahead
        accepted = self._at(opened.closes_date + dt.timedelta(days=self.chance.randint(3, longest))) if status == S.ACCEPTED else None
        return SelfReport(
            service=service, round=opened, indicator_set=self.questions[service.specification_id][0].indicator_set, status=status,
            due_date=opened.closes_date, sent_at=sent, sent_by=lead if sent else None, executive=executive if sent else None,
            hours_spent=Decimal(self.chance.randint(6, 60)) if sent else None, declared_at=declared,
            declared_by=executive if declared else None, accepted_at=accepted,
            accepted_by=self.officers[service.region_id] if accepted else None,
        )  # fmt: skip

    def _answers(self, reports: Sequence[SelfReport]) -> dict[int, list[Answer]]:
        found: dict[int, list[Answer]] = {report.pk: [] for report in reports}
        rows = (row for report in reports for row in self._answers_of(report))
        for answer in write(Answer, rows):
            found[answer.self_report_id].append(answer)
        return found

    def _answers_of(self, report: SelfReport) -> Iterator[Answer]:
        questions = self.questions[report.service.specification_id]
        share = {S.NOT_STARTED: 0.0, S.IN_PROGRESS: 0.6, S.NOT_DECLARED: 0.4}.get(S(report.status), 1.0)
        quality, lead = self.quality[report.service_id], self.people[report.service.provider_id][0]
        saved = self._at(report.round.opens_date + dt.timedelta(days=10), 15)
        for n, indicator in enumerate(questions):
            if n >= len(questions) * share:
                yield Answer(self_report=report, indicator=indicator)
            else:
                yield self._answer(report, indicator, self.chance.random() < quality, lead, saved)

    def _answer(self, report: SelfReport, indicator: Indicator, is_met: bool, lead: User, saved: dt.datetime) -> Answer:
        value, reason, numerator, denominator = "", "", None, None
        draw = self.chance.random()
        if indicator.answer_kind == "YES_NO_NA":
            value = "NA" if draw < 0.03 else "CANNOT" if draw > 0.995 else "YES" if is_met else "NO"
            reason = "Illustrative reason." if value in {"NA", "CANNOT"} else ""
        elif indicator.answer_kind == "PERCENTAGE":
            total = self.chance.randint(20, 180) if draw > 0.01 else 0
            share = self.chance.uniform(0.81, 1) if is_met else self.chance.uniform(0.3, 0.79)
            numerator, denominator = Decimal(-int(-total * share // 1) if is_met else int(total * share)), Decimal(total)
        elif indicator.answer_kind == "NUMBER":
            value = str(self.chance.randint(3, 14) if is_met else self.chance.randint(15, 40))
        else:
            value = "Illustrative text."
        met = scoring.met_of(indicator, value=value, numerator=numerator, denominator=denominator)
        return Answer(
            self_report=report, indicator=indicator, value=value, reason=reason, numerator=numerator, denominator=denominator, met=met,
            comment="Illustrative comment." if draw < 0.2 else "", version=1, saved_by=lead, saved_at=saved,
        )  # fmt: skip

    def _file_evidence(self, reports: Sequence[SelfReport], answers: dict[int, list[Answer]]) -> None:
        """One link a self-report, which serves its first three answers."""
        items = list(
            write(
                EvidenceItem,
                (
                    EvidenceItem(
                        service_id=report.service_id,
                        title=f"Operational policy {report.round.year}",
                        added_by=self.people[report.service.provider_id][0],
                    )  # fmt: skip
                    for report in reports
                    if report.status != S.NOT_STARTED
                ),
            )
        )
        write_all(
            EvidenceVersion,
            (
                EvidenceVersion(
                    item=item,
                    link="https://intranet.illustrative.example/policy",
                    document_date=reports[0].round.opens_date,
                    uploaded_by_id=item.added_by_id,
                )
                for item in items
            ),
        )
        links = EvidenceItem.answers.through
        by_service = {report.service_id: answers[report.pk][:3] for report in reports}
        write_all(links, (links(evidenceitem_id=item.pk, answer_id=answer.pk) for item in items for answer in by_service[item.service_id]))

    def _declaration(self, report: SelfReport, answers: Sequence[Answer]) -> Declaration:
        service, indicator_set = report.service, report.indicator_set
        content = canonical_json(
            {
                "self_report": report.pk,
                "year": report.round.year,
                "service": {"id": service.pk, "name": service.name, "holder": service.holder.code, "holder_name": service.holder.name},
                "indicator_set": {"code": indicator_set.code, "version": indicator_set.version} if indicator_set else None,
                "hours_spent": str(report.hours_spent),
                "answers": [declared_answer(answer, documents=()) for answer in answers],
            }  # fmt: skip
        )
        return Declaration(
            self_report=report, content=content, hash=sha256_of(content), declared_by=report.declared_by, declared_at=report.declared_at,
            receipt_code=new_receipt_code(),
        )  # fmt: skip

    def _check(self, accepted: Sequence[SelfReport], answers: dict[int, list[Answer]]) -> dict[int, bool | None]:
        """Assessments of some answers: most agree, a few change the value; gives what is met by answer id."""
        rows = []
        for report in accepted:
            for answer in answers[report.pk]:
                draw = self.chance.random()
                if draw < 0.05:
                    is_changed = draw < 0.006 and answer.value == Answer.YES
                    rows.append(
                        Assessment(
                            answer=answer,
                            stage=Stage.VALIDATED,
                            value=Answer.NO if is_changed else answer.value,
                            numerator=answer.numerator,
                            denominator=answer.denominator,
                            met=False if is_changed else answer.met,
                            reason="Illustrative reason." if is_changed else "",
                            assessed_by=report.accepted_by,
                            assessed_at=report.accepted_at,
                        )  # fmt: skip
                    )
        write_all(Assessment, rows)
        return {row.answer_id: row.met for row in rows}

    def _score(self, declared: Sequence[SelfReport], answers: dict[int, list[Answer]], validated: dict[int, bool | None]) -> list[Scored]:
        scores, summaries, accepted = [], [], []
        for report in declared:
            stages: list[tuple[str, dict[int, bool | None]]] = [(Stage.SELF_ASSESSED, {})]
            if report.status == S.ACCEPTED:
                stages.append((Stage.VALIDATED, validated))
            for stage, changed in stages:
                result = scoring.score(
                    (scoring.Line(changed.get(one.pk, one.met), is_key=one.indicator.is_key) for one in answers[report.pk]),
                    threshold_percent=report.indicator_set.threshold_percent,
                    visit_level_percent=report.indicator_set.visit_level_percent,
                )
                key = (report.service_id, report.round.year, str(stage))
                self.percents[key] = result.percent
                before = self.percents.get((report.service_id, report.round.year - 1, str(stage)))
                scores.append(Score(self_report=report, stage=stage, percent_before=before, **vars(result)))
            if report.status == S.ACCEPTED:
                not_met = [answer for answer in answers[report.pk] if validated.get(answer.pk, answer.met) is False]
                accepted.append(Scored(report, scores[-1], tuple(answer.indicator for answer in not_met)))
                summaries.append(self._summary(report, scores[-2:], not_met))
        write_all(Score, scores)
        write_all(ServiceSummary, summaries)
        return accepted

    def _summary(self, report: SelfReport, scores: Sequence[Score], not_met: Sequence[Answer]) -> ServiceSummary:
        """The aggregated report in the shape that ``surveillance.services.summaries`` freezes; nothing is compared."""
        facts = [
            {
                "stage": score.stage,
                "met": score.met_count,
                "applicable": score.applicable_count,
                "percent": None if score.percent is None else str(score.percent),
                "is_threshold_met": score.is_threshold_met,
            }  # fmt: skip
            for score in scores
        ]
        self.trend[report.service_id].append(
            {"year": report.round.year} | {k: facts[-1][k] for k in ("stage", "met", "applicable", "percent")}
        )
        indicator_set = report.indicator_set
        content = canonical_json(
            {
                "self_report": report.pk,
                "year": report.round.year,
                "service": {"id": report.service_id, "name": report.service.name, "holder_name": report.service.holder.name},
                "indicator_set": {
                    "name": indicator_set.name,
                    "version": indicator_set.version,
                    "is_illustrative": True,
                    "is_counted": True,
                },
                "threshold_percent": str(indicator_set.threshold_percent),
                "visit_level_percent": str(indicator_set.visit_level_percent),
                "scores": facts,
                "not_met": [_line(answer) for answer in not_met],
                "suspended": "",
                "comments": [],
                "trend": self.trend[report.service_id],
                "comparison": {"region": None, "england": None},
                "is_late": False,
                "hours_spent": str(report.hours_spent),
            }  # fmt: skip
        )
        return ServiceSummary(
            self_report=report, content=content, hash=sha256_of(content), frozen_at=report.accepted_at, frozen_by=report.accepted_by
        )


def _line(answer: Answer) -> dict[str, Any]:
    facts = declared_answer(answer, documents=())
    names = ("number", "title", "is_key", "value", "numerator", "denominator", "reason", "comment")
    return {name: facts[name] for name in names} | {"hub_value": "", "hub_reason": ""}

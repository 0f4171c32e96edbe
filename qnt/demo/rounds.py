"""Two rounds: last year's, closed, and this year's, open, with a self-report in every status."""

import datetime as dt
import random
from decimal import Decimal

from accounts.models import User
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.jobs import finish_jobs
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import Answer, Indicator, Round, SelfReport, Service
from surveillance.services import answers, checking, evidence, rounds, section_people, self_reports

# Share of indicators not met by place in the list of services: last year, this year.
NOT_MET_LAST_YEAR = (0.62, 0.1, 0.2, 0, 0.3, 0.12, 0.55, 0, 0.25, 0.15, 0.1, 0, 0.6, 0.2, 0.1, 0.3, 0, 0.15, 0.52, 0.1, 0.2, 0, 0.35, 0.1)
NOT_MET_THIS_YEAR = (0.17, 0, 0.15, 0.1, 0.2, 0.1, 0.4, 0, 0.2, 0.1, 0.15, 0, 0.3, 0.2, 0.15, 0.25, 0, 0.1, 0.3, 0, 0, 0, 0.3, 0.15)
# How far each self-report of this year's round has come, by place in the list of services.
S = SelfReport.Status
REACHED = (
    S.ACCEPTED,
    S.ACCEPTED,
    S.IN_PROGRESS,
    S.WITH_EXECUTIVE,
    S.DECLARED,
    S.BEING_CHECKED,
    S.QUERIED,
    S.NOT_STARTED,
    S.IN_PROGRESS,
    S.ACCEPTED,
    S.DECLARED,
    S.WITH_EXECUTIVE,
    S.ACCEPTED,
    S.QUERIED,
    S.BEING_CHECKED,
    S.IN_PROGRESS,
    S.NOT_STARTED,
    S.ACCEPTED,
    S.DECLARED,
    S.ACCEPTED,
    S.ACCEPTED,
    S.ACCEPTED,
    S.DECLARED,
    S.IN_PROGRESS,
)
NOT_DECLARED_LAST_YEAR, LATE_LAST_YEAR = 23, 19
COMMENTS = {
    True: ("Reviewed at our governance meeting.", "Unchanged since the last audit.", "See the annual report.", ""),
    False: (
        "We know that this is not met; a plan is with the divisional board.",
        "Recruitment is under way after two rounds without applicants.",
        "The audit was late this year because the post was empty.",
        "The partner trust provides this; we are agreeing cover.",
    ),
}


class Rounds:
    """Carries both rounds through the services that the pages call."""

    def __init__(self, places: Places, people: People, *, today: dt.date, seed: int) -> None:
        self.places, self.people, self.today, self.seed = places, people, today, seed
        self.year = today.year

    def carry_last(self) -> None:
        """Last year's round to its close."""
        last = self._open(self.year - 1, opens=self.today - dt.timedelta(days=420), length=60)
        for n, report in enumerate(self._reports(last)):
            if n != NOT_DECLARED_LAST_YEAR:
                self._carry_last_year(report, n)
        self._report_for_networks(last)
        with moment(working_day(last.closes_date + dt.timedelta(days=45)), 6):
            rounds.close_round(year=last.year)

    def carry_this(self) -> None:
        """This year's round as far as it has come."""
        current = self._open(self.year, opens=self.today - dt.timedelta(days=48), length=60)
        for n, report in enumerate(self._reports(current)):
            self._carry_this_year(report, n)
        self._report_for_networks(current)

    def _open(self, year: int, *, opens: dt.date, length: int) -> Round:
        closes = opens + dt.timedelta(days=length)
        with moment(opens - dt.timedelta(days=7), 9):
            round_ = rounds.create_round(
                year=year, opens_date=opens, closes_date=closes, check_by_date=closes + dt.timedelta(days=60), by=self.people.nationals[0]
            )
        finish_jobs()
        return round_

    def _reports(self, round_: Round) -> list[SelfReport]:
        """The round's self-reports in the order of the list of services."""
        by_service = {report.service_id: report for report in round_.self_reports.select_related("service", "indicator_set")}
        return [by_service[service.pk] for service in self.places.services]

    def _carry_last_year(self, report: SelfReport, n: int) -> None:
        start = report.round.opens_date + dt.timedelta(days=10 + n % 9)
        self._answer(report, NOT_MET_LAST_YEAR[n], day=start)
        declared = report.round.closes_date + dt.timedelta(days=3) if n == LATE_LAST_YEAR else start + dt.timedelta(days=14)
        self._send(report, start + dt.timedelta(days=10))
        with moment(start + dt.timedelta(days=11), 9):
            self_reports.send_back(self_report_id=report.pk, reason=canary("self_report", report.pk), by=self._executive(report.service))
        self._send(report, start + dt.timedelta(days=12))
        self._declare(report, declared)
        with moment(working_day(report.round.closes_date + dt.timedelta(days=12 + n)), 11):
            checking.accept_self_report(self_report_id=report.pk, by=self._officer(report.service))

    def _carry_this_year(self, report: SelfReport, n: int) -> None:
        reached = REACHED[n]
        if reached == S.NOT_STARTED:
            return
        start = report.round.opens_date + dt.timedelta(days=4 + n % 7)
        self._share_sections(report, n)
        self._answer(report, NOT_MET_THIS_YEAR[n], day=start, part=0.6 if reached == S.IN_PROGRESS else 1)
        if reached == S.IN_PROGRESS:
            return
        self._send(report, start + dt.timedelta(days=9))
        if reached == S.WITH_EXECUTIVE:
            return
        self._declare(report, start + dt.timedelta(days=12))
        with moment(working_day(start + dt.timedelta(days=20)), 14):
            self._check(report, reached)

    def _check(self, report: SelfReport, reached: str) -> None:
        officer = self._officer(report.service)
        rows = list(report.answers.select_related("indicator").order_by("indicator__position"))
        if reached in {S.BEING_CHECKED, S.ACCEPTED}:
            for answer in rows[:4]:
                checking.agree_answer(answer_id=answer.pk, self_report_id=report.pk, by=officer)
        if reached == S.QUERIED:
            for answer in [a for a in rows if a.met is False][:2] or rows[:1]:
                question = "Which months does this cover, and what is the figure for the latest quarter?"
                checking.ask_service(answer_id=answer.pk, self_report_id=report.pk, question=question, by=officer)
            checking.send_queries(self_report_id=report.pk, by=officer)
        if reached == S.ACCEPTED:
            checking.accept_self_report(self_report_id=report.pk, by=officer)

    def _share_sections(self, report: SelfReport, n: int) -> None:
        """Sections given to the contributors of the service."""
        helpers = {2: self.people.contributors[1], 4: self.people.contributors[2], 0: self.people.contributors[0]}
        helpers[8] = self.people.reviewers["several"]
        if n in helpers and report.indicator_set_id:
            section = report.indicator_set.indicators.order_by("position").values_list("section", flat=True).last()
            with moment(report.round.opens_date + dt.timedelta(days=2), 9):
                section_people.assign_section(
                    self_report_id=report.pk,
                    section=section,
                    user_ids=[helpers[n].pk],
                    by=self._lead(report.service),
                    due_date=report.due_date,
                )

    def _answer(self, report: SelfReport, not_met_share: float, *, day: dt.date, part: float = 1, by: User | None = None) -> None:
        """Answer the first ``part`` of the indicators; ``not_met_share`` of those that can be met are not."""
        chance = random.Random(f"{self.seed}-{report.service.pk}-{report.round.year}")  # noqa: S311 (invented answers, the same each time)
        rows = list(report.answers.select_related("indicator").order_by("indicator__position"))
        met_ones = [a for a in rows if a.indicator.answer_kind == "YES_NO_NA" or a.indicator.target is not None]
        not_met = {a.pk for a in chance.sample(met_ones, round(not_met_share * len(met_ones)))}
        person = by or self._lead(report.service)
        for n, answer in enumerate(rows[: round(len(rows) * part)]):
            with moment(day + dt.timedelta(days=n // 6), 9 + n % 6, 7 * n % 60):
                raw = raw_answer(answer.indicator, is_met=answer.pk not in not_met, chance=chance)
                if n == 1 and report.round.year == self.year:
                    raw["comment"] = canary("self_report", report.pk)
                answers.save_answer(answer_id=answer.pk, self_report_id=report.pk, raw=raw, version=answer.version, by=person)
        if rows:
            count = 3 if report.round.year == self.year else 2 + report.pk % 4  # what was used again differs between services
            self._file_evidence(report, rows[:count], day)

    def _file_evidence(self, report: SelfReport, rows: list[Answer], day: dt.date) -> None:
        """One link that serves several answers, filed once."""
        with moment(day, 16):
            evidence.add_link(
                service_id=report.service_id,
                title=f"Operational policy {report.round.year}, illustrative document {report.pk}",
                document_date=day - dt.timedelta(days=90),
                link=f"https://intranet.illustrative.example/policies/{report.pk}",
                by=self._lead(report.service),
                answer_ids=[answer.pk for answer in rows],
            )

    def _send(self, report: SelfReport, day: dt.date) -> None:
        with moment(day, 15):
            self_reports.send_to_executive(
                self_report_id=report.pk,
                executive_id=self._executive(report.service).pk,
                by=self._lead(report.service),
                hours_spent=Decimal((9 if report.round.year == self.year else 14) + report.pk % 8),
            )

    def _declare(self, report: SelfReport, day: dt.date) -> None:
        with moment(day, 17):
            self_reports.declare_self_report(self_report_id=report.pk, by=self._executive(report.service))

    def _report_for_networks(self, round_: Round) -> None:
        """The first network answers some of its own indicators."""
        report = round_.self_reports.filter(service=self.places.network_services[0]).select_related("service", "round").first()
        if report and round_.year == self.year:
            self._answer(report, 0.2, day=round_.opens_date + dt.timedelta(days=8), part=0.5)

    def _lead(self, service: Service) -> User:
        return self.people.leads.get(service.pk) or self.people.network_leads[self.places.networks.index(service.network)]

    def _executive(self, service: Service) -> User:
        return self.people.executives[self.places.providers.index(service.provider)]

    def _officer(self, service: Service) -> User:
        return self.people.officers[self.places.regions.index(service.region) * 3]


def raw_answer(indicator: Indicator, *, is_met: bool, chance: random.Random) -> dict[str, str]:
    """What a service types for an indicator, so that it is met or not."""
    comment = chance.choice(COMMENTS[is_met])
    raw = {"value": "", "numerator": "", "denominator": "", "reason": "", "comment": comment}
    if indicator.answer_kind == Indicator.AnswerKind.TEXT:
        return raw | {"value": "One more consultant since September; the second site opened two evenings a week."}
    if indicator.answer_kind == Indicator.AnswerKind.PERCENTAGE:
        total = chance.randint(38, 140)
        goal = float(indicator.target or 80) / 100
        share = min(1.0, goal + chance.uniform(0.02, 0.12)) if is_met else max(0.05, goal - chance.uniform(0.08, 0.3))
        count = -int(-total * share // 1) if is_met else int(total * share)
        return raw | {"numerator": str(min(total, count)), "denominator": str(total)}
    if indicator.answer_kind == Indicator.AnswerKind.NUMBER:
        goal = float(indicator.target or 10)
        better = indicator.comparator == Indicator.Comparator.AT_MOST
        factor = chance.uniform(0.6, 0.95) if is_met == better else chance.uniform(1.1, 1.6)
        return raw | {"value": f"{goal * factor:.1f}"}
    if not is_met:
        return raw | {"value": "NO"}
    if chance.random() < 0.04:
        return raw | {"value": "NA", "reason": "We do not provide this part of the service.", "comment": ""}
    return raw | {"value": "YES"}

"""One service across its years: scores of every stage beside each other, what changed, and what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rendering.charts import Beside, Chart, TrendPoint, trend_chart
from surveillance.bridging import Change, change_between
from surveillance.models import Answer, Indicator, Score, SelfReport, Service, Stage
from surveillance.queries.scores import STAGE_ORDER, Average, Comparison, comparisons
from surveillance.services.scores import Basis, bases_of, is_suspended_in

# How many years back the answers are compared, the newest included.
MOST_YEARS_COMPARED = 5
RESULTS = {True: "Met", False: "Not met", None: "Not applicable"}
TOO_FEW = "Fewer than 5 services: not shown"
TOO_FEW_ELSEWHERE = "Fewer than 5 services elsewhere: not shown"
NO_COMPARISON = Comparison(None, None, None)


# Scores ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Year:
    """A self-report with its score at each stage; none of them ever replaces another."""

    report: SelfReport
    scores: dict[str, Score]
    change: str

    @property
    def stages(self) -> list[Score | None]:
        """Self-assessed, validated, peer reviewed."""
        return [self.scores.get(stage) for stage in STAGE_ORDER]


def years_of(reports: Sequence[SelfReport], scores: Sequence[Score]) -> list[Year]:
    """One entry a self-report, the newest first, each compared with the year before it."""
    by_report: dict[int, dict[str, Score]] = {}
    for score in scores:
        by_report.setdefault(score.self_report_id, {})[score.stage] = score
    by_year = {report.round.year: by_report.get(report.pk, {}) for report in reports}
    ordered = sorted(reports, key=lambda report: -report.round.year)
    return [Year(report, by_year[report.round.year], _change(by_year, report.round.year)) for report in ordered]


def _change(by_year: dict[int, dict[str, Score]], year: int) -> str:
    """ "Up 12 points, validated", at the newest stage that both years reached; empty without both figures."""
    now, before = by_year[year], by_year.get(year - 1, {})
    stage = common_stage(now, before)
    if stage is None:
        return ""
    new, old = now[stage].percent, before[stage].percent
    return f"{change_words(old, new)}, {STAGE_WORDS[stage]}" if new is not None and old is not None else ""


STAGE_WORDS = {Stage.SELF_ASSESSED: "self-assessed", Stage.VALIDATED: "validated", Stage.PEER_REVIEWED: "peer reviewed"}


def common_stage(now: dict[str, Score], before: dict[str, Score]) -> Stage | None:
    """The newest stage at which both years have a score."""
    return next((stage for stage in reversed(STAGE_ORDER) if stage in now and stage in before), None)


def change_words(old: Decimal, new: Decimal) -> str:
    """ "Up 12 points", "Down 1 point", "Up less than 1 point", "No change": whole points, rounded towards none."""
    points = int(abs(new - old))
    if new == old:
        return "No change"
    size = "less than 1 point" if not points else f"{points} point{'' if points == 1 else 's'}"
    return f"{'Up' if new > old else 'Down'} {size}"


def trend_of(years: Sequence[Year], service: Service, *, is_compared: bool) -> Chart | None:
    """The service's scores over the years as a chart with its table; None without a score.

    ``is_compared``: self-assessed scores with the averages beside them, as those are self-assessed; else the newest stage of
    each year.
    """
    stages = STAGE_ORDER[:1] if is_compared else STAGE_ORDER
    newest = [(year, next((year.scores[s] for s in reversed(stages) if s in year.scores), None)) for year in reversed(years)]
    shown = [(year.report, score) for year, score in newest if score and score.applicable_count]
    if not shown:
        return None
    points = [TrendPoint(str(report.round.year), score.percent, score.met_count, score.applicable_count) for report, score in shown]
    last = shown[-1][0].indicator_set
    level = last.threshold_percent if last else None
    if not is_compared:
        return trend_chart(points, chart_id="trend", title="Indicators met by year", level_percent=level)
    found = comparisons(service)
    beside = [found.get(report.round.year, NO_COMPARISON) for report, _ in shown]
    year = shown[-1][0].round.year
    return trend_chart(
        points,
        chart_id="trend",
        title="Self-assessed scores by year, with averages",
        level_percent=level,
        beside=_lines(beside, service, year),
        also_in_table=_programme(beside, service),
    )


def _lines(beside: Sequence[Comparison], service: Service, year: int) -> list[Beside]:
    region = [_cell(one.region, TOO_FEW_ELSEWHERE if one.is_region_alone else TOO_FEW) for one in beside]
    england = [_cell(one.england) for one in beside]
    return [
        _line("Region average", region, _said(f"{service.region.name} average", beside[-1].region, year)),
        _line("England average", england, _said("England average", beside[-1].england, year)),
    ]


def _programme(beside: Sequence[Comparison], service: Service) -> list[Beside]:
    name = f"{service.specification.programme.name} average, England"
    return [_line(name, [_cell(one.programme) for one in beside])]


def _line(name: str, cells: Sequence[tuple[Decimal | None, str]], sentence: str = "") -> Beside:
    return Beside(name, tuple(percent for percent, _ in cells), tuple(words for _, words in cells), sentence)


def _said(name: str, newest: Average | None, year: int) -> str:
    return f"{name} in {year}: {int(newest.percent)}% ({newest.services:,} services)." if newest else f"{name} in {year}: not shown."


def _cell(average: Average | None, missing: str = TOO_FEW) -> tuple[Decimal | None, str]:
    return (average.percent, average.words) if average else (None, missing)


# Results --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ChangedResult:
    """An indicator with another result than the year before."""

    number: str
    title: str
    is_key: bool
    before: str
    after: str
    is_reworded: bool


@dataclass(frozen=True)
class YearsCompared:
    """What changed from one year to the next, both at one stage. Suspended indicators are left out."""

    before: int
    after: int
    stage: str
    changed: list[ChangedResult] = field(default_factory=list)
    asked_anew: int = 0
    withdrawn: int = 0

    @property
    def heading(self) -> str:
        """ "2026 to 2027"."""
        return f"{self.before} to {self.after}"

    @property
    def caption(self) -> str:
        """Of the table, and of the link that opens it."""
        return f"Results that changed from {self.heading}"

    @property
    def columns(self) -> str:
        """Of the table."""
        return f"Indicator|{self.before}|{self.after}"

    @property
    def sentence(self) -> str:
        """ "3 indicators are now met and 1 is no longer met (validated)." """
        better = sum(1 for one in self.changed if one.after == RESULTS[True])
        worse = sum(1 for one in self.changed if one.after == RESULTS[False])
        other = len(self.changed) - better - worse
        counts = [(better, "now met"), (worse, "now not met"), (other, "now not applicable")]
        parts = [f"{count} {'is' if count == 1 else 'are'} {words}" for count, words in counts if count]
        listed = " and ".join([", ".join(parts[:-1]), *parts[-1:]] if len(parts) > 1 else parts)
        said = f"Of the indicators asked in both years, {listed}" if parts else "No result changed"
        return f"{said} ({STAGE_WORDS[Stage(self.stage)]})."

    @property
    def left_out(self) -> str:
        """What the two years cannot be compared on; empty when every question stayed."""
        parts = []
        if self.asked_anew:
            parts.append(f"{self.asked_anew} {'is' if self.asked_anew == 1 else 'are'} new or answered in another way")
        if self.withdrawn:
            parts.append(f"{self.withdrawn} {'is' if self.withdrawn == 1 else 'are'} no longer asked")
        return f"Not compared: {' and '.join(parts)}." if parts else ""


def years_compared(years: Sequence[Year]) -> list[YearsCompared]:
    """Each pair of years that follow one another, the newest first, from what was declared and assessed: three statements."""
    pairs = [
        (year, before) for year, before in zip(years, years[1:], strict=False) if year.report.round.year - 1 == before.report.round.year
    ]
    pairs = [(year, before) for year, before in pairs[: MOST_YEARS_COMPARED - 1] if common_stage(year.scores, before.scores)]
    reports = {year.report.pk: year.report for pair in pairs for year in pair}
    if not reports:
        return []
    answers: dict[int, dict[str, Answer]] = {pk: {} for pk in reports}
    suspended: dict[int, dict[int, Indicator]] = {}
    for answer in Answer.objects.filter(self_report__in=reports).select_related("indicator").order_by("indicator__position"):
        answers[answer.self_report_id][answer.indicator.number] = answer
        if is_suspended_in(reports[answer.self_report_id], answer.indicator):
            suspended.setdefault(answer.self_report_id, {})[answer.pk] = answer.indicator
    bases = {basis.report.pk: basis for basis in bases_of(list(reports.values()), suspended=suspended)}
    return [_compared(year, before, bases, answers) for year, before in pairs]


def _compared(year: Year, before: Year, bases: dict[int, Basis], answers: dict[int, dict[str, Answer]]) -> YearsCompared:
    stage = common_stage(year.scores, before.scores) or Stage.SELF_ASSESSED
    new_met, old_met = _results(bases[year.report.pk], stage), _results(bases[before.report.pk], stage)
    new, old = answers[year.report.pk], answers[before.report.pk]
    changed, asked_anew = [], 0
    for number, answer in new.items():
        earlier = old.get(number)
        change = change_between(earlier.indicator if earlier else None, answer.indicator)
        if earlier is None or change is Change.NEW:
            asked_anew += 1
        elif answer.pk in new_met and earlier.pk in old_met and new_met[answer.pk] != old_met[earlier.pk]:
            is_reworded = change is Change.TO_CONFIRM
            words = RESULTS[old_met[earlier.pk]], RESULTS[new_met[answer.pk]]
            changed.append(ChangedResult(number, answer.indicator.title, answer.indicator.is_key, *words, is_reworded))
    changed.sort(key=lambda one: (one.after != RESULTS[False], not one.is_key))
    return YearsCompared(before.report.round.year, year.report.round.year, stage, changed, asked_anew, len(old.keys() - new.keys()))


def _results(basis: Basis, stage: Stage) -> dict[int, bool | None]:
    return {answer: met for answer, met in basis.met_at(stage).items() if answer not in basis.suspended}

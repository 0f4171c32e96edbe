"""What came in for a round, put together from scores: counts by region and programme, services to look at, the spread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, Max, Min, OuterRef, Q, QuerySet, Sum

from surveillance.models import IndicatorChallenge, IndicatorFigure, Round, RoundCount, RoundSet, SelfReport, SurveillanceDecision

# From how many points down a service is shown as one to look at: our default, to be confirmed.
DROP_POINTS = 20
MOST_SHOWN = 10
DECLARED = Q(declared_at__isnull=False)
_FALL = Decimal(DROP_POINTS) - Decimal("0.05")  # scores are tenths; SQLite compares them as floats


@dataclass(frozen=True)
class Look:
    """A list of services to look at: what it is called, and which self-reports stand on it."""

    label: str
    condition: Q


LOOKS = {
    "below_100": Look("Under 100%", DECLARED & Q(scored__percent__lt=100)),
    "below_level": Look("Below good practice level", DECLARED & Q(scored__is_threshold_met=False)),
    "below_visit": Look("Below visit level", DECLARED & Q(scored__is_visit_level_met=False)),
    "key_not_met": Look("Key indicator not met", DECLARED & Q(scored__key_not_met_count__gt=0)),
    "down": Look(f"Down {DROP_POINTS} points or more", DECLARED & Q(scored__percent__lt=F("scored__percent_before") - _FALL)),
    "not_declared": Look("Not declared", ~DECLARED),
    "late": Look("Declared late", DECLARED & Q(is_late=True)),
    "higher": Look("Higher than last year", DECLARED & Q(scored__percent__gt=F("scored__percent_before"))),
    "lower": Look("Lower than last year", DECLARED & Q(scored__percent__lt=F("scored__percent_before"))),
}
CHANGES = ("higher", "lower")
BANDS = {str(start): (start, start + 10) for start in range(0, 100, 10)} | {"100": (100, 101)}
OPTIONS = {
    "1": ("Option 1, routine", Q(is_routine=True)),
    "2": ("Option 2, enhanced", Q(needs_provider_action=True) | Q(needs_commissioner_action=True)),
    "3": ("Option 3, peer review", Q(needs_peer_review=True)),
}
NO_DECISION = "none"
# What counted figures can be narrowed by; for the others the answers are counted.
COUNTED_PATHS = {
    "region": "region",
    "programme": "indicator__indicator_set__specification__programme",
    "specification": "indicator__indicator_set__specification",
}


def at_stage(reports: QuerySet[Any], opened: Round, stage: str, *, is_narrow: bool = False) -> QuerySet[Any]:
    """``reports`` of a round with ``scored``, their score at ``stage`` (joined; empty without one).

    The self-reports of a round are made together, so their scores lie close together too: between which ids is said to the
    database, which would read the scores of all rounds otherwise. ``is_narrow``: few are wanted, and it finds them anyway.
    """
    if is_narrow:
        return reports.annotate(scored=FilteredRelation("scores", condition=Q(scores__stage=stage)))
    span = SelfReport.objects.filter(round=opened).aggregate(first=Min(F("pk") + 0), last=Max(F("pk") + 0))  # + 0: from the round's index
    near = Q(scores__self_report__gte=span["first"] or 0, scores__self_report__lte=span["last"] or 0)
    return reports.annotate(scored=FilteredRelation("scores", condition=Q(scores__stage=stage) & near))


def narrowed(rows: QuerySet[Any], chosen: dict[str, Any], path: str = "") -> QuerySet[Any]:
    """Rows of a round narrowed by the filters of its page; what is not given filters nothing.

    ``path`` leads from a row to its self-report ("" on self-reports themselves; ``look`` and ``band`` need ``at_stage``).
    """
    service = f"{path}service"
    paths = {
        "programme": f"{service}__specification__programme", "specification": f"{service}__specification", "region": f"{service}__region",
        "status": f"{path}status",
    }  # fmt: skip
    rows = rows.filter(**{paths[name]: chosen[name] for name in paths if chosen.get(name)})
    if provider := chosen.get("provider"):
        rows = rows.filter(Q(**{f"{service}__provider": provider}) | Q(**{f"{service}__network": provider}))
    if board := chosen.get("icb"):
        rows = rows.filter(Q(**{f"{service}__provider__icb": board}) | Q(**{f"{service}__network__icb": board}))
    if option := chosen.get("option"):
        live = SurveillanceDecision.objects.live().filter(service=OuterRef(service), round=OuterRef(f"{path}round"))
        rows = rows.filter(~Exists(live) if option == NO_DECISION else Exists(live.filter(OPTIONS[option][1])))
    if look := chosen.get("look"):
        rows = rows.filter(LOOKS[look].condition)
    if band := chosen.get("band"):
        low, high = BANDS[band]
        rows = rows.filter(DECLARED, scored__percent__gte=low, scored__percent__lt=high)
    return rows


# Counts ---------------------------------------------------------------------------------------------------------------
COLUMNS = {
    "due": Count("pk"),
    "declared": Count("pk", filter=DECLARED),
    "with_score": Count("pk", filter=DECLARED & Q(scored__percent__isnull=False)),
    "same": Count("pk", filter=DECLARED & Q(scored__percent=F("scored__percent_before"))),
    "reached": Count("pk", filter=DECLARED & Q(scored__is_threshold_met=True)),
    **{name: Count("pk", filter=look.condition) for name, look in LOOKS.items()},
}


@dataclass(frozen=True)
class Cell:
    """What came in from the services of a region and a programme (ids); a job keeps it as JSON, so numbers are plain.

    ``levels`` are the lowest and the highest good practice level; ``tenths`` is how many have each percentage, in tenths of a
    per cent as text.
    """

    region: int
    programme: int
    counts: dict[str, int]
    levels: tuple[str, str] | None
    tenths: dict[str, int]


@dataclass
class Came:
    """What came in: counts over all, declared and due by region and programme (ids), how many have each percentage."""

    total: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    cells: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    levels: tuple[Decimal, Decimal] | None = None
    tenths: dict[str, int] = field(default_factory=dict)

    def add(self, cell: Cell) -> None:
        """Count a cell in."""
        self.cells[cell.region, cell.programme] = (cell.counts["declared"], cell.counts["due"])
        for name in COLUMNS:
            self.total[name] += cell.counts[name]
        for tenths, number in cell.tenths.items():
            self.tenths[tenths] = self.tenths.get(tenths, 0) + number
        if cell.levels:
            lowest, highest = (Decimal(level) for level in cell.levels)
            before = self.levels or (lowest, highest)
            self.levels = (min(before[0], lowest), max(before[1], highest))

    @property
    def percents(self) -> list[tuple[Decimal, int]]:
        """Percentages with how many have each, lowest first."""
        return [(Decimal(tenths) / 10, self.tenths[str(tenths)]) for tenths in sorted(map(int, self.tenths))]

    @property
    def level(self) -> Decimal | None:
        """The good practice level that all services here share; None when they have several."""
        return self.levels[0] if self.levels and self.levels[0] == self.levels[1] else None


PLACE = ("service__region", "service__specification__programme")


def cells_of(reports: QuerySet[Any]) -> list[Cell]:
    """What came in by region and programme, from self-reports with ``scored``, in two statements."""
    counted, level = DECLARED & Q(scored__percent__isnull=False), "indicator_set__threshold_percent"
    rows: Iterable[Any] = (
        reports.order_by().values(*PLACE).annotate(lowest=Min(level, filter=counted), highest=Max(level, filter=counted), **COLUMNS)
    )
    tenths: dict[tuple[int, int], dict[str, int]] = {}
    for region, programme, percent, number in _percents(reports.filter(counted)):
        tenths.setdefault((region, programme), {})[str(int(percent * 10))] = number
    return [
        Cell(
            *(place := (row[PLACE[0]], row[PLACE[1]])), {name: row[name] for name in COLUMNS},
            None if row["lowest"] is None else (str(row["lowest"]), str(row["highest"])), tenths.get(place, {}),
        )
        for row in rows
    ]  # fmt: skip


def _percents(reports: QuerySet[Any]) -> Iterable[Any]:
    return reports.order_by().values_list(*PLACE, "scored__percent").annotate(count=Count("pk"))


def came_in(reports: QuerySet[Any]) -> Came:
    """Counts of self-reports with ``scored``."""
    return together(cells_of(reports))


def together(cells: Iterable[Cell]) -> Came:
    """What came in over some cells."""
    came = Came()
    for cell in cells:
        came.add(cell)
    return came


@dataclass(frozen=True)
class Counted:
    """What a job counted ahead for all of England at one stage; kept as JSON. ``not_met``: the indicators most often not met."""

    cells: list[dict[str, Any]]
    not_met: list[tuple[int, int, int]]

    def came_in(self, chosen: dict[str, Any]) -> Came:
        """What came in, narrowed by region and programme."""
        wanted = {name: chosen[name] for name in ("region", "programme") if chosen.get(name)}
        return together(Cell(**cell) for cell in self.cells if all(cell[name] == pk for name, pk in wanted.items()))


def counted_ahead(opened: Round, chosen: dict[str, Any]) -> Counted | None:
    """The figures that a job counted, in one statement; None where there are none, or a filter is on that they do not know."""
    if any(chosen.get(name) for name in ("specification", "icb", "provider", "option")):
        return None
    kept = RoundCount.objects.filter(round=opened).values_list(f"figures__{chosen['stage']}", flat=True).first()
    return Counted(**kept) if kept else None


# Indicators -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class IndicatorCount:
    """How many services met one indicator."""

    indicator_id: int
    met: int
    applicable: int

    @property
    def not_met(self) -> int:
        """Services that answered and did not meet it."""
        return self.applicable - self.met


def most_not_met(counts: Iterable[IndicatorCount]) -> list[IndicatorCount]:
    """Those that most services do not meet; of equal ones, those that fewer are asked."""
    found = [one for one in counts if one.not_met]
    return sorted(found, key=lambda one: (-one.not_met, one.applicable, one.indicator_id))[:MOST_SHOWN]


def counted_most_not_met(opened: Round, stage: str, chosen: dict[str, Any], regions: Iterable[int] | None) -> list[IndicatorCount]:
    """The same from figures that a job counted; ``regions`` is where the person may look, None for everywhere."""
    figures = IndicatorFigure.objects.filter(
        round=opened, stage=stage, **{path: chosen[name] for name, path in COUNTED_PATHS.items() if chosen.get(name)}
    )
    if regions is not None:
        figures = figures.filter(region__in=regions)
    rows = (
        figures.order_by()
        .values_list("indicator")
        .annotate(met=Sum("met_count"), applicable=Sum("applicable_count"))
        .filter(met__lt=F("applicable"))
        .order_by(F("met") - F("applicable"), "applicable", "indicator")
    )
    return [IndicatorCount(*row) for row in rows[:MOST_SHOWN]]


def needs_answers(chosen: dict[str, Any]) -> bool:
    """Whether a filter is on that counted figures do not know."""
    return any(chosen.get(name) for name in ("icb", "provider", "option"))


def most_challenged(opened: Round, chosen: dict[str, Any], regions: Iterable[int] | None) -> list[dict[str, Any]]:
    """Indicators of the round that most services in sight say are out of date: ``indicator``, ``count``, ``open_count``."""
    paths = {"region": "service__region", "programme": "service__specification__programme", "specification": "service__specification"}
    challenges = IndicatorChallenge.objects.filter(
        indicator__indicator_set__in=RoundSet.objects.filter(round=opened).values("indicator_set"),
        **{path: chosen[name] for name, path in paths.items() if chosen.get(name)},
    )
    if regions is not None:
        challenges = challenges.filter(service__region__in=regions)
    counts = (
        challenges.order_by()
        .values("indicator")
        .annotate(count=Count("pk"), open_count=Count("pk", filter=Q(status=IndicatorChallenge.Status.OPEN)))
    )
    return list(counts.order_by("-count", "indicator")[:MOST_SHOWN])  # type: ignore[arg-type]  # annotations

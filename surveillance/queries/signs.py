"""Signs of how a provider is run, counted by service over its whole region: a constant number of statements.

A sign is how often something went wrong out of how often it could have. The region's share stands beside a provider's own
where 5 or more providers of the region are counted in it, so that it tells of none of them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from surveillance.models import (
    Action,
    Answer,
    Assessment,
    EvidenceItem,
    EvidenceVersion,
    PlanAgreement,
    Position,
    Round,
    Score,
    SelfReport,
    Service,
    Stage,
)
from surveillance.queries.actions import needs_owner
from surveillance.queries.evidence import old_before
from surveillance.queries.scores import STAGE_ORDER

LEAST_PROVIDERS_COMPARED = 5
# Positions and plans that were due this many days back are counted.
DAYS_BACK = 365
Counts = dict[int, tuple[int, int]]
Regions = frozenset[int]
AStatus, View = Action.Status, Position.View


@dataclass(frozen=True)
class Share:
    """How many of how many, over the providers of a region."""

    found: int
    total: int

    @property
    def percent(self) -> int:
        """Whole, rounded down."""
        return self.found * 100 // self.total


@dataclass(frozen=True)
class Sign:
    """One sign: its words, what is counted (in the plural), and (found, out of) by service of the region."""

    label: str
    noun: str
    counts: Counts

    def of(self, services: Iterable[int]) -> Counts:
        """The counts of some services, without those of which nothing is counted."""
        return {pk: self.counts[pk] for pk in services if self.counts.get(pk, (0, 0))[1]}

    def share(self, provider_of: dict[int, int | None]) -> Share | None:
        """The region's share; None where fewer than 5 providers are counted."""
        counted = {pk: found for pk, found in self.counts.items() if found[1] and pk in provider_of}
        if len({provider_of[pk] for pk in counted} - {None}) < LEAST_PROVIDERS_COMPARED:
            return None
        return Share(sum(found for found, _ in counted.values()), sum(total for _, total in counted.values()))


def providers_of_region(regions: Regions) -> dict[int, int | None]:
    """Service to the provider that answers for it (a network's host), for the services of a region (or of several)."""
    services = Service.objects.filter(region__in=regions).order_by()
    return {pk: provider or host for pk, provider, host in services.values_list("pk", "provider", "network__host")}


# Self-reports ---------------------------------------------------------------------------------------------------------
def newest_scores(round_: Round, regions: Regions) -> dict[int, Score]:
    """Service to the score of the newest stage that its self-report of the round reached."""
    rows = Score.objects.filter(self_report__round=round_, self_report__service__region__in=regions, percent__isnull=False)
    found: list[Any] = list(rows.annotate(of_service=F("self_report__service")))
    return {score.of_service: score for score in sorted(found, key=lambda score: STAGE_ORDER.index(Stage(score.stage)))}


def score_signs(scores: dict[int, Score]) -> list[Sign]:
    """Below the good practice level; a key indicator not met."""
    below = {pk: (int(score.is_threshold_met is False), 1) for pk, score in scores.items()}
    key = {pk: (int(score.key_not_met_count > 0), 1) for pk, score in scores.items()}
    return [Sign("Below the good practice level", "services", below), Sign("A key indicator not met", "services", key)]


def late_sign(reports: Iterable[tuple[int, str, bool]]) -> Sign:
    """Declared late or not at all, of what is declared or was recorded as not declared (service, status, whether late)."""
    not_declared = SelfReport.Status.NOT_DECLARED
    ended = {*SelfReport.SENT, not_declared}
    counts = {pk: (int(is_late or status == not_declared), 1) for pk, status, is_late in reports if status in ended}
    return Sign("Declared late, or not declared", "self-reports", counts)


# Decisions, actions and plans -----------------------------------------------------------------------------------------
def position_sign(regions: Regions, today: dt.date) -> Sign:
    """The executive's position not given in time, of those due in the last 12 months."""
    due = Position.objects.filter(party=Position.Party.PROVIDER, decision__service__region__in=regions, **_last_year("due_date", today))
    silent = Count("pk", filter=Q(view__in=[View.NOT_GIVEN, View.WAITING]))
    return Sign("The executive's position not given in time", "positions", _counts(due, "decision__service", silent))


def plan_sign(regions: Regions, today: dt.date) -> Sign:
    """Action plans that the executive agreed late or not at all, of those due in the last 12 months."""
    plans = PlanAgreement.objects.filter(service__region__in=regions, **_last_year("due_date", today))
    late = Count("pk", filter=Q(executive_at=None) | Q(executive_at__date__gt=F("due_date")))
    return Sign("Action plan not agreed in time", "plans", _counts(plans, "service", late))


def action_signs(regions: Regions, today: dt.date) -> list[Sign]:
    """Actions that are late, that nobody holds, that are blocked, and offers without an answer: one statement."""
    unfinished = Action.objects.of_compliance().unfinished().filter(service__region__in=regions)
    unanswered = Q(status=AStatus.OFFERED, offer_due_date__lt=today)
    signs = {
        "late": ("Actions late", Q(due_date__lt=today) & ~Q(status=AStatus.DONE)),
        "unheld": ("Actions without an owner", Q(is_unheld=True)),
        "blocked": ("Actions blocked by money or staff", Q(status=AStatus.BLOCKED)),
        "unanswered": ("Offers of an action unanswered", unanswered),
    }
    held = unfinished.annotate(is_unheld=Case(When(needs_owner(today), then=True), default=False))
    found = {code: Count("pk", filter=condition) for code, (_, condition) in signs.items()}
    rows: list[Any] = list(held.order_by().values("service").annotate(total=Count("pk"), **found))
    return [Sign(label, "actions", {row["service"]: (row[code], row["total"]) for row in rows}) for code, (label, _) in signs.items()]


def evidence_sign(regions: Regions, today: dt.date) -> Sign:
    """Documents whose newest version is dated over 12 months ago, of those with a date."""
    newest = EvidenceVersion.objects.filter(item=OuterRef("pk")).order_by("-number").values("document_date")[:1]
    kept = EvidenceItem.objects.kept().of_compliance().filter(service__region__in=regions).annotate(newest_date=Subquery(newest))
    old = Count("pk", filter=Q(newest_date__lt=old_before(today)))
    return Sign("Evidence dated over 12 months ago", "documents", _counts(kept.filter(newest_date__isnull=False), "service", old))


def _last_year(column: str, today: dt.date) -> dict[str, dt.date]:
    return {f"{column}__lt": today, f"{column}__gte": today - dt.timedelta(days=DAYS_BACK)}


def _counts(rows: QuerySet[Any], service: str, found: Count) -> Counts:
    counted = rows.order_by().values(service).annotate(found=found, total=Count("pk"))
    return {row[service]: (row["found"], row["total"]) for row in counted}


# Indicators -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class AnswerFacts:
    """What the signs read of one answer: as the hub validated it, else as declared."""

    service_id: int
    title: str
    met: bool | None
    lacks_evidence: bool


# Answers of these stand as they were declared; with a query to answer they may be changing.
SETTLED = (SelfReport.Status.DECLARED, SelfReport.Status.BEING_CHECKED, SelfReport.Status.ACCEPTED)


def answer_facts(report_ids: Iterable[int], round_: Round) -> list[AnswerFacts]:
    """Answers of some self-reports that are settled, without suspended indicators: one statement."""
    linked = EvidenceItem.answers.through.objects.filter(answer=OuterRef("pk"))
    rows = _validated(round_).filter(self_report__in=list(report_ids)).annotate(has_evidence=Exists(linked))
    found = rows.values_list(
        "self_report__service", "indicator__title", "newest_met", "value", "indicator__evidence_wanted", "has_evidence"
    )
    return [
        AnswerFacts(service, " ".join(title.split()), met, bool(wanted) and not has_evidence and value not in {Answer.NA, Answer.CANNOT})
        for service, title, met, value, wanted, has_evidence in found.order_by("self_report__service", "indicator__position")
    ]


def repeated(facts: Iterable[AnswerFacts]) -> list[str]:
    """Titles of the indicators that more than one service does not meet, most services first.

    Services of a provider report against different sets: indicators of one title are taken as the same.
    """
    services: dict[str, set[int]] = {}
    for one in facts:
        if one.met is False:
            services.setdefault(one.title, set()).add(one.service_id)
    found = sorted(((len(pks), title) for title, pks in services.items() if len(pks) > 1), key=lambda pair: (-pair[0], pair[1]))
    return [title for _, title in found]


def title_signs(titles: list[str], round_: Round, regions: Regions) -> list[Sign]:
    """How often each of these indicators is not met in the region: one statement; none without titles."""
    if not titles:
        return []
    rows = _validated(round_).filter(self_report__service__region__in=regions, indicator__title__in=titles).order_by()
    missed, counted = Count("pk", filter=Q(newest_met=False)), Count("pk", filter=Q(newest_met__isnull=False))
    by_title: dict[str, Counts] = {title: {} for title in titles}
    for row in rows.values("indicator__title", "self_report__service").annotate(missed=missed, counted=counted):
        by_title[row["indicator__title"]][row["self_report__service"]] = (int(row["missed"] > 0), int(row["counted"] > 0))
    return [Sign(f"“{title}” not met", "services", counts) for title, counts in by_title.items()]


def _validated(round_: Round) -> Any:  # a queryset of answers with a column that the checker does not know
    """Answers of settled self-reports of a round with ``newest_met``, without what is suspended in that round."""
    checked = Assessment.objects.filter(answer=OuterRef("pk"), stage=Stage.VALIDATED)
    answers = Answer.objects.filter(self_report__round=round_, self_report__status__in=SETTLED)
    suspended = Q(indicator__suspended_from__lte=min(timezone.localdate(), round_.check_by_date))
    return answers.exclude(suspended).annotate(
        newest_met=Case(When(Exists(checked), then=Subquery(checked.values("met")[:1])), default=F("met"))
    )

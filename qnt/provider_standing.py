"""A provider across its services: whether something is wrong with one service, or with how the trust is run."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from accounts.models import User
from accounts.permissions import Permission
from qnt.standing import change_words
from surveillance.models import Round, Score, SelfReport, Service, SurveillanceDecision
from surveillance.queries import signs
from surveillance.queries.readable import with_readable
from surveillance.queries.signs import Share, Sign
from surveillance.reach import reach_of

# Indicators that several services do not meet: the most that one page lists.
MOST_TITLES = 10


@dataclass(frozen=True)
class Row:
    """One service of the provider."""

    service: Service
    report: SelfReport | None
    score: Score | None
    missing_evidence: int | None
    actions: str
    decision: SurveillanceDecision | None

    @property
    def change(self) -> str:
        """Against the year before at the same stage; empty without both."""
        if self.score is None or self.score.percent is None or self.score.percent_before is None:
            return ""
        return change_words(self.score.percent_before, self.score.percent)


@dataclass(frozen=True)
class SignRow:
    """A sign at this provider, with the services in which it shows, and the region's share."""

    label: str
    noun: str
    found: int
    total: int
    services: list[Service]
    region: Share | None

    @property
    def is_above_region(self) -> bool:
        """Whether the share here is larger than the region's, compared exactly."""
        return self.region is not None and self.found * self.region.total > self.region.found * self.total


@dataclass(frozen=True)
class Standing:
    """What the page shows of a provider in one round."""

    round: Round | None
    rows: list[Row] = field(default_factory=list)
    signs: list[SignRow] = field(default_factory=list)
    has_evidence: bool = False

    @property
    def sentence(self) -> str:
        """ "4 of 31 services are below their good practice level.", and how many have no score yet."""
        scored = [row.score for row in self.rows if row.score]
        below, unscored = sum(score.is_threshold_met is False for score in scored), len(self.rows) - len(scored)
        said = f"{below} of {len(self.rows)} services {'is' if below == 1 else 'are'} below their good practice level."
        if unscored and self.round:
            said += f" {unscored} {'has' if unscored == 1 else 'have'} no score for {self.round.year}."
        return said

    @property
    def has_region(self) -> bool:
        """Whether the region's share shows beside any sign."""
        return any(sign.region for sign in self.signs)

    @property
    def verdict(self) -> list[str]:
        """Which signs show in several services, and which in one: what tells governance from one service."""
        several = [row.label for row in self.signs if len(row.services) > 1]
        single = [row.label for row in self.signs if len(row.services) == 1]
        said = [f"In more than one service: {_listed(several)}." if several else "No sign shows in more than one service."]
        return said + ([f"In one service only: {_listed(single)}."] if single else [])


def _listed(labels: Sequence[str]) -> str:
    """ "actions late, plans not agreed in time"."""
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


def opens_provider(user: User, service: Service) -> bool:
    """Whether this person, who sees the service, may open the page of its provider: by reach alone, without a statement."""
    reach = reach_of(user, Permission.PROVIDER_VIEW)
    if service.provider_id is None:
        return False
    return reach.is_national or service.region_id in reach.regions or service.provider_id in reach.providers or bool(reach.commissioners)


def rounds_of(services: Sequence[Service], today: dt.date) -> list[Round]:
    """Rounds in which one of the services reports, once they have begun, the newest first, with ``declared_count``."""
    declared = Count("self_reports", filter=Q(self_reports__declared_at__isnull=False))
    rounds = Round.objects.filter(self_reports__service__in=services).annotate(declared_count=declared)
    return list(rounds.filter(Q(opens_date__lte=today) | Q(declared_count__gt=0)).order_by("-year"))


def chosen_round(rounds: Sequence[Round], year: str) -> Round | None:
    """The round of ``year``; else the newest in which something was declared, or the newest."""
    by_year = {str(one.year): one for one in rounds}
    return by_year.get(year) or next((one for one in rounds if one.declared_count), next(iter(rounds), None))


def standing_of(services: Sequence[Service], round_: Round | None, *, reader: User, today: dt.date) -> Standing:
    """The provider's services in a round, as far as ``reader`` may read of them, and the signs across them."""
    regions, has_evidence = frozenset(service.region_id for service in services), reader.has_permission(Permission.EVIDENCE_VIEW)
    reported = _reported(services, round_, regions, reader) if round_ else Reported()
    acted = signs.action_signs(regions, today)
    others = [signs.position_sign(regions, today), *acted, signs.plan_sign(regions, today)]
    others += [signs.evidence_sign(regions, today)] if has_evidence else []
    live = SurveillanceDecision.objects.live().filter(service__in=services).select_related("round").order_by("round__year", "pk")
    decisions = {decision.service_id: decision for decision in live}
    rows = [
        Row(
            service=service,
            report=reported.reports.get(service.pk),
            score=reported.scores.get(service.pk),
            missing_evidence=_missing(service, reported),
            actions=_actions_words(service, acted),
            decision=decisions.get(service.pk),
        )
        for service in services
    ]
    provider_of = signs.providers_of_region(regions)
    read = [service for service in services if service.pk in reported.reports]
    found = [_sign_row(sign, read, provider_of) for sign in reported.signs] + [_sign_row(sign, services, provider_of) for sign in others]
    return Standing(round_, rows, [row for row in found if row.total], has_evidence)


@dataclass(frozen=True)
class Reported:
    """What self-reports of one round say: those that the reader may read, their scores and answers, and signs of the region."""

    reports: dict[int, SelfReport] = field(default_factory=dict)
    scores: dict[int, Score] = field(default_factory=dict)
    facts: list[signs.AnswerFacts] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)


def _reported(services: Sequence[Service], round_: Round, regions: signs.Regions, reader: User) -> Reported:
    mine = {service.pk for service in services}
    reported = SelfReport.objects.filter(round=round_, service__region__in=regions).only("service", "status", "is_late", "declared_at")
    every = list(with_readable(reported, reader).order_by())
    reports = {one.service_id: one for one in every if one.service_id in mine and one.is_readable}
    scores = signs.newest_scores(round_, regions)
    facts = signs.answer_facts([one.pk for one in reports.values()], round_)
    titles = signs.repeated(facts)[:MOST_TITLES]
    late = signs.late_sign((one.service_id, one.status, one.is_late) for one in every)
    found = [*signs.score_signs(scores), late, *signs.title_signs(titles, round_, regions)]
    return Reported(reports, {pk: score for pk, score in scores.items() if pk in reports}, facts, found)


def _missing(service: Service, reported: Reported) -> int | None:
    """Answers whose indicator asks for evidence and that have none; None while nothing is declared."""
    own = [one for one in reported.facts if one.service_id == service.pk]
    return sum(one.lacks_evidence for one in own) if own else None


def _actions_words(service: Service, acted: Sequence[Sign]) -> str:
    """ "2 late, 1 without an owner"; empty when there is none to carry out."""
    words = ("late", "without an owner", "blocked", "unanswered")
    counts = [sign.counts.get(service.pk, (0, 0)) for sign in acted]
    if not counts[0][1]:
        return ""
    said = [f"{found} {word}" for (found, _), word in zip(counts, words, strict=True) if found]
    return ", ".join(said) or "None late or stuck"


def _sign_row(sign: Sign, services: Sequence[Service], provider_of: dict[int, int | None]) -> SignRow:
    counts = sign.of(service.pk for service in services)
    shown = [service for service in services if counts.get(service.pk, (0, 0))[0]]
    found, total = sum(found for found, _ in counts.values()), sum(total for _, total in counts.values())
    return SignRow(sign.label, sign.noun, found, total, shown, sign.share(provider_of))

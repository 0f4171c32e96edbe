"""Conflicts of interest worked out from data: work, networks and regions, earlier visits, ties on the profile."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, DateField, F, Q, Value
from django.utils import timezone

from accounts.models import User
from peerreview.models import Employment, Procedure, Review, TeamMember, Tie
from peerreview.queries.teams import profile_of
from peerreview.ties import BAR, DeclaredTie, PersonFacts, Rules, ServiceFacts, ShownTie, Work, ties_between
from surveillance.models import NetworkMember, Service

LOAD_MONTHS = 12
AHEAD = (Review.Status.PROPOSED, *Review.DATED, Review.Status.VISITING)
PLACE_COLUMNS = (
    "user_id", "review_id", "status", "ended_at", "ended_reason", "is_cleared", "ruling", "review__status", "review__visited_at",
    "review__review_services__service_id",
)  # fmt: skip


@dataclass
class Known:
    """What was read about many reviewers at once, by person."""

    work: dict[int, list[Work]] = field(default_factory=lambda: defaultdict(list))
    declared: dict[int, list[DeclaredTie]] = field(default_factory=lambda: defaultdict(list))
    visited: dict[int, list[tuple[int, dt.date]]] = field(default_factory=lambda: defaultdict(list))
    recent: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    ahead: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def facts_of(self, user: User) -> PersonFacts:
        """A person's facts; the employer of the profile counts as work now. Give the profile with its employer."""
        profile = profile_of(user)
        employer = profile.employer if profile else None
        regions = {profile.home_region_id if profile else None, employer.region_id if employer else None} - {None}
        now = [Work(employer.pk)] if employer else []
        return PersonFacts(
            user.pk, user.name, frozenset(pk for pk in regions if pk), tuple(now + self.work[user.pk]), tuple(self.declared[user.pk]),
            tuple(self.visited[user.pk]),
        )  # fmt: skip


def facts_of_services(services: Iterable[Service]) -> tuple[ServiceFacts, ...]:
    """Services with their networks of today, in one statement when holder, region and specification are loaded."""
    services = list(services)
    today = timezone.localdate()
    networks: dict[int, dict[int, str]] = {service.pk: {} for service in services}
    members: dict[int, dict[int, str]] = {}
    theirs = NetworkMember.objects.active(today).filter(service__in=list(networks)).values("network")
    inside = NetworkMember.objects.active(today).filter(network__in=theirs)
    for network_id, name, service_id, provider_id in inside.order_by("network__name", "pk").values_list(
        "network", "network__name", "service", "service__provider"
    ):
        members.setdefault(network_id, {})
        if provider_id:
            members[network_id][provider_id] = name
        if service_id in networks:
            networks[service_id][network_id] = name
    return tuple(_facts_of(service, networks[service.pk], members) for service in services)


def _facts_of(service: Service, networks: dict[int, str], members: dict[int, dict[int, str]]) -> ServiceFacts:
    providers = {pk: name for network_id in networks for pk, name in members[network_id].items() if pk != service.holder.pk}
    specification = service.specification
    return ServiceFacts(
        service.pk, service.name, service.holder.pk, service.holder.name, service.region_id, service.region.name, specification.pk,
        specification.name, specification.programme_id, specification.programme.name, service.place_kind, tuple(networks.items()),
        tuple(providers.items()),
    )  # fmt: skip


def known_about(people: Iterable[int] | object, services: tuple[ServiceFacts, ...], purpose: str, *, without: int | None = None) -> Known:
    """Work and ties at the holders, visits and load of ``people`` (ids, or a queryset of them), in two statements.

    Visits count within one track only: nothing mixes the two. ``without`` is the review that is being planned.
    """
    known = Known()
    _read_work_and_ties(known, people, services)
    _read_places(known, people, {service.pk for service in services}, purpose, without)
    return known


def load_of(people: Iterable[int] | object, purpose: str) -> Known:
    """Only the load of ``people`` within one track: visits of the last 12 months and places on reviews ahead; one statement."""
    known = Known()
    _read_places(known, people, set(), purpose, None)
    return known


def _read_work_and_ties(known: Known, people: Any, services: tuple[ServiceFacts, ...]) -> None:
    """All work that goes on or was at a holder, and all ties with a holder."""
    today, holders = timezone.localdate(), [service.holder_id for service in services]
    here = Q(organisation__in=holders) | Q(to_date=None) | Q(to_date__gte=today)
    begun = Q(from_date=None) | Q(from_date__lte=today)
    columns = ("user_id", "organisation_id", "until", "code", "told")
    work = Employment.objects.filter(here & begun, user__in=people).order_by().annotate(
        until=F("to_date"), code=Value("", CharField()), told=Value("", CharField())
    )  # fmt: skip
    ties = Tie.objects.filter(user__in=people, organisation__in=holders).order_by().annotate(
        until=Value(None, DateField()), code=F("rule_code"), told=F("details")
    )  # fmt: skip
    for user_id, organisation_id, until, code, told in work.values_list(*columns).union(ties.values_list(*columns), all=True):
        if code:
            known.declared[user_id].append(DeclaredTie(organisation_id, code, told))
        else:
            known.work[user_id].append(Work(organisation_id, None if until and until >= today else until))


def _read_places(known: Known, people: Any, service_ids: set[int], purpose: str, without: int | None) -> None:
    """Visits that took place, the last 12 months' and those of these services; and places on reviews that are still ahead."""
    since = timezone.now() - dt.timedelta(days=LOAD_MONTHS * 365 // 12)
    held = Q(review__visited_at__gte=since) | Q(review__visited_at__isnull=False, review__services__in=service_ids)
    ahead = Q(status__in=["INVITED", "ACCEPTED"], ended_at=None, review__status__in=AHEAD)
    places = TeamMember.objects.filter(ahead | held, user__in=people, review__purpose=purpose).exclude(review=without).order_by("pk")
    for user_id, review_id, status, ended_at, why, is_cleared, ruling, stage, visited_at, service_id in (
        places.distinct().values_list(*PLACE_COLUMNS)
    ):  # fmt: skip
        if status in ("INVITED", "ACCEPTED") and ended_at is None and stage in AHEAD and ruling != "NOT_CLEAR":
            known.ahead[user_id].add(review_id)
        elif visited_at and is_cleared and status in ("ACCEPTED", "ENDED") and not why:
            if visited_at >= since:
                known.recent[user_id].add(review_id)
            if service_id in service_ids:
                known.visited[user_id].append((service_id, timezone.localdate(visited_at)))


def shown_ties(members: Iterable[TeamMember], services: Iterable[Service], review: Review) -> dict[int, list[ShownTie]]:
    """Ties by member that data shows: three statements however many members. Give members with user, profile and employer."""
    members, facts, rules = list(members), facts_of_services(services), Rules.of(review.procedure)
    known = known_about([member.user_id for member in members], facts, review.purpose, without=review.pk)
    day = review.starts_date or timezone.localdate()
    return {member.pk: ties_between(known.facts_of(member.user), facts, rules, day) for member in members}


def bar_words(member: TeamMember, services: list[Service]) -> str:
    """The sentence that bars a reviewer; empty when neither data nor the reviewer's own declaration shows a tie that bars."""
    ties = shown_ties([member], services, member.review)[member.pk]
    shown = [tie.words for tie in ties if tie.ruling == BAR]
    return (shown or declared_bars(member, member.review.procedure) or [""])[0]


def declared_bars(member: TeamMember, procedure: Procedure) -> list[str]:
    """What a reviewer declared about themselves that the procedure bars. The service's word alone bars nobody: the hub decides."""
    rules = Rules.of(procedure)
    said = [] if member.pk is None else [one for one in member.declarations.all() if one.side == "REVIEWER" and one.has_conflict]
    codes = dict.fromkeys(code for one in said for code in one.rule_codes if rules.ruling_of(code) == BAR)
    return [f"{member.user.name} says that they {rules.label_of(code)}. The procedure does not allow it." for code in codes]


def services_for_facts(review: Review) -> list[Service]:
    """The services of a review with everything that ``facts_of_services`` reads, unless a prefetch brought them."""
    if "services" in getattr(review, "_prefetched_objects_cache", {}):
        return list(review.services.all())
    return list(review.services.for_display())

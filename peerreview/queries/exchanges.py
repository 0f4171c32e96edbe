"""Exchanges that follow from a visit: who can be asked, who opens one, how many took place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from peerreview.models import Exchange, Review, TeamMember
from peerreview.models.reviews import hosting
from peerreview.queries.teams import team_of


@dataclass(frozen=True)
class ExchangeCounts:
    """How many exchanges hosts asked for after a visit, and how many took place."""

    asked: int
    agreed: int
    happened: int

    @property
    def words(self) -> str:
        """The counts in a sentence."""
        if not self.asked:
            return "None asked for yet"
        return f"{self.asked} asked for, {self.agreed} agreed, {self.happened} took place."


def reviewers_to_ask(review: Review) -> list[User]:
    """Who was on the visiting team, also when their place has ended since; the hub's visit manager is not one of them."""
    members = team_of(review).exclude(team_role=TeamMember.TeamRole.VISIT_MANAGER)
    return [member.user for member in members.filter(user__is_active=True).select_related("user").order_by("pk")]


def count_exchanges(rows: Iterable[Exchange]) -> ExchangeCounts:
    """Exchanges in numbers; what took place was agreed too."""
    status, found = Exchange.Status, Counter(exchange.status for exchange in rows)
    return ExchangeCounts(sum(found.values()), found[status.AGREED] + found[status.HAPPENED], found[status.HAPPENED])


def exchange_counts(review: Review) -> ExchangeCounts:
    """The exchanges of a review in numbers, in one statement."""
    return count_exchanges(review.exchanges.only("status"))


def exchanges_open_to(user: User) -> QuerySet[Exchange]:
    """Exchanges asked of ``user``, also when their place on the team has ended, or asked for by a service of theirs."""
    visible = Exchange.objects.filter(Q(asked_of=user) | hosting(user).of_services("service__"))
    return visible.select_related("review", "service__provider", "service__network", "asked_by", "asked_of")


def hosts_exchange(exchange: Exchange, user: User) -> bool:
    """Whether ``user`` leads or answers for the service that asked."""
    return Exchange.objects.filter(hosting(user).of_services("service__"), pk=exchange.pk).exists()

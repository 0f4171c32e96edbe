"""Which self-reports of a round a person has before them: their scope, narrowed by the filters of an address.

The round's pages and its downloads read the same filters here, so that a file holds what its page counts.
"""

from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.templatetags.nhsuk_components import removable_filters
from surveillance.forms.collation import Kind, Places, RoundListForm
from surveillance.models import Round, RoundSet, SelfReport, Service
from surveillance.queries import collation as queries
from surveillance.reach import Reach, reach_of

ENGLANDS_PLACES = "places_of_round_"


@dataclass(frozen=True)
class Choice:
    """The self-reports, and the filters that are on in words ("Programme: Cancer")."""

    reports: QuerySet[Any]
    words: list[str]


def choice_of(user: User, opened: Round, query: QueryDict) -> Choice:
    """What ``user`` has chosen of a round; what is not a choice filters nothing."""
    form = RoundListForm(query, places=places_of(user, opened))
    chosen = form.chosen()
    reports = queries.narrowed(queries.at_stage(visible_reports(user, opened), opened, chosen["stage"]), chosen)
    return Choice(reports, [found.label for found in removable_filters(form, query) if not found.label.startswith("Stage: ")])


def places_of(user: User, opened: Round) -> Places:
    """What the filters of a round offer this person, in two statements; England's, which are many, are read once a minute."""
    reach = reach_of(user, Permission.ROUND_VIEW)
    if not reach.is_national:
        return _places(reach, opened)
    found: Places | None = caches["local"].get(key := f"{ENGLANDS_PLACES}{opened.pk}")
    if found is None:
        found = _places(reach, opened)
        caches["local"].set(key, found)
    return found


def _places(reach: Reach, opened: Round) -> Places:
    services = Service.objects.filter(reach.of_services()).order_by()
    holds = Exists(services.filter(provider=OuterRef("pk"))) | Exists(services.filter(network=OuterRef("pk")))
    boards, regions = Q(kind=Kind.ICB), Q(kind=Kind.REGION)
    if not reach.is_national:
        boards, regions = boards & Q(region__in=reach.regions), regions & Q(pk__in=reach.regions)
    where = boards | regions | (Q(kind__in=[Kind.PROVIDER, Kind.NETWORK]) & holds)
    asked = RoundSet.objects.filter(round=opened).order_by("specification__number")
    columns = ("pk", "number", "name", "programme", "programme__name")
    return Places(
        organisations=list(Organisation.objects.filter(where).order_by().values_list("kind", "pk", "name")),
        specifications=list(asked.values_list(*(f"specification__{name}" for name in columns))),
    )


def visible_reports(user: User, opened: Round) -> QuerySet[Any]:
    """Self-reports of the round in this person's scope."""
    return SelfReport.objects.for_user(user, Permission.ROUND_VIEW).filter(round=opened)

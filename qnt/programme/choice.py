"""Which year, hub, procedure and specification a page of the programme is about: all of it stands in the address."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.cache import caches
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.nhsuk import LongSelect, NhsForm
from accounts.permissions import Permission
from peerreview.models import Procedure
from qnt.programme.definitions import FIRST_YEAR
from qnt.programme.measures import NOT_COUNTED_BY
from qnt.programme.models import FactQuerySet, ProgrammeFact, ProgrammeYear
from surveillance.models import ServiceSpecification
from surveillance.reach import Reach, reach_of

CACHE_KEY = "programme_places"


@dataclass(frozen=True)
class Places:
    """What the filters offer: years, newest first; hubs, procedures (code) and specifications with their names."""

    years: list[int]
    hubs: list[tuple[int, str]]
    procedures: list[tuple[str, str]]
    specifications: list[tuple[int, str]]


def places() -> Places:
    """Every choice there is, in four statements; kept for a minute in each process."""
    found: Places | None = caches["local"].get(CACHE_KEY)
    if found is None:
        this_year = timezone.localdate().year
        years = {this_year, this_year - 1, *ProgrammeYear.objects.filter(counted_at__isnull=False).values_list("year", flat=True)}
        hubs = Organisation.objects.filter(kind=Organisation.Kind.REGION).order_by("name", "pk").values_list("pk", "name")
        newest = dict(Procedure.objects.exclude(status=Procedure.Status.DRAFT).order_by("version").values_list("code", "name"))
        specifications = ServiceSpecification.objects.filter(services__isnull=False).distinct().order_by("number")
        found = Places(
            sorted((year for year in years if year >= FIRST_YEAR), reverse=True),
            list(hubs),
            sorted(newest.items(), key=lambda pair: pair[1]),
            [(pk, f"{number} {name}") for pk, number, name in specifications.values_list("pk", "number", "name")],
        )  # fmt: skip
        caches["local"].set(CACHE_KEY, found)
    return found


class ChoiceForm(NhsForm, forms.Form):
    """The filters of every page of the programme."""

    year = forms.TypedChoiceField(label="Year", coerce=int, required=False)
    region = forms.TypedChoiceField(label="Hub", coerce=int, required=False)
    procedure = forms.ChoiceField(label="Procedure", required=False)
    specification = forms.TypedChoiceField(label="Specification", coerce=int, required=False, widget=LongSelect)

    def __init__(self, data: Any, *, offered: Places, hubs: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(str(year), str(year)) for year in offered.years]
        self.fields["region"].choices = [("", "All hubs"), *((str(pk), name) for pk, name in hubs)]
        self.fields["procedure"].choices = [("", "All procedures"), *offered.procedures]
        self.fields["specification"].choices = [("", "All specifications"), *((str(pk), name) for pk, name in offered.specifications)]
        if len(hubs) < 2:
            del self.fields["region"]


@dataclass(frozen=True)
class Choice:
    """What was chosen, and by whom: ``reach`` says whose rows they read, ``hubs`` what these are called."""

    reach: Reach
    user: User
    form: ChoiceForm
    hubs: dict[int, str]
    year: int
    region: int | None
    procedure: str
    specification: int | None
    query: str

    @property
    def is_national(self) -> bool:
        """Whether the person reads every hub's rows."""
        return self.reach.is_national

    @property
    def is_narrow(self) -> bool:
        """Whether a filter beside year and hub is on."""
        return bool(self.procedure or self.specification)

    def not_counted(self, code: str) -> str:
        """Why a measure has no figure under these filters, whatever was recorded: "Not counted by procedure"; empty where it may."""
        for name, is_on in (("procedure", self.procedure), ("specification", self.specification)):
            if is_on and code in NOT_COUNTED_BY[name]:
                return f"Not counted by {name}"
        return ""

    @property
    def where(self) -> str:
        """Which hub the figures are of, in words."""
        if self.region:
            return self.hubs[self.region]
        return "England" if self.is_national else ", ".join(name for pk, name in self.hubs.items() if pk in self.reach.regions)

    @property
    def facts(self) -> FactQuerySet:
        """The rows that the person reads, by every filter but the year."""
        return self.narrowed(ProgrammeFact.objects.for_user(self.user, Permission.PROGRAMME_VIEW), with_hub=True)

    def narrowed(self, facts: FactQuerySet, *, with_hub: bool = False) -> FactQuerySet:
        """``facts`` by procedure and specification, and by hub where asked."""
        if with_hub and self.region:
            facts = facts.filter(region=self.region)
        if self.procedure:
            facts = facts.filter(procedure__code=self.procedure)
        return facts.of_specification(self.specification) if self.specification else facts


def choice_of(user: User, query: QueryDict) -> Choice:
    """The choice that an address makes; what is not offered to this person filters nothing."""
    offered, reach = places(), reach_of(user, Permission.PROGRAMME_VIEW)
    hubs = dict(offered.hubs)
    own = offered.hubs if reach.is_national else [pair for pair in offered.hubs if pair[0] in reach.regions]
    form = ChoiceForm(query, offered=offered, hubs=own)
    form.is_valid()
    chosen = form.cleaned_data
    return Choice(
        reach=reach, user=user, form=form, hubs=hubs, year=chosen.get("year") or offered.years[0], region=chosen.get("region") or None,
        procedure=chosen.get("procedure") or "", specification=chosen.get("specification") or None, query=_kept(query),
    )  # fmt: skip


def _kept(query: QueryDict) -> str:
    """The filters as other pages of the programme take them: "?year=2027"; empty for none."""
    kept = query.copy()
    for name in list(kept):
        if name not in ChoiceForm.base_fields or not kept[name]:
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""

"""Filters of the lists that show several apps."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django import forms
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.nhsuk import NhsForm, SearchInput
from accounts.permissions import Permission
from surveillance.models import ProgrammeOfCare, Round, Score, SelfReport, Service, SurveillanceDecision
from surveillance.queries.scores import STAGE_ORDER

OPTIONS = {
    "1": ("Option 1, routine", Q(is_routine=True)),
    "2": ("Option 2, enhanced", Q(needs_provider_action=True) | Q(needs_commissioner_action=True)),
    "3": ("Option 3, peer review", Q(needs_peer_review=True)),
}
BANDS = {
    "all": ("100%", Q(percent=100)),
    "under": ("Under 100%", Q(percent__lt=100)),
    "below": ("Below the good practice level", Q(is_threshold_met=False)),
    "visit": ("Below the visit level", Q(is_visit_level_met=False)),
    "key": ("A key indicator not met", Q(key_not_met_count__gt=0)),
}
NO_SCORE = "none"
# Later stages are read before earlier ones.
STAGE_RANK = Case(*(When(stage=stage, then=rank) for rank, stage in enumerate(STAGE_ORDER)))


class ServiceFilter(NhsForm, forms.Form):
    """Narrows the list of services; everything stands in the address, and an unknown value narrows nothing."""

    q = forms.CharField(label="Service, trust or ODS code", required=False, widget=SearchInput)
    programme = forms.ChoiceField(label="Programme of care", required=False)
    region = forms.ChoiceField(label="Region", required=False)
    icb = forms.ChoiceField(label="Integrated care board", required=False)
    provider = forms.ChoiceField(label="Trust or network", required=False)
    option = forms.ChoiceField(label="Option in force", required=False)
    score = forms.ChoiceField(label="Score in the newest round", required=False)

    def __init__(self, data: object, *, services: QuerySet[Service], reader: User) -> None:
        super().__init__(data)
        self.reader = reader
        seen = services.order_by().values
        columns = ("provider", "network", "region", "provider__icb", "network__icb")
        places = Organisation.objects.filter(reduce(or_, (Q(pk__in=seen(column)) for column in columns)))
        found = list(places.values_list("kind", "code", "name"))
        kinds = Organisation.Kind
        self.fields["programme"].choices = [("", "All"), *ProgrammeOfCare.objects.values_list("code", "name")]
        for name, wanted in (("region", {kinds.REGION}), ("icb", {kinds.ICB}), ("provider", {kinds.PROVIDER, kinds.NETWORK})):
            self.fields[name].choices = [("", "All"), *((code, label) for kind, code, label in found if kind in wanted)]
        self.fields["option"].choices = [("", "All"), *((code, label) for code, (label, _) in OPTIONS.items())]
        self.fields["score"].choices = [("", "All"), *((code, label) for code, (label, _) in BANDS.items()), (NO_SCORE, "No score yet")]

    def narrow(self, services: QuerySet[Service]) -> QuerySet[Service]:
        """The services that match every filter that is on."""
        self.is_valid()
        chosen = self.cleaned_data
        if words := chosen.get("q", "").strip():
            services = services.filter(
                Q(name__icontains=words)
                | Q(provider__name__icontains=words)
                | Q(network__name__icontains=words)
                | Q(provider__code__iexact=words)
                | Q(network__code__iexact=words)
            )
        if chosen.get("programme"):
            services = services.filter(specification__programme__code=chosen["programme"])
        if chosen.get("region"):
            services = services.filter(region__code=chosen["region"])
        if chosen.get("icb"):
            services = services.filter(Q(provider__icb__code=chosen["icb"]) | Q(network__icb__code=chosen["icb"]))
        if chosen.get("provider"):
            services = services.filter(Q(provider__code=chosen["provider"]) | Q(network__code=chosen["provider"]))
        if chosen.get("option"):
            live = SurveillanceDecision.objects.filter(
                OPTIONS[chosen["option"]][1], service=OuterRef("pk"), status__in=["IN_FORCE", "REVIEW_DUE"]
            )
            services = services.filter(Exists(live))
        return self._by_score(services, chosen["score"]) if chosen.get("score") else services

    def _by_score(self, services: QuerySet[Service], band: str) -> QuerySet[Service]:
        """By the score that the list shows: of the newest round that has begun, at the newest stage, if it may be read."""
        has_begun = Case(When(round__opens_date__lte=timezone.localdate(), then=1), default=0)
        readable = SelfReport.objects.for_user(self.reader, Permission.SELF_REPORT_VIEW)
        newest = SelfReport.objects.filter(service=OuterRef("pk")).order_by(has_begun.desc(), "-round__year")
        scores = Score.objects.filter(self_report=OuterRef("newest_report"), self_report__in=readable.values("pk"), applicable_count__gt=0)
        shown = scores.order_by(STAGE_RANK.desc()).values("pk")[:1]
        found = services.annotate(newest_report=Subquery(newest.values("pk")[:1])).annotate(shown_score=Subquery(shown))
        if band == NO_SCORE:
            return found.filter(shown_score=None)
        return found.filter(Exists(Score.objects.filter(BANDS[band][1], pk=OuterRef("shown_score"))))


class RoundChoice(NhsForm, forms.Form):
    """Which round a page is about; an unknown year is the newest one's business, never an error."""

    year = forms.ChoiceField(label="Round", required=False)

    def __init__(self, data: object, *, rounds: Sequence[Round], chosen: int | None) -> None:
        super().__init__(data, initial={"year": chosen})
        self.fields["year"].choices = [(str(one.year), str(one.year)) for one in rounds]

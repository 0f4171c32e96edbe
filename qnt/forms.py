"""Filters of the lists that show several apps."""

from decimal import Decimal

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation
from accounts.nhsuk import NhsForm, SearchInput
from surveillance.models import ProgrammeOfCare, Score, Service, SurveillanceDecision

OPTIONS = {
    "1": ("Option 1, routine", Q(is_routine=True)),
    "2": ("Option 2, enhanced", Q(needs_provider_action=True) | Q(needs_commissioner_action=True)),
    "3": ("Option 3, peer review", Q(needs_peer_review=True)),
}
BANDS = {"all": ("100%", Q(percent=100)), "under": ("Under 100%", Q(percent__lt=100)), "half": ("Under 50%", Q(percent__lt=Decimal(50)))}


class ServiceFilter(NhsForm, forms.Form):
    """Narrows the list of services; everything stands in the address, and an unknown value narrows nothing."""

    q = forms.CharField(label="Service, trust or ODS code", required=False, widget=SearchInput)
    programme = forms.ChoiceField(label="Programme of care", required=False)
    region = forms.ChoiceField(label="Region", required=False)
    icb = forms.ChoiceField(label="Integrated care board", required=False)
    option = forms.ChoiceField(label="Option in force", required=False)
    score = forms.ChoiceField(label="Score", required=False)

    def __init__(self, data: object, *, services: QuerySet[Service]) -> None:
        super().__init__(data)
        seen = services.order_by().values
        places = Organisation.objects.filter(Q(pk__in=seen("provider__icb")) | Q(pk__in=seen("region")))
        found = list(places.values_list("kind", "code", "name"))
        self.fields["programme"].choices = [("", "All"), *ProgrammeOfCare.objects.values_list("code", "name")]
        for name, kind in (("region", Organisation.Kind.REGION), ("icb", Organisation.Kind.ICB)):
            self.fields[name].choices = [("", "All"), *((code, label) for of_kind, code, label in found if of_kind == kind)]
        self.fields["option"].choices = [("", "All"), *((code, label) for code, (label, _) in OPTIONS.items())]
        self.fields["score"].choices = [("", "All"), *((code, label) for code, (label, _) in BANDS.items())]

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
            )
        if chosen.get("programme"):
            services = services.filter(specification__programme__code=chosen["programme"])
        if chosen.get("region"):
            services = services.filter(region__code=chosen["region"])
        if chosen.get("icb"):
            services = services.filter(provider__icb__code=chosen["icb"])
        if chosen.get("option"):
            live = SurveillanceDecision.objects.filter(
                OPTIONS[chosen["option"]][1], service=OuterRef("pk"), status__in=["IN_FORCE", "REVIEW_DUE"]
            )
            services = services.filter(Exists(live))
        if chosen.get("score"):
            scores = Score.objects.filter(BANDS[chosen["score"]][1], self_report__service=OuterRef("pk"))
            services = services.filter(Exists(scores))
        return services

"""Filters of the pool of reviewers."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.nhsuk import NhsForm, SearchInput
from accounts.permissions import Role
from peerreview.models import Profession
from peerreview.queries.reviewer_pool import Pooled
from peerreview.training import Standing
from surveillance.models import ServiceSpecification

ALL = ("", "All")
PATIENT = "PATIENT"
# Visits held in the last 12 months and places ahead, together.
LOADS = {"NONE": ("No visit", 0, 0), "SOME": ("1 or 2 visits", 1, 2), "MANY": ("3 visits or more", 3, 10_000)}


class PoolFilter(NhsForm, forms.Form):
    """Narrows the pool; everything stands in the address, and an unknown value narrows nothing."""

    q = forms.CharField(label="Name or specialty", required=False, widget=SearchInput)
    profession = forms.ChoiceField(
        label="Profession", required=False, choices=[ALL, *Profession.choices, (PATIENT, Role.PATIENT_REVIEWER.label)]
    )
    specification = forms.ChoiceField(label="Knows the service", required=False)
    region = forms.ChoiceField(label="Works in or can visit", required=False)
    training = forms.ChoiceField(label="Training", required=False, choices=[ALL, *((one.name, one.value) for one in Standing)])
    load = forms.ChoiceField(
        label="Visits, held and ahead", required=False, choices=[ALL, *((code, row[0]) for code, row in LOADS.items())]
    )

    def __init__(self, data: Any, *, pool: Iterable[Pooled]) -> None:
        super().__init__(data)
        pool = list(pool)
        known = {pk for one in pool for pk in one.specification_ids}
        offered = ServiceSpecification.objects.filter(pk__in=known).order_by("name", "pk").values_list("pk", "name")
        regions = Organisation.objects.of_kind(Organisation.Kind.REGION).order_by("name", "pk").values_list("pk", "name")
        fields: Any = self.fields
        fields["specification"].choices = [ALL, *((str(pk), name) for pk, name in offered)]
        fields["region"].choices = [ALL, *((str(pk), name) for pk, name in regions)]

    def narrow(self, pool: Iterable[Pooled]) -> list[Pooled]:
        """The reviewers that match every filter that is on."""
        self.is_valid()
        return [one for one in pool if self._fits(one, self.cleaned_data)]

    @staticmethod
    def _fits(one: Pooled, chosen: dict[str, Any]) -> bool:
        specialties = one.profile.specialties if one.profile else ""
        codes = set(one.profile.profession_codes if one.profile else []) | ({PATIENT} if Role.PATIENT_REVIEWER in one.roles else set())
        words, load = chosen.get("q", "").strip().lower(), LOADS.get(chosen.get("load", ""))
        return (
            words in f"{one.user.name} {specialties}".lower()
            and (not chosen.get("profession") or chosen["profession"] in codes)
            and (not chosen.get("specification") or int(chosen["specification"]) in one.specification_ids)
            and (not chosen.get("region") or int(chosen["region"]) in one.region_ids)
            and (not chosen.get("training") or (one.standing is not None and one.standing.name == chosen["training"]))
            and (load is None or load[1] <= one.recent_count + one.ahead_count <= load[2])
        )

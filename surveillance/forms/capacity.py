"""Choosing the region and the round whose visits are looked at."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation, User
from accounts.permissions import Permission
from surveillance.models import Round, Service
from surveillance.reach import reach_of


def regions_of(user: User) -> QuerySet[Organisation]:
    """The regions whose hub this person works for; all of them for the national team, those with services first."""
    where = reach_of(user, Permission.DECISION_PROPOSE)
    has_services = Exists(Service.objects.filter(region=OuterRef("pk")))
    regions = Organisation.objects.filter(kind=Organisation.Kind.REGION).order_by(has_services.desc(), "name")
    return regions if where.is_national else regions.filter(pk__in=where.regions)


class CapacityFilterForm(forms.Form):
    """Region and round; the newest round and the first region where nothing is chosen."""

    region = forms.ChoiceField(label="Region", required=False)
    year = forms.ChoiceField(label="Round", required=False)

    def __init__(self, *args: Any, regions: Sequence[Organisation], rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [(region.code, region.name) for region in regions]
        self.fields["year"].choices = [(str(one.year), str(one.year)) for one in rounds]
        if len(regions) < 2:
            del self.fields["region"]

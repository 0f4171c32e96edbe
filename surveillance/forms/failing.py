"""Filters of the services that fail indicators; all of them stand in the address."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Organisation
from accounts.nhsuk import NhsForm
from surveillance.models import ServiceSpecification

PATHS = {"region": "service__region", "programme": "service__specification__programme", "specification": "service__specification"}


class FailingFilterForm(NhsForm, forms.Form):
    """Round, region (national only), programme, specification, and whether an action answers it."""

    year = forms.ChoiceField(label="Round", required=False)
    region = forms.ModelChoiceField(Organisation.objects.none(), label="Region", required=False, empty_label="All regions")
    programme = forms.ChoiceField(label="Programme", required=False)
    specification = forms.ChoiceField(label="Specification", required=False)
    show = forms.MultipleChoiceField(
        label="Show only", choices=[("without_action", "No action answers it")], widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self, *args: Any, years: Iterable[int], specifications: Sequence[ServiceSpecification], regions: QuerySet[Organisation] | None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        programmes = {one.programme_id: str(one.programme) for one in specifications}
        self.fields["year"].choices = [("", "Newest round"), *((str(year), str(year)) for year in years)]
        self.fields["programme"].choices = [("", "All programmes"), *sorted(programmes.items(), key=lambda pair: pair[1])]
        self.fields["specification"].choices = [("", "All specifications"), *((one.pk, str(one)) for one in specifications)]
        if regions is None:
            del self.fields["region"]
        else:
            self.fields["region"].queryset = regions

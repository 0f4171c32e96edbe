"""Forms of the services of a round: filters, taking one out, putting one in."""

from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.nhsuk import NhsForm, SearchInput
from surveillance.models import ProgrammeOfCare
from surveillance.queries.round_scope import PLACE_WORDS


class ScopeFilterForm(NhsForm, forms.Form):
    """Words and filters; all of them stand in the address."""

    q = forms.CharField(label="Service, trust or ODS code", required=False, max_length=100, widget=SearchInput)
    place = forms.ChoiceField(label="Place in the round", choices=[("", "Any"), *PLACE_WORDS.items()], required=False)
    programme = forms.ModelChoiceField(ProgrammeOfCare.objects.all(), label="Programme", required=False, empty_label="All programmes")
    region = forms.ModelChoiceField(Organisation.objects.none(), label="Region", required=False, empty_label="All regions")

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions


class TakeOutForm(NhsForm, forms.Form):
    """Why a service does not report in this round."""

    submit_label = "Take out of this round"
    submit_kind = "warning"

    reason = forms.CharField(
        label="Why does this service not report in this round?", widget=forms.Textarea, max_length=2000,
        error_messages={"required": "Enter why this service does not report in this round"},
    )  # fmt: skip


class AddServiceForm(NhsForm, forms.Form):
    """Nothing to fill in: the page says what will happen."""

    submit_label = "Add to this round"

"""The form of a service's context card."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from surveillance.models import Service
from surveillance.models.services import PlaceKind
from surveillance.queries.context import LABELS
from surveillance.services.context import mark_of

LONGEST = 2000


class ContextForm(NhsForm, forms.Form):
    """What reviewers must know before they ask; every line is optional."""

    submit_label = "Save context card"
    field_options = {"place_kind": {"label_size": "s"}} | {
        name: {"rows": 3, "label_size": "s"} for name in ("geography", "population", "travel", "dependencies", "outside_control")
    }

    place_kind = forms.ChoiceField(
        label="What kind of place does it serve? (optional)", choices=PlaceKind.choices, widget=forms.RadioSelect, required=False,
        help_text="Reviewers who know this kind of place are suggested first",
    )  # fmt: skip
    sites = forms.CharField(label="Sites (optional)", max_length=300, required=False)
    geography = forms.CharField(
        label="Geography (optional)", max_length=LONGEST, required=False, widget=forms.Textarea,
        help_text="For example, roads, coast, how far sites are apart",
    )  # fmt: skip
    population = forms.CharField(
        label="Population (optional)", max_length=LONGEST, required=False, widget=forms.Textarea,
        help_text="For example, how many people, their age, deprivation",
    )  # fmt: skip
    travel = forms.CharField(
        label="Travel (optional)", max_length=LONGEST, required=False, widget=forms.Textarea, help_text="How patients reach the service"
    )
    dependencies = forms.CharField(
        label="Dependencies (optional)", max_length=LONGEST, required=False, widget=forms.Textarea,
        help_text="Other services and sites that yours rests on",
    )  # fmt: skip
    outside_control = forms.CharField(
        label="Outside its control (optional)", max_length=LONGEST, required=False, widget=forms.Textarea,
        help_text="What your service cannot change, so that reviewers do not judge it by this",
    )  # fmt: skip
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(service, name) for name in LABELS} | {"opened": mark_of(service)})
        super().__init__(*args, **kwargs)

    @property
    def card(self) -> dict[str, str]:
        """The lines of the card, from a valid form."""
        return {name: self.cleaned_data[name] for name in LABELS}

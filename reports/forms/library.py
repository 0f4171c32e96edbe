"""Forms of the public library: its search box, its filters, and asking for emails."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm, SearchInput
from reports.models import LibraryFacet
from reports.queries.library import MOST_SHOWN, Choice

Facet = LibraryFacet.Facet


class SearchForm(forms.Form):
    """The search box of the library."""

    words = forms.CharField(label="Search published reports", required=False, max_length=200, widget=SearchInput)


class FacetForm(forms.Form):
    """Facets of the library with their counts; what was searched for is kept along."""

    words = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: dict[str, list[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in choices.items():
            if found:
                self.fields[name] = forms.MultipleChoiceField(
                    label=Facet(name).label, required=False, widget=forms.CheckboxSelectMultiple,
                    choices=[(choice.code, f"{choice.label} ({choice.count})") for choice in found],
                    help_text=f"The {MOST_SHOWN} with most reports. Search for others by name." if len(found) >= MOST_SHOWN else "",
                )  # fmt: skip


class SubscribeForm(NhsForm, forms.Form):
    """The address that asks for emails."""

    submit_label = "Send me an email to confirm"
    email = forms.EmailField(
        label="Email address", max_length=254, help_text="We use it for these emails only. You can stop them at any time.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address"},
    )  # fmt: skip

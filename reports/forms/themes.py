"""Forms of themes: write one, merge findings, choose who owns it, answer, say what was done; and naming a card."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Membership
from accounts.nhsuk import Conditional, DateInputField, NhsForm
from peerreview.models import Finding, Review
from surveillance.models import ImpactDomain


class Versioned(NhsForm, forms.Form):
    """A form that carries the version that its page showed."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


class ThemeForm(Versioned):
    """What a theme says."""

    submit_label = "Save theme"
    field_options = {"systemic": {"rows": 6}, "purpose": {"label_size": "m"}}

    title = forms.CharField(label="Title", max_length=150, error_messages={"required": "Enter a title"})
    systemic = forms.CharField(
        label="What is systemic?", max_length=4000, widget=forms.Textarea, error_messages={"required": "Enter what is systemic"},
        help_text="What several services have in common and no single one can put right. Do not name services or people.",
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="Which reviews does it come from?", choices=Review.Purpose.choices, widget=forms.RadioSelect,
        help_text="The two are never mixed", error_messages={"required": "Select which reviews it comes from"},
    )  # fmt: skip

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["purpose"]


class MergeFilter(forms.Form):
    """Filters of the findings that a theme can take."""

    words = forms.CharField(label="Words", required=False, max_length=100)
    domain = forms.MultipleChoiceField(
        label="Impact domain", choices=ImpactDomain.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    category = forms.MultipleChoiceField(
        label="Category", choices=Finding.Category.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class OfferForm(Versioned):
    """Who takes a theme on, and by when they say what was done."""

    submit_label = "Offer this theme"
    field_options = {"owner": {"label_size": "m"}, "due_date": {"label_size": "m"}}

    owner = forms.ChoiceField(
        label="Who takes it on?", error_messages={"required": "Select who takes it on"},
        help_text="A commissioner, a network or the national team: somebody outside the providers",
    )  # fmt: skip
    due_date = DateInputField(label="By when do they say what was done?", subject="the date by which they say what was done")

    def __init__(self, *args: Any, places: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.choices = [("", "Select a person"), *((str(place.pk), held_words(place)) for place in places)]
        self.places = {str(place.pk): place for place in places}

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("The date by which they say what was done must be in the future")
        return day

    @property
    def place(self) -> Membership:
        """The person and organisation that were chosen, from a valid form."""
        return self.places[self.cleaned_data["owner"]]


def held_words(place: Membership) -> str:
    """A possible owner as a choice names them: organisation, name, role."""
    return f"{place.organisation.name}: {place.user.name}, {place.get_role_display().lower()}"


class AnswerOfferForm(Versioned):
    """The named person accepts, or declines with a reason."""

    submit_label = "Save answer"

    accepts = forms.ChoiceField(
        label="Do you take this theme on?", choices=[("YES", "Yes, I accept it"), ("NO", "No, I decline it")], widget=forms.RadioSelect,
        error_messages={"required": "Select whether you take this theme on"},
    )  # fmt: skip
    reason = forms.CharField(label="Why not?", max_length=2000, required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        return ["version", Conditional("accepts", {"NO": ["reason"]}, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("accepts") == "NO" and not data.get("reason", "").strip():
            self.add_error("reason", "Enter why you decline it")
        return data


class DoneForm(Versioned):
    """What the owner did about a theme."""

    submit_label = "Save"
    field_options = {"done": {"rows": 6, "label_size": "m"}}

    done = forms.CharField(
        label="What was done?", max_length=4000, widget=forms.Textarea, error_messages={"required": "Enter what was done"},
        help_text="Everybody who reads themes reads this. Do not name services or people.",
    )  # fmt: skip


class CardSearchForm(forms.Form):
    """Finding a card to name beside a finding."""

    words = forms.CharField(label="Words or topic", required=False, max_length=100)

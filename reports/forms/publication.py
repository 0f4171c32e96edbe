"""Forms of sign-off, publication, withdrawal, and the search of the library."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, SearchInput
from reports.models import Report


class SignOffForm(forms.Form):
    """Which version is signed; the number comes from the page that the signer read."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Prepare the final version first."})


class PublishForm(NhsForm, forms.Form):
    """Publish now, on a date, or withhold."""

    submit_label = "Publish report"
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[("NOW", "Publish now"), ("LATER", "On a date"), ("WITHHOLD", "Withhold")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you decide"},
    )
    public_date = DateInputField(label="On which date does it become public?", subject="the date of publication", required=False)
    review_date = DateInputField(label="When is this looked at again?", subject="the review date", required=False)
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea, help_text="Required when you withhold the report.")

    def get_layout(self) -> list[Any]:
        opened = {"LATER": ["public_date"], "WITHHOLD": ["review_date"]}
        return [Conditional("decision", opened, label_size="m"), Question("reason", rows=4), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        decision, today = data.get("decision"), timezone.localdate()
        if decision == "LATER" and "public_date" not in self.errors:
            self._check_future("public_date", data.get("public_date"), today, "the date of publication")
        if decision == "WITHHOLD" and "review_date" not in self.errors:
            self._check_future("review_date", data.get("review_date"), today, "the review date")
        if decision == "WITHHOLD" and not data.get("reason", "").strip():
            self.add_error("reason", "Enter a reason for withholding the report")
        return data

    def _check_future(self, name: str, day: dt.date | None, today: dt.date, words: str) -> None:
        if day is None:
            self.add_error(name, f"Enter {words}")
        elif day <= today:
            self.add_error(name, f"{words[:1].upper()}{words[1:]} must be in the future")

    def public_from(self) -> dt.datetime | None:
        """The first moment of the chosen day, UK time; None for now."""
        if self.cleaned_data["decision"] != "LATER":
            return None
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["public_date"], dt.time.min))


class WithdrawForm(NhsForm, forms.Form):
    """Why a published report goes away."""

    submit_label, submit_kind = "Withdraw report", "warning"
    reason = forms.CharField(
        label="Why is the report withdrawn?",
        widget=forms.Textarea,
        help_text="Anyone who opens the report’s address reads this sentence.",
        error_messages={"required": "Enter a reason for withdrawing the report"},
    )


class ReportFilterForm(NhsForm, forms.Form):
    """The filter of the list of reports."""

    submit_label = "Apply filters"
    status = forms.MultipleChoiceField(label="Status", choices=Report.Status.choices, required=False, widget=forms.CheckboxSelectMultiple)


class SearchForm(forms.Form):
    """The search box of the library."""

    words = forms.CharField(label="Search published reports", required=False, max_length=200, widget=SearchInput)


class LibraryForm(forms.Form):
    """Facets of the library, with their counts; what was searched for is kept along."""

    words = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    programme = forms.MultipleChoiceField(label="Programme of care", required=False, widget=forms.CheckboxSelectMultiple)
    region = forms.MultipleChoiceField(label="Region", required=False, widget=forms.CheckboxSelectMultiple)
    provider = forms.MultipleChoiceField(label="Trust or network", required=False, widget=forms.CheckboxSelectMultiple)
    year = forms.MultipleChoiceField(label="Year of the visit", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, facets: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in facets.items():
            self.fields[name].choices = choices

"""Form of a programme overview: which programme, which years."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import NhsForm
from surveillance.models import ProgrammeOfCare

FIRST_YEAR = 2000


class OverviewForm(NhsForm, forms.Form):
    """A programme of care and the years of the visits."""

    submit_label = "Make the overview"
    programme = forms.ModelChoiceField(
        label="Programme of care",
        queryset=ProgrammeOfCare.objects.order_by("name"),
        empty_label="Select a programme",
        error_messages={"required": "Select a programme"},
    )
    first_year = forms.IntegerField(
        label="First year of the visits", help_text="For example, 2026", error_messages={"required": "Enter the first year"}
    )
    last_year = forms.IntegerField(
        label="Last year of the visits", help_text="For example, 2027", error_messages={"required": "Enter the last year"}
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        newest = timezone.localdate().year
        for name, words in (("first_year", "first"), ("last_year", "last")):
            year = data.get(name)
            if year is not None and not FIRST_YEAR <= year <= newest:
                self.add_error(name, f"The {words} year must be between {FIRST_YEAR} and {newest}")
        if not self.errors and data["first_year"] > data["last_year"]:
            self.add_error("last_year", "The last year must be the same as or after the first year")
        return data

    def chosen(self) -> dict[str, int]:
        """What the service takes."""
        data = self.cleaned_data
        return {"programme_id": data["programme"].pk, "first_year": data["first_year"], "last_year": data["last_year"]}

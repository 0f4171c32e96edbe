"""Option 1 in bulk: which self-reports, and what all of these decisions say."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm
from surveillance.forms.decisions import CONSEQUENCE_HINTS, LIKELIHOOD_HINTS
from surveillance.models import SelfReport, SurveillanceDecision
from surveillance.models.self_reports import SelfReportQuerySet

MOST_AT_ONCE = 500


def selected_ids(values: list[str]) -> list[int]:
    """The ids that were ticked; what is no number is left out."""
    return sorted({int(value) for value in values[:MOST_AT_ONCE] if value.isascii() and value.isdigit() and len(value) < 19})


class Option1Form(NhsForm, forms.Form):
    """Risk and review date of all these decisions; the self-reports travel along hidden."""

    field_options = {
        "likelihood": {"label_size": "m", "hints": LIKELIHOOD_HINTS},
        "consequence": {"label_size": "m", "hints": CONSEQUENCE_HINTS},
        "review_date": {"label_size": "m"},
    }

    likelihood = forms.TypedChoiceField(
        label="How likely is it to go wrong?", choices=SurveillanceDecision.Likelihood.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select how likely it is to go wrong"},
    )  # fmt: skip
    consequence = forms.TypedChoiceField(
        label="How serious would it be?", choices=SurveillanceDecision.Consequence.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select how serious it would be"},
    )  # fmt: skip
    review_date = DateInputField(
        label="Review date", subject="the review date", help_text="By when these decisions are looked at again, for example 30 9 2028"
    )
    selected = forms.ModelMultipleChoiceField(SelfReport.objects.none(), widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, candidates: SelfReportQuerySet, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["selected"].queryset = candidates
        self.submit_label = f"Propose option 1 for {count} service{'' if count == 1 else 's'}"

    def clean_review_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["review_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("Review date must be in the future")
        return day

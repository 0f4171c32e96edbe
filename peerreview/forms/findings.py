"""Forms of immediate risks, letters and actions of a review."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm, Question
from peerreview.forms.common import optional_pk
from peerreview.models import Review
from peerreview.queries.topics import indicators_of
from surveillance.models import ImpactDomain, Service


class ImmediateRiskForm(NhsForm, forms.Form):
    """Danger in three fields."""

    submit_label = "Report immediate risk now"
    field_options = {"what": {"rows": 4}}

    service = forms.ModelChoiceField(
        Service.objects.none(), label="Service", empty_label=None, error_messages={"required": "Select a service"}
    )
    what = forms.CharField(
        label="What is the risk?", max_length=5_000, widget=forms.Textarea, error_messages={"required": "Enter what the risk is"}
    )
    where = forms.CharField(label="Where is it?", max_length=200, error_messages={"required": "Enter where it is"})
    told = forms.CharField(
        label="Who have you told?",
        max_length=200,
        help_text="Tell someone in charge there in person first",
        error_messages={"required": "Enter who you have told"},
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["service"].queryset = review.services.select_related("provider", "network")
        if not self.is_bound:
            self.initial["client_id"] = uuid.uuid4()
        only = list(fields["service"].queryset[:2])
        if len(only) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), only[0].pk

    def get_layout(self) -> list[Any]:
        hidden = self.fields["service"].widget.is_hidden
        return [
            "client_id",
            "service" if hidden else Question("service"),
            Question("what"),
            Question("where"),
            Question("told"),
            self.get_buttons(),
        ]

    def as_arguments(self) -> dict[str, Any]:
        """What ``report_immediate_risk`` takes, from a valid form."""
        data = self.cleaned_data
        return {"service_id": data["service"].pk} | {name: data[name] for name in ("what", "where", "told", "client_id")}


class LetterForm(NhsForm, forms.Form):
    """The words of a letter."""

    submit_label = "Save letter"
    field_options = {"text": {"label_size": "m", "rows": 16}}

    text = forms.CharField(
        label="Text of the letter", max_length=20_000, widget=forms.Textarea, error_messages={"required": "Enter the text of the letter"}
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


class LetterAnswerForm(NhsForm, forms.Form):
    """The answer to a letter."""

    submit_label = "Record the answer"
    field_options = {"answer": {"label_size": "m", "rows": 8}}

    answer = forms.CharField(
        label="What was done, and what will be done?",
        max_length=20_000,
        widget=forms.Textarea,
        error_messages={"required": "Enter the answer"},
    )


class FindingActionForm(NhsForm, forms.Form):
    """An action that answers a finding's recommendation."""

    submit_label = "Draft action"
    field_options = {"what": {"label_size": "m"}, "baseline": {"width": 10}, "target": {"width": 10}, "domains": {"label_size": "m"}}

    what = forms.CharField(
        label="What will be done?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what will be done"}
    )
    due_date = DateInputField(label="By when?", subject="the date by which it is done", help_text="For example, 12 11 2027")
    indicator = forms.ChoiceField(label="Which indicator should it move? (optional)", required=False)
    baseline = forms.CharField(label="Where is it now? (optional)", max_length=60, required=False)
    target = forms.CharField(label="Where should it be? (optional)", max_length=60, required=False)
    domains = forms.MultipleChoiceField(
        label="Impact domains", choices=ImpactDomain.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["indicator"].choices = [("", "None"), *((str(one.pk), str(one)) for one in indicators_of(review))]

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("The date by which it is done must be in the future")
        return day

    def as_arguments(self) -> dict[str, Any]:
        """What ``draft_action_from_finding`` takes, from a valid form."""
        data = self.cleaned_data
        return {name: data[name] for name in ("what", "due_date", "baseline", "target", "domains")} | {
            "indicator_id": optional_pk(data["indicator"])
        }


class DueDateForm(NhsForm, forms.Form):
    """One day for the actions that are drafted together."""

    submit_label = "Draft these actions"

    due_date = DateInputField(
        label="By when should they be done?", subject="the date by which they are done", help_text="You can change it for each action"
    )

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("The date must be in the future")
        return day

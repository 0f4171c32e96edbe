"""Forms of actions: draft, offer, answer, carry out, block, verify, and filter the list."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm
from surveillance.forms.decisions import VersionForm
from surveillance.models import DOMAIN_MEANINGS, Action, EvidenceItem, ImpactDomain, Indicator
from surveillance.queries.holders import Holder

SHOWN_EVIDENCE = 200
# The words of the tags: what its owner has accepted is not yet started.
STATUS_CHOICES = [(status.value, "Not yet started" if status == Action.Status.ACCEPTED else status.label) for status in Action.Status]


class ActionForm(NhsForm, forms.Form):
    """What somebody will do for a service by a day, and the indicator that it should move."""

    submit_label = "Save action"
    field_options = {
        "what": {"rows": 4},
        "baseline": {"width": 20},
        "target": {"width": 20},
        "domains": {"hints": DOMAIN_MEANINGS},
    }

    addressed_to = forms.ChoiceField(
        label="Who must act?",
        choices=Action.AddressedTo.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who must act"},
    )
    what = forms.CharField(
        label="What will be done?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what will be done"}
    )
    due_date = DateInputField(label="Due date", subject="the due date", help_text="For example, 30 9 2027")
    indicator = forms.ChoiceField(label="Which indicator should it move? (optional)", required=False)
    baseline = forms.CharField(
        label="Where the indicator is now (optional)",
        help_text="Leave empty to take the newest answer to it",
        max_length=60,
        required=False,
    )
    target = forms.CharField(
        label="Where it should be (optional)", help_text="Leave empty to take the indicator’s target", max_length=60, required=False
    )
    domains = forms.MultipleChoiceField(
        label="Which impact should it have? (optional)", choices=ImpactDomain.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sides: list[str], indicators: list[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = sides
        if len(sides) < 2:
            del self.fields["addressed_to"]
        else:
            self.fields["addressed_to"].choices = [choice for choice in Action.AddressedTo.choices if choice[0] in sides]
        named = [(str(indicator.pk), f"{indicator.number} {indicator.title}") for indicator in indicators]
        self.fields["indicator"].choices = [("", "No indicator"), *named]

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if day < timezone.localdate():
            raise forms.ValidationError("Due date must be today or in the future")
        return day

    def as_arguments(self) -> dict[str, Any]:
        """What ``draft_action`` and ``change_draft`` share, from a valid form."""
        data = self.cleaned_data
        return {
            "indicator_id": int(data["indicator"]) if data["indicator"] else None,
            **{name: data[name] for name in ("what", "due_date", "baseline", "target", "domains")},
        }

    @property
    def side(self) -> str:
        """To whom a valid form addresses the action."""
        return self.cleaned_data.get("addressed_to") or self.sides[0]


class OwnerForm(VersionForm):
    """One named person."""

    submit_label = "Offer this action"
    field_options = {"owner": {"label_size": "m"}}

    owner = forms.TypedChoiceField(
        label="Who should own this action?", help_text="One person. They can accept it or decline it.", coerce=int,
        widget=forms.RadioSelect, error_messages={"required": "Select who should own this action"},
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: list[Holder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(candidate.user.pk, candidate.words) for candidate in candidates]


class _ReasonForm(VersionForm):
    """A reason, and nothing else."""

    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea)


class DeclineForm(_ReasonForm):
    """Decline an offer."""

    submit_label = "Decline"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why can you not own this action?"
        self.fields["reason"].error_messages["required"] = "Enter a reason for declining this action"


class ReturnForm(_ReasonForm):
    """Send back what is said to be done."""

    submit_label = "Send back"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What is missing?"
        self.fields["reason"].error_messages["required"] = "Enter what is missing"


class BlockForm(_ReasonForm):
    """Say that money or staff are missing."""

    submit_label = "Say it is blocked"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "What money or staff does it need?"
        self.fields["reason"].error_messages["required"] = "Enter what money or staff it needs"


class BlockAnswerForm(VersionForm):
    """Fund, advise, or cannot."""

    submit_label = "Answer the block"
    field_options = {"answer": {"label_size": "m"}}

    answer = forms.ChoiceField(
        label="What is your answer?",
        choices=(("FUND", "Fund it"), ("ADVISE", "Advise how to go on without"), ("CANNOT", "It cannot be done")),
        widget=forms.RadioSelect,
        error_messages={"required": "Select your answer"},
    )
    note = forms.CharField(
        label="Say more", help_text="What is funded and from when, what you advise, or the risk that stays", max_length=2000,
        widget=forms.Textarea, error_messages={"required": "Enter what is funded, what you advise, or the risk that stays"},
    )  # fmt: skip


class DoneForm(VersionForm):
    """Evidence of the service, or a note that says what shows it."""

    submit_label = "Mark as done"
    field_options = {"note": {"rows": 4}}

    evidence = forms.TypedMultipleChoiceField(
        label="Which documents show it?", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label="What shows that it is done?",
        help_text="Needed when no document shows it",
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, evidence: list[EvidenceItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if evidence:
            self.fields["evidence"].choices = [(item.pk, item.title) for item in evidence]
        else:
            del self.fields["evidence"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("evidence") and not cleaned.get("note") and not self.errors:
            self.add_error("evidence" if "evidence" in self.fields else "note", "Add evidence before you mark this as done")
        return cleaned


class DueDateForm(VersionForm):
    """Another day, with a reason."""

    submit_label = "Move the due date"

    due_date = DateInputField(label="New due date", subject="the new due date")
    reason = forms.CharField(
        label="Why does it move?",
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": "Enter a reason for moving the due date"},
    )

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if day < timezone.localdate():
            raise forms.ValidationError("New due date must be today or in the future")
        return day

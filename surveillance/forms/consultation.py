"""Forms of a consultation and of publishing a set."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm
from surveillance.forms.revisions import RevisionForm
from surveillance.models import IndicatorSet

LONGEST_COMMENT = 4000


class ConsultationForm(NhsForm, forms.Form):
    """The last day on which people may comment."""

    submit_label = "Put in consultation"

    last_date = DateInputField(
        label="Last day for comments", subject="the last day for comments", help_text="People can comment until midnight, UK time."
    )

    def clean_last_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["last_date"]
        if day < timezone.localdate():
            raise forms.ValidationError("The last day for comments must be today or in the future")
        return day


class CommentForm(NhsForm, forms.Form):
    """One comment."""

    submit_label = "Save comment"
    field_options = {"text": {"rows": 6}}

    text = forms.CharField(
        label="Your comment",
        help_text="Everybody who can read this sees it with your name, role and organisation. Do not include details of patients.",
        widget=forms.Textarea,
        max_length=LONGEST_COMMENT,
        error_messages={"required": "Enter your comment"},
    )


class CommentReplyForm(NhsForm, forms.Form):
    """The reply to one comment."""

    submit_label = "Save reply"
    field_options = {"reply": {"rows": 6}}

    reply = forms.CharField(
        label="Your reply",
        help_text="Everybody who can read this sees it.",
        widget=forms.Textarea,
        max_length=LONGEST_COMMENT,
        error_messages={"required": "Enter your reply"},
    )


class PublishForm(RevisionForm):
    """What changed and why, and that the bridge was read; offers to retire the version before where nobody is asked it now."""

    change_note = forms.CharField(
        label="What changed and why?",
        help_text="Services read this before they answer.",
        widget=forms.Textarea,
        max_length=LONGEST_COMMENT,
        error_messages={"required": "Enter what changed and why"},
    )
    retire = forms.MultipleChoiceField(label="The version before", widget=forms.CheckboxSelectMultiple, required=False, choices=[])
    is_read = forms.MultipleChoiceField(
        label="Before you publish",
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", "I have read what this changes. The text cannot be changed after this.")],
        error_messages={"required": "Tick the box to say that you have read what this changes"},
    )

    field_options = {"change_note": {"rows": 5}, "retire": {"label_size": "s"}, "is_read": {"label_size": "s"}}

    def __init__(self, *args: Any, indicator_set: IndicatorSet, retirable: IndicatorSet | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"revision": indicator_set.revision, "change_note": indicator_set.change_note})
        super().__init__(*args, **kwargs)
        self.submit_label = f"Publish version {indicator_set.version}"
        if retirable:
            self.fields["retire"].choices = [(str(retirable.pk), f"Retire version {retirable.version} now")]
        else:
            del self.fields["retire"]

    @property
    def retire_id(self) -> int | None:
        """The version to retire in the same act."""
        chosen = self.cleaned_data.get("retire")
        return int(chosen[0]) if chosen else None


class RetireForm(NhsForm, forms.Form):
    """Why a version is retired."""

    submit_label = "Retire this version"
    submit_kind = "warning"
    field_options = {"reason": {"rows": 4}}

    reason = forms.CharField(
        label="Why is it retired?",
        help_text="The page of the set keeps this.",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": "Enter why it is retired"},
    )

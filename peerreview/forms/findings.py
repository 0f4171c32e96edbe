"""Forms of notes, findings, letters, evidence and actions of a review."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, RowsField
from peerreview.forms.common import DomainTagsForm
from peerreview.models import Finding, FocusTopic, Note, Review
from peerreview.queries.topics import indicators_of
from peerreview.services.findings import LEARNING_CATEGORIES, FindingContent
from surveillance.models import EvidenceItem, ImpactDomain, Service


def _optional(value: str) -> int | None:
    return int(value) if value else None


class NoteForm(NhsForm, forms.Form):
    """A note of a visit; the page makes its id, so that sending it twice saves it once."""

    submit_label = "Save note"
    field_options = {"text": {"rows": 6}}

    topic = forms.ChoiceField(label="Topic", widget=forms.RadioSelect, required=False)
    indicator = forms.ChoiceField(label="Indicator (optional)", required=False)
    text = forms.CharField(label="Note", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter a note"})
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = [(str(topic.pk), topic.title) for topic in review.topics.all()]
        self.fields["topic"].choices = [*topics, ("", "Other")]
        if review.is_learning:
            del self.fields["indicator"]
        else:
            chosen = [(str(one.pk), str(one)) for one in indicators_of(review)]
            self.fields["indicator"].choices = [("", "None"), *chosen]
        if not self.is_bound:
            self.initial["client_id"] = uuid.uuid4()

    def as_arguments(self) -> dict[str, Any]:
        """What ``save_note`` takes, from a valid form."""
        data = self.cleaned_data
        return {
            "client_id": data["client_id"] or uuid.uuid4(), "text": data["text"], "topic_id": _optional(data["topic"]),
            "indicator_id": _optional(data.get("indicator", "")),
        }  # fmt: skip


class FindingForm(DomainTagsForm):
    """A finding of a team."""

    submit_label = "Save finding"
    field_options = {
        "what_was_seen": {"label_size": "m", "rows": 5},
        "basis": {"label_size": "m", "rows": 3},
        "recommendation": {"label_size": "m", "rows": 4},
        "how_others_did_it": {"rows": 3},
        "addressed_to": {"label_size": "m", "inline": True},
        "service": {"label_size": "m"},
    }

    category = forms.ChoiceField(label="Category", widget=forms.RadioSelect, error_messages={"required": "Select a category"})
    service = forms.ModelChoiceField(
        Service.objects.none(), label="Service", empty_label=None, error_messages={"required": "Select a service"}
    )
    what_was_seen = forms.CharField(
        label="What did you see?", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter what you saw"}
    )
    basis = forms.CharField(
        label="What is it based on?",
        max_length=5_000,
        widget=forms.Textarea,
        help_text="Evidence, views and notes, in words",
        error_messages={"required": "Enter what it is based on"},
    )
    evidence = RowsField(
        EvidenceItem.objects.none(), label="Documents that it rests on", required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = RowsField(Note.objects.none(), label="Notes that it rests on", required=False, widget=forms.CheckboxSelectMultiple)
    topic = forms.ChoiceField(label="Focus topic", required=False, help_text="Select a focus topic, an indicator or both")
    indicator = forms.ChoiceField(label="Indicator", required=False)
    addressed_to = forms.ChoiceField(
        label="Who can act?",
        choices=Finding.AddressedTo.choices,
        widget=forms.RadioSelect,
        initial=Finding.AddressedTo.PROVIDER,
        error_messages={"required": "Select who can act"},
    )
    recommendation = forms.CharField(
        label="Recommendation", max_length=5_000, required=False, widget=forms.Textarea, help_text="Required from “concern” up"
    )
    how_others_did_it = forms.CharField(label="How others did it (optional)", max_length=5_000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review
        categories = LEARNING_CATEGORIES if review.is_learning else tuple(Finding.Category)
        fields: Any = self.fields
        fields["category"].choices = [(c.value, c.label) for c in Finding.Category if c in categories]
        fields["service"].queryset = review.services.select_related("provider", "network")
        fields["evidence"].queryset = EvidenceItem.objects.filter(service__in=review.services.all())
        fields["notes"].queryset = review.notes.select_related("author")
        fields["notes"].label_from_instance = lambda note: f"{note.author.name}: {note.text[:120]}"
        fields["topic"].choices = [("", "None"), *((str(topic.pk), topic.title) for topic in FocusTopic.objects.filter(review=review))]
        if review.is_learning:
            del fields["indicator"]
        else:
            fields["indicator"].choices = [("", "None"), *((str(one.pk), str(one)) for one in indicators_of(review))]
        only = list(fields["service"].queryset[:2])
        if len(only) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), only[0].pk

    def get_layout(self) -> list[Any]:
        hints = {entry["code"]: entry["definition"] for entry in self.review.procedure.categories}
        names: list[Any] = ["what_was_seen", "basis", "evidence", "notes", "topic", "indicator"]
        fields: Any = self.fields
        shown = [Question(name) for name in names if name in fields and not self._is_empty(name)]
        service: list[Any] = ["service"] if fields["service"].widget.is_hidden else [Question("service")]
        rest = [Question("addressed_to"), Question("recommendation"), Question("how_others_did_it")]
        return [
            "version",
            *service,
            Question("category", hints=hints, label_size="m"),
            *shown,
            self.domains_question(),
            *rest,
            self.get_buttons(),
        ]

    def _is_empty(self, name: str) -> bool:
        field: Any = self.fields[name]
        return name in ("evidence", "notes") and not field.queryset.exists()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("topic") and not cleaned.get("indicator") and not {"topic", "indicator"} & set(self.errors):
            self.add_error("topic", "Select an indicator or a focus topic")
        if (
            cleaned.get("category") in Finding.NEEDS_RECOMMENDATION
            and not cleaned.get("recommendation")
            and "recommendation" not in self.errors
        ):
            self.add_error("recommendation", "Enter a recommendation. It is required from “concern” up")
        return cleaned

    def content(self) -> FindingContent:
        """What the services take, from a valid form."""
        data = self.cleaned_data
        texts = {name: data[name] for name in ("category", "what_was_seen", "basis", "addressed_to", "recommendation", "how_others_did_it")}
        return FindingContent(
            service_id=data["service"].pk,
            indicator_id=_optional(data.get("indicator", "")),
            topic_id=_optional(data["topic"]),
            evidence_ids=tuple(item.pk for item in data["evidence"]),
            note_ids=tuple(note.pk for note in data["notes"]),
            tags=self.tags,
            **texts,
        )

    @classmethod
    def initial_of(cls, finding: Finding) -> dict[str, Any]:
        """The initial values that show a finding as it stands."""
        names = ("category", "what_was_seen", "basis", "addressed_to", "recommendation", "how_others_did_it", "version")
        values = {name: getattr(finding, name) for name in names}
        links = {"service": finding.service_id, "topic": finding.topic_id or "", "indicator": finding.indicator_id or ""}
        sets = {"evidence": [item.pk for item in finding.evidence.all()], "notes": [note.pk for note in finding.notes.all()]}
        return values | links | sets | cls.tags_initial({tag.domain: tag.shows for tag in finding.tags.all()})


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

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["service"].queryset = review.services.select_related("provider", "network")
        only = list(fields["service"].queryset[:2])
        if len(only) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), only[0].pk

    def get_layout(self) -> list[Any]:
        hidden = self.fields["service"].widget.is_hidden
        return ["service" if hidden else Question("service"), Question("what"), Question("where"), Question("told"), self.get_buttons()]


class RecheckForm(NhsForm, forms.Form):
    """What a check of an open finding showed."""

    submit_label = "Save the check"

    outcome = forms.ChoiceField(
        label="Is it put right?", choices=(("YES", "Yes, close the finding"), ("NO", "No, it stays open")), widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is put right"},
    )  # fmt: skip
    next_recheck_date = DateInputField(label="Date of the next check", subject="the date of the next check", required=False)
    reason = forms.CharField(
        label="What did the check show?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what the check showed"}
    )

    def get_layout(self) -> list[Any]:
        return [Conditional("outcome", {"NO": [Question("next_recheck_date")]}, label_size="m"), Question("reason"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day: dt.date | None = cleaned.get("next_recheck_date")
        if cleaned.get("outcome") == "NO" and not day and "next_recheck_date" not in self.errors:
            self.add_error("next_recheck_date", "Enter the date of the next check")
        elif cleaned.get("outcome") == "NO" and day and day <= timezone.localdate():
            self.add_error("next_recheck_date", "The date of the next check must be in the future")
        return cleaned


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
            "indicator_id": _optional(data["indicator"])
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

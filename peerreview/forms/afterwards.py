"""Forms of what follows a visit: feedback given, what was done, the hub's check, progress checks, what changed."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, RowsField
from peerreview.forms.common import SentOnceForm
from peerreview.models import FindingRecheck
from surveillance.forms.evidence import ACCEPT, KINDS_HINT, VersionForm
from surveillance.models import DOMAIN_MEANINGS, EvidenceItem, ImpactDomain, Service
from surveillance.models.evidence import EvidenceQuerySet

SHOWN_DOCUMENTS = 20
ADDING = [("FILE", "Add a file"), ("LINK", "Add a link")]


class FeedbackGivenForm(NhsForm, forms.Form):
    """The day on which the service heard the findings."""

    submit_label = "Record feedback given"

    heard_date = DateInputField(
        label="On which day did the service hear it?",
        subject="the day on which the service heard it",
        help_text="Any day from the first day of the visit to today",
    )

    def clean_heard_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["heard_date"]
        if day > timezone.localdate():
            raise forms.ValidationError("The day on which the service heard it must be today or in the past")
        return day


class AttachForm(VersionForm):
    """A document with what somebody says: none, one that is filed already, a new file or a new link."""

    source = forms.ChoiceField(
        label="Does a document show it?", widget=forms.RadioSelect, error_messages={"required": "Select whether a document shows it"}
    )
    documents = RowsField(EvidenceItem.objects.none(), label="Documents", required=False, widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(
        label="Upload a file", required=False, help_text=KINDS_HINT, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip
    file_title = forms.CharField(label="What is this file?", max_length=200, required=False)
    link_title = forms.CharField(label="What is behind this link?", max_length=200, required=False)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)
    document_date = None

    def __init__(
        self, *args: Any, services: list[Service], may_add: bool, is_learning: bool, offered: EvidenceQuerySet | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        kept = (EvidenceItem.objects.kept() if offered is None else offered).filter(service__in=[service.pk for service in services])
        kept = kept if is_learning else kept.of_compliance()
        fields["documents"].queryset = kept.order_by("-added_at", "-pk")
        self.has_documents = kept.exists()
        existing = [("EXISTING", "Yes, one that is filed already")] if self.has_documents else []
        fields["source"].choices = [("NONE", "No document"), *existing, *(ADDING if may_add else [])]
        shown = list(fields["documents"].queryset.values_list("pk", "title")[:SHOWN_DOCUMENTS])
        fields["documents"].choices = [(str(pk), title) for pk, title in shown]
        if not self.is_bound:
            self.initial.setdefault("source", "NONE")

    def source_question(self) -> Conditional:
        reveals: dict[str, list[Any]] = {
            "EXISTING": [Question("documents", label_size="s", small=True)],
            "FILE": [Question("file"), Question("file_title")],
            "LINK": [Question("link"), Question("link_title")],
        }
        fields: Any = self.fields
        offered = {value for value, _ in fields["source"].choices}
        return Conditional("source", {way: inner for way, inner in reveals.items() if way in offered}, label_size="m")

    @property
    def document_title(self) -> str:
        """What the new document is called."""
        name = "file_title" if self.cleaned_data["source"] == "FILE" else "link_title"
        return str(self.cleaned_data.get(name, ""))

    @property
    def is_new(self) -> bool:
        """Whether a new document comes with it."""
        return self.cleaned_data["source"] in ("FILE", "LINK")

    @property
    def texts(self) -> list[str]:
        """What people will read of a new document."""
        if not self.is_new:
            return []
        names = [upload.name for upload in self.uploads] or [self.held_file]
        return [self.document_title, *(names if self.cleaned_data["source"] == "FILE" else [self.cleaned_data["link"]])]

    @property
    def content(self) -> dict[str, Any]:
        """What the filing service takes: either the upload or the link, without a date of its own."""
        if self.cleaned_data["source"] == "LINK":
            return {"document_date": None, "link": self.cleaned_data["link"]}
        return {"document_date": None, "upload": self.uploads[0] if self.uploads else None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source = cleaned.get("source")
        if source == "EXISTING" and not cleaned.get("documents") and "documents" not in self.errors:
            self.add_error("documents", "Select at least one document")
        for way, name, words in (("FILE", "file_title", "Enter what this file is"), ("LINK", "link_title", "Enter what the link shows")):
            if source == way and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, words)
        return cleaned


class ActedForm(AttachForm):
    """What the service did about a finding."""

    submit_label = "Save what you did"
    field_options = {"acted": {"label_size": "m", "rows": 6}}

    acted = forms.CharField(
        label="What did you do?", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter what you did"}
    )

    def get_layout(self) -> list[Any]:
        return ["version", self.hidden_part(), Question("acted"), self.source_question(), self.get_buttons()]


class ImpactForm(SentOnceForm, AttachForm):
    """What changed after a visit, under one impact domain."""

    submit_label = "File what changed"
    field_options = {"what_changed": {"label_size": "m", "rows": 6}, "service": {"label_size": "m"}}

    service = forms.ModelChoiceField(
        Service.objects.none(), label="Which service is it about?", empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": "Select a service"},
    )  # fmt: skip
    domain = forms.ChoiceField(
        label="Which impact domain does it bear on?", choices=ImpactDomain.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select an impact domain"},
    )  # fmt: skip
    what_changed = forms.CharField(
        label="What changed?", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter what changed"}
    )

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, services=services, **kwargs)
        fields: Any = self.fields
        fields["service"].queryset = Service.objects.filter(pk__in=[service.pk for service in services]).select_related(
            "provider", "network"
        )
        if len(services) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), services[0].pk

    def get_layout(self) -> list[Any]:
        fields: Any = self.fields
        service: Any = "service" if fields["service"].widget.is_hidden else Question("service")
        domain = Question("domain", label_size="m", hints=dict(DOMAIN_MEANINGS))
        return [
            "client_id",
            "version",
            self.hidden_part(),
            service,
            domain,
            Question("what_changed"),
            self.source_question(),
            self.get_buttons(),
        ]


class RecheckForm(NhsForm, forms.Form):
    """What the hub saw when it checked a finding."""

    submit_label = "Save the check"
    field_options = {"acted": {"label_size": "m", "rows": 4}, "seen": {"label_size": "m", "rows": 4}}

    acted = forms.CharField(
        label="What was done about it?", max_length=10_000, required=False, widget=forms.Textarea,
        help_text="The service has recorded nothing here. Required if it is put right",
    )  # fmt: skip
    seen = forms.CharField(
        label="What did you see?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what you saw"}
    )
    outcome = forms.ChoiceField(
        label="Is it put right?", choices=FindingRecheck.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is put right"},
    )  # fmt: skip
    next_recheck_date = DateInputField(label="Date of the next check", subject="the date of the next check", required=False)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, service_said: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service_said = service_said
        if service_said:
            del self.fields["acted"]

    def get_layout(self) -> list[Any]:
        acted = [] if self.service_said else [Question("acted")]
        outcome = Conditional("outcome", {"NOT_YET": [Question("next_recheck_date")]}, label_size="m")
        return ["version", *acted, Question("seen"), outcome, self.get_buttons()]

    @property
    def is_put_right(self) -> bool:
        """Whether the hub saw that it is put right, from a valid form."""
        return bool(self.cleaned_data["outcome"] == FindingRecheck.Outcome.PUT_RIGHT)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, outcome = cleaned.get("next_recheck_date"), cleaned.get("outcome")
        if outcome == "NOT_YET" and "next_recheck_date" not in self.errors:
            if not day:
                self.add_error("next_recheck_date", "Enter the date of the next check")
            elif day <= timezone.localdate():
                self.add_error("next_recheck_date", "The date of the next check must be in the future")
        if outcome == "PUT_RIGHT" and not self.service_said and not cleaned.get("acted") and "acted" not in self.errors:
            self.add_error("acted", "Enter what was done about it")
        return cleaned


class ProgressForm(NhsForm, forms.Form):
    """What a progress check showed."""

    submit_label = "Record this check"
    field_options = {"what_was_seen": {"label_size": "m", "rows": 6}}

    milestone_code = forms.CharField(max_length=30, widget=forms.HiddenInput)
    what_was_seen = forms.CharField(
        label="What did you see?", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter what you saw"}
    )

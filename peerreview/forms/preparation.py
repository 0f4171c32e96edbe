"""Forms of the preparation: the service's word on the topics, the evidence request and its answers, the buddy service."""

from typing import Any

from django import forms

from accounts.nhsuk import Conditional, NhsForm, Question
from peerreview.forms.common import SentOnceForm
from peerreview.models import EvidenceAsk, Review
from surveillance.forms.evidence import VersionForm
from surveillance.models import EvidenceItem, Indicator, Service

TOPIC, INDICATOR = "topic", "indicator"


class TopicsAnswerForm(NhsForm, forms.Form):
    """The service agrees the topics, or says what should change."""

    submit_label = "Send your answer"

    answer = forms.ChoiceField(
        label="Do you agree?",
        choices=[("AGREE", "Yes, we agree"), ("CHANGE", "No, something should change")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes if you agree"},
    )
    remark = forms.CharField(label="Anything to add? (optional)", max_length=2000, required=False, widget=forms.Textarea)
    change = forms.CharField(label="What should change, and why?", max_length=2000, required=False, widget=forms.Textarea)
    read = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        reveals = {"AGREE": [Question("remark", rows=3)], "CHANGE": [Question("change", rows=4)]}
        return ["read", Conditional("answer", reveals, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "CHANGE" and not cleaned.get("change") and "change" not in self.errors:
            self.add_error("change", "Enter what should change")
        return cleaned

    @property
    def agrees(self) -> bool:
        """Whether the service agrees, from a valid form."""
        return bool(self.cleaned_data["answer"] == "AGREE")

    @property
    def comment(self) -> str:
        """What it says, from a valid form."""
        return str(self.cleaned_data["remark" if self.agrees else "change"])


class AskForm(SentOnceForm, NhsForm, forms.Form):
    """A document that is asked for, why, and for which topic or key indicator: nothing else can be chosen."""

    submit_label = "Add to the request"
    field_options = {"about": {"label_size": "m"}, "why": {"rows": 3}}

    service = forms.ModelChoiceField(
        Service.objects.none(),
        label="Which service is asked?",
        empty_label="Select a service",
        error_messages={"required": "Select a service"},
    )
    about = forms.ChoiceField(label="What is it for?", widget=forms.RadioSelect)
    what = forms.CharField(
        label="Which document do you ask for?",
        max_length=200,
        help_text="One document",
        error_messages={"required": "Enter which document you ask for"},
    )
    why = forms.CharField(
        label="Why do you ask for it?", help_text="The service reads this", max_length=1000, widget=forms.Textarea,
        error_messages={"required": "Enter why you ask for it"},
    )  # fmt: skip

    def __init__(self, *args: Any, review: Review, services: Any, key_indicators: list[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services
        if services.count() == 1:
            self.fields["service"].widget, self.fields["service"].initial = forms.HiddenInput(), services[0].pk
        kind = "Learning question" if review.is_learning else "Topic"
        choices = [(f"{TOPIC}-{topic.pk}", f"{kind}: {topic.title}") for topic in review.topics.all()]
        choices += [(f"{INDICATOR}-{one.pk}", f"Key indicator: {one.number} {one.title}") for one in key_indicators]
        self.fields["about"].choices = choices
        self.fields["about"].error_messages["required"] = (
            "Select a learning question" if review.is_learning else "Select a topic or a key indicator"
        )

    def get_layout(self) -> list[Any]:
        service = "service" if self.fields["service"].widget.is_hidden else Question("service")
        return ["client_id", service, *(Question(name) for name in ("about", "what", "why")), self.get_buttons()]

    @property
    def chosen(self) -> dict[str, int]:
        """``topic_id`` or ``indicator_id``, from a valid form."""
        kind, _, pk = self.cleaned_data["about"].partition("-")
        return {f"{kind}_id": int(pk)}


class AskChangeForm(NhsForm, forms.Form):
    """Which document, and why."""

    submit_label = "Save"
    field_options = {"why": {"rows": 3}}

    what = forms.CharField(
        label="Which document do you ask for?", max_length=200, error_messages={"required": "Enter which document you ask for"}
    )
    why = forms.CharField(
        label="Why do you ask for it?", help_text="The service reads this", max_length=1000, widget=forms.Textarea,
        error_messages={"required": "Enter why you ask for it"},
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


class AskAnswerForm(VersionForm):
    """How a service answers: a document that is filed, a new file or link by the rules of all evidence, or why it cannot."""

    submit_label = "Send your answer"

    source = forms.ChoiceField(
        label="How do you answer?",
        choices=[
            ("FILED", "A document that is filed already"),
            ("FILE", "A new file"),
            ("LINK", "A new link"),
            ("CANNOT", "We cannot give it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select how you answer"},
    )
    item = forms.ModelChoiceField(
        EvidenceItem.objects.none(), label="Which document?", required=False, empty_label="Select a document",
        error_messages={"invalid_choice": "Select a document of this service"},
    )  # fmt: skip
    title = forms.CharField(label="What is this document? (optional)", max_length=200, required=False)
    reason = forms.CharField(label="Why can you not give it?", max_length=1000, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, ask: EvidenceAsk, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = documents
        self.fields["title"].help_text = f"Empty: “{ask.what}”"

    def source_question(self) -> Conditional:
        reveals: dict[str, list[Any]] = {
            "FILED": [Question("item")], "FILE": [Question("file")], "LINK": [Question("link")], "CANNOT": [Question("reason", rows=3)],
        }  # fmt: skip
        return Conditional("source", reveals, label_size="m")

    def get_layout(self) -> list[Any]:
        return [self.hidden_part(), self.source_question(), Question("title"), Question("document_date"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source = cleaned.get("source")
        if source == "FILED" and not cleaned.get("item") and "item" not in self.errors:
            self.add_error("item", "Select a document")
        if source == "CANNOT" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter why you cannot give it")
        return cleaned

    @property
    def texts(self) -> list[str]:
        """What people will read: of an answer without a new document, the reason alone."""
        source = self.cleaned_data["source"]
        if source in ("FILED", "CANNOT"):
            return [self.cleaned_data["reason"]] if source == "CANNOT" else []
        return super().texts


class BuddyForm(NhsForm, forms.Form):
    """A service that went through it."""

    submit_label = "Save"

    service = forms.ModelChoiceField(
        Service.objects.none(), label="Which service?", required=False, empty_label="No buddy service",
        help_text="Ask its lead first: the guide names them",
    )  # fmt: skip

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services
        field: Any = self.fields["service"]
        field.label_from_instance = lambda service: f"{service.name}, {service.holder.name}"

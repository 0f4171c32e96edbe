"""Forms of evidence: a file or a link, with the date that stands on the document."""

from typing import Any

from django import forms

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, RowsField
from surveillance.models import Answer, Service


class VersionForm(NhsForm, forms.Form):
    """A file or a link, and the date on it."""

    submit_label = "Add version"

    source = forms.ChoiceField(
        label="What do you want to add?", choices=[("FILE", "A file"), ("LINK", "A link")], widget=forms.RadioSelect,
        error_messages={"required": "Select a file or a link"},
    )  # fmt: skip
    file = forms.FileField(
        label="Upload a file", required=False, help_text="PDF, PNG, JPG, DOCX, XLSX, PPTX, CSV, TXT, MSG or EML",
        allow_empty_file=True,
    )  # fmt: skip
    link = forms.URLField(
        label="Address of the link", required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": "Enter an address in the correct format, like https://www.example.nhs.uk/policy"},
    )  # fmt: skip
    document_date = DateInputField(
        label="Date on the document", subject="the date on the document", required=False, help_text="Not the day you upload it"
    )

    def get_layout(self) -> list[Any]:
        return [
            Conditional("source", {"FILE": [Question("file")], "LINK": [Question("link")]}),
            Question("document_date"),
            self.get_buttons(),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        source = cleaned.get("source")
        if source == "FILE" and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", "Select a file")
        if source == "LINK" and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", "Enter the address of the link")
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """What the service takes: either the upload or the link."""
        is_file = self.cleaned_data["source"] == "FILE"
        date = {"document_date": self.cleaned_data["document_date"]}
        return date | ({"upload": self.cleaned_data["file"]} if is_file else {"link": self.cleaned_data["link"]})


class EvidenceForm(VersionForm):
    """A new document of a service, and the answers that it supports."""

    submit_label = "Add evidence"

    service = forms.ModelChoiceField(Service.objects.none(), label="Which service is it for?", empty_label="Select a service")
    title = forms.CharField(label="What is this document?", max_length=200, error_messages={"required": "Enter what this document is"})
    answers = RowsField(Answer.objects.none(), label="Which answers does it support?", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, services: Any, answers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services
        field: Any = self.fields["answers"]
        field.queryset = answers
        field.label_from_instance = lambda answer: str(answer.indicator)
        only = list(services[:2])
        if len(only) == 1:
            field = self.fields["service"]
            field.widget, field.initial = forms.HiddenInput(), only[0].pk

    def get_layout(self) -> list[Any]:
        is_hidden = self.fields["service"].widget.is_hidden
        parts = ["service" if is_hidden else Question("service"), *super().get_layout()]
        asked = [Question("answers")] if self.fields["answers"].queryset.exists() else []
        return [parts[0], parts[1], Question("title"), parts[2], *asked, parts[3]]


class EvidenceFilterForm(NhsForm, forms.Form):
    """Filters of the evidence list."""

    service = forms.ModelChoiceField(Service.objects.none(), label="Service", required=False, empty_label="All services")

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services

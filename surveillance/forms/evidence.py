"""Forms of evidence: a file, a link or something already added, with the date that stands on the document."""

import datetime as dt
from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, RowsField, SearchInput
from rendering.texts import find_nhs_numbers
from surveillance.models import Answer, EvidenceItem, Service
from surveillance.services.held import GONE, held_name

MAX_FILES = 20  # our default, to be confirmed: as many as one request of a phone on a slow line can carry
SHOWN_DOCUMENTS = 20  # further ones are found by words
# What a file picker offers first. Pictures are named by type as well, so that a phone offers its camera beside its files;
# "capture" is left out, because it would offer the camera alone.
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.pptx,.csv,.txt,.msg,.eml,image/png,image/jpeg"
KINDS_HINT = "PDF, PNG, JPG, DOCX, XLSX, PPTX, CSV, TXT, MSG or EML"
WAYS = [("FILE", "A file"), ("LINK", "A link")]


def refuse_future(date: dt.date) -> None:
    """A document is dated today at the latest."""
    if date > timezone.localdate():
        raise ValidationError("The date on the document must be today or in the past", code="future")


class Part(LayoutObject):
    """A template of our own among crispy's fields; it is given the form."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.fields: list[str] = []

    def render(self, form: Any, context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> str:
        return render_to_string(self.template, {"form": form})


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; gives a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MAX_FILES:
            raise ValidationError(f"Choose {MAX_FILES} files or fewer at a time", code="many")
        return [super(FilesField, self).clean(one, initial) for one in given]


class VersionForm(NhsForm, forms.Form):
    """A file or a link, and the date on it. ``held`` brings back a file that is kept for an hour (screen 8)."""

    submit_label = "Add version"

    source = forms.ChoiceField(
        label="What do you want to add?", choices=WAYS, widget=forms.RadioSelect, error_messages={"required": "Select a file or a link"}
    )
    file = forms.FileField(
        label="Upload a file", required=False, help_text=KINDS_HINT, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip
    link = forms.URLField(
        label="Address of the link", required=False, max_length=500, assume_scheme="https",
        error_messages={"invalid": "Enter an address in the correct format, like https://www.example.nhs.uk/policy"},
    )  # fmt: skip
    document_date = DateInputField(
        label="Date on the document", subject="the date on the document", required=False, help_text="Not the day you upload it",
        validators=[refuse_future],
    )  # fmt: skip
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    keep = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        return [self.hidden_part(), self.source_question(), Question("document_date"), self.get_buttons()]

    def hidden_part(self) -> Any:
        return Part("surveillance/_evidence_held.html")

    def source_question(self) -> Conditional:
        return Conditional("source", {"FILE": [Question("file")], "LINK": [Question("link")]})

    @property
    def held_file(self) -> str:
        """What the file is called that is kept for an hour, for the page."""
        return held_name(str(self["held"].value() or "")) or ""

    @property
    def uploads(self) -> list[Any]:
        """The files that were sent: none, one or several."""
        given = self.cleaned_data.get("file")
        return list(given) if isinstance(given, list) else [given] if given else []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") == "FILE" and "file" not in self.errors:
            if self.uploads:
                cleaned["held"] = ""  # what was chosen now counts
            elif not cleaned.get("held"):
                self.add_error("file", "Select a file")
            elif not self.held_file:
                self.add_error("file", GONE)
        if cleaned.get("source") == "LINK" and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", "Enter the address of the link")
        return cleaned

    @property
    def texts(self) -> list[str]:
        """What people will read of this document: its title, and the name of the file or the address."""
        data = self.cleaned_data
        names = [upload.name for upload in self.uploads] or [self.held_file]
        return [data.get("title", ""), *(names if data["source"] == "FILE" else [data["link"]])]

    @property
    def nhs_number_text(self) -> str:
        """The first text that may contain an NHS number, unless the person said that it is none."""
        if self.cleaned_data.get("keep"):
            return ""
        return next((text for text in self.texts if find_nhs_numbers(text)), "")

    @property
    def content(self) -> dict[str, Any]:
        """What the service takes: either the upload or the link."""
        date = {"document_date": self.cleaned_data["document_date"]}
        if self.cleaned_data["source"] != "FILE":
            return date | {"link": self.cleaned_data["link"]}
        return date | {"upload": self.uploads[0] if self.uploads else None}


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
        service = "service" if is_hidden else Question("service")
        asked = [Part("surveillance/_evidence_answers.html")] if self.answer_sections else []
        document = [Question("title"), Question("document_date")]
        return [self.hidden_part(), service, self.source_question(), *document, *asked, self.get_buttons()]

    @property
    def answer_sections(self) -> list[dict[str, Any]]:
        """The answers on offer by section: title, choices, how many are ticked."""
        return by_section(self["answers"])


def by_section(bound: Any) -> list[dict[str, Any]]:
    """The choices of a field of answers by section; a section opens when something in it is ticked, or when it is the only one."""
    sections: dict[str, dict[str, Any]] = {}
    for choice in bound:
        answer = choice.data["value"].instance
        section = sections.setdefault(answer.indicator.section, {"title": answer.indicator.section, "choices": [], "ticked": 0})
        section["choices"].append(choice)
        section["ticked"] += bool(choice.data["selected"])
    for section in sections.values():
        section["is_open"] = bool(section["ticked"]) or len(sections) == 1
    return list(sections.values())


class AddEvidenceForm(EvidenceForm):
    """Adding evidence from the service's own pages: also several files, also something already added."""

    source = forms.ChoiceField(
        label="What do you want to add?", choices=[*WAYS, ("EXISTING", "Something already added")], widget=forms.RadioSelect,
        error_messages={"required": "Select a file, a link or something already added"},
    )  # fmt: skip
    file = FilesField(
        label="Upload files", required=False, help_text=f"{KINDS_HINT}. You can choose several.", allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ACCEPT, "multiple": True}),
    )  # fmt: skip
    title = forms.CharField(label="What is this document?", max_length=200, required=False)
    words = forms.CharField(label="Search by words of the title", max_length=100, required=False)
    documents = RowsField(EvidenceItem.objects.none(), label="Documents", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["documents"].queryset = documents
        self.added: list[EvidenceItem] = []  # what was filed so far, and the same in words when something else was refused
        self.partly = ""

    @property
    def max_bytes(self) -> int:
        """What the page's script refuses without sending it."""
        return int(settings.UPLOAD_MAX_BYTES)

    @property
    def shown_documents(self) -> list[dict[str, Any]]:
        """Documents on offer: those that are ticked, then the newest that hold the words; each with its date and its service."""
        bound = self["documents"]
        ticked = {str(pk) for pk in bound.value() or ()}
        found = self.fields["documents"].queryset.select_related("service").prefetch_related("versions")
        chosen = [item for item in found.filter(pk__in=[pk for pk in ticked if pk.isdigit() and len(pk) < 19])] if ticked else []
        for word in str(self["words"].value() or "").split()[:10]:
            found = found.filter(title__icontains=word)
        newest = found.exclude(pk__in=[item.pk for item in chosen]).order_by("-added_at", "-pk")[:SHOWN_DOCUMENTS]
        return [
            {"item": item, "newest": next(iter(item.versions.all()), None), "is_ticked": str(item.pk) in ticked}
            for item in (*chosen, *newest)
        ]

    def source_question(self) -> Conditional:
        existing = [Part("surveillance/_evidence_existing.html")]
        return Conditional("source", {"FILE": [Question("file")], "LINK": [Question("link")], "EXISTING": existing})

    def get_layout(self) -> list[Any]:
        hidden, service, source, title, date, *rest = super().get_layout()
        return [hidden, service, source, Part("surveillance/_evidence_rows.html"), title, date, *rest]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        source, is_several = cleaned.get("source"), len(self.uploads) > 1
        if source == "EXISTING":
            if not cleaned.get("documents") and "documents" not in self.errors:
                self.add_error("documents", "Select at least one document")
            if not cleaned.get("answers") and "answers" not in self.errors:
                self.add_error("answers" if self.answer_sections else None, "Select at least one answer that it supports")
        elif not cleaned.get("title") and "title" not in self.errors and not is_several:
            self.add_error("title", "Enter what this document is")
        return cleaned

    @property
    def nhs_number_text(self) -> str:
        """Something already added was asked about when it was added; of several files each is looked at by itself."""
        return "" if self.cleaned_data["source"] == "EXISTING" or len(self.uploads) > 1 else super().nhs_number_text


class EvidenceFilterForm(NhsForm, forms.Form):
    """Filters of the evidence list, all in the address."""

    words = forms.CharField(label="Words of the title", required=False, max_length=100, widget=SearchInput)
    service = forms.ModelChoiceField(Service.objects.none(), label="Service", required=False, empty_label="All services")
    age = forms.ChoiceField(label="Date on it", required=False, choices=[("", "Any"), ("old", "Over 12 months old")])
    use = forms.ChoiceField(label="Used by", required=False, choices=[("", "Any"), ("none", "Not used yet")])

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services

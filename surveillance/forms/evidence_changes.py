"""Forms that change what is filed: what a document supports, its title and date, and removing it."""

import datetime as dt
from typing import Any

from django import forms
from django.core import signing

from accounts.nhsuk import DateInputField, NhsForm, RowsField
from rendering.texts import find_nhs_numbers
from surveillance.forms.evidence import Part, by_section, refuse_future
from surveillance.models import Answer, EvidenceItem, EvidenceVersion

SALT = "surveillance.evidence.opened"


class LinkAnswersForm(NhsForm, forms.Form):
    """Which of this year's answers a document supports; ``opened`` is what was ticked when the page was opened."""

    submit_label = "Save"

    answers = RowsField(Answer.objects.none(), label="Which answers does it support?", required=False, widget=forms.CheckboxSelectMultiple)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, answers: list[Answer], item: EvidenceItem, **kwargs: Any) -> None:
        self.offered = {answer.pk for answer in answers}
        linked = set(item.answers.filter(pk__in=self.offered).values_list("pk", flat=True))
        super().__init__(*args, initial={"answers": linked, "opened": signing.dumps(sorted(linked), salt=SALT)}, **kwargs)
        field: Any = self.fields["answers"]
        field.queryset = Answer.objects.filter(pk__in=self.offered).select_related("indicator").order_by("indicator__position")
        field.label_from_instance = lambda answer: str(answer.indicator)

    def get_layout(self) -> list[Any]:
        return ["opened", Part("surveillance/_evidence_answers.html"), self.get_buttons()]

    @property
    def answer_sections(self) -> list[dict[str, Any]]:
        """The answers on offer by section."""
        return by_section(self["answers"])

    def clean_opened(self) -> set[int]:
        """What was ticked when the page was opened; without it, what is ticked now."""
        try:
            return set(signing.loads(self.cleaned_data["opened"], salt=SALT)) & self.offered
        except signing.BadSignature:
            return set(self.initial["answers"])


class ChangeDocumentForm(NhsForm, forms.Form):
    """The title, the date where it may be corrected, and why. ``opened`` holds both as the person saw them."""

    submit_label = "Save changes"
    field_options = {"reason": {"rows": 3}}

    title = forms.CharField(label="What is this document?", max_length=200, error_messages={"required": "Enter what this document is"})
    document_date = DateInputField(
        label="Date on the document", subject="the date on the document", required=False, help_text="Not the day you upload it",
        validators=[refuse_future],
    )  # fmt: skip
    reason = forms.CharField(
        label="Why are you changing it?",
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": "Enter why you are changing it"},
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    keep = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: EvidenceItem, version: EvidenceVersion | None, may_date: bool, **kwargs: Any) -> None:
        date = version.document_date if version else None
        seen = signing.dumps([item.title, date.isoformat() if date else ""], salt=SALT)
        super().__init__(*args, initial={"title": item.title, "document_date": date, "opened": seen} | kwargs.pop("initial", {}), **kwargs)
        self.stored_date = date
        if not may_date:
            del self.fields["document_date"]

    def get_layout(self) -> list[Any]:
        return ["opened", *(name for name in ("title", "document_date", "reason") if name in self.fields), self.get_buttons()]

    def clean_opened(self) -> tuple[str, dt.date | None] | None:
        """Title and date as the person saw them; None when that cannot be told."""
        try:
            title, date = signing.loads(self.cleaned_data["opened"], salt=SALT)
        except (signing.BadSignature, ValueError):
            return None
        return title, dt.date.fromisoformat(date) if date else None

    @property
    def nhs_number_text(self) -> str:
        """The title when it may contain an NHS number, unless the person said that it is none."""
        title: str = self.cleaned_data["title"]
        return title if find_nhs_numbers(title) and not self.cleaned_data["keep"] else ""

    @property
    def as_arguments(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "title": data["title"], "document_date": data.get("document_date", self.stored_date) if "document_date" in self.fields
            else self.stored_date, "reason": data["reason"], "opened": data["opened"],
        }  # fmt: skip


class RemoveForm(NhsForm, forms.Form):
    """The button that removes a document."""

    submit_label = "Remove document"
    submit_kind = "warning"

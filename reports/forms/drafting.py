"""Forms of drafting and checking: one section, marks, who checks, the quality check."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Conditional, NhsForm, Question
from reports.models import Report, ReportSection
from reports.services.checking import CHECKER_COUNT, CRITERIA


class SectionForm(NhsForm, forms.Form):
    """One section: its words, where it has any, and its mark."""

    submit_label = "Save section"
    field_options = {"text": {"rows": 16, "label_size": "m"}, "visibility": {"label_size": "m"}}
    text = forms.CharField(label="Text", widget=forms.Textarea, required=False)
    visibility = forms.ChoiceField(
        label="Who can read it?",
        choices=ReportSection.Visibility.choices,
        widget=forms.RadioSelect,
        help_text="Restricted: left out of the public report.",
        error_messages={"required": "Select Public or Restricted"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, section: ReportSection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        if section.block:
            del self.fields["text"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError("Enter the text of this section")
        return text


class MarksForm(NhsForm, forms.Form):
    """Which sections are public: everything that is not ticked is restricted."""

    submit_label = "Save marks"
    field_options = {"public": {"label_size": "m", "select_all": "All sections"}}
    public = forms.MultipleChoiceField(
        label="Which sections are public?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What you do not tick is left out of the public report.",
    )

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public"].choices = [(section.code, section.title) for section in report.sections.order_by("position")]


class CheckersForm(NhsForm, forms.Form):
    """Two people who check the report."""

    submit_label = "Ask for the quality check"
    field_options = {"checkers": {"label_size": "m"}}
    checkers = forms.TypedMultipleChoiceField(
        label="Who checks the report?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose 2 people. Only people who were not on the visit and did not draft the report are listed.",
        error_messages={"required": "Select 2 people"},
    )

    def __init__(self, *args: Any, candidates: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checkers"].choices = [(person.pk, person.name) for person in candidates]

    def clean_checkers(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["checkers"]
        if len(chosen) != CHECKER_COUNT:
            raise forms.ValidationError("Select 2 people")
        return chosen


class QualityCheckForm(NhsForm, forms.Form):
    """Four points, then pass or return with a note."""

    submit_label = "Save quality check"
    field_options = {"criteria": {"label_size": "m"}, "outcome": {"label_size": "m"}}
    criteria = forms.MultipleChoiceField(
        label="Which of these are met?", choices=list(CRITERIA.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.ChoiceField(
        label="What is your answer?",
        choices=[("PASS", "Pass"), ("RETURN", "Return with a note")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select Pass or Return with a note"},
    )
    note = forms.CharField(label="What must change?", required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        return [Question("criteria"), Conditional("outcome", {"RETURN": [Question("note", rows=5)]}), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == "RETURN" and not data.get("note", "").strip():
            self.add_error("note", "Enter a note that says what must change")
        if data.get("outcome") == "PASS" and len(data.get("criteria", [])) < len(CRITERIA):
            self.add_error("criteria", "A report passes only when all 4 points are met. Return it with a note instead.")
        return data

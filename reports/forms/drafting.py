"""Forms of drafting and checking: marks, who checks, the quality check."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Conditional, NhsForm, Question
from accounts.templatetags.qnt_tags import month_date
from reports.models import QualityCheck, Report
from reports.outline import may_be_public
from reports.services.checking import CHECKER_COUNT, CRITERIA


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
    opened_mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, report: Report, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = report.sections.order_by("position")
        self.fields["public"].choices = [(section.code, section.title) for section in sections if may_be_public(section.code)]


class CheckersForm(NhsForm, forms.Form):
    """Two people who check the report; while the team has not been heard, also why the check does not wait for it."""

    submit_label = "Ask for the quality check"
    field_options = {"checkers": {"label_size": "m"}, "reason": {"rows": 4, "label_size": "m"}}
    checkers = forms.TypedMultipleChoiceField(
        label="Who checks the report?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose 2 people. Only people who were not on the visit and did not draft the report are listed.",
        error_messages={"required": "Select 2 people"},
    )
    reason = forms.CharField(
        label="Why do you go on without the team?",
        widget=forms.Textarea,
        help_text="The two who check the report read this.",
        error_messages={"required": "Enter why you go on without the team, or wait for it"},
    )

    def __init__(self, *args: Any, candidates: list[User], asks_reason: bool, is_learning: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_learning:
            self.fields["checkers"].help_text = "Choose 2 members of the team. Nobody else reads this report before its service does."
        self.fields["checkers"].choices = [(person.pk, person.name) for person in candidates]
        if not asks_reason:
            del self.fields["reason"]

    def clean_checkers(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["checkers"]
        if len(chosen) != CHECKER_COUNT:
            raise forms.ValidationError("Select 2 people")
        return chosen


class ReplaceCheckerForm(NhsForm, forms.Form):
    """Somebody who has not answered, and who checks the report in their place."""

    submit_label = "Name this person"
    field_options = {"check": {"label_size": "m"}, "checker": {"label_size": "m"}}
    check = forms.TypedChoiceField(
        label="Who does not check the report after all?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select who does not check the report after all"},
    )  # fmt: skip
    checker = forms.TypedChoiceField(
        label="Who checks the report instead?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select who checks the report instead"},
    )  # fmt: skip

    def __init__(self, *args: Any, waiting: list[QualityCheck], candidates: list[User], is_learning: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["check"].choices = [(check.pk, f"{check.checker.name}, asked on {month_date(check.asked_at)}") for check in waiting]
        fields["checker"].choices = [(person.pk, person.name) for person in candidates]
        fields["checker"].help_text = (
            "A member of the team. Nobody else reads this report before its service does."
            if is_learning
            else "Somebody who was not on the visit and did not draft the report."
        )


class QualityCheckForm(NhsForm, forms.Form):
    """Four points, then pass or return with a note; it carries the hash of the content that was on the page."""

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
    read_hash = forms.CharField(required=False, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        choice = Conditional("outcome", {"RETURN": [Question("note", rows=5)]})
        return ["read_hash", Question("criteria"), choice, self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == "RETURN" and not data.get("note", "").strip():
            self.add_error("note", "Enter a note that says what must change")
        if data.get("outcome") == "PASS" and len(data.get("criteria", [])) < len(CRITERIA):
            self.add_error("criteria", "A report passes only when all 4 points are met. Return it with a note instead.")
        return data

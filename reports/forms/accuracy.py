"""Forms of the factual accuracy check: the service's answer, the team's decision."""

from typing import Any

from django import forms

from accounts.nhsuk import Buttons, Conditional, NhsForm, Question, Section, Submit


class AccuracyAnswerForm(NhsForm, forms.Form):
    """One item: correct or not, and progress, which changes nothing in the report."""

    answer = forms.ChoiceField(
        label="Is this correct?",
        choices=[("CORRECT", "This is correct"), ("NOT_CORRECT", "This is not correct")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether this is correct"},
    )
    what_is_wrong = forms.CharField(label="What is wrong?", required=False, widget=forms.Textarea)
    progress_since = forms.CharField(label="Progress since the visit (does not change the report)", required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        return [
            Conditional("answer", {"NOT_CORRECT": [Question("what_is_wrong", rows=5)]}, label_size="m"),
            Section("Progress", Question("progress_since", rows=3)),
            Buttons(Submit("Save and next")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("answer") == "NOT_CORRECT" and not data.get("what_is_wrong", "").strip():
            self.add_error("what_is_wrong", "Say what is wrong, so that the team can correct it")
        return data


class AccuracyDecisionForm(NhsForm, forms.Form):
    """Accept with the new text, or keep with a reason."""

    submit_label = "Save decision"
    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=[("ACCEPTED", "Accept and change the text"), ("KEPT", "Keep the text")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you decide"},
    )
    new_text = forms.CharField(label="New text", required=False, widget=forms.Textarea)
    reason = forms.CharField(label="Why do you keep the text?", required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        opened = {"ACCEPTED": [Question("new_text", rows=8)], "KEPT": [Question("reason", rows=5)]}
        return [Conditional("outcome", opened, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == "ACCEPTED" and not data.get("new_text", "").strip():
            self.add_error("new_text", "Enter the new text")
        if data.get("outcome") == "KEPT" and not data.get("reason", "").strip():
            self.add_error("reason", "Enter a reason for keeping the text")
        return data

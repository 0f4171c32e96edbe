"""Forms of the factual accuracy check: the answer of a service or commissioner, the team's decision."""

from typing import Any

from django import forms

from accounts.nhsuk import Buttons, Conditional, NhsForm, Question, Section, Submit
from peerreview.forms.afterwards import AttachForm


class AccuracyAnswerForm(AttachForm):
    """One item: correct or not and on which document, and progress, which changes nothing in the report."""

    answer = forms.ChoiceField(
        label="Is this correct?",
        choices=[("CORRECT", "This is correct"), ("NOT_CORRECT", "This is not correct")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether this is correct"},
    )
    what_is_wrong = forms.CharField(label="What is wrong?", max_length=10_000, required=False, widget=forms.Textarea)
    progress_since = forms.CharField(
        label="Progress since the visit (does not change the report)", max_length=10_000, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["source"].label, fields["source"].required = "Does a document show what is wrong?", False
        self.may_attach = len(fields["source"].choices) > 1

    def get_layout(self) -> list[Any]:
        documents = [self.source_question()] if self.may_attach else []
        return [
            "version",
            self.hidden_part(),
            Conditional("answer", {"NOT_CORRECT": [Question("what_is_wrong", rows=5)]}, label_size="m"),
            *documents,
            Section("Progress", Question("progress_since", rows=3)),
            Buttons(Submit("Save and next")),
        ]

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["source"] = self.cleaned_data.get("source") or "NONE"
        data = super().clean()
        if data.get("answer") == "NOT_CORRECT" and not data.get("what_is_wrong", "").strip():
            self.add_error("what_is_wrong", "Say what is wrong, so that the team can correct it")
        if data.get("answer") == "CORRECT" and data.get("source") != "NONE" and "source" not in self.errors:
            self.add_error("source", "Select “No document”, or say what is not correct")
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
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        opened = {"ACCEPTED": [Question("new_text", rows=8)], "KEPT": [Question("reason", rows=5)]}
        return ["version", Conditional("outcome", opened, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == "ACCEPTED" and not data.get("new_text", "").strip():
            self.add_error("new_text", "Enter the new text")
        if data.get("outcome") == "KEPT" and not data.get("reason", "").strip():
            self.add_error("reason", "Enter a reason for keeping the text")
        return data

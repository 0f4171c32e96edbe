"""Forms of the annual programme report: the words of a section, publishing, withdrawing."""

from typing import Any

from django import forms

from accounts.nhsuk import Buttons, NhsForm, Submit
from qnt.programme.privacy import refuse_nhs_number


class SectionForm(NhsForm, forms.Form):
    """The words of a section in markdown, with the version that was opened."""

    field_options = {"text": {"rows": 16, "label_size": "m"}}

    text = forms.CharField(
        label="Text", widget=forms.Textarea, strip=False, max_length=20_000, help_text="Everybody can read it. Do not name people.",
        error_messages={"required": "Enter the text of this section"},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def get_buttons(self) -> Buttons:
        return Buttons(Submit("Save section"), Submit("Preview", kind="secondary", name="preview", value="1"))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError("Enter the text of this section")
        return refuse_nhs_number(text)


class PublishForm(NhsForm, forms.Form):
    """The version of the report that the publisher read."""

    submit_label = "Publish report"

    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(NhsForm, forms.Form):
    """Why a published report goes away."""

    submit_label, submit_kind = "Withdraw report", "warning"

    reason = forms.CharField(
        label="Why is the report withdrawn?", widget=forms.Textarea, max_length=1000,
        help_text="Anyone who opens the report’s address reads this sentence.",
        error_messages={"required": "Enter a reason for withdrawing the report"},
    )  # fmt: skip

    def clean_reason(self) -> Any:
        return refuse_nhs_number(self.cleaned_data["reason"].strip())

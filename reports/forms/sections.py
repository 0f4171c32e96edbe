"""Forms of one section: its words and its mark, and the choice between two texts."""

from typing import Any

from django import forms

from accounts.nhsuk import Buttons, Conditional, NhsForm, Question, Submit
from reports.models import ReportSection
from reports.outline import may_be_empty, may_be_public

NO_TEXT = "Enter the text of this section"


class SectionForm(NhsForm, forms.Form):
    """One section: its words, where it has any, and its mark, where it may have another than restricted."""

    field_options = {"text": {"rows": 16, "label_size": "m"}, "visibility": {"label_size": "m"}}
    text = forms.CharField(label="Text", widget=forms.Textarea, required=False, strip=False)
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
        elif may_be_empty(section.code):
            self.fields["text"].help_text = "While nothing stands here, the report leaves this section out."
        if not may_be_public(section.code):
            del self.fields["visibility"]

    def get_buttons(self) -> Buttons:
        save = Submit("Save section")
        return Buttons(save) if self.section.block else Buttons(save, Submit("Preview", kind="secondary", name="preview", value="1"))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text and not may_be_empty(self.section.code):
            raise forms.ValidationError(NO_TEXT)
        return text


class ChooseTextForm(NhsForm, forms.Form):
    """Two texts and the choice: theirs (another person's, or the data's), one's own, or one written from both.

    ``typed`` holds what goes along unseen: the version that is saved now, the mark that was chosen, the data's words by their mark.
    """

    submit_label = "Save section"

    keep_asked = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)
    keep = forms.ChoiceField(
        label="Which do you want to keep?", widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select which text you want to keep"),
    )  # fmt: skip
    mine = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    both = forms.CharField(label="Your text", required=False, widget=forms.Textarea, strip=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], typed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = choices
        self.typed = list(typed)
        for name, value in typed.items():
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput, initial=value)

    def get_layout(self) -> list[Any]:
        reveals = {"BOTH": [Question("both", rows=16)]} if any(code == "BOTH" for code, _ in self.fields["keep"].choices) else {}
        return ["keep_asked", "mine", *self.typed, Conditional("keep", reveals, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("keep") == "BOTH" and not data.get("both", "").strip():
            self.add_error("both", NO_TEXT)
        return data

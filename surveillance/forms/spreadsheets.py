"""Forms of spreadsheets: the file that comes back, and which of two answers to keep."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from surveillance.services.spreadsheet_findings import Change
from surveillance.services.spreadsheets import KEEP_THEIRS, USE_MINE
from work.items import counted


class SpreadsheetForm(NhsForm, forms.Form):
    """The filled-in file."""

    submit_label = "Upload and check"

    file = forms.FileField(
        label="Upload the spreadsheet that you filled in", allow_empty_file=True,
        help_text="An Excel workbook (XLSX). You will see every change before anything is saved.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )  # fmt: skip


class KeepSpreadsheetForm(NhsForm, forms.Form):
    """Saving what was shown: a choice for each answer that somebody else changed. ``seen`` marks what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stale: Sequence[Change], change_count: int, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = f"Save {counted(change_count, 'change')}"
        for change in stale:
            name, number = names[change.answer.pk], change.answer.indicator.number
            choices = [(KEEP_THEIRS, f"Keep {name}'s" if name else "Keep what is saved now"), (USE_MINE, "Use the one in your file")]
            sentence = f"Select which answer to {number} you want to keep"
            self.fields[f"keep_{change.answer.pk}"] = forms.ChoiceField(
                label=f"Which answer to {number} do you want to keep?", choices=choices, widget=forms.RadioSelect,
                error_messages={"required": sentence, "invalid_choice": sentence},
            )  # fmt: skip

    @property
    def keep(self) -> dict[int, str]:
        """The choice by answer id."""
        return {int(name.removeprefix("keep_")): value for name, value in self.cleaned_data.items() if name.startswith("keep_")}

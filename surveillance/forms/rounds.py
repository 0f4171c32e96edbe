"""Forms of rounds: giving one service more time, closing."""

import datetime as dt
from typing import Any

from django import forms

from accounts.nhsuk import DateInputField, NhsForm
from work.items import day_words


class NewDateForm(NhsForm, forms.Form):
    """A new day for one service, from ``earliest`` to ``latest``, with a reason that the service reads."""

    due_date = DateInputField(label="New last day to declare", subject="the new last day to declare")
    reason = forms.CharField(
        label="Why?", help_text="The service reads this.", widget=forms.Textarea, max_length=2000,
        error_messages={"required": "Enter a reason"},
    )  # fmt: skip

    def __init__(self, *args: Any, earliest: dt.date, latest: dt.date, submit_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest, self.latest, self.submit_label = earliest, latest, submit_label

    def clean_due_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_date"]
        if not self.earliest <= day <= self.latest:
            raise forms.ValidationError(f"The new last day to declare must be from {day_words(self.earliest)} to {day_words(self.latest)}")
        return day


class CloseRoundForm(NhsForm, forms.Form):
    """Nothing to fill in: the page says what will happen."""

    submit_label = "Close round"
    submit_kind = "warning"

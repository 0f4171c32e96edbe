"""The form of who answers each section, and by when."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import DateInputField, Group, NhsForm, Question
from surveillance.models import SelfReport
from surveillance.services.section_people import Given, fingerprint, given
from work.items import day_words


class SectionPeopleForm(NhsForm, forms.Form):
    """Two questions a section: the people who work on the service as boxes, and a day. Fields are numbered from 1.

    ``shown`` is the fingerprint of what the page showed, so that two leads never overwrite each other unseen.
    """

    submit_label = "Save"

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, report: SelfReport, sections: Sequence[str], people: Sequence[User], now: Mapping[str, Given], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.report, self.sections = report, list(sections)
        self.fields["shown"].initial = fingerprint(now)
        choices = [(str(person.pk), person.name) for person in people]
        for number, section in enumerate(self.sections, start=1):
            one = now.get(section, Given())
            self.fields[f"section_{number}"] = forms.MultipleChoiceField(
                label="Who answers it?", choices=choices, widget=forms.CheckboxSelectMultiple, required=False,
                initial=[str(pk) for pk in one.user_ids], error_messages={"invalid_choice": "Choose people who work on this service"},
            )  # fmt: skip
            self.fields[f"date_{number}"] = DateInputField(
                label="By when?", subject=f"the date for “{section}”", required=False, initial=one.due_date or report.due_date
            )

    def get_layout(self) -> list[Any]:
        groups = [
            Group(
                section, Question(f"section_{number}", small=True, label_size="s"), Question(f"date_{number}", label_size="s"),
                heading_level=2,
            )
            for number, section in enumerate(self.sections, start=1)
        ]  # fmt: skip
        return ["shown", *groups, self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = self.report.round.opens_date, self.report.due_date
        for number, section in enumerate(self.sections, start=1):
            day = cleaned.get(f"date_{number}")
            if day and cleaned.get(f"section_{number}") and not first <= day <= last:
                sentence = f"The date for “{section}” must be from {day_words(first)} to {day_words(last)}"
                self.add_error(f"date_{number}", sentence)
        return cleaned

    @property
    def chosen(self) -> dict[str, Given]:
        """Section to what was chosen; once the form is valid."""
        return {section: self._chosen(number) for number, section in enumerate(self.sections, start=1)}

    def _chosen(self, number: int) -> Given:
        day: dt.date | None = self.cleaned_data[f"date_{number}"]
        return given(self.report, [int(pk) for pk in self.cleaned_data[f"section_{number}"]], day)

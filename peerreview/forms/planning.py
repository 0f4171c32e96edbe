"""Forms of planning a visit: dates to ask about, answers, the choice, a change of days or mode, what the notice adds."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm, Question
from accounts.templatetags.qnt_tags import long_date
from peerreview.forms.reviews import visit_day
from peerreview.models import DateAnswer, DateOption, Review
from peerreview.queries.polls import OptionRow
from peerreview.services.polls import FEWEST, MOST
from work.items import day_words
from work.working_days import add_working_days


def version_field() -> forms.IntegerField:
    """The version that a page was opened with."""
    return forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


def option_words(option: DateOption) -> str:
    """The days of a date that is asked about, with their weekdays."""
    if option.starts_date == option.ends_date:
        return long_date(option.starts_date)
    return f"{long_date(option.starts_date)} to {long_date(option.ends_date)}"


class PollForm(NhsForm, forms.Form):
    """Two to eight first days, how long the visit takes, and by when people answer."""

    submit_label = "Ask about these dates"
    field_options = {"days_count": {"width": 2}}

    days_count = forms.IntegerField(
        label="How many working days does the visit take?", min_value=1, max_value=5,
        error_messages={
            "required": "Enter how many working days the visit takes", "min_value": "The visit must take at least 1 working day",
            "max_value": "The visit must take 5 working days or fewer here. Set longer visits on the dates page",
        },
    )  # fmt: skip
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MOST + 1):
            optional = "" if n <= FEWEST else " (optional)"
            self.fields[f"date_{n}"] = DateInputField(
                label=f"Date {n}{optional}",
                subject=f"date {n}",
                required=n <= FEWEST,
                help_text="The first day of the visit" if n == 1 else "",
            )
        self.fields["due_date"] = DateInputField(
            label="By when must people answer?", subject="by when people must answer", help_text="Before the first of the dates"
        )

    def get_layout(self) -> list[Any]:
        dates = [Question(f"date_{n}") for n in range(1, MOST + 1)]
        return [Question("days_count", **self.field_options["days_count"]), *dates, Question("due_date"), "version", self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen: dict[dt.date, str] = {}
        for name in [f"date_{n}" for n in range(1, MOST + 1)]:
            day = cleaned.get(name)
            if not day:
                continue
            try:
                visit_day(day)
            except forms.ValidationError as error:
                self.add_error(name, error)
            if day in seen:
                self.add_error(name, f"{day_words(day)} is there twice")
            seen[day] = name
        due = cleaned.get("due_date")
        if due and due <= timezone.localdate():
            self.add_error("due_date", "The day by which people answer must be in the future")
        elif due and seen and due >= min(seen):
            self.add_error("due_date", "The day by which people answer must be before the first of the dates")
        return cleaned

    @property
    def options(self) -> list[tuple[dt.date, dt.date]]:
        """First and last days, from a valid form."""
        days = [day for n in range(1, MOST + 1) if (day := self.cleaned_data[f"date_{n}"])]
        more = self.cleaned_data["days_count"] - 1
        return [(day, add_working_days(day, more)) for day in days]


class PollAnswerForm(NhsForm, forms.Form):
    """Yes, if needed or no for each date."""

    submit_label = "Send your answers"

    def __init__(self, *args: Any, options: list[DateOption], warnings: dict[int, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"option_{option.pk}": option.pk for option in options}
        for option in options:
            words = option_words(option)
            self.fields[f"option_{option.pk}"] = forms.ChoiceField(
                label=words, choices=DateAnswer.Answer.choices, widget=forms.RadioSelect, help_text=". ".join(warnings.get(option.pk, [])),
                error_messages={"required": f"Select yes, if needed or no for {words}"},
            )  # fmt: skip

    def get_layout(self) -> list[Any]:
        return [*(Question(name, label_size="s") for name in self.names), self.get_buttons()]

    @property
    def answers(self) -> dict[int, str]:
        """Answers by the ids of the dates, from a valid form."""
        return {pk: self.cleaned_data[name] for name, pk in self.names.items()}


class ChooseDateForm(NhsForm, forms.Form):
    """Which of the dates the visit takes place on."""

    submit_label = "Set this date"

    option = forms.ChoiceField(
        label="Which date do you choose?", widget=forms.RadioSelect, error_messages={"required": "Select the date that you choose"}
    )
    short_notice_reason = forms.CharField(
        label="Why is the notice shorter than the procedure asks?", max_length=2000, required=False, widget=forms.Textarea
    )
    version = version_field()

    def __init__(self, *args: Any, rows: list[OptionRow], short: dict[int, str], **kwargs: Any) -> None:
        """``short`` says by the ids of dates what is wrong with the notice that they give."""
        super().__init__(*args, **kwargs)
        self.short = {str(pk): words for pk, words in short.items()}
        self.fields["option"].choices = [(str(row.option.pk), option_words(row.option)) for row in rows]
        self.hints = {str(row.option.pk): row.counts.capitalize() for row in rows}

    def get_layout(self) -> list[Any]:
        reason = [Question("short_notice_reason", rows=3)] if self.short else []
        return [Question("option", label_size="m", hints=self.hints), *reason, "version", self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        fault = self.short.get(cleaned.get("option") or "")
        if fault and not cleaned.get("short_notice_reason"):
            self.add_error("short_notice_reason", fault)
        return cleaned


class ChangeDatesForm(NhsForm, forms.Form):
    """Other days for a visit of which the service knows."""

    submit_label = "Change the dates"
    field_options = {"reason": {"rows": 3}, "short_notice_reason": {"rows": 3}}

    starts_date = DateInputField(label="First day of the visit", subject="the first day of the visit", help_text="For example, 12 5 2027")
    ends_date = DateInputField(
        label="Last day of the visit (optional)",
        subject="the last day of the visit",
        required=False,
        help_text="When it takes more than 1 day",
    )
    reason = forms.CharField(
        label="Why do the dates change?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter why the dates change"},
        help_text="The people of the review read this on its page",
    )  # fmt: skip
    short_notice_reason = forms.CharField(
        label="Why is the notice shorter than the procedure asks? (optional)", max_length=2000, required=False, widget=forms.Textarea
    )
    version = version_field()

    def clean_starts_date(self) -> dt.date:
        return visit_day(self.cleaned_data["starts_date"])

    def clean_ends_date(self) -> dt.date | None:
        day = self.cleaned_data["ends_date"]
        return visit_day(day) if day else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_date"), cleaned.get("ends_date")
        if starts and ends and ends < starts:
            self.add_error("ends_date", "The last day of the visit must be the same as or after the first day")
        return cleaned


class ModeForm(NhsForm, forms.Form):
    """Another way to visit, and why."""

    submit_label = "Change how the team visits"
    field_options = {
        "mode": {
            "label_size": "m",
            "hints": {
                "ON_SITE": "Each session needs a place", "VIRTUAL": "Each session needs a link",
                "HYBRID": "Each session needs a place and a link",
            },
        },
        "reason": {"rows": 3},
    }  # fmt: skip

    mode = forms.ChoiceField(
        label="How does the team visit?", choices=Review.Mode.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select how the team visits"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why does it change?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter why it changes"},
        help_text="The people of the review read this on its page",
    )  # fmt: skip
    version = version_field()


class HelpNeededForm(NhsForm, forms.Form):
    """What the notice asks the chief executive to help with."""

    submit_label = "Save"
    field_options = {"help_needed": {"rows": 6}}

    help_needed = forms.CharField(
        label="What help does the team need from the trust? (optional)", max_length=4000, required=False, widget=forms.Textarea,
        help_text="For example a room, people to be released from the ward, parking, or access to a system",
    )  # fmt: skip
    version = version_field()

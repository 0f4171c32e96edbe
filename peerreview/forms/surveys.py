"""The survey after a visit, built from the questions of a procedure; and the choice of results."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm

LOWEST, HIGHEST = "1, strongly disagree", "5, strongly agree"
SCALE = (("1", LOWEST), ("2", "2"), ("3", "3"), ("4", "4"), ("5", HIGHEST))
MOST_HOURS = 1_000
PREFIX = "q_"


class SurveyForm(NhsForm, forms.Form):
    """Every question is optional; at least one must be answered."""

    submit_label = "Send your answers"

    def __init__(self, *args: Any, questions: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field_options = {}
        for question in questions:
            name = f"{PREFIX}{question['code']}"
            self.fields[name], self.field_options[name] = _BUILT[question["answer"]](question["text"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.answers:
            raise forms.ValidationError("Answer at least one question")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by the code of the question: 1 to 5, hours, or text."""
        given = {name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if name.startswith(PREFIX)}
        return {code: value for code, value in given.items() if value not in (None, "")}


def _scale(text: str) -> tuple[forms.Field, dict[str, Any]]:
    field = forms.TypedChoiceField(label=text, choices=SCALE, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect)
    return field, {"label_size": "s", "inline": True}


def _hours(text: str) -> tuple[forms.Field, dict[str, Any]]:
    sentence = f"Enter a number of hours from 0 to {MOST_HOURS:,}, without decimals"
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
    field = forms.IntegerField(label=text, min_value=0, max_value=MOST_HOURS, required=False, error_messages=errors)
    return field, {"label_size": "s", "width": 4, "suffix": "hours"}


def _text(text: str) -> tuple[forms.Field, dict[str, Any]]:
    hint = "Do not name patients or members of staff. The hub reads this without your name, beside what at least 4 others wrote."
    field = forms.CharField(label=text, help_text=hint, max_length=2_000, required=False, widget=forms.Textarea)
    return field, {"label_size": "s", "rows": 4}


_BUILT = {"SCALE": _scale, "HOURS": _hours, "TEXT": _text}


class SurveyResultsForm(forms.Form):
    """Which half-year, and for the national team which hub."""

    half = forms.ChoiceField(label="Half-year", required=False)
    region = forms.ChoiceField(label="Hub", required=False)

    def __init__(self, *args: Any, halves: list[tuple[str, str]], regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["half"].choices = halves
        self.fields["region"].choices = regions
        if len(regions) < 2:
            del self.fields["region"]

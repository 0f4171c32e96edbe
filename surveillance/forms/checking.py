"""Forms of the hub's check: one answer, the filters of its pages, and what is chosen to be accepted together."""

from typing import Any

from django import forms

from accounts.nhsuk import Conditional, NhsForm, Question
from surveillance.forms.answers import YES_NO_NA_CHOICES
from surveillance.models import Answer, Indicator, ProgrammeOfCare
from surveillance.queries.checks import Why

NOT_CHECKED = "not_checked"


class CheckForm(NhsForm, forms.Form):
    """Agree with an answer, change the validated value with a reason, or ask the service."""

    submit_label = "Save and next"

    opened = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    act = forms.ChoiceField(
        label="What do you want to do?",
        choices=[("AGREE", "Agree"), ("CHANGE", "Change the validated value"), ("ASK", "Ask the service")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select agree, change or ask"},
    )
    why = forms.CharField(
        label="Why?", help_text="The service's own answer stays as it is.", widget=forms.Textarea, required=False, max_length=2000
    )
    question = forms.CharField(
        label="Question to the service", help_text="Answer due in 10 working days", widget=forms.Textarea, required=False, max_length=2000
    )

    def __init__(self, *args: Any, answer: Answer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        kind = answer.indicator.answer_kind
        if kind == Indicator.AnswerKind.PERCENTAGE:
            self.fields["numerator"] = forms.CharField(label="Number that met it", required=False)
            self.fields["denominator"] = forms.CharField(label="Number in total", required=False)
        elif kind == Indicator.AnswerKind.YES_NO_NA:
            self.fields["value"] = forms.ChoiceField(
                label="Validated value", choices=YES_NO_NA_CHOICES, widget=forms.RadioSelect, required=False
            )
        else:
            self.fields["value"] = forms.CharField(label="Validated value", required=False)

    @property
    def value_names(self) -> list[str]:
        """The fields that hold the hub's value."""
        return ["numerator", "denominator"] if "numerator" in self.fields else ["value"]

    def get_layout(self) -> list[Any]:
        change = [*(Question(name, small=True, width=10) for name in self.value_names), Question("why", rows=3)]
        return ["opened", Conditional("act", {"CHANGE": change, "ASK": [Question("question", rows=3)]}, label_size="s"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        act = cleaned.get("act")
        if act == "CHANGE" and not cleaned.get("why") and "why" not in self.errors:
            self.add_error("why", "Enter a reason for changing this value")
        if act == "CHANGE":
            for name in self.value_names:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Enter the validated value" if name != "value" else "Select or enter the validated value")
        if act == "ASK" and not cleaned.get("question") and "question" not in self.errors:
            self.add_error("question", "Enter your question to the service")
        return cleaned

    @property
    def opened_stamp(self) -> str | None:
        """What the hub held of the answer when the page was opened; None from a page that does not say."""
        return self.cleaned_data["opened"] if "opened" in self.data else None

    @property
    def raw(self) -> dict[str, str]:
        """The hub's value in the names of the contract."""
        return {name: self.cleaned_data.get(name) or "" for name in self.value_names}

    def add_faults(self, errors: dict[str, list[str]]) -> None:
        """Put the service's faults on the fields."""
        for name, sentences in errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else ("why" if name == "reason" else None), sentence)


class CheckFilterForm(NhsForm, forms.Form):
    """Which answers of one self-report are shown; it stands in the address."""

    show = forms.ChoiceField(label="Show", required=False)

    def __init__(self, *args: Any, counts: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(why.value), str(why.label)) for why in Why] + [(NOT_CHECKED, "Not checked")]
        self.fields["show"].choices = [("", "All answers"), *((name, f"{label} ({counts[name]})") for name, label in names)]

    @property
    def chosen(self) -> str:
        """The filter that is on; empty for none, and for one that there is not."""
        return str(self.cleaned_data.get("show", "")) if self.is_valid() else ""


class ToCheckFilterForm(NhsForm, forms.Form):
    """Filters of the self-reports that wait for the hub's check; all of them stand in the address."""

    READY, LEFT = "ready", "left"

    show = forms.ChoiceField(
        label="Show", required=False,
        choices=[("", "All to check"), (READY, "Ready to accept"), (LEFT, "Answers to look at")],
    )  # fmt: skip
    programme = forms.ModelChoiceField(ProgrammeOfCare.objects.all(), label="Programme", required=False, empty_label="All programmes")

"""Forms of the self-report: one answer, who answers what, sending, declaring."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Buttons, Conditional, Group, NhsForm, Question, Submit
from surveillance.canonical import number_text
from surveillance.models import Answer, Indicator

# The page shows the indicator as a heading; the legend says it again for screen readers alone.
HIDDEN_LEGEND = "s nhsuk-u-visually-hidden"
YES_NO_NA_CHOICES = [("YES", "Yes"), ("NO", "No"), ("NA", "Not applicable"), ("CANNOT", "Cannot answer")]


class AnswerForm(NhsForm, forms.Form):
    """One answer of one indicator. Ids carry the answer's id, names are those of the contract, as many stand on a page.

    The service checks what was entered (``clean_entry``), the same for pages and for JSON; its faults are put on the fields.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(label="Comment (optional)", widget=forms.Textarea, required=False)

    field_options = {"comment": {"rows": 2}}

    def __init__(self, *args: Any, answer: Answer, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{answer.pk}_%s")
        kwargs.setdefault("initial", answer_initial(answer))
        super().__init__(*args, **kwargs)
        self.answer, self.indicator = answer, answer.indicator
        kind = self.indicator.answer_kind
        if kind == Indicator.AnswerKind.YES_NO_NA:
            self.fields["value"] = forms.ChoiceField(
                label=str(self.indicator), choices=YES_NO_NA_CHOICES, widget=forms.RadioSelect, required=False
            )
            self.fields["reason_na"] = forms.CharField(label="Why does this not apply?", widget=forms.Textarea, required=False)
        elif kind == Indicator.AnswerKind.PERCENTAGE:
            self.fields["numerator"] = forms.CharField(label="Number that met it", required=False)
            self.fields["denominator"] = forms.CharField(label="Number in total", required=False)
        elif kind == Indicator.AnswerKind.NUMBER:
            self.fields["value"] = forms.CharField(label="Answer, as a number", required=False)
        else:
            self.fields["value"] = forms.CharField(label="Answer", widget=forms.Textarea, required=False)
        if kind != Indicator.AnswerKind.YES_NO_NA:
            self.fields["cannot"] = forms.MultipleChoiceField(
                label="If you cannot answer",
                choices=[("CANNOT", "We cannot answer this")],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        self.fields["reason_cannot"] = forms.CharField(
            label="Why can it not be answered?", help_text="Counts as not met", widget=forms.Textarea, required=False
        )

    def get_layout(self) -> list[Any]:
        kind = self.indicator.answer_kind
        cannot = Conditional("cannot", {"CANNOT": [Question("reason_cannot", rows=2)]}, small=True, label_size="s")
        if kind == Indicator.AnswerKind.YES_NO_NA:
            reveals = {"NA": [Question("reason_na", rows=2)], "CANNOT": [Question("reason_cannot", rows=2)]}
            parts: list[Any] = [Conditional("value", reveals, hide_label=True, small=True)]
        elif kind == Indicator.AnswerKind.PERCENTAGE:
            parts = [
                Group(str(self.indicator), Question("numerator", width=5), Question("denominator", width=5), size=HIDDEN_LEGEND),
                cannot,
            ]
        elif kind == Indicator.AnswerKind.NUMBER:
            parts = [Group(str(self.indicator), Question("value", width=5), size=HIDDEN_LEGEND), cannot]
        else:
            parts = [Group(str(self.indicator), Question("value", rows=4), size=HIDDEN_LEGEND), cannot]
        save = Submit("Save answer", kind="secondary", small=True, hidden_text=f"{self.indicator.number}")
        return ["version", *parts, Question("comment"), Buttons(save)]

    @property
    def raw(self) -> dict[str, str]:
        """What was entered, in the names of the contract."""
        data = self.data
        cannot = "CANNOT" in data.getlist("cannot") if hasattr(data, "getlist") else False
        value = Answer.CANNOT if cannot else data.get("value", "")
        by_value = {Answer.NA: "reason_na", Answer.CANNOT: "reason_cannot"}
        reason = data.get("reason") or data.get(by_value.get(value, ""), "")
        return {
            "value": value, "numerator": data.get("numerator", ""), "denominator": data.get("denominator", ""),
            "reason": reason, "comment": data.get("comment", ""),
        }  # fmt: skip

    def add_faults(self, errors: dict[str, list[str]]) -> None:
        """Put the service's faults on the fields that were filled in."""
        reason = "reason_na" if self.raw["value"] == Answer.NA and "reason_na" in self.fields else "reason_cannot"
        self.is_valid()
        for name, sentences in errors.items():
            target = {"reason": reason}.get(name, name)
            for sentence in sentences:
                self.add_error(target if target in self.fields else None, sentence)


def answer_initial(answer: Answer) -> dict[str, Any]:
    """An answer as the form shows it."""
    is_cannot = answer.value == Answer.CANNOT
    is_choice = answer.indicator.answer_kind == Indicator.AnswerKind.YES_NO_NA
    return {
        "version": answer.version,
        "value": answer.value if is_choice or not is_cannot else "",
        "cannot": [Answer.CANNOT] if is_cannot else [],
        "numerator": number_text(answer.numerator),
        "denominator": number_text(answer.denominator),
        "reason_na": answer.reason if answer.value == Answer.NA else "",
        "reason_cannot": answer.reason if is_cannot else "",
        "comment": answer.comment,
    }


class KeepForm(NhsForm, forms.Form):
    """The choice when two people's edits met; ``version`` is the other person's."""

    submit_label = "Save answer"

    # Says that this page was sent, also when nothing was chosen on it.
    keep_asked = forms.CharField(widget=forms.HiddenInput, initial="1")
    version = forms.IntegerField(widget=forms.HiddenInput)
    value = forms.CharField(widget=forms.HiddenInput, required=False)
    numerator = forms.CharField(widget=forms.HiddenInput, required=False)
    denominator = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(widget=forms.HiddenInput, required=False)
    comment = forms.CharField(widget=forms.HiddenInput, required=False)
    keep = forms.ChoiceField(
        label="Which do you want to keep?", widget=forms.RadioSelect, error_messages={"required": "Select which answer you want to keep"}
    )
    both = forms.CharField(label="Comment from both", widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [
            ("THEIRS", f"Keep {name}'s"), ("MINE", "Use mine"), ("BOTH", "Write one from both"),
        ]  # fmt: skip
        self.fields["keep"].error_messages["invalid_choice"] = "Select which answer you want to keep"

    def get_layout(self) -> list[Any]:
        hidden = ["keep_asked", "version", "value", "numerator", "denominator", "reason", "comment"]
        return [*hidden, Conditional("keep", {"BOTH": [Question("both", rows=6)]}, label_size="m"), self.get_buttons()]


class ReplyForm(NhsForm, forms.Form):
    """The service's reply to the hub's question."""

    submit_label = "Send reply"

    reply = forms.CharField(
        label="Your reply to the hub", widget=forms.Textarea, max_length=4000, error_messages={"required": "Enter your reply to the hub"}
    )


class SectionPeopleForm(NhsForm, forms.Form):
    """Who answers each section: one group of boxes a section, the people who work on the service."""

    submit_label = "Save"

    def __init__(self, *args: Any, sections: list[str], people: Any, given: dict[str, list[int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.pk), person.name) for person in people]
        for number, section in enumerate(sections, start=1):
            self.fields[f"section_{number}"] = forms.MultipleChoiceField(
                label=section, choices=choices, widget=forms.CheckboxSelectMultiple, required=False,
                initial=[str(pk) for pk in given.get(section, [])],
            )  # fmt: skip
        self.sections = sections

    @property
    def chosen(self) -> dict[str, list[int]]:
        """Section to the people chosen, by ids."""
        return {
            section: [int(pk) for pk in self.cleaned_data[f"section_{number}"]] for number, section in enumerate(self.sections, start=1)
        }


class SendForm(NhsForm, forms.Form):
    """Sending to an executive; the choice is asked only where there are several."""

    hours_spent = forms.DecimalField(
        label="About how many hours did your team spend on this? (optional)", required=False, min_value=0, max_value=9999, decimal_places=1,
        error_messages={"invalid": "Hours must be a number"},
    )  # fmt: skip
    executive = forms.ModelChoiceField(
        User.objects.none(), label="Who will declare it?", widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Select who will declare it"},
    )  # fmt: skip

    field_options = {"hours_spent": {"width": 4, "suffix": "hours"}}

    def __init__(self, *args: Any, executives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(executives)
        self.fields["executive"].queryset = executives
        self.only = people[0] if len(people) == 1 else None
        self.submit_label = "Send to your executive"
        if len(people) == 1:
            self.fields["executive"].widget = forms.HiddenInput()
            self.fields["executive"].initial = people[0].pk
            self.fields["executive"].required = False
            self.submit_label = f"Send to {people[0].name}"

    def get_layout(self) -> list[Any]:
        return [
            "executive" if self.fields["executive"].widget.is_hidden else Question("executive"),
            Question("hours_spent"),
            self.get_buttons(),
        ]

    def clean_executive(self) -> User | None:
        """The one who was chosen, or the only one there is."""
        chosen: User | None = self.cleaned_data["executive"]
        return chosen or self.only


class DeclareForm(NhsForm, forms.Form):
    """The declaration's one box; never ticked beforehand."""

    submit_label = "Declare"

    confirm = forms.MultipleChoiceField(
        label="Your declaration",
        choices=[("YES", "I declare that these answers are true and accurate to the best of my knowledge")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Confirm that the answers are true and accurate"},
    )

    def __init__(self, *args: Any, signed_as: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].help_text = signed_as


class SendBackForm(NhsForm, forms.Form):
    """Why the executive sends it back."""

    submit_label = "Send back"

    reason = forms.CharField(
        label="Why do you send it back?", widget=forms.Textarea, max_length=2000, error_messages={"required": "Enter why you send it back"}
    )


class TakeBackForm(NhsForm, forms.Form):
    """Nothing to fill in."""

    submit_label = "Take it back"
    submit_kind = "secondary"

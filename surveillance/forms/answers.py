"""Forms of one answer: the answer itself, the choice between two edits, the reply to the hub."""

from typing import Any

from django import forms

from accounts.nhsuk import Buttons, Conditional, Group, NhsForm, Question, Submit
from surveillance.canonical import number_text
from surveillance.models import Answer, Indicator

YES_NO_NA_CHOICES = [("YES", "Yes"), ("NO", "No"), ("NA", "Not applicable"), ("CANNOT", "Cannot answer")]
STILL_TRUE, CHANGED = "TRUE", "CHANGED"
CONTRADICTION = "Select Changed to save an answer that is not last year's"


class AnswerForm(NhsForm, forms.Form):
    """One answer of one indicator. Ids carry the answer's id, names are those of the contract, as many stand on a page.

    With ``may_confirm`` it first asks whether last year's answer is still true, and "Changed" opens the questions. The
    service checks what was entered (``clean_entry``), the same for pages and for JSON; its faults are put on the fields.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(label="Comment (optional)", widget=forms.Textarea, required=False)

    field_options = {"comment": {"rows": 2}}

    def __init__(self, *args: Any, answer: Answer, may_confirm: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{answer.pk}_%s")
        kwargs.setdefault("initial", answer_initial(answer))
        super().__init__(*args, **kwargs)
        self.answer, self.indicator, self.may_confirm = answer, answer.indicator, may_confirm
        if may_confirm:
            self.fields["still"] = forms.ChoiceField(
                label="Is this still true?", choices=[(STILL_TRUE, "Still true"), (CHANGED, "Changed")], widget=forms.RadioSelect,
                required=False,
            )  # fmt: skip
        self._add_value_fields(self.indicator.answer_kind)
        self.fields["reason_cannot"] = forms.CharField(
            label="Why can it not be answered?", help_text="Counts as not met", widget=forms.Textarea, required=False
        )

    def _add_value_fields(self, kind: str) -> None:
        if kind == Indicator.AnswerKind.YES_NO_NA:
            self.fields["value"] = forms.ChoiceField(
                label="Your answer", choices=YES_NO_NA_CHOICES, widget=forms.RadioSelect, required=False
            )
            self.fields["reason_na"] = forms.CharField(label="Why does this not apply?", widget=forms.Textarea, required=False)
            return
        if kind == Indicator.AnswerKind.PERCENTAGE:
            self.fields["numerator"] = forms.CharField(label="Number that met it", required=False)
            self.fields["denominator"] = forms.CharField(label="Number in total", required=False)
        elif kind == Indicator.AnswerKind.NUMBER:
            self.fields["value"] = forms.CharField(label="Answer, as a number", required=False)
        else:
            self.fields["value"] = forms.CharField(label="Answer", widget=forms.Textarea, required=False)
        for name in ("numerator", "denominator", "value"):
            if name in self.fields and kind != Indicator.AnswerKind.TEXT:
                self.fields[name].widget.attrs["inputmode"] = "decimal"
        self.fields["cannot"] = forms.MultipleChoiceField(
            label="If you cannot answer", choices=[("CANNOT", "We cannot answer this")], widget=forms.CheckboxSelectMultiple, required=False
        )

    def get_layout(self) -> list[Any]:
        parts = self._value_layout(self.indicator.answer_kind)
        if self.may_confirm:
            parts = [Conditional("still", {CHANGED: parts}, small=True, label_size="s")]
        save = Submit("Save answer", kind="secondary", small=True, hidden_text=f"{self.indicator.number}")
        return ["version", *parts, Question("comment"), Buttons(save)]

    def _value_layout(self, kind: str) -> list[Any]:
        cannot = Conditional("cannot", {"CANNOT": [Question("reason_cannot", rows=2)]}, small=True, label_size="s")
        if kind == Indicator.AnswerKind.YES_NO_NA:
            reveals = {"NA": [Question("reason_na", rows=2)], "CANNOT": [Question("reason_cannot", rows=2)]}
            return [Conditional("value", reveals, label_size="s", small=True)]
        if kind == Indicator.AnswerKind.PERCENTAGE:
            return [Group("Your answer", Question("numerator", width=5), Question("denominator", width=5), size="s"), cannot]
        return [Question("value", width=5) if kind == Indicator.AnswerKind.NUMBER else Question("value", rows=4), cannot]

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

    @property
    def says_still_true(self) -> bool:
        """Whether "Still true" was chosen."""
        return self.may_confirm and self.data.get("still") == STILL_TRUE

    @property
    def has_value(self) -> bool:
        """Whether an answer was typed as well."""
        return any(self.raw[name].strip() for name in ("value", "numerator", "denominator"))

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
    is_given = bool(answer.value) or answer.numerator is not None
    return {
        "version": answer.version,
        "still": STILL_TRUE if answer.confirmed_years_count else CHANGED if is_given else "",
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

    def __init__(self, *args: Any, name: str, answer: Answer, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{answer.pk}_clash_%s")
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

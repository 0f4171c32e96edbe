"""Forms of challenges: one short page for whoever answers, one decision for the national lead."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question
from surveillance.forms.revisions import RevisionForm
from surveillance.models import Indicator, IndicatorChallenge, IndicatorSet

Status = IndicatorChallenge.Status
# How far a suspension may reach back or forward, in years: further is a slip of the pen. Our default, to be confirmed.
YEARS_AROUND = 3


class ChallengeForm(NhsForm, forms.Form):
    """Why an indicator is out of date."""

    submit_label = "Send"
    field_options = {"reason": {"rows": 6}}

    reason = forms.CharField(
        label="Why is it out of date?",
        help_text="The national team reads this. Do not include details of patients.",
        widget=forms.Textarea,
        max_length=4000,
        error_messages={"required": "Enter why it is out of date"},
    )


class AnswerChallengesForm(RevisionForm):
    """One decision on the open challenges of an indicator, with a reply that each of their services reads."""

    submit_label = "Answer"

    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[
            (Status.UPHELD, "Uphold and suspend"),
            (Status.NEXT_VERSION, "For the next version"),
            (Status.KEPT, "Keep it as it is"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select uphold, next version or keep"},
    )
    suspend_from = DateInputField(
        label="Suspended from", subject="the day from which it is suspended", required=False, help_text="For example, 31 3 2027"
    )
    suspend_reason = forms.CharField(
        label="Why is it suspended?",
        help_text="Stands beside every score that changes.",
        widget=forms.Textarea,
        max_length=1000,
        required=False,
    )
    reply = forms.CharField(
        label="Your reply",
        help_text="The services that challenged this indicator read it.",
        widget=forms.Textarea,
        max_length=4000,
        error_messages={"required": "Enter your reply"},
    )
    challenges = forms.MultipleChoiceField(
        label="Which challenges does this answer?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one challenge", "invalid_choice": "Select challenges that wait for an answer"},
    )

    field_options = {"reply": {"rows": 5}, "challenges": {"small": True}}

    def __init__(self, *args: Any, opened: list[IndicatorChallenge], indicator: Indicator, **kwargs: Any) -> None:
        initial = {
            "revision": indicator.revision,
            "challenges": [str(one.pk) for one in opened],
            "suspend_from": indicator.suspended_from or timezone.localdate(),
        }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.fields["challenges"].choices = [(str(one.pk), str(one.service)) for one in opened]

    def get_layout(self) -> list[Any]:
        suspend = [Question("suspend_from"), Question("suspend_reason", rows=3)]
        decision = Conditional("decision", {Status.UPHELD: suspend}, hints=HINTS)
        return ["revision", decision, Question("reply"), Question("challenges"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") != Status.UPHELD:
            for name in ("suspend_from", "suspend_reason"):
                self._errors.pop(name, None)
                cleaned[name] = None if name == "suspend_from" else ""
            return cleaned
        day = cleaned.get("suspend_from")
        if "suspend_from" not in self.errors:
            if day is None:
                self.add_error("suspend_from", "Enter the day from which it is suspended")
            elif abs(day.year - timezone.localdate().year) > YEARS_AROUND:
                self.add_error("suspend_from", f"The day from which it is suspended must be within {YEARS_AROUND} years of today")
        if not cleaned.get("suspend_reason") and "suspend_reason" not in self.errors:
            self.add_error("suspend_reason", "Enter why it is suspended")
        return cleaned

    @property
    def answer(self) -> dict[str, Any]:
        """What the service is given."""
        chosen = self.cleaned_data
        return {
            "challenge_ids": [int(pk) for pk in chosen["challenges"]], "decision": chosen["decision"], "reply": chosen["reply"],
            "suspend_from": chosen["suspend_from"], "suspend_reason": chosen["suspend_reason"], "revision": chosen["revision"],
        }  # fmt: skip


HINTS: dict[Any, str] = {
    Status.UPHELD: "It leaves the scores from a day that you choose.",
    Status.NEXT_VERSION: "It counts as it is until the next version is published.",
    Status.KEPT: "It is still right.",
}


class LiftSuspensionForm(RevisionForm):
    """Why an indicator counts again."""

    submit_label = "Lift the suspension"
    field_options = {"reason": {"rows": 4}}

    reason = forms.CharField(
        label="Why does it count again?",
        help_text="Stands beside every score that changes.",
        widget=forms.Textarea,
        max_length=1000,
        error_messages={"required": "Enter why it counts again"},
    )


class ChallengeFilterForm(NhsForm, forms.Form):
    """Filters of the list of challenges; all of them stand in the address."""

    status = forms.ChoiceField(label="Answer", choices=[("", "All challenges"), *Status.choices], required=False)
    indicator_set = forms.ModelChoiceField(IndicatorSet.objects.none(), label="Indicator set", required=False, empty_label="All sets")
    number = forms.CharField(label="Indicator number", required=False, max_length=20)

    field_options = {"number": {"width": 10}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        challenged = IndicatorChallenge.objects.order_by().values("indicator__indicator_set")
        self.fields["indicator_set"].queryset = IndicatorSet.objects.filter(pk__in=challenged)

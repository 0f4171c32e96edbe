"""Forms of the team: invite, answer, declare conflicts of interest, rule on them."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Conditional, NhsForm, Question
from peerreview.models import TeamMember
from surveillance.models import Service

YES_NO = (("NO", "No"), ("YES", "Yes"))


class InviteForm(NhsForm, forms.Form):
    """Who joins the team, in which place."""

    submit_label = "Invite"
    field_options = {"user": {"label_size": "m"}, "team_role": {"label_size": "m"}}

    user = forms.ChoiceField(label="Who do you want to invite?", widget=forms.RadioSelect, error_messages={"required": "Select a reviewer"})
    team_role = forms.ChoiceField(
        label="What place do they have on the team?", widget=forms.RadioSelect, error_messages={"required": "Select a place on the team"},
        choices=[(c.value, c.label) for c in TeamMember.TeamRole if c != TeamMember.TeamRole.VISIT_MANAGER],
    )  # fmt: skip
    as_stand_by = forms.BooleanField(label="As a stand-by: do not invite yet", required=False)

    def __init__(self, *args: Any, people: list[tuple[User, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [(str(user.pk), user.name) for user, _ in people]
        self.hints = {str(user.pk): words for user, words in people}

    def get_layout(self) -> list[Any]:
        return [Question("user", hints=self.hints), Question("team_role"), Question("as_stand_by"), self.get_buttons()]


class AnswerForm(NhsForm, forms.Form):
    """Accept or decline an invitation."""

    submit_label = "Send your answer"

    answer = forms.ChoiceField(
        label="Do you accept this invitation?", choices=(("ACCEPT", "Accept"), ("DECLINE", "Decline")), widget=forms.RadioSelect,
        error_messages={"required": "Select accept or decline"},
    )  # fmt: skip
    reason = forms.CharField(label="Why do you decline?", max_length=1000, required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        return [Conditional("answer", {"DECLINE": [Question("reason", rows=3)]}, label_size="m"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "DECLINE" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Enter why you decline")
        return cleaned


class ConflictForm(NhsForm, forms.Form):
    """What one side knows of ties, one question a service (or a reviewer)."""

    submit_label = "Send your declaration"

    def __init__(self, *args: Any, questions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for key, label in questions:
            self.fields[f"tie_{key}"] = forms.ChoiceField(
                label=label, choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": f"Select yes or no: {label}"}
            )
            self.fields[f"details_{key}"] = forms.CharField(
                label="What is the tie?", max_length=2000, required=False, widget=forms.Textarea
            )

    def get_layout(self) -> list[Any]:
        asked = [Conditional(f"tie_{key}", {"YES": [Question(f"details_{key}", rows=3)]}, label_size="m") for key, _ in self.questions]
        return [*asked, self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key, _ in self.questions:
            if cleaned.get(f"tie_{key}") == "YES" and not cleaned.get(f"details_{key}") and f"details_{key}" not in self.errors:
                self.add_error(f"details_{key}", "Enter what the tie is")
        return cleaned

    def answers(self) -> list[tuple[str, bool, str]]:
        """(key, has a conflict, details) of every question, from a valid form."""
        return [(key, self.cleaned_data[f"tie_{key}"] == "YES", self.cleaned_data[f"details_{key}"]) for key, _ in self.questions]


def service_questions(services: list[Service]) -> list[tuple[str, str]]:
    """What a reviewer is asked about each service."""
    return [(str(service.pk), f"Do you know this service? {service.name}, {service.holder.name}") for service in services]


class RulingForm(NhsForm, forms.Form):
    """The manager's ruling on conflicts of interest."""

    submit_label = "Save ruling"

    ruling = forms.ChoiceField(
        label="What is your ruling?",
        choices=TeamMember.Ruling.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select a ruling"},
    )
    mitigation = forms.CharField(label="Under which conditions?", max_length=2000, required=False, widget=forms.Textarea)
    reason = forms.CharField(
        label="Why?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter a reason for the ruling"}
    )

    def get_layout(self) -> list[Any]:
        return [
            Conditional("ruling", {"CONDITIONS": [Question("mitigation", rows=3)]}, label_size="m"),
            Question("reason", rows=3),
            self.get_buttons(),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("ruling") == TeamMember.Ruling.CONDITIONS and not cleaned.get("mitigation") and "mitigation" not in self.errors:
            self.add_error("mitigation", "Enter the conditions under which this reviewer can take part")
        return cleaned

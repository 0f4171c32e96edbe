"""Forms of the team: invite, answer, declare conflicts of interest, rule on them."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Conditional, LongSelect, NhsForm, Question
from peerreview.models import ConflictDeclaration, Procedure, TeamMember
from surveillance.models import Service

YES_NO = (("NO", "No"), ("YES", "Yes"))
OTHER = "OTHER"  # a tie that the procedure does not name
MOST_RADIOS = 30  # more people become a list to select from


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
        choices = [(str(user.pk), user.name) for user, _ in people]
        self.hints = {str(user.pk): words for user, words in people}
        if len(people) > MOST_RADIOS:
            self.fields["user"].widget = LongSelect()
            choices, self.hints = [("", "Select a reviewer"), *choices], {}
        self.fields["user"].choices = choices

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


class SuggestedForm(forms.Form):
    """Whom of the suggestions to invite, for which place, now or as a stand-by: buttons, no fields to see."""

    user = forms.IntegerField(min_value=1, max_value=2_147_483_647)
    place = forms.SlugField(max_length=30)
    act = forms.ChoiceField(choices=(("INVITE", "Invite"), ("STAND_BY", "Add as stand-by")))


class ConflictForm(NhsForm, forms.Form):
    """What one side knows of ties, one question a service (or a reviewer); a yes says which ties of the procedure."""

    submit_label = "Send your declaration"

    def __init__(self, *args: Any, questions: list[tuple[str, str]], procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        ties = [(str(row["code"]), f"{row['label'][:1].upper()}{row['label'][1:]}") for row in procedure.ties]
        for key, label in questions:
            self.fields[f"tie_{key}"] = forms.ChoiceField(
                label=label, choices=YES_NO, widget=forms.RadioSelect, error_messages={"required": f"Select yes or no: {label}"}
            )
            self.fields[f"rules_{key}"] = forms.MultipleChoiceField(
                label="Which ties are there?", choices=[*ties, (OTHER, "Another tie")], required=False, help_text="Select all that apply",
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
            self.fields[f"details_{key}"] = forms.CharField(
                label="What is the tie?", max_length=2000, required=False, widget=forms.Textarea
            )

    def get_layout(self) -> list[Any]:
        asked = [
            Conditional(f"tie_{key}", {"YES": [Question(f"rules_{key}", small=True), Question(f"details_{key}", rows=3)]}, label_size="m")
            for key, _ in self.questions
        ]
        return [*asked, self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key, _ in self.questions:
            if cleaned.get(f"tie_{key}") != "YES":
                continue
            if not cleaned.get(f"rules_{key}") and f"rules_{key}" not in self.errors:
                self.add_error(f"rules_{key}", "Select which ties there are")
            if not cleaned.get(f"details_{key}") and f"details_{key}" not in self.errors:
                self.add_error(f"details_{key}", "Enter what the tie is")
        return cleaned

    def answers(self) -> list[tuple[str, dict[str, Any]]]:
        """Key and what was declared, of every question, from a valid form."""
        data = self.cleaned_data
        return [
            (key, {"has_conflict": data[f"tie_{key}"] == "YES", "details": data[f"details_{key}"], "rule_codes": data[f"rules_{key}"]})
            for key, _ in self.questions
        ]

    @staticmethod
    def initial_of(said: dict[str, ConflictDeclaration]) -> dict[str, Any]:
        """The initial values that show earlier declarations, by key."""
        initial: dict[str, Any] = {}
        for key, one in said.items():
            initial[f"tie_{key}"] = "YES" if one.has_conflict else "NO"
            initial[f"details_{key}"] = one.details
            initial[f"rules_{key}"] = one.rule_codes or ([OTHER] if one.has_conflict else [])
        return initial


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

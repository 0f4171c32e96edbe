"""Forms of meetings: call one, who came, and what was decided about a service."""

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.nhsuk import Buttons, Conditional, DateInputField, Group, NhsForm, Question, Submit
from surveillance.forms.decisions import DecisionForm
from surveillance.models import Position, Round
from surveillance.queries.meetings import PartyInMeeting
from surveillance.services.meetings import Spoken

NOTED = (Position.View.AGREE_WITH_NOTE, Position.View.DISAGREE)
VIEWS = (("AGREE", "Agree"), ("AGREE_WITH_NOTE", "Agree with a note"), ("DISAGREE", "Disagree"))


class MeetingForm(NhsForm, forms.Form):
    """Where, about which round, and when."""

    submit_label = "Choose the agenda"

    region = forms.ModelChoiceField(Organisation.objects.none(), label="Region", empty_label=None)
    round = forms.ModelChoiceField(Round.objects.all(), label="Round", empty_label=None)
    date = DateInputField(label="Date of the meeting", subject="the date of the meeting", help_text="For example 21 9 2027")

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions


class AttendeeForm(NhsForm, forms.Form):
    """Somebody who is in the meeting, for an organisation."""

    submit_label = "Add to the list"
    submit_kind = "secondary"

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Enter the name"})
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="For which organisation?", empty_label="Select an organisation",
        error_messages={"required": "Select the organisation"},
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class PutOffForm(NhsForm, forms.Form):
    """Leave a service for another day."""

    submit_kind = "secondary"
    submit_label = "Put off and next"

    put_off = forms.CharField(
        label="Why is it put off?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter why it is put off"},
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        return ["version", Question("put_off", rows=2), self.get_buttons()]


class MeetingItemForm(DecisionForm):
    """Options and risk where nothing is proposed yet, and the position of each party that is in the meeting."""

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(label="If somebody disagrees, bring it into force with the disagreement on the record", required=False)
    without_action_reason = forms.CharField(
        label="Why does the older decision stop without an accepted action?", required=False, max_length=2000,
        help_text="Nobody has accepted an action for the decision that this one replaces", widget=forms.Textarea,
    )  # fmt: skip

    def __init__(self, *args: Any, parties: Sequence[PartyInMeeting], is_proposed: bool, asks_for_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties, self.is_proposed = [party for party in parties if party.attendees], is_proposed
        if is_proposed:
            for name in ("options", "who", "likelihood", "consequence", "rationale", "review_date", "figures_seen"):
                del self.fields[name]
        if not asks_for_reason:
            del self.fields["without_action_reason"]
        for party in self.parties:
            self._add_party(party)

    def _add_party(self, party: PartyInMeeting) -> None:
        people = [(str(attendee.pk), attendee.name) for attendee in party.attendees]
        self.fields[f"{party.party}_view"] = forms.ChoiceField(
            label=f"Position of {party.organisation}", choices=VIEWS, required=False, widget=forms.RadioSelect
        )
        self.fields[f"{party.party}_by"] = forms.ChoiceField(
            label=f"Given for {party.organisation} by", choices=[("", "Select who gave this position"), *people], required=False
        )
        self.fields[f"{party.party}_note"] = forms.CharField(
            label=f"Note of {party.organisation}", help_text="Needed with a note or a disagreement", required=False, max_length=5000,
            widget=forms.Textarea,
        )  # fmt: skip

    def get_layout(self) -> list[Any]:
        hidden = ["version"] if self.is_proposed else ["version", "figures_seen"]
        asked: list[Any] = []
        if not self.is_proposed:
            asked = [Conditional("options", {"2": ["who"]}), *map(Question, ("likelihood", "consequence", "rationale", "review_date"))]
        for party in self.parties:
            names = [f"{party.party}_{part}" for part in ("view", "by", "note")]
            asked.append(Group(party.label, Question(names[0]), Question(names[1]), Question(names[2], rows=2), size="m"))
        last = [name for name in ("without_action_reason", "confirmed") if name in self.fields]
        return [*hidden, *asked, *map(Question, last), Buttons(Submit("Save and next"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for party in self.parties:
            view, by, note = (cleaned.get(f"{party.party}_{part}", "") for part in ("view", "by", "note"))
            if view and not by:
                self.add_error(f"{party.party}_by", "Select who gave this position")
            if by and not view:
                self.add_error(f"{party.party}_view", f"Select the position of {party.organisation}")
            if view in NOTED and not note:
                self.add_error(f"{party.party}_note", f"Enter the note of {party.organisation}")
        return cleaned

    def spoken(self) -> list[Spoken]:
        """The positions that were given, from a valid form."""
        data, found = self.cleaned_data, []
        for party in self.parties:
            if data[f"{party.party}_view"]:
                by, view, note = (data[f"{party.party}_{part}"] for part in ("by", "view", "note"))
                found.append(Spoken(party.party, int(by), view, note))
        return found

    def texts(self) -> list[tuple[str, str]]:
        """Everything that was typed or chosen, in words, for the person whose save met another's."""
        found = []
        for bound in self.visible_fields():
            value = self.cleaned_data.get(bound.name)
            if value in (None, "", [], False):
                continue
            choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
            words = [choices.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value])]
            found.append((str(bound.label), ", ".join(words)))
        return found

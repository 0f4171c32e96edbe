"""Forms of decisions: propose, record a position, bring into force, end, and filter the list."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question
from surveillance.models import Position, ProgrammeOfCare, Round, SurveillanceDecision

OPTIONS = (("1", "Option 1, routine surveillance"), ("2", "Option 2, enhanced surveillance"), ("3", "Option 3, peer review"))
OPTION_HINTS = {
    "1": "The next self-report is the next look at this service",
    "2": "Somebody must act: the provider, the commissioner or both",
    "3": "A peer review team visits the service",
}
WHO = (("PROVIDER", "The provider"), ("COMMISSIONER", "The commissioner"))
LIKELIHOOD_HINTS = {
    "1": "Not expected to happen for years",
    "2": "Could happen, but is not expected",
    "3": "Might happen at some time",
    "4": "Will probably happen, but is not a constant problem",
    "5": "Expected to happen, perhaps often",
}
CONSEQUENCE_HINTS = {
    "1": "No harm, and no more than a passing effect on care",
    "2": "Slight harm, or care a little below what it should be",
    "3": "Harm that needs treatment, or care clearly below what it should be",
    "4": "Lasting harm, or care that fails in an important part",
    "5": "Death or harm to many people",
}


class DecisionForm(NhsForm, forms.Form):
    """Options, risk, rationale and review date. Boxes start empty: the rule's proposal stands above in words."""

    submit_label = "Ask for positions"
    field_options = {
        "options": {"label_size": "m", "hints": OPTION_HINTS},
        "likelihood": {"label_size": "m", "hints": LIKELIHOOD_HINTS},
        "consequence": {"label_size": "m", "hints": CONSEQUENCE_HINTS},
        "rationale": {"label_size": "m", "rows": 6},
        "review_date": {"label_size": "m"},
    }

    options = forms.MultipleChoiceField(
        label="Options", help_text="Select all that apply", choices=OPTIONS, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one option"},
    )  # fmt: skip
    who = forms.MultipleChoiceField(label="Who must act?", choices=WHO, widget=forms.CheckboxSelectMultiple, required=False)
    likelihood = forms.TypedChoiceField(
        label="How likely is it to go wrong?", choices=SurveillanceDecision.Likelihood.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select how likely it is to go wrong"},
    )  # fmt: skip
    consequence = forms.TypedChoiceField(
        label="How serious would it be?", choices=SurveillanceDecision.Consequence.choices, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select how serious it would be"},
    )  # fmt: skip
    rationale = forms.CharField(
        label="Why these options?", max_length=5000, widget=forms.Textarea, error_messages={"required": "Enter why you chose these options"}
    )
    review_date = DateInputField(
        label="Review date", subject="the review date", help_text="By when this decision is looked at again, for example 30 9 2028",
    )  # fmt: skip
    figures_seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        asked = ["likelihood", "consequence", "rationale", "review_date"]
        return ["figures_seen", Conditional("options", {"2": ["who"]}), *(Question(name) for name in asked), self.get_buttons()]

    def clean_review_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["review_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("Review date must be in the future")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "2" in cleaned.get("options", []) and not cleaned.get("who") and "who" not in self.errors:
            self.add_error("who", "Select who must act")
        return cleaned

    def as_arguments(self) -> dict[str, Any]:
        """What ``propose_decision`` takes, from a valid form."""
        data = self.cleaned_data
        options, who = set(data["options"]), set(data["who"]) if "2" in data["options"] else set()
        return {
            "is_routine": "1" in options,
            "needs_provider_action": "PROVIDER" in who,
            "needs_commissioner_action": "COMMISSIONER" in who,
            "needs_peer_review": "3" in options,
            **{name: data[name] for name in ("likelihood", "consequence", "rationale", "review_date", "figures_seen")},
        }

    @property
    def risk(self) -> tuple[int, int] | None:
        """Likelihood and consequence when both are chosen, for the result in words and the grid."""
        data = getattr(self, "cleaned_data", {})
        return (data["likelihood"], data["consequence"]) if data.get("likelihood") and data.get("consequence") else None


class PositionForm(NhsForm, forms.Form):
    """What a party holds of a decision. Somebody who stands for two parties says for which."""

    submit_label = "Record our position"
    field_options = {"view": {"label_size": "m"}, "note": {"rows": 4}, "party": {"label_size": "m"}}

    party = forms.ChoiceField(label="Whose position is this?", choices=Position.Party.choices, widget=forms.RadioSelect)
    view = forms.ChoiceField(
        label="What is your position?",
        choices=(("AGREE", "Agree"), ("AGREE_WITH_NOTE", "Agree with a note"), ("DISAGREE", "Disagree")),
        widget=forms.RadioSelect,
        error_messages={"required": "Select your position"},
    )
    note = forms.CharField(
        label="Note", help_text="Needed when you agree with a note or disagree", max_length=5000, required=False, widget=forms.Textarea
    )
    version = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parties: list[str], is_notice: bool = False, **kwargs: Any) -> None:
        """``is_notice`` words the note for a party that answers a notice: it objects, or says nothing."""
        super().__init__(*args, **kwargs)
        self.parties = parties
        if is_notice:
            self.fields["note"].label, self.fields["note"].help_text = "Why do you object?", ""
        if len(parties) > 1:
            self.fields["party"].choices = [choice for choice in Position.Party.choices if choice[0] in parties]
        else:
            del self.fields["party"]

    @property
    def chosen_party(self) -> str:
        """The party for which a valid form speaks."""
        return self.cleaned_data.get("party") or self.parties[0]

    def opened_version(self) -> int | None:
        """The version of the chosen party's position that the page showed, written ``QNT:0,PROVIDER:17``."""
        pairs = dict(part.split(":", 1) for part in self.cleaned_data["version"].split(",") if ":" in part)
        text = pairs.get(self.chosen_party, "")
        return int(text) if text.isascii() and text.isdigit() else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("view") == Position.View.DISAGREE and not cleaned.get("note"):
            self.add_error("note", "Enter a note to say why you disagree")
        elif cleaned.get("view") == Position.View.AGREE_WITH_NOTE and not cleaned.get("note"):
            self.add_error("note", "Enter your note")
        return cleaned


class VersionForm(NhsForm, forms.Form):
    """One button: nothing but the version that the page showed."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


class BringIntoForceForm(VersionForm):
    """Bring into force; ``confirmed`` comes from the page that asks about a recorded disagreement."""

    submit_label = "Bring into force"

    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class WithoutActionForm(BringIntoForceForm):
    """Why the older decision stops standing though nobody accepted an action for it."""

    without_action_reason = forms.CharField(
        label="Why does the older decision stop without an accepted action?", max_length=2000, widget=forms.Textarea,
        error_messages={"required": "Enter why the older decision stops without an accepted action"},
    )  # fmt: skip


class EndDecisionForm(VersionForm):
    """End a decision with a reason; one in force with option 2 or 3 also with a next date, and without an action with why."""

    submit_label = "End this decision"
    submit_kind = "warning"

    reason = forms.CharField(
        label="Why does this decision end?", max_length=2000, widget=forms.Textarea,
        error_messages={"required": "Enter a reason for ending this decision"},
    )  # fmt: skip
    without_action_reason = forms.CharField(
        label="Why does it end without an accepted action?", help_text="Nobody has accepted an action for it", max_length=2000,
        widget=forms.Textarea, error_messages={"required": "Enter why this decision ends without an accepted action"},
    )  # fmt: skip
    next_review_date = DateInputField(
        label="When is this service looked at next?", subject="when this service is looked at next", help_text="For example 30 9 2028"
    )

    def __init__(self, *args: Any, asks_for_date: bool, asks_for_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, is_asked in (("next_review_date", asks_for_date), ("without_action_reason", asks_for_reason)):
            if not is_asked:
                del self.fields[name]

    def clean_next_review_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["next_review_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("When this service is looked at next must be in the future")
        return day


class KeepDecisionForm(VersionForm):
    """Let a decision stand though its figures moved."""

    submit_label = "Keep this decision"

    reason = forms.CharField(
        label="Why does it stand all the same?", max_length=2000, widget=forms.Textarea,
        error_messages={"required": "Enter a reason for keeping this decision"},
    )  # fmt: skip


class DecisionCommentForm(NhsForm, forms.Form):
    """What the service says to a proposal."""

    submit_label = "Save comment"

    text = forms.CharField(
        label="Your comment", help_text="The hub, the provider and the commissioner read it. Do not name patients.", max_length=5000,
        widget=forms.Textarea, error_messages={"required": "Enter your comment"},
    )  # fmt: skip


class DecisionFilterForm(forms.Form):
    """Filters of the list of decisions."""

    status = forms.MultipleChoiceField(
        label="Status", choices=SurveillanceDecision.Status.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    option = forms.MultipleChoiceField(label="Option", choices=OPTIONS, required=False, widget=forms.CheckboxSelectMultiple)
    year = forms.ChoiceField(label="Round", required=False)
    programme = forms.ChoiceField(label="Programme", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), str(year)) for year in Round.objects.values_list("year", flat=True)]
        self.fields["year"].choices = [("", "All rounds"), *years]
        programmes = [(code, name) for code, name in ProgrammeOfCare.objects.values_list("code", "name")]
        self.fields["programme"].choices = [("", "All programmes"), *programmes]

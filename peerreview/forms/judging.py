"""Forms of judgements: one's own, opening without somebody, the agreed one, one more indicator."""

import uuid
from typing import Any

from django import forms

from accounts.nhsuk import LongSelect, NhsForm, Question
from peerreview.forms.common import ReasonForm
from peerreview.models import Judgement, TeamMember
from surveillance.models import Indicator, Service

AGREED_CHOICES = (("MET", "Met"), ("NOT_MET", "Not met"), ("NOT_APPLICABLE", "Not applicable"))


class JudgementForm(NhsForm, forms.Form):
    """One member's judgement of one indicator; the page or the device makes its id, so that sending it twice saves it once."""

    submit_label = "Save judgement"
    field_options = {"value": {"label_size": "m"}, "reason": {"rows": 4}}

    value = forms.ChoiceField(
        label="What is your judgement?", choices=Judgement.Value.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select met, not met or not seen"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why? (optional)", max_length=5_000, widget=forms.Textarea, required=False, help_text="What you saw, heard or read"
    )
    service = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_147_483_647)
    indicator = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_147_483_647)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    written_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["client_id"] = uuid.uuid4()

    def as_arguments(self) -> dict[str, Any]:
        """What ``give_judgement`` takes, from a valid form."""
        data = self.cleaned_data
        return {
            "service_id": data["service"], "indicator_id": data["indicator"], "value": data["value"], "reason": data["reason"],
            "client_id": data["client_id"] or uuid.uuid4(), "written_at": data["written_at"],
        }  # fmt: skip


class OpenWithoutForm(ReasonForm):
    """Why the lead reviewer opens judgements without the members whom the page names."""

    field_options = {"reason": {"rows": 4}}

    without = forms.ModelMultipleChoiceField(TeamMember.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, label="Why do you open them now?", required_message="Enter why you open the judgements now", **kwargs)
        self.fields["without"].queryset = members


class AgreedForm(NhsForm, forms.Form):
    """What the team agreed, as its lead records it."""

    submit_label = "Save the agreed judgement"
    field_options = {"agreed": {"label_size": "m"}, "reason": {"rows": 4}, "differences": {"rows": 3}}

    agreed = forms.ChoiceField(
        label="What did the team agree?", choices=AGREED_CHOICES, widget=forms.RadioSelect,
        error_messages={"required": "Select met, not met or not applicable"},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why?", max_length=5_000, widget=forms.Textarea, help_text="The report shows this beside the indicator",
        error_messages={"required": "Enter why the team agreed this"},
    )  # fmt: skip
    differences = forms.CharField(
        label="What does the team still see differently? (optional)", max_length=5_000, widget=forms.Textarea, required=False,
        help_text="Only the team reads this",
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)


class AddToJudgeForm(NhsForm, forms.Form):
    """One more indicator to judge, at one service."""

    submit_label = "Add to the judgements"

    chosen = forms.ChoiceField(
        label="Indicator", widget=LongSelect, help_text="Indicators of the services under review that the team does not judge yet",
        error_messages={"required": "Select an indicator"},
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: list[tuple[Service, Indicator]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len({service.pk for service, _ in candidates}) > 1
        self.fields["chosen"].choices = [
            ("", "Select an indicator"),
            *((f"{service.pk}-{one.pk}", f"{one}, {service.name}" if several else str(one)) for service, one in candidates),
        ]

    def get_layout(self) -> list[Any]:
        return [Question("chosen"), self.get_buttons()]

    def as_arguments(self) -> dict[str, int]:
        """What ``add_to_judge`` takes, from a valid form."""
        service, indicator = self.cleaned_data["chosen"].split("-")
        return {"service_id": int(service), "indicator_id": int(indicator)}

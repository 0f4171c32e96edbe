"""Forms of packs: to whom and for which place; and the next version of the rule for lights."""

import uuid
from typing import Any

from django import forms

from accounts.models import Organisation, User
from accounts.nhsuk import NhsForm
from reports.queries.issues import issue_regions, regulators

ENGLAND = "ENGLAND"


class PackForm(NhsForm, forms.Form):
    """The regulator and the place; the hidden id makes two presses one pack."""

    submit_label = "Issue the pack"
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    issued_to = forms.ModelChoiceField(
        label="Who is it for?",
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Select who the pack is for"},
    )
    place = forms.ChoiceField(
        label="Which services?", widget=forms.RadioSelect, error_messages={"required": "Select which services the pack is about"}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())
        self.fields["issued_to"].queryset = regulators()
        regions = [(str(region.pk), region.name) for region in issue_regions(user)]
        self.fields["place"].choices = [(ENGLAND, "England"), *regions] if user.is_national else regions

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        region_id = None if data["place"] == ENGLAND else int(data["place"])
        return {"region_id": region_id, "issued_to_id": data["issued_to"].pk, "client_id": data["client_id"]}


class LightRuleForm(NhsForm, forms.Form):
    """From how many findings on a light is given, and why."""

    submit_label = "Write the next version"
    version = forms.IntegerField(widget=forms.HiddenInput)
    red_immediate_risks = forms.IntegerField(label="Red from how many immediate risks on?", min_value=1, max_value=100)
    amber_serious_concerns = forms.IntegerField(label="Amber from how many serious concerns on?", min_value=1, max_value=100)
    amber_concerns = forms.IntegerField(label="Amber from how many concerns on?", min_value=1, max_value=100)
    reason = forms.CharField(
        label="Why does the rule change?",
        widget=forms.Textarea,
        help_text="Every pack that is made by it says this.",
        error_messages={"required": "Enter why the rule changes"},
    )

"""Forms of sign-off, publication and withdrawal."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question
from reports.models import Consent
from reports.queries.publications import SHOWN_STATUSES


class SignOffForm(forms.Form):
    """Which version is signed; the number comes from the page that the signer read."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Prepare the final version first."})


class PublishForm(NhsForm, forms.Form):
    """Publish now, on a date, or withhold; ``waiting`` is the decision that waits for its day, where it is made again."""

    submit_label = "Publish report"
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[("NOW", "Publish now"), ("LATER", "On a date"), ("WITHHOLD", "Withhold")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you decide"},
    )
    public_date = DateInputField(label="On which date does it become public?", subject="the date of publication", required=False)
    review_date = DateInputField(label="When is this looked at again?", subject="the review date", required=False)
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea, help_text="Required when you withhold the report.")
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)
    waiting = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_withhold: bool = True, keeps_public: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["waiting"].value():
            self.submit_label = "Save decision"
        self.may_withhold = may_withhold
        fields: Any = self.fields
        now, later, _ = fields["decision"].choices
        if keeps_public:  # stopped, it leaves what is public as it is
            fields["decision"].choices = [now, later, ("WITHHOLD", "Stop it: the version that is public now stays")]
            fields["reason"].help_text = "Required when you stop it."
        if not may_withhold:  # a new version of what is public already: the old one stays until this one is published
            fields["decision"].choices = [now, later]
            fields["reason"].help_text = "Kept on record."

    def get_layout(self) -> list[Any]:
        opened = {"LATER": ["public_date"]} | ({"WITHHOLD": ["review_date"]} if self.may_withhold else {})
        return ["version", "waiting", Conditional("decision", opened, label_size="m"), Question("reason", rows=4), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        decision, today = data.get("decision"), timezone.localdate()
        if decision == "LATER" and "public_date" not in self.errors:
            self._check_future("public_date", data.get("public_date"), today, "the date of publication")
        if decision == "WITHHOLD" and "review_date" not in self.errors:
            self._check_future("review_date", data.get("review_date"), today, "the review date")
        if decision == "WITHHOLD" and not data.get("reason", "").strip():
            self.add_error("reason", "Enter a reason for your decision")
        return data

    def _check_future(self, name: str, day: dt.date | None, today: dt.date, words: str) -> None:
        if day is None:
            self.add_error(name, f"Enter {words}")
        elif day <= today:
            self.add_error(name, f"{words[:1].upper()}{words[1:]} must be in the future")

    def public_from(self) -> dt.datetime | None:
        """The first moment of the chosen day, UK time; None for now."""
        if self.cleaned_data["decision"] != "LATER":
            return None
        return timezone.make_aware(dt.datetime.combine(self.cleaned_data["public_date"], dt.time.min))


class ConsentForm(NhsForm, forms.Form):
    """A service says whether the report of its review for learning is published; it carries the version of the report that was open."""

    submit_label = "Save answer"
    answer = forms.ChoiceField(
        label="What do you want to do with this report?",
        choices=Consent.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you want to do with this report"},
    )
    reason = forms.CharField(
        label="Why? (optional)", max_length=300, required=False, help_text="Only your service and the people of this review read this."
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        return ["version", Conditional("answer", {Consent.Answer.KEEP.value: ["reason"]}, label_size="m"), self.get_buttons()]


class WithdrawForm(NhsForm, forms.Form):
    """Why a published report goes away."""

    submit_label, submit_kind = "Withdraw report", "warning"
    reason = forms.CharField(
        label="Why is the report withdrawn?",
        widget=forms.Textarea,
        help_text="Anyone who opens the report’s address reads this sentence.",
        error_messages={"required": "Enter a reason for withdrawing the report"},
    )


class RevisionForm(NhsForm, forms.Form):
    """A correction, or the action plan as an annex: what changes and why, in words that anyone may read."""

    submit_label = "Start"
    kind = forms.ChoiceField(
        label="What do you want to make?",
        choices=[("CORRECTION", "A correction"), ("ANNEX", "The agreed action plan, as an annex")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you want to make"},
    )
    redrawn = forms.MultipleChoiceField(
        label="Which data must be drawn again?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Everything else stays as it was signed. Choose “Findings” when a finding was corrected.",
    )  # fmt: skip
    what = forms.CharField(
        label="What changes?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what changes"},
        help_text="Anyone who reads the new version reads this. Do not repeat what must not be public.",
    )  # fmt: skip
    why = forms.CharField(
        label="Why?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter why it changes"},
        help_text="Anyone who reads the new version reads this.",
    )  # fmt: skip

    def __init__(self, *args: Any, blocks: list[tuple[str, str]], may_annex: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["redrawn"].choices = blocks
        if not may_annex:
            fields["kind"].choices = fields["kind"].choices[:1]

    def get_layout(self) -> list[Any]:
        reveals = {"CORRECTION": [Question("redrawn", label_size="s", small=True)]}
        return [Conditional("kind", reveals, label_size="m"), Question("what", rows=4), Question("why", rows=4), self.get_buttons()]


class ReportFilterForm(NhsForm, forms.Form):
    """The filter of the list of reports."""

    submit_label = "Apply filters"
    status = forms.MultipleChoiceField(label="Status", choices=SHOWN_STATUSES, required=False, widget=forms.CheckboxSelectMultiple)

"""Forms of a reported immediate risk, and of the number to call during a visit."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm, Question
from peerreview.forms.common import ReasonForm, phone_field
from peerreview.models import Finding, Review
from peerreview.queries.topics import indicators_of
from peerreview.services.findings import LEARNING_CATEGORIES
from peerreview.services.immediate_risks import REASON_LENGTH


class ConfirmRiskForm(NhsForm, forms.Form):
    """What a report in three fields lacks before it is confirmed."""

    submit_label = "Confirm as immediate risk"
    field_options = {"recommendation": {"rows": 4}}

    recommendation = forms.CharField(
        label="Recommendation", max_length=5_000, widget=forms.Textarea, help_text="What must be done to make people safe",
        error_messages={"required": "Enter a recommendation"},
    )  # fmt: skip
    topic = forms.ChoiceField(label="Focus topic", required=False, help_text="Select the nearest focus topic, an indicator or both")
    indicator = forms.ChoiceField(label="Indicator", required=False)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topic"].choices = [("", "None"), *((str(topic.pk), topic.title) for topic in review.topics.all())]
        if review.is_learning:
            del fields["indicator"]
            fields["topic"].help_text = ""
        else:
            fields["indicator"].choices = [("", "None"), *((str(one.pk), str(one)) for one in indicators_of(review))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("topic") and not cleaned.get("indicator") and not {"topic", "indicator"} & set(self.errors):
            self.add_error("topic", "Select an indicator or a focus topic" if "indicator" in self.fields else "Select a focus topic")
        return cleaned

    def as_arguments(self) -> dict[str, Any]:
        """What ``confirm_immediate_risk`` takes, from a valid form."""
        data = self.cleaned_data
        chosen = {f"{name}_id": int(data[name]) if data.get(name) else None for name in ("topic", "indicator")}
        return {"recommendation": data["recommendation"], "version": data["version"], **chosen}


class RiskCategoryForm(ReasonForm):
    """Another category for a reported risk, with why it is not immediate."""

    field_options = {"category": {"label_size": "m"}, "reason": {"rows": 3}}

    category = forms.ChoiceField(
        label="What is it instead?", widget=forms.RadioSelect, error_messages={"required": "Select another category"}
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        label, empty = "Why is it not an immediate risk?", "Enter why this is not an immediate risk"
        super().__init__(*args, submit_label="Change category", label=label, required_message=empty, **kwargs)
        self.fields["reason"].help_text = f"Up to {REASON_LENGTH} characters"
        self.review = review
        left = [one for one in Finding.Category if one != Finding.Category.IMMEDIATE_RISK]
        allowed = [one for one in left if not review.is_learning or one in LEARNING_CATEGORIES]
        self.fields["category"].choices = [(one.value, review.procedure.label_of(one) or one.label) for one in allowed]

    def get_layout(self) -> list[Any]:
        hints = {entry["code"]: entry["definition"] for entry in self.review.procedure.categories}
        return ["version", Question("category", hints=hints), Question("reason"), self.get_buttons()]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) > REASON_LENGTH:
            raise forms.ValidationError(f"Why it is not an immediate risk must be {REASON_LENGTH} characters or less")
        return reason


class VisitPhoneForm(NhsForm, forms.Form):
    """The number to call during the visit when there is no signal."""

    submit_label = "Save phone number"

    phone = phone_field()

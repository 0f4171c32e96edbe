"""Forms that open a review without a decision, and say which services it looks at."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from peerreview.forms.reviews import ReviewForm
from peerreview.models import Review, ReviewService

ORIGIN_HINTS = {
    "RISK": "Something that cannot wait for the next decision: say what below",
    "SAMPLE": "The random sample of the round drew this service",
}


class OpenForm(ReviewForm):
    """A COMPLIANCE review from a risk or the sample."""

    field_order = ["origin", "reason", "title"]
    field_options = ReviewForm.field_options | {"origin": {"label_size": "m", "hints": ORIGIN_HINTS}, "reason": {"rows": 4}}

    origin = forms.ChoiceField(
        label="What does this review come from?",
        choices=[(code, Review.Origin(code).label) for code in ORIGIN_HINTS],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what this review comes from"},
    )
    reason = forms.CharField(label="What is the risk? (optional for the sample)", max_length=2000, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, is_drawn: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_drawn:
            self.fields["origin"].choices = [(Review.Origin.RISK, Review.Origin.RISK.label)]
            self.fields["origin"].initial = Review.Origin.RISK
            self.fields["reason"].label = "What is the risk?"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("origin") == Review.Origin.RISK and not cleaned.get("reason"):
            self.add_error("reason", "Enter what the risk is")
        return cleaned


class SearchForm(forms.Form):
    """Words to find a service by."""

    words = forms.CharField(label="Service, trust or code", required=False, max_length=100)

    @classmethod
    def words_of(cls, sent: Any) -> str:
        """The words in an address; none where they are too many."""
        form = cls(sent)
        return form.cleaned_data["words"] if form.is_valid() else ""


class StepsForm(NhsForm, forms.Form):
    """Whether the services are a pathway, and the name of each step."""

    submit_label = "Save steps"

    is_pathway = forms.BooleanField(
        label="These services are steps of a pathway, in the order in which patients meet them", required=False
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[ReviewService], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        for place in places:
            self.fields[f"step_{place.service_id}"] = forms.CharField(
                label=f"Step at {place.service}", max_length=120, required=False, initial=place.step,
                help_text="For example, referral and diagnosis" if place.position == 1 else "",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("is_pathway"):
            for place in self.places:
                if not cleaned.get(f"step_{place.service_id}"):
                    self.add_error(f"step_{place.service_id}", f"Enter which step of the pathway {place.service.name} is")
        return cleaned

    @property
    def steps(self) -> dict[int, str]:
        """Service id to the name of its step, from a valid form."""
        return {place.service_id: self.cleaned_data[f"step_{place.service_id}"] for place in self.places}

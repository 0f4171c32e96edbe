"""Forms that several pages use: one button, a reason, impact domains with their lines."""

from typing import Any

from django import forms

from accounts.nhsuk import Conditional, NhsForm, Question
from surveillance.models import DOMAIN_MEANINGS, ImpactDomain


class ActForm(NhsForm, forms.Form):
    """One button, and the version that the page showed."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, submit_label: str = "Save", submit_kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label, self.submit_kind = submit_label, submit_kind


class ReasonForm(ActForm):
    """A button with a reason."""

    reason = forms.CharField(label="Why?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter a reason"})

    def __init__(self, *args: Any, label: str = "Why?", required_message: str = "Enter a reason", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = required_message


class DomainTagsForm(NhsForm, forms.Form):
    """The eight impact domains: each that is selected opens "What does it show?"."""

    submit_label = "Save impact domains"

    domains = forms.MultipleChoiceField(
        label="Which impact domains does it bear on?", help_text="Select all that apply", choices=ImpactDomain.choices,
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in ImpactDomain.choices:
            self.fields[f"shows_{code}"] = forms.CharField(
                label="What does it show?", max_length=300, required=False, help_text=f"One line about the {label.lower()} domain",
                error_messages={"max_length": f"{label}: what it shows must be 300 characters or less"},
            )  # fmt: skip

    def domains_question(self) -> Conditional:
        """The checkboxes, each with its meaning, and the line that it opens."""
        reveals: dict[str, list[Any]] = {code: [Question(f"shows_{code}")] for code in ImpactDomain.values}
        return Conditional("domains", reveals, label_size="m", hints=dict(DOMAIN_MEANINGS))

    def get_layout(self) -> list[Any]:
        return [self.domains_question(), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for code in cleaned.get("domains", []):
            if not cleaned.get(f"shows_{code}") and f"shows_{code}" not in self.errors:
                self.add_error(f"shows_{code}", f"Enter what it shows for the {ImpactDomain(code).label.lower()} domain")
        return cleaned

    @property
    def tags(self) -> dict[str, str]:
        """Lines by domain, from a valid form."""
        return {code: self.cleaned_data[f"shows_{code}"] for code in self.cleaned_data["domains"]}

    @staticmethod
    def tags_initial(tags: dict[str, str]) -> dict[str, Any]:
        """The initial values that show these tags."""
        return {"domains": list(tags)} | {f"shows_{code}": line for code, line in tags.items()}

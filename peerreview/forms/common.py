"""What several forms use: one button, a reason, a phone number, a row that is made once, impact domains with their lines."""

import re
import uuid
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator, RegexValidator

from accounts.nhsuk import Conditional, NhsForm, Question
from surveillance.canonical import canonical_json
from surveillance.models import DOMAIN_MEANINGS, ImpactDomain

PHONE = re.compile(r"^\+?[\d() ]{7,30}(?: ?ext\.? ?\d{1,6})?\Z")
PHONE_FAULT = "Enter a phone number, like 0113 496 0123 or 0113 496 0123 ext 45"


def optional_pk(value: str) -> int | None:
    """The id that a choice stands for; None for the empty one."""
    return int(value) if value else None


def phone_field() -> forms.CharField:
    """The number that a reviewer without a signal calls during the visit."""
    return forms.CharField(
        label="Phone number on the days of the visit", max_length=40, widget=forms.TextInput(attrs={"type": "tel"}),
        validators=[RegexValidator(PHONE, PHONE_FAULT)],
        help_text="A number that somebody answers, for example a switchboard. Reviewers call it when they have no signal.",
        error_messages={"required": "Enter the phone number on the days of the visit"},
    )  # fmt: skip


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

    def limit_reason(self, length: int) -> None:
        """Take a shorter reason than usual, and say so before it is typed."""
        field: Any = self.fields["reason"]
        field.max_length, field.help_text = length, f"Up to {length} characters"
        field.validators = [ProhibitNullCharactersValidator(), MaxLengthValidator(length, f"Why must be {length} characters or less")]


class SentOnceForm(forms.Form):
    """A form that makes a row: it carries an id, so that pressing its button twice makes one."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("client_id", uuid.uuid4())

    @property
    def sent_id(self) -> uuid.UUID:
        """The id of the row, from a form that was sent, valid or not: of the page's id and of what was said.

        Whoever goes back to the same page and says something else makes another row, and nothing of it is lost.
        """
        try:
            opened = uuid.UUID(self.data.get("client_id", ""))
        except ValueError:
            return uuid.uuid4()
        sent = {name: self.data.getlist(name) for name in self.data if name != "csrfmiddlewaretoken"}
        files = {name: [[file.name, file.size] for file in self.files.getlist(name)] for name in self.files}
        return uuid.uuid5(opened, canonical_json({"sent": sent, "files": files}))


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

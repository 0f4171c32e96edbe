"""Forms of the self-report: who answers what, sending, declaring."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import NhsForm, Question


class SendForm(NhsForm, forms.Form):
    """Sending to an executive; the choice is asked only where there are several."""

    hours_spent = forms.DecimalField(
        label="About how many hours did your team spend on this? (optional)", required=False, min_value=0, max_value=9999, decimal_places=1,
        error_messages={"invalid": "Hours must be a number"},
    )  # fmt: skip
    executive = forms.ModelChoiceField(
        User.objects.none(), label="Who will declare it?", widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Select who will declare it"},
    )  # fmt: skip

    field_options = {"hours_spent": {"width": 4, "suffix": "hours"}}

    def __init__(self, *args: Any, executives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(executives)
        self.fields["executive"].queryset = executives
        self.only = people[0] if len(people) == 1 else None
        self.submit_label = "Send to your executive"
        if len(people) == 1:
            self.fields["executive"].widget = forms.HiddenInput()
            self.fields["executive"].initial = people[0].pk
            self.fields["executive"].required = False
            self.submit_label = f"Send to {people[0].name}"

    def get_layout(self) -> list[Any]:
        return [
            "executive" if self.fields["executive"].widget.is_hidden else Question("executive"),
            Question("hours_spent"),
            self.get_buttons(),
        ]

    def clean_executive(self) -> User | None:
        """The one who was chosen, or the only one there is."""
        chosen: User | None = self.cleaned_data["executive"]
        return chosen or self.only


class DeclareForm(NhsForm, forms.Form):
    """The declaration's one box; never ticked beforehand."""

    submit_label = "Declare"

    confirm = forms.MultipleChoiceField(
        label="Your declaration",
        choices=[("YES", "I declare that these answers are true and accurate to the best of my knowledge")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Confirm that the answers are true and accurate"},
    )

    def __init__(self, *args: Any, signed_as: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].help_text = signed_as


class SendBackForm(NhsForm, forms.Form):
    """Why the executive sends it back."""

    submit_label = "Send back"

    reason = forms.CharField(
        label="Why do you send it back?", widget=forms.Textarea, max_length=2000, error_messages={"required": "Enter why you send it back"}
    )


class TakeBackForm(NhsForm, forms.Form):
    """Nothing to fill in."""

    submit_label = "Take it back"
    submit_kind = "secondary"

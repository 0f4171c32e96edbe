"""Forms of learning cards: write one, answer for the service, take one up, filter the list."""

from typing import Any

from django import forms

from accounts.nhsuk import Conditional, NhsForm
from reports.models import Uptake
from reports.services.cards import CardText
from surveillance.models import ImpactDomain, Service, ServiceSpecification


class CardForm(NhsForm, forms.Form):
    """What a card says."""

    submit_label = "Save card"
    field_options = {"what": {"rows": 4}, "for_whom": {"rows": 3}, "how": {"rows": 6}}

    title = forms.CharField(label="Title", max_length=150, error_messages={"required": "Enter a title"})
    what = forms.CharField(
        label="What is it?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what it is"},
        help_text="What the service does, in words that people outside it understand",
    )  # fmt: skip
    for_whom = forms.CharField(
        label="For whom?", max_length=1000, widget=forms.Textarea, error_messages={"required": "Enter for whom it is"},
        help_text="Which services or patients can use it",
    )  # fmt: skip
    how = forms.CharField(
        label="How was it done?", max_length=4000, widget=forms.Textarea, error_messages={"required": "Enter how it was done"},
        help_text="Steps, people, time and cost as far as they are known. Do not include names of patients.",
    )  # fmt: skip
    contact = forms.CharField(
        label="Who can others ask?", max_length=200, error_messages={"required": "Enter who others can ask"},
        help_text="A role and a shared mailbox are better than a name",
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    @property
    def text(self) -> CardText:
        """What was written, from a valid form."""
        return CardText(**{name: self.cleaned_data[name] for name in ("title", "what", "for_whom", "how", "contact")})


class AnswerAskForm(NhsForm, forms.Form):
    """The source service agrees that others read its card, or not."""

    submit_label = "Save answer"

    agrees = forms.ChoiceField(
        label="May other services read this card?",
        choices=[("YES", "Yes, share it"), ("NO", "No, do not share it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether others may read it"},
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)
    reason = forms.CharField(label="What would have to change?", max_length=1000, required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        return ["version", Conditional("agrees", {"NO": ["reason"]}, label_size="m"), self.get_buttons()]


class UptakeForm(NhsForm, forms.Form):
    """What one's own service does with a card."""

    submit_label = "Save"
    field_options = {"step": {"label_size": "m", "inline": True}}

    service = forms.ModelChoiceField(
        Service.objects.none(), label="Which service do you answer for?", empty_label="Select a service",
        error_messages={"required": "Select a service"},
    )  # fmt: skip
    step = forms.ChoiceField(
        label="What does your service do with this?", choices=Uptake.Step.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select what your service does with this"},
    )  # fmt: skip
    why = forms.CharField(label="Why? (one line)", max_length=300, required=False, help_text="The service that it comes from reads this")

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services


class CardFilter(forms.Form):
    """Filters of the list of cards."""

    specification = forms.ModelMultipleChoiceField(
        ServiceSpecification.objects.none(), label="Specification", required=False, widget=forms.CheckboxSelectMultiple
    )
    domain = forms.MultipleChoiceField(
        label="Impact domain", choices=ImpactDomain.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(label="Words or topic", required=False, max_length=100)

    def __init__(self, *args: Any, specifications: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["specification"].queryset = specifications

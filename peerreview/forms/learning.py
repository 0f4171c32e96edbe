"""Forms of what follows from a visit on both sides: what was learnt, pledges, exchanges, leaving and releasing."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question
from peerreview.forms.common import ActForm, SentOnceForm
from peerreview.models import Exchange, Learnt, Pledge, Review
from peerreview.services.learning import learnt_mark

LONGEST = 5_000
NO_NAMES = "Do not name patients or members of staff."


class LearntForm(SentOnceForm, NhsForm, forms.Form):
    """What one side learnt, under a topic of the review or in general."""

    submit_label = "Save what you learnt"
    field_options = {"text": {"label_size": "m", "rows": 6}, "topic": {"label_size": "m"}}

    text = forms.CharField(
        label="What did your side learn?", help_text=NO_NAMES, max_length=LONGEST, widget=forms.Textarea,
        error_messages={"required": "Enter what your side learnt"},
    )  # fmt: skip
    topic = forms.ChoiceField(label="Which topic is it about?", widget=forms.RadioSelect, required=False)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, review: Review, learnt: Learnt | None = None, **kwargs: Any) -> None:
        if learnt:
            kwargs["initial"] = {"text": learnt.text, "topic": str(learnt.topic_id or ""), "opened": learnt_mark(learnt)}
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [*((str(topic.pk), topic.title) for topic in review.topics.all()), ("", "Something else")]

    @property
    def topic_id(self) -> int | None:
        """The chosen topic, from a valid form."""
        chosen = self.cleaned_data["topic"]
        return int(chosen) if chosen else None


class PledgeForm(NhsForm, forms.Form):
    """What somebody takes home; the page or the device makes its id, so that sending it twice saves it once."""

    submit_label = "Save pledge"
    field_options = {"text": {"label_size": "m", "rows": 4}, "service": {"label_size": "m"}}

    text = forms.CharField(
        label="What will you do in your own service?", max_length=LONGEST, widget=forms.Textarea,
        error_messages={"required": "Enter what you will do"},
    )  # fmt: skip
    service = forms.ChoiceField(label="Which service will do it?", widget=forms.RadioSelect)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, is_host: bool, asked_words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = list(review.services.all())
        if is_host and len(services) > 1:
            self.fields["service"].choices = [(str(one.pk), f"{one.name}, {one.holder.name}") for one in services]
            self.fields["service"].error_messages["required"] = "Select the service that will do it"
        else:
            del self.fields["service"]
        if asked_words:
            self.fields["text"].help_text = asked_words
        if not self.is_bound:
            self.initial["client_id"] = uuid.uuid4()

    def as_arguments(self) -> dict[str, Any]:
        """What ``make_pledge`` takes, from a valid form."""
        data = self.cleaned_data
        service = data.get("service")
        return {"client_id": data["client_id"] or uuid.uuid4(), "text": data["text"], "service_id": int(service) if service else None}


class PledgeAnswerForm(NhsForm, forms.Form):
    """What came of a pledge."""

    submit_label = "Save your answer"
    field_options = {"outcome": {"label_size": "m"}, "what_came_of_it": {"label_size": "m", "rows": 5}}

    outcome = forms.ChoiceField(
        label="What came of it?", choices=Pledge.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select what came of it"},
    )  # fmt: skip
    what_came_of_it = forms.CharField(
        label="In your words", help_text=f"What changed, or what was in the way. {NO_NAMES}", max_length=LONGEST, widget=forms.Textarea,
        error_messages={"required": "Enter what came of it"},
    )  # fmt: skip


class ExchangeForm(SentOnceForm, NhsForm, forms.Form):
    """What hosts ask of a reviewer after the visit."""

    submit_label = "Ask"
    field_options = {
        "asked_of": {"label_size": "m"},
        "kind": {"label_size": "m"},
        "what": {"label_size": "m", "rows": 4},
        "service": {"label_size": "m"},
    }

    asked_of = forms.ChoiceField(label="Whom do you ask?", widget=forms.RadioSelect, error_messages={"required": "Select a reviewer"})
    kind = forms.ChoiceField(
        label="What do you ask for?", choices=Exchange.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select what you ask for"},
    )  # fmt: skip
    what = forms.CharField(
        label="What would you like to see, hear or have?", help_text=NO_NAMES, max_length=2_000, widget=forms.Textarea,
        error_messages={"required": "Enter what you would like to see, hear or have"},
    )  # fmt: skip
    service = forms.ChoiceField(label="Which service asks?", widget=forms.RadioSelect, error_messages={"required": "Select a service"})

    def __init__(self, *args: Any, review: Review, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = list(review.services.all())
        self.fields["asked_of"].choices = [(str(person.pk), person.name) for person in people]
        self.fields["service"].choices = [(str(one.pk), f"{one.name}, {one.holder.name}") for one in self.services]
        if len(self.services) == 1:
            del self.fields["service"]

    def as_arguments(self) -> dict[str, Any]:
        """What ``ask_exchange`` takes, from a valid form."""
        data = self.cleaned_data
        service_id = int(data["service"]) if "service" in data else self.services[0].pk
        asked = {"kind": data["kind"], "what": data["what"], "asked_of_id": int(data["asked_of"])}
        return asked | {"service_id": service_id, "client_id": self.sent_id}


class ExchangeAnswerForm(NhsForm, forms.Form):
    """Agree to an exchange, or decline it."""

    submit_label = "Send your answer"

    answer = forms.ChoiceField(
        label="Do you agree?", choices=(("YES", "Yes, I agree"), ("NO", "No, I decline")), widget=forms.RadioSelect,
        error_messages={"required": "Select whether you agree"},
    )  # fmt: skip
    how = forms.CharField(label="How and when can it be? (optional)", max_length=1_000, required=False, widget=forms.Textarea)
    why = forms.CharField(label="Why not? (optional)", max_length=1_000, required=False, widget=forms.Textarea)

    def get_layout(self) -> list[Any]:
        opened = {"YES": [Question("how", rows=3)], "NO": [Question("why", rows=3)]}
        return [Conditional("answer", opened, label_size="m"), self.get_buttons()]

    @property
    def agrees(self) -> bool:
        """Whether the answer is yes, from a valid form."""
        return bool(self.cleaned_data["answer"] == "YES")

    @property
    def note(self) -> str:
        """The words that go with the answer, from a valid form."""
        return str(self.cleaned_data["how" if self.agrees else "why"])


class HappenedForm(NhsForm, forms.Form):
    """The day on which an exchange took place."""

    submit_label = "Record that it took place"

    happened_on = DateInputField(label="When did it take place?", subject="the day on which it took place")

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("The day on which it took place must be today or in the past")
        return day


class LeaveForm(ActForm):
    """Leave a review for learning; nobody has to say why."""

    reason = forms.CharField(
        label="Why do you leave it? (optional)", help_text="The people on the review can read this.", max_length=2_000, required=False,
        widget=forms.Textarea,
    )  # fmt: skip

"""Forms of views of patients and carers: the public questions, paper and interviews, links, holding back."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm, Question
from peerreview.models import PatientView, Review
from peerreview.services.patient_views import Said
from rendering.texts import find_nhs_numbers
from surveillance.models import Service
from work.items import day_words

TEXTS = ("good", "better", "unsafe")
ANSWERS = ("who", *TEXTS)
NOTHING_SAID = "Write something in at least 1 answer"
NHS_NUMBER = "This may include an NHS number. Remove it before you send."
HINT = "Do not include names, dates of birth, NHS numbers or contact details, yours or anyone else’s."
TEXT_LENGTH = 5_000


def _text(label: str) -> forms.CharField:
    """One answer in a person's own words; the browser keeps no earlier ones."""
    widget = forms.Textarea(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=TEXT_LENGTH, required=False, help_text=HINT, widget=widget)


class ViewForm(NhsForm, forms.Form):
    """Four questions, all optional; one answer at least says something, and none holds an NHS number."""

    submit_label = "Save view"
    field_options = {"who": {"label_size": "m"}, **{name: {"label_size": "m", "rows": 6} for name in TEXTS}}

    who = forms.ChoiceField(label="Who are you?", choices=PatientView.Who.choices, required=False, widget=forms.RadioSelect)
    good = _text("What was good?")
    better = _text("What could be better?")
    unsafe = _text("Did anything feel unsafe?")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in TEXTS:
            if find_nhs_numbers(cleaned.get(name, "")):
                self.add_error(name, NHS_NUMBER)
        if self.says_all and not self.errors and not any(cleaned[name] for name in TEXTS):
            self.add_error(None, NOTHING_SAID)
        return cleaned

    @property
    def says_all(self) -> bool:
        """Whether every answer is here, so that all of them together can be found empty."""
        return all(name in self.fields for name in TEXTS)

    @property
    def said(self) -> Said:
        """What the services take, from a valid form; line ends as everywhere else."""
        return Said(**{name: self.cleaned_data[name].replace("\r\n", "\n") for name in ANSWERS})


class OneQuestionForm(ViewForm):
    """One question of the public form, on a page of its own."""

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name]}


class RecordForm(ViewForm):
    """A view on paper or from an interview, typed in by who arranges the review or by the team."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label="Which service is it about?", empty_label=None, error_messages={"required": "Select a service"}
    )
    channel = forms.ChoiceField(
        label="How was it given?", widget=forms.RadioSelect, error_messages={"required": "Select how it was given"},
        choices=[(c.value, c.label) for c in PatientView.Channel if c != PatientView.Channel.LINK],
    )  # fmt: skip
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, on_paper: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["who"].label = "Who gave it?"
        fields["service"].queryset = review.services.select_related("provider", "network")
        only = list(fields["service"].queryset[:2])
        if len(only) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), only[0].pk
        if not on_paper:
            fields["channel"].choices = [(PatientView.Channel.INTERVIEW.value, PatientView.Channel.INTERVIEW.label)]
            fields["channel"].widget, fields["channel"].initial = forms.HiddenInput(), PatientView.Channel.INTERVIEW.value

    def get_layout(self) -> list[Any]:
        fields: Any = self.fields
        first = [name if fields[name].widget.is_hidden else Question(name, label_size="m") for name in ("service", "channel")]
        return ["client_id", *first, *(Question(name) for name in ANSWERS), self.get_buttons()]


class LinkForm(NhsForm, forms.Form):
    """A public link: for which service, from when to when, and whom people can ask."""

    submit_label = "Make link"

    service = forms.ModelChoiceField(
        Service.objects.none(), label="For which service?", empty_label=None, error_messages={"required": "Select a service"}
    )
    opens_date = DateInputField(label="When does it open?", subject="the day on which it opens")
    closes_date = DateInputField(
        label="When does it close?", subject="the day on which it closes", help_text="Its last day. The team needs time to read what comes."
    )
    pals_contact = forms.CharField(
        label="Where can people complain or get advice?", max_length=300, help_text="PALS of the trust: name, phone and email address",
        error_messages={"required": "Enter where people can complain or get advice"},
    )  # fmt: skip
    formats_contact = forms.CharField(
        label="Who can people ask for large print, Easy Read or another language?", max_length=300,
        help_text="Name, phone number and email address",
        error_messages={"required": "Enter who people can ask for large print, Easy Read or another language"},
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, services: Any = None, submit_label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review, fields = review, self.fields
        self.submit_label = submit_label or self.submit_label
        if services is None:
            del fields["service"]
            return
        fields["service"].queryset = services
        only = list(services[:2])
        if len(only) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), only[0].pk

    def get_layout(self) -> list[Any]:
        rest: list[Any] = ["opens_date", "closes_date", "pals_contact", "formats_contact"]
        shown: list[Any] = [Question(name, label_size="m") for name in rest]
        if "service" in self.fields:
            shown.insert(0, "service" if self.fields["service"].widget.is_hidden else Question("service", label_size="m"))
        return ["version", *shown, self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens_date"), cleaned.get("closes_date")
        if closes:
            self._check_closing(opens, closes)
        return cleaned

    def _check_closing(self, opens: dt.date | None, closes: dt.date) -> None:
        ends = self.review.ends_date
        if opens and closes < opens:
            self.add_error("closes_date", "The day on which it closes must be the day on which it opens or later")
        elif closes < timezone.localdate():
            self.add_error("closes_date", "The day on which it closes must be today or later")
        elif ends and closes > ends:
            self.add_error("closes_date", f"The day on which it closes must be {day_words(ends)} or earlier: the last day of the visit")


class HoldBackForm(NhsForm, forms.Form):
    """Why the team does not read a view."""

    submit_label = "Hold back"

    reason = forms.CharField(
        label="Why do you hold it back?", max_length=300, help_text="For example, it names somebody. Do not repeat what it says.",
        error_messages={"required": "Enter why you hold it back"},
    )  # fmt: skip

"""Forms of a review: open, ask for one, dates, topics, close, filter the list."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.nhsuk import DateInputField, NhsForm
from peerreview.models import Procedure, Review
from peerreview.queries.milestones import notice_fault
from peerreview.queries.topics import indicators_of
from surveillance.models import Service
from work.items import day_words
from work.working_days import bank_holidays, is_working_day

KIND_HINTS = {
    "COMPREHENSIVE": "The whole service against its indicators",
    "TARGETED": "Only the focus topics",
    "RAPID": "A quick look at a risk, on short notice",
}


class DatesForm(NhsForm, forms.Form):
    """How and when a visit takes place; too short a notice needs a reason."""

    submit_label = "Save dates"
    field_options = {
        "kind": {"label_size": "m", "hints": KIND_HINTS},
        "mode": {"label_size": "m", "inline": True},
        "starts_date": {"label_size": "m"},
        "ends_date": {"label_size": "m"},
        "short_notice_reason": {"rows": 3},
    }

    procedure = forms.ModelChoiceField(
        Procedure.objects.none(),
        label="Which procedure does it follow?",
        empty_label="Select a procedure",
        error_messages={"required": "Select a procedure"},
    )
    kind = forms.ChoiceField(
        label="What kind of review is it?",
        choices=Review.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select a kind of review"},
    )
    mode = forms.ChoiceField(
        label="How does the team visit?",
        choices=Review.Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select how the team visits"},
    )
    starts_date = DateInputField(label="First day of the visit", subject="the first day of the visit", help_text="For example, 12 5 2027")
    ends_date = DateInputField(
        label="Last day of the visit (optional)",
        subject="the last day of the visit",
        required=False,
        help_text="When it takes more than 1 day",
    )
    short_notice_reason = forms.CharField(
        label="Why is the notice shorter than the procedure asks? (optional)", max_length=2000, required=False, widget=forms.Textarea
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, keeps: int | None = None, **kwargs: Any) -> None:
        """``keeps`` is the version that the review began with: it may go on with it when a newer one is in use."""
        super().__init__(*args, **kwargs)
        in_use = Q(status=Procedure.Status.PUBLISHED)
        self.fields["procedure"].queryset = Procedure.objects.filter(in_use | Q(pk=keeps)).order_by("name", "-version")
        self.fields["procedure"].label_from_instance = _procedure_words

    def clean_starts_date(self) -> dt.date:
        return visit_day(self.cleaned_data["starts_date"])

    def clean_ends_date(self) -> dt.date | None:
        day = self.cleaned_data["ends_date"]
        return visit_day(day) if day else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends, procedure = cleaned.get("starts_date"), cleaned.get("ends_date"), cleaned.get("procedure")
        if starts and ends and ends < starts:
            self.add_error("ends_date", "The last day of the visit must be the same as or after the first day")
        if starts and procedure and not cleaned.get("short_notice_reason"):
            fault = notice_fault(procedure, starts)
            if fault:
                self.add_error("starts_date", fault)
        return cleaned


def _procedure_words(procedure: Procedure) -> str:
    """Name and standing; of an older version that the review keeps, its number."""
    if procedure.status != Procedure.Status.PUBLISHED:
        return f"{procedure.name}, version {procedure.version}, which this review began with"
    return f"{procedure.name}{' (our default, to be confirmed)' if procedure.is_default else ''}"


def visit_day(day: dt.date) -> dt.date:
    if day <= timezone.localdate():
        raise forms.ValidationError("The day of the visit must be in the future")
    if day in bank_holidays():
        raise forms.ValidationError(f"{day_words(day)} is a bank holiday")
    if not is_working_day(day):
        raise forms.ValidationError(f"{day_words(day)} is not a working day")
    return day


class ReviewForm(DatesForm):
    """A new review: its title, procedure, kind, mode and days."""

    submit_label = "Open the review"
    field_order = ["title"]

    title = forms.CharField(
        label="Title",
        max_length=250,
        help_text="What people will call it, for example Acute oncology peer review 2027",
        error_messages={"required": "Enter a title"},
    )


class RequestForm(NhsForm, forms.Form):
    """A service asks for a review for learning."""

    submit_label = "Ask for a review for learning"
    field_options = {"question": {"rows": 3}, "reason": {"rows": 4}, "visit_lead": {"label_size": "m"}}

    service = forms.ModelChoiceField(
        Service.objects.none(),
        label="Which service is it for?",
        empty_label="Select a service",
        error_messages={"required": "Select a service"},
    )
    title = forms.CharField(label="Title", max_length=250, error_messages={"required": "Enter a title"})
    question = forms.CharField(
        label="What do you want to learn?",
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": "Enter what you want to learn"},
    )
    reason = forms.CharField(label="Why now?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter why you ask now"})
    visit_lead = forms.ModelChoiceField(
        User.objects.none(), label="Who at the hub do you want to arrange it?", widget=forms.RadioSelect, empty_label=None,
        help_text="Nobody else at the hub can open its pages", error_messages={"required": "Select who arranges it"},
    )  # fmt: skip

    def __init__(self, *args: Any, services: Any, managers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services
        self.fields["visit_lead"].queryset = User.objects.filter(pk__in=[m.pk for m in managers]).order_by("name")


class TopicForm(NhsForm, forms.Form):
    """A focus topic: what the visit looks at; for compliance it names indicators, for learning it asks."""

    submit_label = "Save topic"
    field_options = {"question": {"rows": 3}, "indicators": {"label_size": "m", "small": True}}

    title = forms.CharField(label="Topic", max_length=200, error_messages={"required": "Enter the topic"})
    question = forms.CharField(label="What do you want to find out? (optional)", max_length=1000, required=False, widget=forms.Textarea)
    indicators = forms.MultipleChoiceField(
        label="Which indicators is it about?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one indicator"},
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if review.is_learning:
            del self.fields["indicators"]
        else:
            self.fields["indicators"].choices = [(str(one.pk), str(one)) for one in indicators_of(review)]

    @property
    def indicator_choices(self) -> list[tuple[str, str]]:
        """Every indicator on offer; none in a review for learning."""
        field: Any = self.fields.get("indicators")
        return list(field.choices) if field else []

    @property
    def indicator_ids(self) -> list[int]:
        """Chosen indicators, from a valid form."""
        return [int(pk) for pk in self.cleaned_data.get("indicators", [])]


class CloseForm(NhsForm, forms.Form):
    """Close a review with the date of the next."""

    submit_label = "Close the review"

    next_review_date = DateInputField(
        label="Next review date", subject="a next review date", help_text="For example, 12 5 2029",
        error_messages={"required": "Set a next review date before you close this review"},
    )  # fmt: skip

    def clean_next_review_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["next_review_date"]
        if day <= timezone.localdate():
            raise forms.ValidationError("Next review date must be in the future")
        return day


class ReviewFilterForm(forms.Form):
    """Filters of the list of reviews."""

    status = forms.MultipleChoiceField(label="Status", choices=Review.Status.choices, required=False, widget=forms.CheckboxSelectMultiple)
    kind = forms.MultipleChoiceField(label="Kind", choices=Review.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(label="Title or service", required=False, max_length=100)

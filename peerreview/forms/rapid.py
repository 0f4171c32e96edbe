"""The one page that sets up a rapid review."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm
from peerreview.forms.common import phone_field
from peerreview.forms.reviews import visit_day
from peerreview.models import Procedure, Review
from peerreview.queries.milestones import notice_fault
from peerreview.services.rapid import Asked, RapidPlan
from peerreview.suggesting import PlaceSuggestions, Suggestion, pick_team
from surveillance.models import Indicator
from work.working_days import add_working_days

SHOWN = 6  # people for each place
SAID_OF_ALL = 2  # the first two reasons, training and free days, are those of everybody here


def earliest_day(procedure: Procedure) -> dt.date:
    """The first day that gives the notice which the procedure asks for, where the notice is sent today: also at a weekend."""
    today, days = timezone.localdate(), procedure.working_days("NOTICE")
    first = add_working_days(today, -days)
    return first if add_working_days(first, days) >= today else add_working_days(first, 1)


class VisitDaysForm(forms.Form):
    """The days alone: whom the page suggests depends on them."""

    starts_date = DateInputField(label="First day of the visit", subject="the first day of the visit")
    ends_date = DateInputField(label="Last day of the visit (optional)", subject="the last day of the visit", required=False)

    @classmethod
    def days_of(cls, sent: Any, procedure: Procedure) -> tuple[dt.date, dt.date | None]:
        """The days that were sent; the earliest possible one where none or something else was."""
        form = cls(sent)
        if sent is None or not form.is_valid():
            return earliest_day(procedure), None
        return form.cleaned_data["starts_date"], form.cleaned_data["ends_date"]


def free_people(found: PlaceSuggestions) -> list[Suggestion]:
    """Who is free, trained and without a known tie, the best suited first."""
    return [one for one in found.suggestions if one.is_ready and not one.has_tie][:SHOWN]


class RapidForm(NhsForm, VisitDaysForm):
    """Risk, days, topic, team, phone and help."""

    submit_label = "Set up the review and send notice"
    field_order = ["reason", "title", "starts_date", "ends_date", "short_notice_reason", "mode", "topic", "indicators"]
    field_options = {
        "reason": {"rows": 4, "label_size": "m"}, "starts_date": {"label_size": "m"}, "mode": {"label_size": "m", "inline": True},
        "short_notice_reason": {"rows": 2}, "indicators": {"label_size": "m", "small": True}, "help_needed": {"rows": 3},
    }  # fmt: skip

    reason = forms.CharField(
        label="What is the risk?", max_length=2000, widget=forms.Textarea, error_messages={"required": "Enter what the risk is"},
        help_text="The notice to the chief executive says this. Do not include names of patients.",
    )  # fmt: skip
    title = forms.CharField(label="Title", max_length=250, error_messages={"required": "Enter a title"})
    short_notice_reason = forms.CharField(
        label="Why is the notice shorter than the procedure asks? (optional)", max_length=2000, required=False, widget=forms.Textarea
    )
    mode = forms.ChoiceField(
        label="How does the team visit?", choices=Review.Mode.choices, widget=forms.RadioSelect,
        error_messages={"required": "Select how the team visits"},
    )  # fmt: skip
    topic = forms.CharField(label="Focus topic", max_length=200, error_messages={"required": "Enter the focus topic"})
    indicators = forms.MultipleChoiceField(
        label="Which indicators is it about?", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one indicator"},
    )  # fmt: skip
    phone = phone_field()
    help_needed = forms.CharField(
        label="What help do you need from the chief executive? (optional)", max_length=2000, required=False, widget=forms.Textarea
    )

    def __init__(
        self, *args: Any, service_id: int, procedure: Procedure, indicators: list[Indicator], found: list[PlaceSuggestions], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.service_id, self.procedure, self.found = service_id, procedure, found
        fields: Any = self.fields
        fields["indicators"].choices = [(str(one.pk), f"{one}{' (key indicator)' if one.is_key else ''}") for one in indicators]
        picked = pick_team(PlaceSuggestions(one.place, tuple(free_people(one)), one.left_out) for one in found)
        for one in found:
            name = f"place_{one.place.code}"
            fields[name] = self._place_field(one)
            self.initial.setdefault(name, [str(person.user_id) for place, person in picked if place.code == one.place.code])
        self.order_fields([*self.field_order, *(f"place_{one.place.code}" for one in found), "phone", "help_needed"])

    @staticmethod
    def _place_field(one: PlaceSuggestions) -> forms.MultipleChoiceField:
        people = [
            (str(person.user_id), f"{person.name}: {'; '.join(person.why[SAID_OF_ALL:]) or person.words or 'Nothing more is known'}")
            for person in free_people(one)
        ]
        asked = "1 person" if one.place.count == 1 else f"{one.place.count} people"
        return forms.MultipleChoiceField(
            label=f"{one.place.label}: {asked}", choices=people, required=False, widget=forms.CheckboxSelectMultiple,
            help_text=f"{'Free and trained' if people else 'Nobody is free and trained'} on these days, with no tie that data shows",
            error_messages={"invalid_choice": "Somebody you chose is not free on these days. Choose again"},
        )  # fmt: skip

    def clean_starts_date(self) -> dt.date:
        return visit_day(self.cleaned_data["starts_date"])

    def clean_ends_date(self) -> dt.date | None:
        day = self.cleaned_data["ends_date"]
        return visit_day(day) if day else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts_date"), cleaned.get("ends_date")
        if starts and ends and ends < starts:
            self.add_error("ends_date", "The last day of the visit must be the same as or after the first day")
        fault = notice_fault(self.procedure, starts) if starts and not cleaned.get("short_notice_reason") else ""
        if fault:
            self.add_error("starts_date", fault)
        for one in self.found:
            self._check_place(one, cleaned.get(f"place_{one.place.code}"))
        people = [asked.user_id for asked in self._team()]
        if len(people) > len(set(people)):
            self.add_error(None, "You chose somebody for 2 places. Each person takes 1 place")
        return cleaned

    def _check_place(self, one: PlaceSuggestions, chosen: list[str] | None) -> None:
        name, place = f"place_{one.place.code}", one.place
        if chosen is None:
            return
        if len(chosen) > place.count:
            self.add_error(name, f"Select {place.count} at most for {place.label[:1].lower()}{place.label[1:]}")
        if not chosen and place.role in ("LEAD", "PATIENT_REVIEWER"):
            self.add_error(name, f"Select who you ask as {place.label[:1].lower()}{place.label[1:]}")

    def _team(self) -> list[Asked]:
        places = [one.place for one in self.found]
        return [Asked(int(pk), place.role, place.code) for place in places for pk in self.cleaned_data.get(f"place_{place.code}") or []]

    @property
    def plan(self) -> RapidPlan:
        """What the service takes, from a valid form."""
        data = self.cleaned_data
        names = ("reason", "title", "mode", "starts_date", "ends_date", "short_notice_reason", "topic", "phone", "help_needed")
        chosen = tuple(int(pk) for pk in data["indicators"])
        return RapidPlan(
            service_id=self.service_id, indicator_ids=chosen, team=tuple(self._team()), **{name: data[name] for name in names}
        )  # fmt: skip

"""Forms of the timetable: one session, and the minutes of informal exchange really given."""

import datetime as dt
from typing import Any

from django import forms

from accounts.models import User
from accounts.nhsuk import Group, NhsForm, Question
from accounts.templatetags.qnt_tags import clock_time, long_date
from peerreview.forms.common import SentOnceForm
from peerreview.models import Review, Session
from peerreview.queries.timetable import minutes_of
from peerreview.services.timetable import SessionContent
from work.items import counted

TIME_FORMATS = ["%H:%M", "%I:%M%p", "%I%p", "%I.%M%p", "%H.%M", "%H:%M:%S"]
DEFAULT_MINUTES = 45


class SessionForm(SentOnceForm, NhsForm, forms.Form):
    """A session: day, time, title, where, who."""

    submit_label = "Save session"
    field_options = {
        "day": {"label_size": "m"}, "starts_at": {"width": 5}, "minutes": {"width": 4, "suffix": "minutes"},
        "people": {"label_size": "m", "small": True},
    }  # fmt: skip

    title = forms.CharField(label="Session", max_length=150, error_messages={"required": "Enter the session"})
    day = forms.ChoiceField(label="Which day?", widget=forms.RadioSelect, error_messages={"required": "Select a day"})
    starts_at = forms.TimeField(
        label="When does it begin?",
        help_text="UK time, for example 9:30am",
        input_formats=TIME_FORMATS,
        error_messages={"required": "Enter when it begins", "invalid": "When it begins must be a time, like 9:30am"},
    )
    minutes = forms.IntegerField(
        label="How long?", min_value=5, max_value=600,
        error_messages={
            "required": "Enter how long it takes",
            "invalid": "How long must be a number", "min_value": "How long must be 5 minutes or more",
            "max_value": "How long must be 600 minutes or fewer",
        },
    )  # fmt: skip
    place = forms.CharField(label="Place (optional)", max_length=200, required=False, help_text="Building and room")
    link = forms.URLField(
        label="Link (optional)", max_length=500, required=False, assume_scheme="https", help_text="To join by video",
        error_messages={"invalid": "Enter a link in the correct format, like https://www.example.nhs.uk/meeting"},
    )  # fmt: skip
    people = forms.MultipleChoiceField(label="Who takes part? (optional)", required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label="Others (optional)",
        max_length=300,
        required=False,
        help_text="People without an account here, in words. They get no invitation.",
    )
    is_informal = forms.BooleanField(label="This is informal exchange", required=False)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, days: list[tuple[int, dt.date]], people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days, several = days, len(days) > 1
        self.fields["day"].choices = [
            (str(pk), f"Day {n}, {long_date(date)}" if several else long_date(date)) for n, (pk, date) in enumerate(days, start=1)
        ]
        if not several and days:
            self.fields["day"].widget, self.fields["day"].initial = forms.HiddenInput(), str(days[0][0])
        self.fields["people"].choices = [(str(person.pk), person.name) for person in people]
        if not people:
            del self.fields["people"]

    def get_layout(self) -> list[Any]:
        day = "day" if self.fields["day"].widget.is_hidden else Question("day")
        names = ("starts_at", "minutes", "place", "link", "people", "others", "is_informal")
        hidden = ("client_id", "version")
        return [*hidden, Question("title"), day, *(Question(name) for name in names if name in self.fields), self.get_buttons()]

    @property
    def content(self) -> SessionContent:
        """What the service takes, from a valid form."""
        data = self.cleaned_data
        names = ("title", "starts_at", "minutes", "place", "link", "others", "is_informal")
        people = tuple(int(pk) for pk in data.get("people", ()))
        return SessionContent(day_id=int(data["day"]), people_ids=people, **{name: data[name] for name in names})

    def facts(self) -> list[tuple[str, str]]:
        """What the form says, in words, from a valid form; in the order of ``session_facts``."""
        data, people = self.cleaned_data, dict(self.fields["people"].choices) if "people" in self.fields else {}
        day = next(date for pk, date in self.days if str(pk) == data["day"])
        return _facts(data | {"day": day, "people": [people[pk] for pk in data.get("people", ())]})


def session_facts(session: Session) -> list[tuple[str, str]]:
    """What a session says, in words: label and value, with what it does not say left out."""
    names = ("title", "starts_at", "place", "link", "others", "is_informal")
    people = [person.name for person in session.people.all()]
    return _facts(
        {name: getattr(session, name) for name in names} | {"day": session.day.date, "minutes": minutes_of(session), "people": people}
    )


def _facts(said: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("Session", said["title"]), ("Day", long_date(said["day"])), ("Begins", clock_time(said["starts_at"])),
        ("How long", counted(said["minutes"], "minute")), ("Place", said["place"]), ("Link", said["link"]),
        ("Who takes part", ", ".join(sorted(said["people"]))), ("Others", said["others"]),
        ("Informal exchange", "Yes" if said["is_informal"] else ""),
    ]  # fmt: skip
    return [(label, value) for label, value in rows if value]


def session_initial(session: Session) -> dict[str, Any]:
    """The initial values that show a session."""
    names, begins = ("title", "place", "link", "others", "is_informal", "version"), session.starts_at
    return {name: getattr(session, name) for name in names} | {
        "day": str(session.day_id), "starts_at": clock_time(begins) if begins.hour % 12 else f"{begins:%H:%M}",
        "minutes": minutes_of(session), "people": [str(person.pk) for person in session.people.all()],
    }  # fmt: skip


class GivenForm(NhsForm, forms.Form):
    """Minutes of informal exchange really given: a number for each informal session."""

    submit_label = "Save minutes"

    def __init__(self, *args: Any, review: Review, sessions: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sessions = sessions
        for session in sessions:
            label = f"{session.title}, {long_date(session.day.date)}"
            self.fields[f"given_{session.pk}"] = forms.IntegerField(
                label=label, min_value=0, max_value=600, required=False, initial=session.given_minutes,
                help_text=f"Planned: {minutes_of(session)} minutes",
                error_messages={
                    "invalid": f"{session.title} must be a number", "min_value": f"{session.title} must be 0 minutes or more",
                    "max_value": f"{session.title} must be 600 minutes or fewer",
                },
            )  # fmt: skip

    def get_layout(self) -> list[Any]:
        questions = [Question(f"given_{session.pk}", width=4, suffix="minutes") for session in self.sessions]
        return [Group("How many minutes were really given?", *questions), self.get_buttons()]

    @property
    def minutes(self) -> dict[int, int | None]:
        """Minutes by session, from a valid form; None where none were entered."""
        return {session.pk: self.cleaned_data[f"given_{session.pk}"] for session in self.sessions}

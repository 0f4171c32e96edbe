"""Forms of training: a course, what shows that somebody completed it, and the filters of the register."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from accounts.nhsuk import DateInputField, NhsForm, SearchInput
from peerreview.forms.common import ActForm
from peerreview.models import Audience, Course, TrainingRecord
from peerreview.queries.training_register import Line
from peerreview.training import Standing

ALL = ("", "All")


class CourseForm(ActForm):
    """A course: its name, for whom, for how long it counts, and whether it is required."""

    field_options = {
        "audiences": {"label_size": "s", "small": True},
        "is_required": {"label_size": "s"},
        "valid_months": {"label_size": "s", "width": 3, "suffix": "months"},
        "name": {"label_size": "s"},
    }

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Name of the course", max_length=150, error_messages={"required": "Enter the name of the course"})
    audiences = forms.MultipleChoiceField(
        label="For whom is it?", choices=Audience.choices, widget=forms.CheckboxSelectMultiple, help_text="Select all that apply",
        error_messages={"required": "Select for whom the course is"},
    )  # fmt: skip
    valid_months = forms.IntegerField(
        label="For how many months is it valid?", min_value=1, max_value=120,
        help_text="From the day on which somebody completes it. Days that are recorded already do not change.",
        error_messages={
            "required": "Enter for how many months it is valid", "min_value": "Months must be 1 or more",
            "max_value": "Months must be 120 or fewer",
        },
    )  # fmt: skip
    is_required = forms.TypedChoiceField(
        label="Is it required?", choices=(("YES", "Yes: a reviewer without it joins no team"), ("NO", "No")), widget=forms.RadioSelect,
        coerce=lambda value: value == "YES", error_messages={"required": "Select whether it is required"},
    )  # fmt: skip

    def __init__(self, *args: Any, course: Course | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"client_id": uuid.uuid4()}
        if course is not None:
            initial = {
                "version": course.version, "name": course.name, "audiences": course.audiences, "valid_months": course.valid_months,
                "is_required": "YES" if course.is_required else "NO",
            }  # fmt: skip
        super().__init__(*args, initial=initial, submit_label="Save course" if course else "Add course", **kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        """What the services take, from a valid form."""
        return {name: self.cleaned_data[name] for name in ("name", "audiences", "valid_months", "is_required")}


class RecordForm(ActForm):
    """That a person completed a course, with what shows it."""

    field_options = {"evidence": {"rows": 3, "label_size": "s"}, "completed_date": {"label_size": "s"}}

    completed_date = DateInputField(
        label="On which day was it completed?", subject="the day on which it was completed", help_text="For example, 12 5 2027"
    )
    evidence = forms.CharField(
        label="What shows it?", max_length=1000, widget=forms.Textarea, help_text="For example, certificate 4711 seen on 12 May 2027",
        error_messages={"required": "Enter what shows that it was completed"},
    )  # fmt: skip

    def __init__(self, *args: Any, record: TrainingRecord | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": record.version if record else 0}, submit_label="Save training", **kwargs)

    def clean_completed_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["completed_date"]
        if day > timezone.localdate():
            raise forms.ValidationError("The day on which it was completed must be today or in the past")
        return day


class RegisterFilter(NhsForm, forms.Form):
    """Narrows the register; everything stands in the address, and an unknown value narrows nothing."""

    field_options = {"standing": {"small": True}}

    q = forms.CharField(label="Name", required=False, widget=SearchInput)
    hub = forms.ChoiceField(label="Hub", required=False)
    audience = forms.ChoiceField(label="For whom", required=False, choices=[ALL, *Audience.choices])
    course = forms.ChoiceField(label="Course", required=False)
    standing = forms.MultipleChoiceField(
        label="Standing", required=False, choices=[(one.name, one.value) for one in Standing], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, lines: Iterable[Line]) -> None:
        super().__init__(data)
        lines = list(lines)
        fields: Any = self.fields
        hubs = dict(sorted({(line.hub, str(line.hub_id)) for line in lines}))
        fields["hub"].choices = [ALL, *((pk, hub) for hub, pk in hubs.items())]
        courses = dict(sorted({(line.course, str(line.course_id)) for line in lines}))
        fields["course"].choices = [ALL, *((pk, course) for course, pk in courses.items())]
        if len(hubs) < 2:
            del fields["hub"]

    def narrow(self, lines: Iterable[Line], *, but_standing: bool = False) -> list[Line]:
        """The lines that match every filter that is on; without the name and the standing for counts of all of them."""
        self.is_valid()
        chosen = self.cleaned_data
        standings = {Standing[name] for name in chosen.get("standing") or []}
        words = chosen.get("q", "").strip().lower()
        return [
            line
            for line in lines
            if chosen.get("hub") in ("", None, str(line.hub_id))
            and chosen.get("audience") in ("", None, line.audience)
            and chosen.get("course") in ("", None, str(line.course_id))
            and (but_standing or not standings or line.standing in standings)
            and (but_standing or words in line.name.lower())
        ]

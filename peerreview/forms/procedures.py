"""Forms of a procedure in draft: its numbers, and a row of each part. Each carries the mark of the text that it was opened with."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from peerreview.models import Procedure, TeamMember
from peerreview.models.procedures import EMPLOYED, Row
from peerreview.models.teams import Profession
from peerreview.procedure_parts import (
    ANCHORS,
    ANSWERS,
    GENERAL_COLUMNS,
    IMPACTS,
    LEVELS,
    MOST_DAYS,
    OTHERS,
    OWN_ANCHORS,
    PRINCIPLES,
    RULINGS,
    general_mark,
    mark_of,
)
from peerreview.services.procedures import GeneralFacts
from surveillance.forms.consultation import LONGEST_COMMENT
from surveillance.forms.revisions import RevisionForm

HOLDERS = (
    "Hub", "Hub officer", "Hub manager", "Visit manager", "Lead reviewer", "Reviewers", "Service lead", "Executive", "Commissioner",
    "Network lead", "National lead",
)  # fmt: skip
MOST_WORKING_DAYS, MOST_MONTHS = 260, 60


def number_field(label: str, least: int, most: int, **options: Any) -> forms.IntegerField:
    """A whole number; every fault says the limits."""
    sentence = f"{label.removesuffix(' (optional)').rstrip('?')}: enter a whole number from {least} to {most}"
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=errors, **options)


class OpenedForm(NhsForm, forms.Form):
    """A form that carries the mark of the text that its page showed, so that two edits meet."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)


class GeneralForm(OpenedForm):
    """Name, purpose and the single numbers."""

    field_options = {
        "purpose": {"rows": 4},
        "topics_max_count": {"width": 2},
        "informal_minutes": {"width": 4, "suffix": "minutes"},
        "day_starts_at": {"width": 5},
        "survey_after_days": {"width": 3, "suffix": "working days"},
        "survey_after_months": {"width": 2, "suffix": "months"},
        "pledge_after_months": {"width": 2, "suffix": "months"},
    }

    name = forms.CharField(label="Name", max_length=150)
    purpose = forms.CharField(
        label="Purpose", help_text="When a review follows this procedure, and what for", max_length=2000, widget=forms.Textarea
    )
    topics_max_count = number_field("Focus topics at most", 1, 5, help_text="From 1 to 5. Few topics leave time to talk.")
    informal_minutes = number_field("Informal exchange at least", 0, 2000, help_text="Of all days together")
    day_starts_at = forms.TimeField(
        label="A day begins at",
        help_text="For example, 9:30am",
        input_formats=["%H:%M", "%I:%M%p", "%I%p", "%H:%M:%S"],
        error_messages={"required": "Enter when a day begins", "invalid": "When a day begins must be a time, like 9:30am"},
    )

    survey_after_days = number_field("First survey after the visit", 1, MOST_WORKING_DAYS)
    survey_after_months = number_field("Second survey after the visit", 1, MOST_MONTHS)
    pledge_after_months = number_field(
        "Pledges are asked about after", 1, MOST_MONTHS, help_text="Months after the visit, when the maker of each is asked what came of it"
    )

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        initial = {name: getattr(procedure, name) for name in GENERAL_COLUMNS}
        initial |= {"opened": general_mark(procedure), "day_starts_at": f"{procedure.day_starts_at:%H:%M}"}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def facts(self) -> GeneralFacts:
        """What the service takes, from a valid form."""
        data = self.cleaned_data
        return GeneralFacts(
            name=data["name"], purpose=data["purpose"], topics_max_count=data["topics_max_count"],
            informal_minutes=data["informal_minutes"], day_starts_at=data["day_starts_at"], survey_after_days=data["survey_after_days"],
            survey_after_months=data["survey_after_months"], pledge_after_months=data["pledge_after_months"],
        )  # fmt: skip


class RowForm(OpenedForm):
    """A row of a part; ``row`` is the stored one, None for a new one."""

    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, row: Row | None = None, **kwargs: Any) -> None:
        self.row = row
        if row is not None:
            kwargs.setdefault("initial", self.initial_of(row) | {"opened": mark_of(row)})
        super().__init__(*args, **kwargs)

    def initial_of(self, row: Row) -> Row:
        return {name: row[name] for name in self.names}

    @property
    def facts(self) -> Row:
        """The row without its code, from a valid form."""
        return {name: self.cleaned_data[name] for name in self.names}


class MilestoneForm(RowForm):
    """A milestone. Those that the service itself sets clocks by keep their anchor and their side of it."""

    field_options = {"count": {"width": 4}, "side": {"inline": True}, "unit": {"inline": True}}

    label = forms.CharField(label="What must be done", max_length=150)
    holder = forms.ChoiceField(label="Who holds it", choices=[("", "Select who holds it"), *((name, name) for name in HOLDERS)])
    count = number_field("How many", 1, MOST_WORKING_DAYS)
    unit = forms.ChoiceField(label="Counted in", choices=[("DAYS", "Working days"), ("MONTHS", "Months")], widget=forms.RadioSelect)
    side = forms.ChoiceField(label="Before or after", choices=[("BEFORE", "Before"), ("AFTER", "After")], widget=forms.RadioSelect)
    anchor = forms.ChoiceField(label="Of what", choices=[(code, ANCHORS[code].capitalize()) for code in OWN_ANCHORS])

    def __init__(self, *args: Any, is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_fixed = is_fixed
        row = self.row
        if row is not None and row["holder"] not in HOLDERS:
            self.fields["holder"].choices += [(row["holder"], row["holder"])]
        if is_fixed and row is not None:
            for name in ("unit", "side", "anchor"):
                del self.fields[name]
            what = "Months" if "months" in row else "Working days"
            side = "before" if row.get("working_days", 1) < 0 else "after"
            most = MOST_MONTHS if "months" in row else MOST_WORKING_DAYS
            self.fields["count"] = number_field(f"{what} {side} {ANCHORS[row['anchor']]}", 1, most)

    def initial_of(self, row: Row) -> Row:
        days = row.get("working_days", 0)
        count, unit = (row["months"], "MONTHS") if "months" in row else (abs(days), "DAYS")
        side = "BEFORE" if days < 0 else "AFTER"
        return {"label": row["label"], "holder": row["holder"], "anchor": row["anchor"], "count": count, "unit": unit, "side": side}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_fixed:
            return cleaned
        is_before, is_months = cleaned.get("side") == "BEFORE", cleaned.get("unit") == "MONTHS"
        if is_before and cleaned.get("anchor", "VISIT") != "VISIT":
            self.add_error("side", "Only the visit has milestones before it. Select after")
        elif is_before and is_months:
            self.add_error("unit", "Before the visit, days are counted in working days")
        if is_months and cleaned.get("count", 0) > MOST_MONTHS:
            self.add_error("count", f"How many: enter a whole number from 1 to {MOST_MONTHS} months")
        return cleaned

    @property
    def facts(self) -> Row:
        data = self.cleaned_data
        base: Row = {"label": data["label"], "holder": data["holder"]}
        if self.is_fixed and self.row is not None:
            is_months, is_before, anchor = "months" in self.row, self.row.get("working_days", 1) < 0, self.row["anchor"]
        else:
            is_months, is_before, anchor = data["unit"] == "MONTHS", data["side"] == "BEFORE", data["anchor"]
        when = {"months": data["count"]} if is_months else {"working_days": -data["count"] if is_before else data["count"]}
        return base | {"anchor": anchor} | when


class TeamForm(RowForm):
    """A place on the team."""

    names = ("role", "label", "count", "professions")
    field_options = {"count": {"width": 2}, "professions": {"small": True}}

    label = forms.CharField(label="Place", help_text="For example, Nurse or allied health professional", max_length=150)
    role = forms.ChoiceField(
        label="Role", choices=[("", "Select a role"), *TeamMember.TeamRole.choices], error_messages={"required": "Select a role"}
    )
    count = number_field("How many", 1, 12)
    professions = forms.MultipleChoiceField(
        label="Which professions can fill it? (optional)", choices=Profession.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Select all that apply. Leave empty when any will do.",
    )  # fmt: skip

    def initial_of(self, row: Row) -> Row:
        return super().initial_of({"professions": []} | row)


class CategoryForm(RowForm):
    """How a finding category is named and defined."""

    names = ("label", "definition")
    field_options = {"definition": {"rows": 3}}

    label = forms.CharField(label="Name", max_length=60)
    definition = forms.CharField(label="Definition", max_length=1000, widget=forms.Textarea)


class TieForm(RowForm):
    """A tie between a reviewer and a service."""

    names = ("label", "ruling", "years")
    field_options = {"years": {"width": 2, "suffix": "years"}}

    label = forms.CharField(label="A reviewer says yes if they", help_text="Finish the sentence, for example: worked there", max_length=200)
    ruling = forms.ChoiceField(
        label="What follows?", choices=list(RULINGS.items()), widget=forms.RadioSelect, error_messages={"required": "Select what follows"}
    )
    years = number_field("In the last (optional)", 1, 20, required=False, help_text="Leave empty when time does not matter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row is not None and self.row["code"] == EMPLOYED:
            self.fields["years"] = number_field("In the last", 1, 20)


class SessionForm(RowForm):
    """A session of the timetable template."""

    names = ("day", "title", "minutes", "is_informal")
    field_options = {"day": {"width": 2}, "minutes": {"width": 4, "suffix": "minutes"}}

    title = forms.CharField(label="Session", max_length=150)
    day = number_field("Day of the visit", 1, MOST_DAYS)
    minutes = number_field("How long", 5, 600)
    is_informal = forms.BooleanField(label="This is informal exchange", required=False)


class QuestionForm(RowForm):
    """A question of the survey."""

    names = ("text", "about", "answer")

    text = forms.CharField(label="Question, or sentence to agree with", max_length=250)
    about = forms.ChoiceField(
        label="What is it about?",
        choices=[
            ("", "Select a level or a principle"),
            ("Levels", list(LEVELS.items())),
            ("Principles", list(PRINCIPLES.items())),
            ("Impact", list(IMPACTS.items())),
            ("Other", list(OTHERS.items())),
        ],
        error_messages={"required": "Select a level or a principle"},
    )
    answer = forms.ChoiceField(
        label="How is it answered?", choices=list(ANSWERS.items()), widget=forms.RadioSelect, initial="SCALE",
        error_messages={"required": "Select how it is answered"},
    )  # fmt: skip


ROW_FORMS: dict[str, type[RowForm]] = {
    "milestones": MilestoneForm, "team": TeamForm, "categories": CategoryForm, "conflicts": TieForm, "timetable": SessionForm,
    "survey": QuestionForm,
}  # fmt: skip


class PublishProcedureForm(RevisionForm):
    """What changed and why, and that it was read."""

    field_options = {"change_note": {"rows": 5}, "is_read": {"label_size": "s"}}

    change_note = forms.CharField(
        label="What changed and why?",
        help_text="Hubs, services and reviewers read this beside the procedure.",
        widget=forms.Textarea,
        max_length=LONGEST_COMMENT,
        error_messages={"required": "Enter what changed and why"},
    )
    is_read = forms.MultipleChoiceField(
        label="Before you publish",
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", "I have read what this changes. The text cannot be changed after this.")],
        error_messages={"required": "Tick the box to say that you have read what this changes"},
    )

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"revision": procedure.revision, "change_note": procedure.change_note})
        super().__init__(*args, **kwargs)
        self.submit_label = f"Publish version {procedure.version}"

"""Forms of the programme: a context note."""

import uuid
from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from qnt.programme.models import ContextNote
from qnt.programme.privacy import refuse_nhs_number

LONGEST = 2000
HINTS = {
    "OUTER": "Outside the programme: policy, money, other regulators, a pandemic",
    "INNER": "Inside the hubs and the national team: people, time, leadership, systems",
    "INTERVENTION": "The programme itself: a new procedure, indicator set or way of working",
    "INDIVIDUALS": "What people know, believe and can do; never a name",
}


class NoteForm(NhsForm, forms.Form):
    """What else shaped a year. A new note carries an id of its own, a change the version that was opened."""

    submit_label = "Save note"
    field_options = {"text": {"rows": 5}}

    region = forms.TypedChoiceField(label="Where", coerce=int, required=False, empty_value=None)
    domain = forms.ChoiceField(
        label="What is it about?", choices=ContextNote.Domain.choices, widget=forms.RadioSelect,
        help_text=" ".join(f"{label}: {HINTS[code][:1].lower()}{HINTS[code][1:]}." for code, label in ContextNote.Domain.choices),
        error_messages={"required": "Select what the note is about"},
    )  # fmt: skip
    text = forms.CharField(
        label="What happened, and what it may have changed", max_length=LONGEST, widget=forms.Textarea,
        help_text="Do not name people", error_messages={"required": "Enter what happened"},
    )  # fmt: skip
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, regions: list[tuple[str, str]], note: ContextNote | None = None) -> None:
        initial: dict[str, Any] = {"client_id": uuid.uuid4()}
        if note:
            initial = {"domain": note.domain, "text": note.text, "version": note.version}
        super().__init__(data, initial=initial)
        self.fields["region"].choices = regions
        if note or len(regions) < 2:
            del self.fields["region"]

    def clean_text(self) -> str:
        return refuse_nhs_number(self.cleaned_data["text"])

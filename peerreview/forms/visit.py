"""Forms of the visit: the note, and the file that a device gave."""

import datetime as dt
import uuid
from typing import Any

from django import forms

from accounts.nhsuk import NhsForm, Question, Submit
from accounts.templatetags.qnt_tags import clock_time, month_date
from peerreview.forms.common import optional_pk
from peerreview.models import Judgement, Review, Session
from peerreview.queries.judgements import Mine
from peerreview.queries.topics import indicators_of
from peerreview.visit_files import MAX_BYTES, Unreadable, VisitFile, read_visit_file


class NoteForm(NhsForm, forms.Form):
    """A note of a visit; the page makes its id, so that sending it twice saves it once."""

    submit_label = "Save note"
    form_id = "visit-note"
    field_options = {"text": {"rows": 6}}

    session = forms.ChoiceField(label="Session (optional)", required=False)
    topic = forms.ChoiceField(label="Topic", widget=forms.RadioSelect, required=False)
    indicator = forms.ChoiceField(label="Indicator (optional)", required=False)
    text = forms.CharField(label="Note", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter a note"})
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    written_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, sessions: list[Session], next_session: Session | None = None, **kwargs: Any) -> None:
        """``sessions`` is the timetable in order; ``next_session`` is chosen on a page without a choice."""
        super().__init__(*args, **kwargs)
        topics = [(str(topic.pk), topic.title) for topic in review.topics.all()]
        self.fields["topic"].choices = [*topics, ("", "Other")]
        if sessions:
            days = len({one.day_id for one in sessions})
            self.fields["session"].choices = [("", "None"), *((str(one.pk), session_words(one, with_day=days > 1)) for one in sessions)]
        else:
            del self.fields["session"]
        if review.is_learning:
            del self.fields["indicator"]
        else:
            chosen = [(str(one.pk), str(one)) for one in indicators_of(review)]
            self.fields["indicator"].choices = [("", "None"), *chosen]
        if not self.is_bound:
            self.initial.update(client_id=uuid.uuid4(), session=str(next_session.pk) if next_session else "")

    def get_layout(self) -> list[Any]:
        return ["client_id", *(Question(bound.name) for bound in self.visible_fields()), Submit(self.submit_label, repeats=True)]

    def as_arguments(self) -> dict[str, Any]:
        """What ``save_note`` takes, from a valid form."""
        data = self.cleaned_data
        places = {f"{name}_id": optional_pk(data.get(name, "")) for name in ("topic", "indicator", "session")}
        return places | {"client_id": data["client_id"] or uuid.uuid4(), "text": data["text"], "written_at": data["written_at"]}


class JudgeForm(NhsForm, forms.Form):
    """Any indicator that the team judges, for a page that is kept on a device; what it sends is checked by ``JudgementForm``."""

    submit_label = "Save judgement"
    form_id = "visit-judgement"
    field_options = {"reason": {"rows": 3}}

    which = forms.ChoiceField(label="What do you judge?")
    value = forms.ChoiceField(label="What is your judgement?", choices=Judgement.Value.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Why? (optional)", widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, rows: list[Mine], url: str, **kwargs: Any) -> None:
        """``rows`` are the indicators that are still sealed."""
        super().__init__(*args, **kwargs)
        self.form_action = url
        several = len({row.service.pk for row in rows}) > 1
        chosen = [
            (f"{row.service.pk}-{row.indicator.pk}", f"{row.indicator}, {row.service.name}" if several else str(row.indicator))
            for row in rows
        ]
        self.fields["which"].choices = [("", "Select an indicator"), *chosen]

    def get_layout(self) -> list[Any]:
        return [*(Question(name) for name in self.fields), Submit(self.submit_label, kind="secondary", repeats=True)]


def session_words(session: Session, *, with_day: bool) -> str:
    """ "9:30am, Ward walk"; of a visit over several days with its day."""
    day: dt.date = session.day.date
    return f"{month_date(day) + ', ' if with_day else ''}{clock_time(session.starts_at)}, {session.title}"


class VisitFileForm(NhsForm, forms.Form):
    """The file of "Download my notes"."""

    submit_label = "Continue"

    file = forms.FileField(
        label="File of notes",
        help_text="The file that “Download my notes” gave you",
        error_messages={"empty": "The selected file is empty"},
    )

    def clean_file(self) -> VisitFile:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError("The selected file must be smaller than 2MB")
        return _read(upload.read())


class VisitFileCheckedForm(NhsForm, forms.Form):
    """The same file once more, after its list was read."""

    submit_label = "Add these notes"

    content = forms.CharField(widget=forms.HiddenInput, max_length=MAX_BYTES)

    def get_layout(self) -> list[Any]:
        return ["content", self.get_buttons()]

    def clean_content(self) -> VisitFile:
        return _read(self.cleaned_data["content"].encode())


def _read(raw: bytes) -> VisitFile:
    try:
        return read_visit_file(raw)
    except Unreadable as fault:
        raise forms.ValidationError(str(fault)) from fault

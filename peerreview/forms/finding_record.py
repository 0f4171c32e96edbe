"""The form of a finding: category, what was seen and on what, domains, who can act, recommendation."""

from typing import Any

from django import forms

from accounts.nhsuk import NhsForm, Question, RowsField, Section
from peerreview.forms.common import DomainTagsForm, SentOnceForm, optional_pk
from peerreview.models import Finding, FocusTopic, Note, PatientView, Review
from peerreview.queries.basis import notes_for, view_label
from peerreview.queries.documents import documents_of
from peerreview.queries.pathway import Step, steps_of
from peerreview.queries.patient_views import shared_views
from peerreview.queries.topics import indicators_of
from peerreview.services.findings import LEARNING_CATEGORIES, FindingContent
from surveillance.models import EvidenceItem

TEXTS = ("category", "what_was_seen", "basis", "addressed_to", "recommendation", "how_others_did_it")
RESTS_ON = ("evidence", "views", "notes")


class FindingForm(SentOnceForm, DomainTagsForm):
    """A finding of a team."""

    submit_label = "Save finding"
    field_options = {
        "what_was_seen": {"label_size": "m", "rows": 5},
        "recommendation": {"label_size": "m", "rows": 4},
        "how_others_did_it": {"rows": 3},
        "addressed_to": {"label_size": "m", "inline": True},
        "service": {"label_size": "m"},
    }

    category = forms.ChoiceField(label="Category", widget=forms.RadioSelect, error_messages={"required": "Select a category"})
    service = forms.ChoiceField(label="Service", widget=forms.RadioSelect, error_messages={"required": "Select a service"})
    is_handover = forms.BooleanField(label="It is about the hand-over to the next step", required=False)
    what_was_seen = forms.CharField(
        label="What did you see?", max_length=10_000, widget=forms.Textarea, error_messages={"required": "Enter what you saw"}
    )
    evidence = RowsField(EvidenceItem.objects.none(), label="Documents", required=False, widget=forms.CheckboxSelectMultiple)
    views = RowsField(PatientView.objects.none(), label="Views of patients and carers", required=False, widget=forms.CheckboxSelectMultiple)
    notes = RowsField(Note.objects.none(), label="Notes", required=False, widget=forms.CheckboxSelectMultiple)
    basis = forms.CharField(label="In words", max_length=5_000, required=False, widget=forms.Textarea)
    topic = forms.ChoiceField(label="Focus topic", required=False, help_text="Select a focus topic, an indicator or both")
    indicator = forms.ChoiceField(label="Indicator", required=False)
    addressed_to = forms.ChoiceField(
        label="Who can act?",
        choices=Finding.AddressedTo.choices,
        widget=forms.RadioSelect,
        initial=Finding.AddressedTo.PROVIDER,
        error_messages={"required": "Select who can act"},
    )
    recommendation = forms.CharField(
        label="Recommendation", max_length=5_000, required=False, widget=forms.Textarea, help_text="Required from “concern” up"
    )
    how_others_did_it = forms.CharField(label="How others did it (optional)", max_length=5_000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review
        fields: Any = self.fields
        categories = LEARNING_CATEGORIES if review.is_learning else tuple(Finding.Category)
        fields["category"].choices = [(c.value, review.procedure.label_of(c) or c.label) for c in Finding.Category if c in categories]
        self._offer_basis(fields)
        self._offer_subjects(fields)
        self._offer_steps(fields, steps_of(review))

    def _offer_basis(self, fields: Any) -> None:
        fields["evidence"].queryset = documents_of(self.review)
        fields["views"].queryset = shared_views(self.review)
        fields["views"].label_from_instance = view_label
        fields["notes"].queryset = notes_for(self.review)
        fields["notes"].label_from_instance = lambda note: f"{note.author.name}: {note.text[:120]}"

    def _offer_subjects(self, fields: Any) -> None:
        topics = FocusTopic.objects.filter(review=self.review)
        fields["topic"].choices = [("", "None"), *((str(topic.pk), topic.title) for topic in topics)]
        if self.review.is_learning:
            del fields["indicator"]
            fields["topic"].help_text = ""
            fields["recommendation"].help_text = "Required for an immediate risk"
            del fields["addressed_to"]  # no commissioner reads it
        else:
            fields["indicator"].choices = [("", "None"), *((str(one.pk), str(one)) for one in indicators_of(self.review))]

    def _offer_steps(self, fields: Any, steps: list[Step]) -> None:
        """One service is not asked about; in a pathway each service is a step, and all but the last hand over."""
        fields["service"].choices = [(str(step.service.pk), step.words) for step in steps]
        if self.review.is_pathway:
            fields["service"].label, fields["service"].error_messages["required"] = "Step", "Select a step"
        if len(steps) == 1:
            fields["service"].widget, fields["service"].initial = forms.HiddenInput(), steps[0].service.pk
        if not self.review.is_pathway or len(steps) < 2:
            del fields["is_handover"]
        self.last_step = str(steps[-1].service.pk) if steps else ""

    def get_layout(self) -> list[Any]:
        hints = {entry["code"]: entry["definition"] for entry in self.review.procedure.categories}
        fields: Any = self.fields
        where: list[Any] = ["service"] if fields["service"].widget.is_hidden else [Question("service")]
        where += [Question("is_handover")] if "is_handover" in fields else []
        rests_on = [Question(name, label_size="s") for name in RESTS_ON if self._choices_of(name)]
        basis = Section("What is it based on?", *rests_on, Question("basis", label_size="s", rows=3), text=self._basis_text(rests_on))
        subjects = [Question(name) for name in ("topic", "indicator") if name in fields]
        who_acts = [Question("addressed_to")] if "addressed_to" in fields else []
        return [
            "client_id", "version", *where, Question("category", hints=hints, label_size="m"), Question("what_was_seen"), basis, *subjects,
            self.domains_question(), *who_acts, Question("recommendation"), Question("how_others_did_it"),
            self.get_buttons(),
        ]  # fmt: skip

    @staticmethod
    def _basis_text(rests_on: list[Any]) -> str:
        return "Select what it rests on, say it in words, or both." if rests_on else ""

    def _choices_of(self, name: str) -> bool:
        field: Any = self.fields[name]
        return bool(field.queryset.exists())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        faults = set(self.errors)
        if not cleaned.get("topic") and not cleaned.get("indicator") and not {"topic", "indicator"} & faults:
            self.add_error("topic", "Select a focus topic" if self.review.is_learning else "Select an indicator or a focus topic")
        if not any(cleaned.get(name) for name in (*RESTS_ON, "basis")) and not {*RESTS_ON, "basis"} & faults:
            self.add_error("basis", "Enter what it is based on")
        is_serious = cleaned.get("category") in Finding.NEEDS_RECOMMENDATION
        if is_serious and not cleaned.get("recommendation") and "recommendation" not in faults:
            which = "for an immediate risk" if self.review.is_learning else "from “concern” up"
            self.add_error("recommendation", f"Enter a recommendation. It is required {which}")
        if cleaned.get("is_handover") and cleaned.get("service") == self.last_step:
            self.add_error("is_handover", "This is the last step, so it hands over to no other")
        return cleaned

    def content(self) -> FindingContent:
        """What the services take, from a valid form."""
        data = self.cleaned_data
        return FindingContent(
            service_id=int(data["service"]),
            indicator_id=optional_pk(data.get("indicator", "")),
            topic_id=optional_pk(data["topic"]),
            evidence_ids=tuple(item.pk for item in data["evidence"]),
            note_ids=tuple(note.pk for note in data["notes"]),
            view_ids=tuple(view.pk for view in data["views"]),
            is_handover=bool(data.get("is_handover")),
            tags=self.tags,
            **{name: data[name] for name in TEXTS if name in data},
        )

    @classmethod
    def initial_of(cls, finding: Finding) -> dict[str, Any]:
        """The initial values that show a finding as it stands."""
        values = {name: getattr(finding, name) for name in (*TEXTS, "version")}
        links = {"service": finding.service_id, "topic": finding.topic_id or "", "indicator": finding.indicator_id or ""}
        sets = {name: [row.pk for row in getattr(finding, name).all()] for name in RESTS_ON}
        tags = cls.tags_initial({tag.domain: tag.shows for tag in finding.tags.all()})
        return values | links | sets | tags | {"is_handover": finding.handover_to_id is not None}


class SayForm(NhsForm, forms.Form):
    """Whether a member agrees with a draft finding."""

    submit_label = "Save and next"
    field_options = {"agrees": {"label_size": "m", "inline": True}, "comment": {"rows": 4}}

    agrees = forms.ChoiceField(
        label="Do you agree with this finding?",
        choices=(("YES", "Yes"), ("NO", "No")),
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether you agree"},
    )
    comment = forms.CharField(
        label="Comment",
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text="Required if you do not agree. The team and the hub read it",
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def get_layout(self) -> list[Any]:
        return ["version", Question("agrees"), Question("comment"), self.get_buttons()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("agrees") == "NO" and not cleaned.get("comment") and "comment" not in self.errors:
            self.add_error("comment", "Enter what you do not agree with")
        return cleaned

"""Forms of indicator sets: the facts of a set, one indicator, a file to import, a choice between two edits, filters of the list."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from accounts.nhsuk import Buttons, Conditional, DateInputField, LinkTo, NhsForm, Question, SearchInput, Submit
from surveillance.models import Indicator, IndicatorSet, ProgrammeOfCare, ServiceSpecification
from surveillance.models.indicators import MOST_INDICATORS
from surveillance.services.indicator_sets import SetFacts, facts_mark
from surveillance.services.indicators import IndicatorFacts
from surveillance.services.reference.parsing import LONGEST_DESCRIPTION

NEW_SECTION = "__new__"
KINDS = Indicator.AnswerKind
BIGGEST = Decimal("999999999.999")  # of twelve digits, three behind the point: what the column holds
CODE_SIGNS = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9 ./-]*\Z", "Code must only include letters, numbers, spaces, full stops, slashes and hyphens"
)


def percent_field(label: str, subject: str, help_text: str, **arguments: Any) -> forms.DecimalField:
    """A share from 0 to 100, with one decimal at most."""
    words = f"{subject} must be a number from 0 to 100"
    messages = {
        "required": f"Enter {subject[:1].lower()}{subject[1:]}",
        **{name: words for name in ("invalid", "min_value", "max_value", "max_digits", "max_whole_digits")},
        "max_decimal_places": f"{subject} must have 1 decimal place at most",
    }
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=100, max_digits=4, decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages=messages, **arguments,
    )  # fmt: skip


class IndicatorSetForm(NhsForm, forms.Form):
    """What a set says of itself. Its code stays once it has a second version."""

    submit_label = "Save set"
    submit_name = ""  # set where the same address does several things
    field_options = {
        "code": {"width": 10},
        "threshold_percent": {"width": 4, "suffix": "%"},
        "visit_level_percent": {"width": 4, "suffix": "%"},
        "jump_limit_points": {"width": 4, "suffix": "points"},
        "provenance": {"rows": 3},
        "change_note": {"rows": 3},
    }

    code = forms.CharField(
        label="Code", max_length=30, validators=[CODE_SIGNS], error_messages={"required": "Enter the code"},
        help_text="Short and lasting: all versions carry it. For example, AO",
    )  # fmt: skip
    name = forms.CharField(label="Name", max_length=250, error_messages={"required": "Enter the name of the set"})
    specification = forms.ModelChoiceField(
        ServiceSpecification.objects.all(), label="Service specification, or part of one", empty_label="Select a specification",
        error_messages={"required": "Select a service specification, or part of one"},
    )  # fmt: skip
    threshold_percent = percent_field(
        "Good practice level", "Good practice level", "The share of applicable indicators that a service should meet", initial=Decimal(80)
    )
    visit_level_percent = percent_field(
        "Visit level", "Visit level", "A service below this share is proposed for a peer review", initial=Decimal(50)
    )
    jump_limit_points = forms.IntegerField(
        label="Jump limit", min_value=1, max_value=100, initial=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="A percentage that moves by more than this from one year to the next asks for a look. It blocks nothing.",
        error_messages={
            "required": "Enter the jump limit",
            **{name: "Jump limit must be a whole number from 1 to 100" for name in ("invalid", "min_value", "max_value")},
        },
    )  # fmt: skip
    provenance = forms.CharField(
        label="Where it comes from (optional)", max_length=2000, required=False, widget=forms.Textarea,
        help_text="The framework, standard or group behind it, with its year",
    )  # fmt: skip
    is_illustrative = forms.BooleanField(label="This set is illustrative: its indicators are invented", required=False)
    is_nhs_england = forms.BooleanField(label="This is an official NHS England set", required=False)
    change_note = forms.CharField(
        label="What changed since the version before, and why (optional)", max_length=4000, required=False, widget=forms.Textarea
    )
    opened = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator_set: IndicatorSet | None = None, **kwargs: Any) -> None:
        if indicator_set is not None:
            names = [name for name in self.base_fields if name not in {"opened"}]
            initial = {name: getattr(indicator_set, name) for name in names if name != "specification"}
            initial |= {"specification": indicator_set.specification_id, "opened": facts_mark(indicator_set)}
            kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        is_first = indicator_set is None or indicator_set.version == 1
        del self.fields["change_note" if is_first else "code"]

    def get_layout(self) -> list[Any]:
        buttons = Buttons(Submit(self.submit_label, name=self.submit_name, value="1" if self.submit_name else ""))
        if self.cancel_url:
            buttons.fields.append(LinkTo(self.cancel_label, self.cancel_url))
        return ["opened", *(Question(bound.name) for bound in self.visible_fields()), buttons]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        level, visit = cleaned.get("threshold_percent"), cleaned.get("visit_level_percent")
        if level is not None and visit is not None and visit > level:
            self.add_error("visit_level_percent", "Visit level must be the same as or lower than the good practice level")
        if cleaned.get("is_illustrative") and cleaned.get("is_nhs_england"):
            self.add_error("is_nhs_england", "An illustrative set cannot be an official NHS England set")
        return cleaned

    @property
    def facts(self) -> SetFacts:
        """What the services take, from a valid form."""
        facts: SetFacts = {name: value for name, value in self.cleaned_data.items() if name != "opened"}  # type: ignore[assignment]
        return facts


def _comparator_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="The indicator is met when the answer is", choices=Indicator.Comparator.choices, required=False, widget=forms.RadioSelect,
        initial=Indicator.Comparator.AT_LEAST,
    )  # fmt: skip


def _target_field(label: str, words: str, most: Decimal | int, least: Decimal | int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=least, max_value=most, max_digits=12, decimal_places=3,
        help_text="Leave empty if it has no target: then it is not counted as met or not met",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={name: words for name in ("invalid", "min_value", "max_value", "max_digits", "max_whole_digits")}
        | {"max_decimal_places": "Target must have 3 decimal places at most"},
    )  # fmt: skip


class IndicatorForm(NhsForm, forms.Form):
    """One indicator: what is asked, how it is answered, and when it is met."""

    submit_label = "Save indicator"
    second_label = ""
    field_options = {
        "number": {"width": 10},
        "description": {"rows": 4},
        "target_percentage": {"width": 5, "suffix": "%"},
        "target_number": {"width": 10},
        "comparator_percentage": {"inline": True},
        "comparator_number": {"inline": True},
    }

    number = forms.CharField(
        label="Number", max_length=20, help_text="For example, 10-1A-301", error_messages={"required": "Enter the number"}
    )
    title = forms.CharField(label="Title", max_length=300, error_messages={"required": "Enter the title"})
    description = forms.CharField(
        label="Description (optional)", max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea,
        help_text="What counts, and what does not, so that two services read it alike",
    )  # fmt: skip
    section = forms.ChoiceField(label="Section", widget=forms.RadioSelect, error_messages={"required": "Select a section, or a new one"})
    new_section = forms.CharField(label="Name of the new section", max_length=100, required=False)
    type = forms.ChoiceField(
        label="Type", choices=Indicator.Type.choices, widget=forms.RadioSelect, error_messages={"required": "Select the type"}
    )
    answer_kind = forms.ChoiceField(
        label="How is it answered?", choices=KINDS.choices, widget=forms.RadioSelect, initial=KINDS.YES_NO_NA,
        error_messages={"required": "Select how it is answered"},
    )  # fmt: skip
    target_percentage = _target_field("Target (optional)", "Target must be a number from 0 to 100", 100, 0)
    comparator_percentage = _comparator_field()
    target_number = _target_field("Target (optional)", "Target must be a number", BIGGEST, -BIGGEST)
    comparator_number = _comparator_field()
    is_key = forms.BooleanField(label="This is a key indicator: not meeting it alone calls for a decision", required=False)
    evidence_wanted = forms.CharField(
        label="Evidence wanted (optional)", max_length=300, required=False, help_text="For example, operational policy or rota"
    )
    guideline = forms.CharField(label="Guideline behind it (optional)", max_length=300, required=False)
    provenance = forms.CharField(label="Where this indicator comes from (optional)", max_length=300, required=False)
    review_by = DateInputField(
        label="Review by (optional)", subject="the review-by date", required=False,
        help_text="The day by which somebody looks whether it is still right. For example, 31 3 2029",
    )  # fmt: skip
    revision = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sections: Iterable[str], indicator: Indicator | None = None, **kwargs: Any) -> None:
        if indicator is not None:
            kwargs["initial"] = _initial_of(indicator) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        typed = str(self.data.get("section", "")).strip()
        # A section that somebody renamed or emptied meanwhile is still what this person chose.
        typed_sections = [typed] if typed and typed != NEW_SECTION and len(typed) <= 100 else []
        self.known_sections = list(dict.fromkeys([*sections, *typed_sections]))
        choices = [(section, section) for section in self.known_sections]
        self.fields["section"].choices = [*choices, (NEW_SECTION, "A new section")]
        if not choices:
            self.fields["section"].required = False
            self.fields["section"].widget = forms.HiddenInput()
            self.fields["section"].initial = NEW_SECTION
            self.fields["new_section"].label = "Section"
            self.fields["new_section"].help_text = "Services answer a set section by section. For example, Staffing"

    def get_layout(self) -> list[Any]:
        section = [Conditional("section", {NEW_SECTION: ["new_section"]})] if self.known_sections else ["section", Question("new_section")]
        kinds = Conditional(
            "answer_kind",
            {
                KINDS.PERCENTAGE: [Question("target_percentage"), Question("comparator_percentage")],
                KINDS.NUMBER: [Question("target_number"), Question("comparator_number")],
            },
        )
        before, after = ("number", "title", "description"), ("is_key", "evidence_wanted", "guideline", "provenance", "review_by")
        asked = [*map(Question, before), *section, Question("type"), kinds, *map(Question, after)]
        buttons = self.get_buttons()
        if self.second_label:
            buttons.fields.insert(1, Submit(self.second_label, kind="secondary", name="again", value="1"))
        return ["revision", *asked, buttons]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_new = not self.known_sections or cleaned.get("section") == NEW_SECTION
        if is_new and not cleaned.get("new_section") and "new_section" not in self.errors:
            self.add_error("new_section", "Enter the name of the section")
        return cleaned

    @property
    def facts(self) -> IndicatorFacts:
        """What the services take, from a valid form: the target and comparator of the chosen answer kind only."""
        data = self.cleaned_data
        kind = data["answer_kind"]
        suffix = {KINDS.PERCENTAGE: "percentage", KINDS.NUMBER: "number"}.get(kind)
        target = data[f"target_{suffix}"] if suffix else None
        comparator = (data[f"comparator_{suffix}"] or Indicator.Comparator.AT_LEAST.value) if target is not None else ""
        is_new = not self.known_sections or data["section"] == NEW_SECTION
        names = ("number", "title", "type", "is_key", "evidence_wanted", "guideline", "provenance", "review_by")
        facts: IndicatorFacts = {
            **{name: data[name] for name in names},  # type: ignore[typeddict-item]
            "description": data["description"].replace("\r\n", "\n"),  # as files have it
            "section": data["new_section"] if is_new else data["section"],
            "answer_kind": kind,
            "target": target,
            "comparator": comparator,
        }
        return facts


def _initial_of(indicator: Indicator) -> dict[str, Any]:
    names = (
        "number", "title", "description", "section", "type", "answer_kind", "is_key", "evidence_wanted", "guideline", "provenance",
        "review_by", "revision",
    )  # fmt: skip
    initial: dict[str, Any] = {name: getattr(indicator, name) for name in names}
    suffix = {KINDS.PERCENTAGE: "percentage", KINDS.NUMBER: "number"}.get(KINDS(indicator.answer_kind))
    if suffix and indicator.target is not None:
        initial |= {f"target_{suffix}": f"{indicator.target.normalize():f}", f"comparator_{suffix}": indicator.comparator}
    return initial


class KeepOneForm(NhsForm, forms.Form):
    """The choice between two edits. What was typed goes along in hidden fields, under the names of the form that it was typed in."""

    submit_label = "Continue"

    # Says that this page was sent, also when nothing was chosen on it.
    keep_asked = forms.CharField(widget=forms.HiddenInput, initial="1", required=False)
    keep = forms.ChoiceField(label="Which do you want to keep?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, name: str, typed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [
            ("THEIRS", f"Keep {name}'s"), ("MINE", "Use mine"), ("BOTH", "Write one from both"),
        ]  # fmt: skip
        self.fields["keep"].error_messages = {name: "Select which text you want to keep" for name in ("required", "invalid_choice")}
        self.typed = list(typed)
        for field, text in typed.items():
            self.fields[field] = forms.CharField(required=False, widget=forms.HiddenInput, initial=text, strip=False)

    def get_layout(self) -> list[Any]:
        return ["keep_asked", *self.typed, Question("keep", label_size="m"), self.get_buttons()]


class ImportFileForm(NhsForm, forms.Form):
    """A file with indicators."""

    submit_label = "Upload and check"
    form_id = "upload"

    file = forms.FileField(label="Upload a file", help_text=f"CSV or XLSX, {MOST_INDICATORS} indicators at most", allow_empty_file=True)


class IndicatorSetFilterForm(forms.Form):
    """Filters of the list; all of them stand in the address."""

    words = forms.CharField(label="Search", required=False, max_length=100, widget=SearchInput)
    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "Indicator sets"), ("key_requirements", "Key requirements")],
    )  # fmt: skip
    status = forms.ChoiceField(label="Status", required=False)
    programme = forms.ModelChoiceField(ProgrammeOfCare.objects.all(), label="Programme", required=False, empty_label="All programmes")

    def __init__(self, *args: Any, sees_drafts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [choice for choice in IndicatorSet.Status.choices if sees_drafts or choice[0] != IndicatorSet.Status.DRAFT]
        self.fields["status"].choices = [("", "All statuses"), *shown]

    def chosen(self) -> dict[str, Any]:
        """The filters that are valid; what is not valid filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        programme = data.get("programme")
        return {
            "status": data.get("status", ""),
            "programme": programme.pk if programme else None,
            "words": data.get("words", ""),
            "is_counted": data.get("show") != "key_requirements",
        }

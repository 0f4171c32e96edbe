"""Forms of a reviewer's own profile."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Organisation
from accounts.nhsuk import DateInputField, LongSelect, NhsForm, RowsField
from peerreview.forms.common import PHONE, PHONE_FAULT
from peerreview.models import ReviewerProfile
from peerreview.models.teams import Profession
from peerreview.queries.reviewers import WORKPLACES, tie_labels
from peerreview.services.profiles import ProfileContent
from surveillance.models import ServiceSpecification
from surveillance.models.services import PlaceKind


class ProfileForm(NhsForm, forms.Form):
    """What a reviewer brings: professions, services and kinds of place that they know."""

    submit_label = "Save profile"
    field_options = {
        "home_region": {"label_size": "m"},
        "visit_regions": {"label_size": "m", "small": True},
        "phone": {"label_size": "m", "width": 20},
        "professions": {"label_size": "m", "small": True},
        "place_kinds": {"label_size": "m", "small": True},
        "specifications": {"label_size": "m", "small": True},
        "specialties": {"label_size": "m"},
    }

    professions = forms.MultipleChoiceField(
        label="What is your profession?", choices=Profession.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Select all that apply",
    )  # fmt: skip
    place_kinds = forms.MultipleChoiceField(
        label="Which kinds of place do you know?", choices=PlaceKind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Where you have worked, so that you know what a service cannot change there",
    )  # fmt: skip
    specialties = forms.CharField(label="What are your specialties, in your own words?", max_length=300, required=False)
    specifications = RowsField(
        ServiceSpecification.objects.none(), label="Which services do you know from your own work?", required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Select all that apply",
    )  # fmt: skip

    home_region = forms.ModelChoiceField(
        Organisation.objects.none(), label="In which region do you work?", required=False, empty_label="Select a region"
    )
    visit_regions = RowsField(
        Organisation.objects.none(), label="In which regions can you visit?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Select all that apply",
    )  # fmt: skip
    phone = forms.CharField(
        label="Phone number (optional)", max_length=30, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}), help_text="For those who plan your visits",
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput)

    def __init__(self, *args: Any, profile: ReviewerProfile | None, phone: str = "", **kwargs: Any) -> None:
        initial: dict[str, Any] = {"phone": phone, "version": profile.version if profile else 0}
        if profile is not None:
            initial |= {
                "professions": profile.profession_codes, "place_kinds": profile.place_kinds, "specialties": profile.specialties,
                "specifications": [one.pk for one in profile.specifications.all()], "home_region": profile.home_region_id,
                "visit_regions": [one.pk for one in profile.visit_regions.all()],
            }  # fmt: skip
        super().__init__(*args, **({"initial": initial} | kwargs))
        regions = Organisation.objects.of_kind(Organisation.Kind.REGION).order_by("name", "pk")
        self.fields["home_region"].queryset = self.fields["visit_regions"].queryset = regions
        offered = ServiceSpecification.objects.filter(services__isnull=False).distinct().order_by("name", "pk")
        self.fields["specifications"].queryset = offered
        self.fields["specifications"].label_from_instance = lambda one: one.name

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(PHONE_FAULT)
        return phone

    @property
    def content(self) -> ProfileContent:
        """What the service takes, from a valid form."""
        data = self.cleaned_data
        return ProfileContent(
            professions=data["professions"], specialties=data["specialties"], place_kinds=data["place_kinds"], phone=data["phone"],
            specification_ids=[one.pk for one in data["specifications"]], visit_region_ids=[one.pk for one in data["visit_regions"]],
            home_region_id=data["home_region"].pk if data["home_region"] else None,
        )  # fmt: skip


class EntryForm(NhsForm, forms.Form):
    """One more entry with days in order."""

    days = ("from_date", "to_date")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = (cleaned.get(name) for name in self.days)
        if start and end and end < start:
            self.add_error("to_date", "The last day must be the same as or after the first day")
        return cleaned


def _workplaces() -> Any:
    return Organisation.objects.filter(kind__in=WORKPLACES).order_by("name", "pk")


class WorkForm(EntryForm):
    """Where a reviewer works or worked."""

    submit_label = "Add work"

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Where?", empty_label="Select an organisation", widget=LongSelect,
        error_messages={"required": "Select an organisation"},
    )  # fmt: skip
    from_date = DateInputField(label="First day there (optional)", subject="the first day there", required=False)
    to_date = DateInputField(
        label="Last day there (optional)", subject="the last day there", required=False, help_text="Leave empty while you work there"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = _workplaces()


class TieForm(NhsForm, forms.Form):
    """A tie with an organisation, declared once for every review."""

    submit_label = "Add tie"
    field_options = {"details": {"rows": 3}}

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="With which organisation?", empty_label="Select an organisation", widget=LongSelect,
        error_messages={"required": "Select an organisation"},
    )  # fmt: skip
    rule_code = forms.ChoiceField(
        label="What is the tie? You …", widget=forms.RadioSelect, error_messages={"required": "Select what the tie is"}
    )
    details = forms.CharField(
        label="Tell the hub more (optional)", max_length=1000, required=False, widget=forms.Textarea,
        help_text="Only those who plan reviews read this",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = _workplaces()
        self.fields["rule_code"].choices = list(tie_labels().items())


class AwayForm(EntryForm):
    """Days on which a reviewer cannot visit."""

    submit_label = "Add days away"

    from_date = DateInputField(
        label="First day away", subject="the first day away", help_text="For example, 12 5 2027",
        error_messages={"required": "Enter the first day away"},
    )  # fmt: skip
    to_date = DateInputField(label="Last day away", subject="the last day away", error_messages={"required": "Enter the last day away"})

    def clean_to_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["to_date"]
        if day < timezone.localdate():
            raise forms.ValidationError("The last day away must be today or in the future")
        return day

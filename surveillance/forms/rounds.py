"""Forms of rounds: opening one, filtering what came in, giving one service more time."""

from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.nhsuk import DateInputField, NhsForm
from surveillance.models import IndicatorSet, ProgrammeOfCare, Round, SelfReport, ServiceSpecification


class RoundForm(NhsForm, forms.Form):
    """A year's round with its dates and a set for each specification, the newest published one proposed."""

    submit_label = "Open round"

    year = forms.IntegerField(label="Year", min_value=2013, max_value=2100)
    opens_date = DateInputField(label="Day the round opens", subject="the day the round opens")
    closes_date = DateInputField(
        label="Last day to declare", subject="the last day to declare", help_text="In time means declared before midnight, UK time."
    )
    check_by_date = DateInputField(label="Day by which hubs check", subject="the day by which hubs check")
    grace_working_days = forms.IntegerField(
        label="Working days in which a late declaration is taken", min_value=0, max_value=60, initial=10
    )

    field_options = {"year": {"width": 4}, "grace_working_days": {"width": 2}}

    def __init__(self, *args: Any, newest: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published: dict[int, list[IndicatorSet]] = {}
        for indicator_set in IndicatorSet.objects.filter(status=IndicatorSet.Status.PUBLISHED).order_by("name", "-version"):
            published.setdefault(indicator_set.specification_id, []).append(indicator_set)
        for specification in ServiceSpecification.objects.filter(pk__in=published):
            field = forms.ChoiceField(
                label=f"Indicator set for {specification}",
                choices=[*((str(one.pk), str(one)) for one in published[specification.pk]), ("", "No set: key requirements only")],
                required=False,
                initial=str(newest.get(specification.pk, "")),
            )
            self.fields[f"set_{specification.pk}"] = field

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if Round.objects.filter(year=year).exists():
            raise forms.ValidationError(f"The {year} round is open already")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes, checked = (cleaned.get(name) for name in ("opens_date", "closes_date", "check_by_date"))
        if opens and closes and closes < opens:
            self.add_error("closes_date", "The last day to declare must be the same as or after the day the round opens")
        if closes and checked and checked < closes:
            self.add_error("check_by_date", "The day by which hubs check must be the same as or after the last day to declare")
        return cleaned

    @property
    def chosen_sets(self) -> dict[int, int]:
        """Specification to set, by ids."""
        return {int(name[4:]): int(value) for name, value in self.cleaned_data.items() if name.startswith("set_") and value}


class RoundFilterForm(NhsForm, forms.Form):
    """Filters of what came in; all of them stand in the address."""

    programme = forms.ModelChoiceField(ProgrammeOfCare.objects.all(), label="Programme", required=False, empty_label="All programmes")
    provider = forms.ModelChoiceField(Organisation.objects.none(), label="Provider", required=False, empty_label="All providers")
    status = forms.ChoiceField(label="Status", choices=[("", "All statuses"), *SelfReport.Status.choices], required=False)

    def __init__(self, *args: Any, providers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers


class NewDateForm(NhsForm, forms.Form):
    """A new day for one service, with a reason."""

    due_date = DateInputField(label="New last day to declare", subject="the new last day to declare")
    reason = forms.CharField(label="Why?", widget=forms.Textarea, max_length=2000, error_messages={"required": "Enter a reason"})


class CloseRoundForm(NhsForm, forms.Form):
    """Nothing to fill in: the page says what will happen."""

    submit_label = "Close round"
    submit_kind = "warning"

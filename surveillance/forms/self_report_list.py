"""Filters of the list of self-reports."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.nhsuk import NhsForm
from surveillance.models import ProgrammeOfCare, SelfReport


class SelfReportFilterForm(NhsForm, forms.Form):
    """Filters of one trust's self-reports; all of them stand in the address."""

    year = forms.ChoiceField(label="Year", required=False)
    status = forms.ChoiceField(label="Status", choices=[("", "All statuses"), *SelfReport.Status.choices], required=False)
    programme = forms.ModelChoiceField(ProgrammeOfCare.objects.all(), label="Programme", required=False, empty_label="All programmes")

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "All years"), *((str(year), str(year)) for year in years)]

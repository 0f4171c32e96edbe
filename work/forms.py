"""Forms of the work app."""

from django import forms

from accounts.nhsuk import DateInputField, NhsForm
from work.models import BankHoliday


class BankHolidayForm(NhsForm, forms.Form):
    """One bank holiday of England."""

    date = DateInputField(label="Date", error_messages={"required": "Enter the date of the bank holiday"})
    name = forms.CharField(label="Name", max_length=100, error_messages={"required": "Enter the name of the bank holiday"})

    def clean_date(self) -> object:
        day = self.cleaned_data["date"]
        if BankHoliday.objects.filter(date=day).exists():
            raise forms.ValidationError("This day is in the list already")
        return day

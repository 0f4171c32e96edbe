"""Words of the programme that anybody may read hold no NHS number."""

from django import forms

from rendering.texts import find_nhs_numbers

NHS_NUMBER = "This may include an NHS number. Remove it before you save."


def refuse_nhs_number(text: str) -> str:
    """``text`` as it is, for a form's field. Raises ValidationError where it may hold an NHS number (ux 11)."""
    if find_nhs_numbers(text):
        raise forms.ValidationError(NHS_NUMBER)
    return text

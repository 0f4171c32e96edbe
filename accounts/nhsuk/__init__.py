"""Forms in the NHS.UK look: fields, layout objects, and the form mixin that puts them together."""

from accounts.nhsuk.fields import DateInputField, DatePartsWidget, LongSelect, RowsField, SearchInput
from accounts.nhsuk.forms import NhsForm, error_links
from accounts.nhsuk.layout import Buttons, Conditional, Group, LinkTo, Question, Section, Submit
from accounts.nhsuk.rendering import FieldOptions, render_bound_field

__all__ = [
    "Buttons",
    "Conditional",
    "DateInputField",
    "DatePartsWidget",
    "FieldOptions",
    "Group",
    "LinkTo",
    "LongSelect",
    "NhsForm",
    "Question",
    "RowsField",
    "SearchInput",
    "Section",
    "Submit",
    "error_links",
    "render_bound_field",
]

"""The form mixin: helper, layout, wording of the common faults, and what the error summary links to."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.validators import EmailValidator, MaxLengthValidator
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.functional import cached_property

from accounts.nhsuk.fields import PARTS, DatePartsWidget, in_sentence
from accounts.nhsuk.layout import Buttons, LinkTo, Question, Submit
from accounts.nhsuk.rendering import parts_in_error

EMAIL_VALIDATOR = EmailValidator("Enter an email address in the correct format, like name@example.com")
_CHOICE_WIDGETS = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


class NhsForm:
    """Mixin before ``forms.Form`` or ``forms.ModelForm``; draw it by ``{% crispy form %}``.

    ``field_options`` gives looks by field name (see ``FieldOptions``), ``submit_label`` the button, ``cancel_url`` a
    link beside it; ``get_layout`` may be overridden for anything further. The browser checks nothing by itself.
    """

    use_required_attribute = False
    field_options: dict[str, dict[str, Any]] = {}
    submit_label = "Save"
    submit_kind = ""
    cancel_url = ""
    cancel_label = "Cancel"
    form_action = ""
    form_id = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            word_common_faults(field)

    def get_layout(self) -> list[Any]:
        """The layout objects of the form; by default the hidden fields, each visible one in order, then the buttons."""
        hidden = [bound.name for bound in self.hidden_fields()]
        return [*hidden, *(Question(bound.name) for bound in self.visible_fields()), self.get_buttons()]

    def get_buttons(self) -> Buttons:
        """The submit button, and the cancel link when there is somewhere to go."""
        parts: list[Any] = [Submit(self.submit_label, kind=self.submit_kind)] if self.submit_label else []
        if self.cancel_url:
            parts.append(LinkTo(self.cancel_label, self.cancel_url))
        return Buttons(*parts)

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy draws this form."""
        helper = FormHelper()
        helper.attrs = {"novalidate": True}
        helper.form_action = self.form_action
        helper.form_id = self.form_id
        helper.layout = Layout(*self.get_layout())
        return helper


def word_common_faults(field: forms.Field) -> None:
    """Put Django's own messages into NHS.UK wording, built from the label; what a form words itself is left."""
    label = str(field.label or "")
    lower = in_sentence(label)
    defaults = forms.Field.default_error_messages
    if label and str(field.error_messages.get("required", "")) == str(defaults["required"]):
        verb = "Select" if isinstance(field.widget, _CHOICE_WIDGETS) or isinstance(field, forms.FileField) else "Enter"
        if isinstance(field, forms.FileField):
            field.error_messages["required"] = "Select a file"
        elif isinstance(field.widget, forms.CheckboxInput):
            field.error_messages["required"] = f"Select “{label}” to continue"
        elif label.endswith("?"):
            field.error_messages["required"] = f"{verb} an answer to “{label}”"
        else:
            field.error_messages["required"] = f"{verb} {lower}"
    if isinstance(field, forms.EmailField):
        field.validators = [EMAIL_VALIDATOR if isinstance(one, EmailValidator) else one for one in field.validators]
    for validator in field.validators:
        if isinstance(validator, MaxLengthValidator) and label:
            validator.message = f"{label.rstrip('?')} must be {validator.limit_value} characters or less"
    is_default = str(field.error_messages.get("invalid", "")) in {
        str(known.default_error_messages["invalid"]) for known in (forms.IntegerField, forms.DecimalField, forms.FloatField)
    }
    if isinstance(field, forms.IntegerField) and label and is_default:
        field.error_messages["invalid"] = f"{label.rstrip('?')} must be a number"


def error_links(*sources: BaseForm | BaseFormSet | None) -> list[tuple[str, str]]:
    """(message, id to link to) of every fault, in the order of the page; the id is empty where there is no field."""
    return list(dict.fromkeys(link for source in sources if source is not None for link in _links_of(source)))


def _links_of(source: BaseForm | BaseFormSet) -> Iterable[tuple[str, str]]:
    if isinstance(source, BaseFormSet):
        if source.is_bound:
            yield from ((str(message), "") for message in source.non_form_errors())
            for form in source.forms:
                yield from _links_of(form)
        return
    if not source.is_bound:
        return
    for message in source.non_field_errors():
        yield str(message), ""
    for bound in source:
        for message in bound.errors:
            yield str(message), "" if bound.is_hidden else first_input_id(bound)


def first_input_id(bound: BoundField) -> str:
    """The id of the first input to correct: radios, checkboxes and dates have several."""
    widget = bound.field.widget
    if isinstance(widget, DatePartsWidget):
        return f"{bound.auto_id}_{PARTS.index(parts_in_error(bound)[0])}"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.auto_id

"""From a bound field to NHS.UK markup: one template per kind of input in ``templates/nhsuk/``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.nhsuk.fields import PARTS, DatePartsWidget, SearchInput


@dataclass(frozen=True)
class FieldOptions:
    """How a question looks; none of it changes what is accepted.

    ``label_size`` is "", s, m, l or xl; ``heading_level`` wraps label or legend in a heading; ``width`` is 2, 3, 4, 5,
    10, 20 or 30 characters; ``hints``, ``dividers`` and ``reveals`` are keyed by the choice's value.
    """

    label_size: str = ""
    heading_level: int = 0
    hide_label: bool = False
    width: int = 0
    code: bool = False
    prefix: str = ""
    suffix: str = ""
    rows: int = 5
    max_characters: int = 0
    max_words: int = 0
    threshold: int = 0
    inline: bool = False
    small: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    dividers: Mapping[str, str] = field(default_factory=dict)
    reveals: Mapping[str, str] = field(default_factory=dict)
    exclusive: str = ""
    select_all: str = ""
    button: str = ""
    input_class: str = ""


def render_bound_field(bound: BoundField, options: FieldOptions | None = None) -> SafeString:
    """The whole form group of one field: label or legend, hint, error, input.

    Hidden fields give only their input. The browser's own checks are left out: faults are shown on sending.
    """
    if bound.is_hidden:
        return bound.as_widget()
    bound.form.use_required_attribute = False
    options = options or FieldOptions()
    kind = kind_of(bound.field.widget, options)
    context = {
        "field": bound,
        "options": options,
        "error": bound.errors[0] if bound.errors else "",
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
        "described_by": described_by(bound),
    }
    context |= _EXTRAS.get(kind, _input_context)(bound, options)
    return render_to_string(f"nhsuk/{kind}.html", context)


def kind_of(widget: forms.Widget, options: FieldOptions) -> str:
    """The name of the template that draws this widget."""
    if isinstance(widget, forms.Textarea) and (options.max_characters or options.max_words):
        return "character_count"
    for widget_class, kind in _KINDS:
        if isinstance(widget, widget_class):
            return kind
    return "input"


def described_by(bound: BoundField, *first: str) -> str:
    """Ids of what describes the input, in reading order: ``first``, hint, error."""
    ids = list(first)
    if bound.help_text:
        ids.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


def _css(*names: str) -> str:
    return " ".join(name for name in names if name)


# Checks that the browser would make while someone types: the server makes them, on sending.
_NO_BROWSER_CHECKS: dict[str, str | bool] = {
    "required": False,
    "maxlength": False,
    "minlength": False,
    "min": False,
    "max": False,
    "step": False,
}


def _input_context(bound: BoundField, options: FieldOptions, *extra_classes: str) -> dict[str, Any]:
    widget = bound.field.widget
    attrs: dict[str, str | bool] = dict(_NO_BROWSER_CHECKS)
    attrs["class"] = _css(
        "nhsuk-input",
        "nhsuk-input--code" if options.code else "",
        "nhsuk-input--error" if bound.errors else "",
        f"nhsuk-input--width-{options.width}" if options.width else "",
        *extra_classes,
        options.input_class,
        widget.attrs.get("class", ""),
    )
    if isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        is_whole = isinstance(bound.field, forms.IntegerField) and not isinstance(bound.field, forms.FloatField | forms.DecimalField)
        attrs["inputmode"] = widget.attrs.get("inputmode", "numeric" if is_whole else "decimal")
    if isinstance(widget, forms.EmailInput):
        attrs |= {"spellcheck": "false", "autocomplete": widget.attrs.get("autocomplete", "email")}
    if options.code:
        attrs["spellcheck"] = "false"
    if not bound.auto_id:
        attrs["aria-describedby"] = False
    return {"input": bound.as_widget(attrs=attrs)}


def _password_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    bound.field.widget.attrs = {"autocomplete": "current-password"} | bound.field.widget.attrs
    bound.field.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    bound.field.widget.attrs.pop("placeholder", None)
    return _input_context(bound, options, "nhsuk-password-input__input", "nhsuk-js-password-input-input")


def _search_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    bound.field.widget.attrs = {"autocomplete": "off"} | bound.field.widget.attrs
    return _input_context(bound, options, "nhsuk-search-input__input")


def _textarea_attrs(bound: BoundField, options: FieldOptions, *extra_classes: str) -> dict[str, str | bool]:
    own = bound.field.widget.attrs
    rows = own.get("rows", 10)
    return _NO_BROWSER_CHECKS | {
        "class": _css(
            "nhsuk-textarea",
            "nhsuk-textarea--error" if bound.errors else "",
            *extra_classes,
            options.input_class,
            own.get("class", ""),
        ),
        "cols": False,
        "rows": str(options.rows if str(rows) == "10" else rows),  # 10 is Django's default, not a wish
    }


def _textarea_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    return {"input": bound.as_widget(attrs=_textarea_attrs(bound, options))}


def _character_count_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    info_id = f"{bound.auto_id}_info"
    attrs = _textarea_attrs(bound, options, "nhsuk-js-character-count")
    attrs["aria-describedby"] = described_by(bound, info_id)
    limit, unit = (options.max_words, "words") if options.max_words else (options.max_characters, "characters")
    return {"input": bound.as_widget(attrs=attrs), "info_id": info_id, "limit": limit, "unit": unit}


def _select_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    attrs: dict[str, str | bool] = {
        "required": False,
        "class": _css(
            "nhsuk-select",
            "nhsuk-select--error" if bound.errors else "",
            options.input_class,
            bound.field.widget.attrs.get("class", ""),
        ),
    }
    return {"input": bound.as_widget(attrs=attrs)}


def _file_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    attrs: dict[str, str | bool] = {"class": _css("nhsuk-file-upload__input", options.input_class), "required": False}
    widget = bound.field.widget
    if isinstance(widget, forms.ClearableFileInput) and not widget.allow_multiple_selected:
        widget = forms.FileInput(attrs=widget.attrs)  # without "Currently: … Clear"
    is_multiple = bool(widget.attrs.get("multiple"))
    return {"input": bound.as_widget(widget=widget, attrs=attrs), "is_multiple": is_multiple}


def _choices_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    items = []
    for choice in bound:
        value, choice_id = str(choice.data["value"]), choice.id_for_label
        items.append(
            {
                "id": choice_id,
                "name": bound.html_name,
                "value": value,
                "label": choice.choice_label,
                "checked": choice.data["selected"],
                "disabled": bound.field.disabled or choice.data["attrs"].get("disabled"),
                "hint": options.hints.get(value, ""),
                "divider": options.dividers.get(value, ""),
                "reveal": options.reveals.get(value, ""),
                "behaviour": "exclusive" if options.exclusive and options.exclusive == value else "",
            }
        )
    return {"items": items}


def _checkbox_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    return {
        "item": {
            "id": bound.auto_id,
            "name": bound.html_name,
            "value": "on",
            "label": bound.label,
            "checked": bool(bound.value()),
            "disabled": bound.field.disabled,
            "reveal": next(iter(options.reveals.values()), ""),
        }
    }


def parts_in_error(bound: BoundField) -> tuple[str, ...]:
    """Which boxes of a date to mark: those that the error names, else all three."""
    errors = bound.form.errors.as_data().get(bound.name, [])
    if not errors:
        return ()
    return tuple((errors[0].params or {}).get("parts", PARTS))


def _date_context(bound: BoundField, options: FieldOptions) -> dict[str, Any]:
    value = bound.value()
    values = value if isinstance(value, list) else bound.field.widget.decompress(value)
    wrong = parts_in_error(bound)
    parts = [
        {
            "label": part.capitalize(),
            "id": f"{bound.auto_id}_{number}",
            "name": f"{bound.html_name}_{part}",
            "value": "" if values[number] is None else values[number],
            "width": 4 if part == "year" else 2,
            "is_wrong": part in wrong,
        }
        for number, part in enumerate(PARTS)
    ]
    return {"parts": parts}


_KINDS: list[tuple[type[forms.Widget], str]] = [
    (DatePartsWidget, "date_input"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file_upload"),
    (forms.PasswordInput, "password_input"),
    (SearchInput, "search_input"),
]
_EXTRAS: dict[str, Any] = {
    "date_input": _date_context,
    "checkboxes": _choices_context,
    "radios": _choices_context,
    "checkbox": _checkbox_context,
    "select": _select_context,
    "textarea": _textarea_context,
    "character_count": _character_count_context,
    "file_upload": _file_context,
    "password_input": _password_context,
    "search_input": _search_context,
}

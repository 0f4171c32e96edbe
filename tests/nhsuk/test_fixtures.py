"""The crispy pack draws what NHS.UK frontend's own fixtures draw, for every option that the pack offers."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts.nhsuk import DateInputField, FieldOptions, Group, SearchInput, render_bound_field
from tests.nhsuk.html_tree import tree

FIXTURES = Path(__file__).resolve().parents[2] / "node_modules/nhsuk-frontend/dist/nhsuk/components"
TEXT_OPTIONS = {
    "label",
    "name",
    "id",
    "width",
    "code",
    "hint",
    "errorMessage",
    "value",
    "disabled",
    "autocomplete",
    "spellcheck",
    "inputmode",
}
CHOICE_OPTIONS = {"fieldset", "name", "items", "idPrefix", "small", "inline", "hint", "errorMessage", "value", "values", "disabled"}

# For each component: the options the pack offers, and how many of its fixtures use nothing else.
OFFERED: dict[str, tuple[set[str], int]] = {
    "input": (TEXT_OPTIONS | {"prefix", "suffix"}, 33),
    "password-input": (TEXT_OPTIONS, 11),
    "search-input": (TEXT_OPTIONS, 9),
    "textarea": ({"label", "name", "id", "hint", "errorMessage", "disabled", "autocomplete"}, 14),
    "character-count": ({"label", "name", "id", "hint", "errorMessage", "maxlength", "countType", "threshold", "value", "disabled"}, 19),
    "select": ({"label", "name", "id", "items", "hint", "errorMessage", "value", "disabled"}, 14),
    "file-upload": ({"label", "name", "id", "hint", "errorMessage", "disabled"}, 14),
    "radios": (CHOICE_OPTIONS, 40),
    "checkboxes": (CHOICE_OPTIONS, 41),
    "date-input": ({"fieldset", "hint", "id", "name", "errorMessage", "day", "month", "year", "values"}, 15),
}


class Unoffered(Exception):
    """A fixture that uses an option the pack does not offer."""


def words(option: Any) -> str:
    """The text or trusted HTML of an option that may be a string or an object."""
    if isinstance(option, str):
        return option
    if not isinstance(option, dict) or not set(option) <= {"text", "html"}:
        raise Unoffered
    return mark_safe(option["html"]) if option.get("html") else option.get("text", "")


def heading_looks(option: Any) -> tuple[str, dict[str, Any]]:
    """Label or legend: its words, and the pack's options for size and heading."""
    if isinstance(option, str):
        return option, {}
    if not set(option) <= {"text", "html", "heading", "size", "headingLevel", "classes"}:
        raise Unoffered
    looks: dict[str, Any] = {"label_size": option.get("size", "")}
    if option.get("classes") == "nhsuk-u-visually-hidden":
        looks["hide_label"] = True
    elif option.get("classes"):
        raise Unoffered
    heading = option.get("heading")
    if heading:
        looks["heading_level"] = int(option.get("headingLevel", 1))
        return words(heading), looks
    return words({key: option[key] for key in ("text", "html") if key in option}), looks


def form_with(field: forms.Field, value: Any, error: str, parts: tuple[str, ...] = ()) -> forms.Form:
    """A form of one field, with the fixture's value and fault."""
    form_class = type("FixtureForm", (forms.Form,), {"example": field})
    if not error:
        return form_class(initial={"example": value})
    if isinstance(field, DateInputField):
        form = form_class({f"example_{part}": value[number] for number, part in enumerate(("day", "month", "year"))})
    else:
        form = form_class({"example": value if value is not None else ""})
    form.errors.clear()
    form.add_error("example", ValidationError(error, params={"parts": parts} if parts else None))
    return form


def choice_field(component: str, context: dict[str, Any], looks: dict[str, Any]) -> tuple[forms.Field, Any]:
    """Field and value of radios, checkboxes or a select; the items' own options go into ``looks``."""
    choices, divider = [], ""
    for item in context["items"]:
        if not isinstance(item, dict) or not set(item) <= {"value", "text", "conditional", "divider", "hint", "behaviour"}:
            raise Unoffered
        if item.get("divider"):
            divider = words(item["divider"])
            continue
        value = item["value"]
        choices.append((value, item["text"]))
        if divider:
            looks.setdefault("dividers", {})[value], divider = divider, ""
        if item.get("hint"):
            looks.setdefault("hints", {})[value] = words(item["hint"])
        if item.get("conditional"):
            looks.setdefault("reveals", {})[value] = words(item["conditional"])
        if item.get("behaviour") == "exclusive":
            looks["exclusive"] = value
        elif item.get("behaviour"):
            raise Unoffered
    if component == "select" and looks.get("dividers"):
        raise Unoffered
    widget = {"radios": forms.RadioSelect, "checkboxes": forms.CheckboxSelectMultiple, "select": forms.Select}[component]
    kind = forms.MultipleChoiceField if component == "checkboxes" else forms.ChoiceField
    return kind(choices=choices, widget=widget, required=False), context.get("values") or context.get("value")


def date_field(context: dict[str, Any]) -> tuple[forms.Field, Any, tuple[str, ...]]:
    """Field, value and marked boxes of a date."""
    values, parts = [], []
    for part in ("day", "month", "year"):
        box = context.get(part, {})
        if box is False or not set(box) <= {"value", "error"}:
            raise Unoffered
        values.append((context.get("values") or {}).get(part) or box.get("value", ""))
        if box.get("error"):
            parts.append(part)
    if parts and not context.get("errorMessage"):
        raise Unoffered
    return DateInputField(required=False), values, tuple(parts)


def drawn(component: str, context: dict[str, Any]) -> str:
    """What the pack draws for a fixture's options. Raises Unoffered when it uses others."""
    offered, _ = OFFERED[component]
    if not set(context) <= offered or context.get("errorMessage") is True:
        raise Unoffered
    legend = (context.get("fieldset") or {}).get("legend") if "fieldset" in context else context.get("label")
    if legend is None or set(context.get("fieldset") or {}) - {"legend"}:
        raise Unoffered
    label, looks = heading_looks(legend)
    value, parts = context.get("value"), ()
    attrs = {
        name: str(context[name]).lower() if name == "spellcheck" else context[name]
        for name in ("autocomplete", "spellcheck", "inputmode")
        if name in context
    }
    if component in ("radios", "checkboxes", "select"):
        field, value = choice_field(component, context, looks)
        looks |= {name: True for name in ("small", "inline") if context.get(name)}
    elif component == "date-input":
        field, value, parts = date_field(context)
    elif component in ("textarea", "character-count"):
        field = forms.CharField(widget=forms.Textarea(attrs=attrs), required=False)
        if component == "character-count":
            if not context.get("maxlength") or context.get("countType") not in (None, "words"):
                raise Unoffered
            looks["max_words" if context.get("countType") == "words" else "max_characters"] = int(context["maxlength"])
            looks["threshold"] = int(context.get("threshold", 0))
    elif component == "file-upload":
        field = forms.FileField(required=False, widget=forms.FileInput)
    else:
        widget = {"input": forms.TextInput, "password-input": forms.PasswordInput, "search-input": SearchInput}[component]
        field = forms.CharField(widget=widget(attrs=attrs), required=False)
        looks |= {name: words(context[name]) for name in ("prefix", "suffix") if name in context}
        looks |= {"width": int(context.get("width", 0)), "code": bool(context.get("code"))}
    field.label, field.disabled = label, bool(context.get("disabled"))
    field.help_text = words(context["hint"]) if context.get("hint") else ""
    error = words(context["errorMessage"]) if context.get("errorMessage") else ""
    form = form_with(field, value, error, parts)
    return render_bound_field(form["example"], FieldOptions(**looks))


@functools.cache
def cases() -> list[Any]:
    """Every fixture of every offered component that uses offered options only."""
    found = []
    for component in OFFERED:
        fixtures = json.loads((FIXTURES / component / "fixtures.json").read_text())["fixtures"]
        for number, fixture in enumerate(fixtures):
            try:
                drawn(component, fixture["context"])
            except Unoffered:
                continue
            found.append(pytest.param(component, fixture, id=f"{component}-{fixture['name']}-{number}"))
    return found


@pytest.mark.parametrize(("component", "fixture"), cases())
def test_field_drawn_like_the_fixture(component: str, fixture: dict[str, Any]) -> None:
    ours = drawn(component, fixture["context"])

    assert tree(ours) == tree(fixture["html"])


@pytest.mark.parametrize("component", OFFERED)
def test_number_of_fixtures_compared(component: str) -> None:
    compared = [case for case in cases() if case.values[0] == component]

    assert len(compared) == OFFERED[component][1]


def test_error_summary_drawn_like_the_fixture() -> None:
    fixtures = json.loads((FIXTURES / "error-summary/fixtures.json").read_text())["fixtures"]
    fixture = next(fixture for fixture in fixtures if fixture["name"] == "without error link (mixed)")
    links = [(error["text"], error.get("href", "").removeprefix("#")) for error in fixture["context"]["errorList"]]

    ours = render_to_string("components/error_summary.html", {"links": links})

    assert tree(ours) == tree(fixture["html"])


def test_fieldset_drawn_like_the_fixture() -> None:
    fixtures = json.loads((FIXTURES / "fieldset/fixtures.json").read_text())["fixtures"]
    fixture = next(fixture for fixture in fixtures if fixture["name"] == "default")
    group = Group("What is your address?", size="l", heading_level=1)

    ours = render_to_string("nhsuk/layout/group.html", {"group": group, "content": ""})

    (wrapper,) = tree(ours)
    assert wrapper[2] == tree(fixture["html"])

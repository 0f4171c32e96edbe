"""Dates in three boxes, wording of faults, the error summary and the layout objects."""

import datetime
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms

from accounts.nhsuk import Conditional, DateInputField, NhsForm, Question, error_links
from peerreview.forms.common import ActForm, ReasonForm
from peerreview.forms.training import CourseForm
from tests.nhsuk.html_tree import find_all, tree


class VisitForm(NhsForm, forms.Form):
    visited_on = DateInputField(label="Date of the visit", subject="the date of the visit")
    kind = forms.ChoiceField(label="Kind", choices=[("A", "On site"), ("B", "Virtual")], widget=forms.RadioSelect)
    why = forms.CharField(label="Why is it virtual?", required=False)
    email = forms.EmailField(label="Email address")
    note = forms.CharField(label="Note", max_length=10)

    def get_layout(self) -> list[Any]:
        return ["visited_on", Conditional("kind", {"B": ["why"]}), "email", Question("note", width=10), self.get_buttons()]


def visit_data(**changes: str) -> dict[str, str]:
    valid = {
        "visited_on_day": "31",
        "visited_on_month": "3",
        "visited_on_year": "2027",
        "kind": "A",
        "email": "a@example.com",
        "note": "Fine",
    }
    return valid | changes


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("31", "3", "2027"), datetime.date(2027, 3, 31)),
        ((" 1 ", "March", "2027"), datetime.date(2027, 3, 1)),
        (("29", "feb", "2028"), datetime.date(2028, 2, 29)),
    ],
)
def test_date_read_from_three_boxes(parts: tuple[str, str, str], date: datetime.date) -> None:
    cleaned = DateInputField(label="Date").clean(list(parts))

    assert cleaned == date


@pytest.mark.parametrize(
    ("parts", "message", "marked", "target"),
    [
        (("", "", ""), "Enter the date of the visit", ["day", "month", "year"], "id_visited_on_0"),
        (("31", "", "2027"), "The date of the visit must include a month", ["month"], "id_visited_on_1"),
        (("31", "", ""), "The date of the visit must include a month and year", ["month", "year"], "id_visited_on_1"),
        (("31", "2", "2027"), "The date of the visit must be a real date", ["day", "month", "year"], "id_visited_on_0"),
        (("40", "2", "2027"), "The date of the visit must be a real date", ["day"], "id_visited_on_0"),
        (("١", "2", "2027"), "The date of the visit must be a real date", ["day"], "id_visited_on_0"),
        (("3", "2", "27"), "Year must include 4 numbers", ["year"], "id_visited_on_2"),
        (("9" * 30, "2", "2027"), "The date of the visit must be a real date", ["day"], "id_visited_on_0"),
    ],
)
def test_date_refused_names_the_box(parts: tuple[str, str, str], message: str, marked: list[str], target: str) -> None:
    form = VisitForm(visit_data(visited_on_day=parts[0], visited_on_month=parts[1], visited_on_year=parts[2]))

    links = error_links(form)

    wrong = [attrs["name"] for attrs in find_all(render_crispy_form(form), "input") if "nhsuk-input--error" in attrs.get("class", "")]
    assert links == [(message, target)]
    assert wrong == [f"visited_on_{part}" for part in marked]


def test_faulty_form_keeps_what_was_typed() -> None:
    form = VisitForm(visit_data(visited_on_month="13", note="Much too long a note"))

    drawn = render_crispy_form(form)

    values = {attrs["name"]: attrs.get("value") for attrs in find_all(drawn, "input") if attrs.get("type") == "text"}
    assert values == {
        "visited_on_day": "31",
        "visited_on_month": "13",
        "visited_on_year": "2027",
        "why": None,
        "note": "Much too long a note",
    }


def test_summary_lists_every_fault_in_page_order() -> None:
    form = VisitForm({"note": "Much too long a note", "email": "nobody"})
    form.add_error(None, "This changed while you were reading it")

    assert error_links(form) == [
        ("This changed while you were reading it", ""),
        ("Enter the date of the visit", "id_visited_on_0"),
        ("Select kind", "id_kind_0"),
        ("Enter an email address in the correct format, like name@example.com", "id_email"),
        ("Note must be 10 characters or less", "id_note"),
    ]


def test_unsent_form_has_no_faults() -> None:
    assert error_links(VisitForm(), None) == []


def test_conditional_question_hidden_until_its_choice() -> None:
    unchosen, chosen = render_crispy_form(VisitForm()), render_crispy_form(VisitForm(initial={"kind": "B"}))

    hidden = [
        [attrs["class"] for attrs in find_all(html, "div") if "radios__conditional" in attrs.get("class", "")]
        for html in (unchosen, chosen)
    ]
    assert hidden == [["nhsuk-radios__conditional nhsuk-radios__conditional--hidden"], ["nhsuk-radios__conditional"]]


def test_browser_checks_nothing_by_itself() -> None:
    drawn = render_crispy_form(VisitForm())

    (form_attributes,) = find_all(drawn, "form")
    kept = {name for attrs in find_all(drawn, "input") for name in attrs if name in {"required", "maxlength", "min", "max", "pattern"}}
    assert ("novalidate" in form_attributes, kept) == (True, set())


def test_form_with_a_file_is_multipart() -> None:
    class UploadForm(NhsForm, forms.Form):
        document = forms.FileField(label="Upload a file")

    drawn = render_crispy_form(UploadForm())

    assert find_all(drawn, "form")[0]["enctype"] == "multipart/form-data"


def test_hostile_text_is_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    form = VisitForm(visit_data(note=hostile, email=hostile, visited_on_day=hostile))

    drawn = render_crispy_form(form)

    assert find_all(drawn, "script") == []
    assert "<script" not in str(tree(drawn)).replace(hostile, "")


@pytest.mark.parametrize("form", [ActForm, ReasonForm, CourseForm])
def test_a_hidden_field_is_drawn_once(form: type[forms.Form]) -> None:
    drawn = render_crispy_form(form())

    names = [attrs["name"] for attrs in find_all(drawn, "input") if attrs.get("type") == "hidden"]
    assert (names.count("version"), len(names)) == (1, len(set(names)))

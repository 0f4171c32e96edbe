"""CSV and Excel: no cell becomes a formula, numbers stay numbers, files are whole."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.csv import neutral_cell, neutral_text, save_csv
from rendering.sheets import Definition, Sheet, save_workbook

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_be_a_formula_gets_an_apostrophe(text):
    assert neutral_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "1-2", "'quoted", "Łódź ≥ 5"])
def test_ordinary_text_stays_as_it_is(text):
    assert neutral_text(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-5, -5), (Decimal("-1.5"), Decimal("-1.5")), (True, "Yes"), (None, ""), (date(2027, 7, 31), "2027-07-31"), (-0.5, -0.5)],
)
def test_other_values_keep_their_kind(value, cell):
    assert neutral_cell(value) == cell


@given(st.text(max_size=20))
def test_no_text_starts_a_formula(text):
    assert not neutral_text(text).lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_reads_back_with_its_mark_and_quotes(tmp_path):
    rows = ((f"Service, {number}", -number, "=1") for number in range(3))

    count = save_csv(tmp_path / "services.csv", ["Service", "Change", "Comment"], rows)

    raw = (tmp_path / "services.csv").read_bytes()
    read = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert (count, raw[:3]) == (3, b"\xef\xbb\xbf")
    assert read == [
        ["Service", "Change", "Comment"],
        ["Service, 0", "0", "'=1"],
        ["Service, 1", "-1", "'=1"],
        ["Service, 2", "-2", "'=1"],
    ]


def test_csv_that_fails_leaves_the_older_file_and_no_part(tmp_path):
    path = tmp_path / "services.csv"
    save_csv(path, ["a"], [["older"]])

    def rows():
        yield ["one"]
        raise RuntimeError("database went away")

    with pytest.raises(RuntimeError):
        save_csv(path, ["a"], rows())

    assert ([entry.name for entry in tmp_path.iterdir()], "older" in path.read_text()) == (["services.csv"], True)


def test_workbook_reads_back_with_kinds_and_definitions(tmp_path):
    path = tmp_path / "findings.xlsx"
    sheet = Sheet(
        name="Findings: [2027]",
        header=["Number", "Text", "Percent", "Date", "At"],
        rows=[(1, "=1+1", Decimal("87.5"), date(2027, 7, 31), datetime(2027, 7, 31, 14, 2, tzinfo=UTC)), (2, "http://x", None, None, None)],
        widths=[10, 60],
    )

    counts = save_workbook(
        path, [sheet], title="Findings", definitions=[Definition("Percent", "Met of applicable")], notes=["Illustrative"]
    )

    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert (counts, book.sheetnames) == ([2], ["Findings   2027", "About this workbook"])
    assert [cell.value for cell in page[2]][:3] == [1, "'=1+1", 87.5]
    assert [f"{cell.value:%Y-%m-%d %H:%M}" for cell in page[2][3:]] == ["2027-07-31 00:00", "2027-07-31 14:02"]
    assert [cell.data_type for row in page for cell in row if cell.data_type == "f"] == []
    assert page["B3"].hyperlink is None
    assert (page.freeze_panes, page["A1"].font.bold, page.column_dimensions["B"].width > 55) == ("A2", True, True)
    assert [[cell.value for cell in row] for row in book.worksheets[1]] == [
        ["Term", "Meaning"],
        ["Workbook", "Findings"],
        ["Note", "Illustrative"],
        ["Percent", "Met of applicable"],
    ]


def test_row_is_as_high_as_its_fullest_cell_needs(tmp_path):
    rows = [("1", "short"), ("2", "w " * 30), ("3", "a\nb\nc"), ("4", "x" * 40_000)]

    save_workbook(tmp_path / "out.xlsx", [Sheet("Rows", ("Number", "Text"), rows, (9, 21))], title="Rows")

    heights = openpyxl.load_workbook(tmp_path / "out.xlsx")["Rows"].row_dimensions
    assert [heights[number].height for number in range(2, 6)] == [None, 45, 45, 408.75]


def test_sheets_with_one_name_are_told_apart(tmp_path):
    sheets = [Sheet(name, ["a"], []) for name in ("Same", "same", "", "History", "x" * 40)]

    save_workbook(tmp_path / "out.xlsx", sheets, title="Names")

    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames == ["Same", "same (2)", "Sheet 3", "Sheet 4", "x" * 31]


def test_workbook_without_sheets_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one sheet"):
        save_workbook(tmp_path / "out.xlsx", [], title="Nothing")

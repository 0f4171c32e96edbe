"""Importing indicators: errors by cell, changes before anything is saved, files that are refused, the same file out and in."""

import datetime as dt
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.permissions import Role
from surveillance.models import Indicator, IndicatorSet
from surveillance.services import import_files
from surveillance.services import indicators as services
from surveillance.services.reference import SHIPPED, ReferenceFaults, load_reference
from tests.factories.accounts import person
from tests.factories.surveillance import IndicatorFactory, IndicatorSetFactory, SpecificationFactory

pytestmark = pytest.mark.django_db
Status = IndicatorSet.Status
HEADER = "number,title,type"
ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
TOO_MANY = f"{HEADER}\n" + "1,One,clinical_outcome\n" * 301
SHIPPED_SETS = sorted(path.name for path in (SHIPPED / "indicator_sets").glob("*.csv") if path.name != "index.csv")


@pytest.fixture
def lead():
    return person(Role.NATIONAL_LEAD, name="Nat Lead")


@pytest.fixture
def national(lead, signed_in) -> Client:
    return signed_in(lead)


@pytest.fixture
def draft() -> IndicatorSet:
    return IndicatorSetFactory(status=Status.DRAFT, code="AO")


def text_of(response: Any) -> str:
    html = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&").split())


def address(draft: IndicatorSet | None) -> str:
    return reverse("surveillance:indicator_import", args=[draft.pk]) if draft else reverse("surveillance:indicator_set_import")


def upload(client: Client, draft: IndicatorSet | None, content: str | bytes, name: str = "indicators.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(address(draft), {"file": SimpleUploadedFile(name, data)}, follow=True)


def workbook(*rows: list[Any], change: Callable[[Any], None] | None = None, header: str = HEADER) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(header.split(","))
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def errors_of(response: Any) -> list[str]:
    """The sentences in the last column of the table of errors."""
    table = re.search(r"<table.*?</table>", response.content.decode(), flags=re.S)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table.group(), flags=re.S) if table else []
    texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).replace("&#x27;", "'").replace("&quot;", '"').split()) for cell in cells]
    return [text.removeprefix("What to do").strip() for text in texts if ": " in text]


def save(client: Client, response: Any, **fields: str) -> Any:
    """Press "Save" on the page of the check."""
    path = response.redirect_chain[-1][0]
    revision = re.search(r'name="revision" value="(\d+)"', response.content.decode())
    return client.post(path, {"save": "1", "revision": revision.group(1) if revision else "", **fields}, follow=True)


# Errors by cell -------------------------------------------------------------------------------------------------------
def test_every_error_is_named_by_cell_and_nothing_is_saved(national, draft) -> None:
    content = (
        "number,title,type,target,answer_kind,review_by,is_key,section\n"
        "1,,structure_and_function,,,,,\n"
        "2,Second,structure_and_function,ninety,PERCENTAGE,,,\n"
        "2,Third,other,,,31/07/2027,maybe," + "x" * 101 + "\n"
    )

    answer = upload(national, draft, content)

    assert errors_of(answer) == [
        "B2: enter the title",
        "D3: enter a number from 0 to 100",
        "A4: Number 2 is used twice, first in row 3",
        "C4: enter one of structure_and_function, patient_experience, clinical_outcome",
        "F4: enter a date like 2027-07-31",
        "G4: enter yes or no",
        "H4: shorten this to 100 characters or less",
    ]
    assert "7 errors. Nothing has been saved." in text_of(answer)
    assert "Upload a corrected file" in text_of(answer)
    assert draft.indicators.count() == 0


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        ("number,title\n1,One\n", ["Row 1: Add the column type"]),
        ("number,title,type,number\n1,One,clinical_outcome,2\n", ["A1: The column number stands twice. Remove one"]),
        ("number,title,type,colour\n1,One,clinical_outcome,red\n", ["D1: “colour” is not a column of the template. Remove it"]),
        (f"{HEADER}\n1,One,clinical_outcome,more\n", [
            "Row 2: This row has 4 cells, the header has 3. Put the texts under their headings",
        ]),
        (HEADER, ["File: The file holds no indicators. Fill in one row for each"]),
        ("number;title;type\n1;One;clinical_outcome\n", [
            "A1: “number;title;type” is not a column of the template. Remove it", "Row 1: Add the column number",
            "Row 1: Add the column title", "Row 1: Add the column type",
        ]),
        ('number,title,type\n1,"One,clinical_outcome\n', [
            "Row 2: This row cannot be read. Save the file again as CSV UTF-8, or as XLSX, and upload it again",
        ]),
        ("number,title,type\n1,Caf\u00e9,clinical_outcome\n".encode("cp1252"), [
            "File: Save the file as CSV UTF-8, or as XLSX, and upload it again",
        ]),
    ],
)  # fmt: skip
def test_faults_of_the_whole_file_are_said(national, draft, content, sentences) -> None:
    assert sorted(errors_of(upload(national, draft, content))) == sorted(sentences)


def test_numbers_that_earlier_versions_gave_up_are_errors(national) -> None:
    IndicatorFactory(indicator_set=IndicatorSetFactory(code="AO"), number="gone")
    IndicatorSetFactory(code="AO", version=2)
    third = IndicatorSetFactory(code="AO", version=3, status=Status.DRAFT)

    answer = upload(national, third, f"{HEADER}\ngone,Back again,clinical_outcome\n")

    assert errors_of(answer) == ["A2: Number gone was last used in version 1 and is not used again. Choose another number"]


# Files that are refused -----------------------------------------------------------------------------------------------
def zipped(extra: dict[str, bytes]) -> bytes:
    """A good workbook with further members."""
    made = io.BytesIO(workbook(["1", "One", "clinical_outcome"]))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extra.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("a.csv", lambda: b"", "The selected file is empty"),
        ("a.txt", lambda: b"number,title,type", "The selected file must be a CSV or XLSX"),
        ("a", lambda: b"number,title,type", "The selected file must be a CSV or XLSX"),
        ("a.csv", lambda: b"number\x00,title", "The selected file is not a CSV that can be opened"),
        ("a.xlsx", lambda: b"number,title,type", "The selected file is not an XLSX that can be opened"),
        ("a.xlsx", lambda: zipped({"xl/vbaProject.bin": b"x"}), "The selected file contains macros"),
        ("a.xlsx", lambda: zipped({"xl/bomb.xml": b"<a>" + b" " * (60 * 1024 * 1024) + b"</a>"}), "The selected file grows too large"),
        ("a.xlsx", lambda: zipped({"xl/x.xml": ENTITY}), "refers to other files"),
        ("a.xlsx", lambda: zipped({"xl/embeddings/a.bin": b"x"}), "something inside that is not allowed"),
        ("a.csv", lambda: TOO_MANY.encode(), "holds 301 indicators. A set has at most 300"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_taken_is_refused_with_a_sentence(national, draft, name, make, sentence) -> None:
    answer = upload(national, draft, make(), name)

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert draft.indicators.count() == 0


def test_upload_without_a_file_says_so(national, draft) -> None:
    assert "Select a file" in text_of(national.post(address(draft), {}))


def test_too_large_a_file_is_refused(national, draft, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10

    assert "must be smaller than" in text_of(upload(national, draft, "number,title,type\n"))


def test_workbook_cells_become_texts_and_formulas_are_refused(national, draft) -> None:
    header = "Number,Title,Type,Answer kind,Target,Review by,Is key"

    def formula(sheet: Any) -> None:
        sheet["B3"] = "=A1"
        sheet["E2"].number_format = "0%"
        sheet["I2"] = "A note"

    rows = [
        [7, "Seven", "Clinical outcome", "Number that met it, of a total", 0.9, dt.date(2029, 3, 31), True],
        [8.0, "", "clinical_outcome"],
    ]

    answer = upload(national, draft, workbook(*rows, header=header, change=formula), "i.xlsx")
    good = upload(
        national, draft, workbook(rows[0], header=header, change=lambda sheet: setattr(sheet["E2"], "number_format", "0%")), "i.xlsx"
    )
    save(national, good)

    assert errors_of(answer) == ["I2: remove this: its column has no heading", "B3: type the value instead of a formula"]
    columns = ("number", "type", "answer_kind", "target", "comparator", "review_by", "is_key")
    assert draft.indicators.values_list(*columns).get() == (
        "7", "clinical_outcome", "PERCENTAGE", Decimal("90.000"), "AT_LEAST", dt.date(2029, 3, 31), True,
    )  # fmt: skip


# Changes, then "Save" -------------------------------------------------------------------------------------------------
def test_changes_are_listed_and_saved_only_on_save(national, draft, lead) -> None:
    kept = IndicatorFactory(
        indicator_set=draft, number="1", position=1, title="As before", section="Clinical outcome", type="clinical_outcome"
    )
    IndicatorFactory(indicator_set=draft, number="2", position=2, title="Old title", section="Clinical outcome", type="clinical_outcome")
    IndicatorFactory(indicator_set=draft, number="3", position=3)
    changed = draft.indicators.get(number="2")

    answer = upload(national, draft, f"{HEADER}\n1,As before,clinical_outcome\n2,New title,clinical_outcome\n4,Added,clinical_outcome\n")

    text = text_of(answer)
    assert "1 added, 1 changed, 1 removed, 1 the same. Nothing has been saved." in text
    assert "Save 3 changes" in text
    assert re.search("2 New title Now Title: Old title In your file Title: New title", text)
    assert draft.indicators.get(number="2").title == "Old title"
    saved = save(national, answer)
    rows = list(draft.indicators.values_list("pk", "number", "title", "revision"))
    assert rows[:2] == [(kept.pk, "1", "As before", 1), (changed.pk, "2", "New title", 2)]
    assert rows[2][1:] == ("4", "Added", 1)
    assert "Import saved: 1 added, 1 changed, 1 removed, 1 the same" in text_of(saved)
    assert AuditEvent.objects.filter(action="indicator_set.imported", target_id=draft.pk, by=lead).count() == 1
    assert IndicatorSet.objects.get(pk=draft.pk).revision == 2


def test_draft_that_changed_meanwhile_is_shown_again(national, draft, lead) -> None:
    answer = upload(national, draft, f"{HEADER}\n1,One,clinical_outcome\n")
    facts: Any = {"number": "9", "title": "Nine", "section": "S", "type": "clinical_outcome", "answer_kind": "YES_NO_NA"}
    services.add_indicator(set_id=draft.pk, facts=facts, by=lead)

    again = save(national, answer)

    assert "Someone else changed this draft after you checked the file" in text_of(again)
    assert "1 added, 1 removed" in text_of(again)
    assert [number for (number,) in draft.indicators.values_list("number")] == ["9"]


def test_file_that_changes_nothing_says_so(national, draft) -> None:
    IndicatorFactory(indicator_set=draft, number="1", title="One", section="Clinical outcome", type="clinical_outcome")

    answer = upload(national, draft, f"{HEADER}\n1,One,clinical_outcome\n")

    assert "This file makes no changes." in text_of(answer)
    assert 'name="save"' not in answer.content.decode()


def test_other_order_is_said_and_saved(national, draft) -> None:
    for position, number in enumerate(("1", "2"), start=1):
        IndicatorFactory(
            indicator_set=draft, number=number, title="T", section="Clinical outcome", type="clinical_outcome", position=position
        )

    answer = upload(national, draft, f"{HEADER}\n2,T,clinical_outcome\n1,T,clinical_outcome\n")
    save(national, answer)

    assert "another order" in text_of(answer)
    assert list(draft.indicators.order_by("position").values_list("number", "revision")) == [("2", 1), ("1", 1)]


def test_new_set_is_made_from_a_file_with_its_facts(national, lead) -> None:
    specification = SpecificationFactory()
    facts = {"code": "NEW", "name": "New set", "threshold_percent": "80", "visit_level_percent": "50", "jump_limit_points": "20"}
    answer = upload(national, None, (SHIPPED / "indicator_sets/acute_oncology.csv").read_bytes())

    refused = save(national, answer, **facts)
    saved = save(national, answer, **facts, specification=str(specification.pk))

    made = IndicatorSet.objects.get()
    assert "Save set with 31 indicators" in text_of(answer)
    assert "Select a service specification, or part of one" in text_of(refused)
    assert 'value="New set"' in refused.content.decode()
    assert (made.status, made.drafted_by, made.indicators.count()) == ("DRAFT", lead, 31)
    assert "New set saved as a draft with 31 indicators" in text_of(saved)
    again = national.get(answer.redirect_chain[-1][0], follow=True)
    assert "That file is no longer kept. Upload it again." in text_of(again)


def test_new_set_with_a_taken_code_keeps_the_file_and_the_facts(national, draft) -> None:
    facts = {"code": "AO", "name": "New set", "threshold_percent": "80", "visit_level_percent": "50", "jump_limit_points": "20"}
    answer = upload(national, None, f"{HEADER}\n1,One,clinical_outcome\n")

    refused = save(national, answer, **facts, specification=str(draft.specification_id))

    assert "Code AO is used already" in text_of(refused)
    assert IndicatorSet.objects.count() == 1


# The held file --------------------------------------------------------------------------------------------------------
def test_held_file_is_bound_to_person_and_set(national, draft, signed_in) -> None:
    path = upload(national, draft, f"{HEADER}\n1,One,clinical_outcome\n").redirect_chain[-1][0]
    other = IndicatorSetFactory(status=Status.DRAFT)
    somebody = signed_in(person(Role.NATIONAL_LEAD))
    query = path.split("?")[1]

    answers = [
        client.get(f"{address(where)}?{text}", follow=True)
        for client, where, text in (
            (somebody, draft, query),
            (national, other, query),
            (national, None, query),
            (national, draft, query + "x"),
        )
    ]

    assert ["That file is no longer kept" in text_of(answer) for answer in answers] == [True] * 4
    assert "1 added" in text_of(national.get(path))


def test_held_files_are_forgotten_after_a_day(national, draft, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    old = tmp_path / "imports" / "old.json"
    old.parent.mkdir()
    old.write_text("{}")
    os.utime(old, (0, 0))

    answer = upload(national, draft, f"{HEADER}\n1,One,clinical_outcome\n")

    kept = list(Path(tmp_path, "imports").iterdir())
    assert (old.exists(), len(kept)) == (False, 1)
    assert re.fullmatch(r"[0-9a-f]{40}\.json", kept[0].name)
    save(national, answer)
    assert list(Path(tmp_path, "imports").iterdir()) == []


def test_token_runs_out(national, draft, monkeypatch) -> None:
    path = upload(national, draft, f"{HEADER}\n1,One,clinical_outcome\n").redirect_chain[-1][0]
    monkeypatch.setattr(import_files, "KEPT_SECONDS", -1)

    assert "That file is no longer kept" in text_of(national.get(path, follow=True))


# Out and in -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_same_file_out_and_in_changes_nothing(national, draft, kind) -> None:
    whole = {
        "title": "=SUM(A1)", "description": "-Line one\r\nLine two, “quoted”", "section": "'Quoted'", "answer_kind": "NUMBER",
        "target": Decimal("-12.500"), "comparator": "AT_MOST", "is_key": True, "evidence_wanted": "@rota", "guideline": "+1",
        "review_by": dt.date(2029, 3, 31), "type": "patient_experience",
    }  # fmt: skip
    for position, fields in enumerate(({"number": "007"}, {"number": "-1"} | whole, {"number": "1.10"}), start=1):
        IndicatorFactory(indicator_set=draft, position=position, **fields)
    before = list(Indicator.objects.order_by("pk").values())

    content = national.get(reverse(f"surveillance:indicator_set_{kind}", args=[draft.pk])).content
    answer = upload(national, draft, content, f"i.{kind}")

    assert "3 the same. Nothing has been saved. This file makes no changes." in text_of(answer)
    assert list(Indicator.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("file", SHIPPED_SETS)
def test_shipped_files_can_be_imported(national, draft, file) -> None:
    answer = upload(national, draft, (SHIPPED / "indicator_sets" / file).read_bytes())

    assert re.search(r"\d+ added\. Nothing has been saved", text_of(answer))


def test_templates_hold_the_columns_lists_and_guidance(national) -> None:
    book = openpyxl.load_workbook(io.BytesIO(national.get(reverse("surveillance:indicator_template_xlsx")).content))
    lines = national.get(reverse("surveillance:indicator_template_csv")).content.decode("utf-8-sig").splitlines()

    header = [cell.value for cell in book["Indicators"][1]]
    assert book.sheetnames == ["Indicators", "Guidance", "Lists"]
    assert lines == [",".join(header)]
    lists = {rule.formula1 for rule in book["Indicators"].data_validations.dataValidation if rule.type == "list"}
    assert lists == {"Lists!$A$2:$A$4", "Lists!$B$2:$B$5", "Lists!$C$2:$C$3", "Lists!$D$2:$D$3"}
    assert [cell.value for cell in book["Lists"]["A"]][:4] == ["type", "Structure and function", "Patient experience", "Clinical outcome"]


# The command that loads files -----------------------------------------------------------------------------------------
def test_loading_files_leaves_what_people_write_alone(lead, tmp_path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "data"))
    load_reference(folder)
    drafted = IndicatorSetFactory(code="AO", version=2, status=Status.DRAFT, drafted_by=lead)

    same = load_reference(folder)
    file = folder / "indicator_sets/acute_oncology.csv"
    file.write_text(file.read_text().replace("Declaration of", "Statement of", 1))
    with pytest.raises(ReferenceFaults, match="'AO' has a version 2 that people write"):
        load_reference(folder)

    assert set(same.values()) == {0}
    assert drafted.indicators.count() == 0

"""The workbook: out and in again, whatever texts it holds and whichever program saved it."""

import datetime as dt
import random
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from rendering.markup import clean_text
from surveillance.models import Answer, EvidenceItem, InvalidTransition, SectionAssignment, SelfReport, SpreadsheetUpload
from surveillance.services import answers as answer_services
from surveillance.services import checking
from surveillance.services import spreadsheets as services
from surveillance.spreadsheets import WorkbookRefused, read_workbook, write_workbook
from surveillance.spreadsheets.cells import marked, unmarked
from surveillance.uploads import UploadRefused
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, RoundFactory, SelfReportFactory, make_scene
from tests.surveillance.workbooks import COLUMN, LIBREOFFICE, edited, hand_in, nasty_texts, row_of, saved_by_libreoffice
from work import jobs

pytestmark = pytest.mark.django_db
MAY_3 = dt.datetime(2027, 5, 3)  # noqa: DTZ001 (cells know no time zone)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scene():
    return make_scene()


def fill_nastily(scene, count):
    """``count`` answers of all kinds with texts and numbers that programs like to change."""
    chance, texts = random.Random(7), nasty_texts()  # noqa: S311 (the same each time)
    kinds = ("YES_NO_NA", "PERCENTAGE", "NUMBER", "TEXT")
    first = scene.answers[0].indicator
    now, answers = timezone.now(), []
    for n in range(count):
        kind = kinds[n % 4]
        indicator = IndicatorFactory.build(
            indicator_set=first.indicator_set,
            number=f"N-{n}",
            position=100 + n,
            answer_kind=kind,
            section="All sorts",
            title=texts[n % len(texts)][:200],
        )
        comment = (texts[n % len(texts)] + chance.choice(["", "\nsecond line", " ", "\t"]))[:10_000]
        row = {"comment": comment, "value": "", "reason": ""}
        if n % 7 == 0:
            row |= {"value": "CANNOT", "reason": chance.choice(texts)}
        elif kind == "YES_NO_NA":
            row |= {"value": chance.choice(["YES", "NO", "NA", ""])}
            row |= {"reason": chance.choice(texts)} if row["value"] == "NA" else {}
        elif kind == "PERCENTAGE":
            row |= {"numerator": Decimal(chance.randint(0, 10**9 - 1)) / 1000, "denominator": Decimal(chance.randint(0, 10**12 - 1)) / 1000}
        elif kind == "NUMBER":
            row |= {"value": chance.choice(["007", "12.50", "-0.001", "999999999.999", "1000", "0", "5.0", ""])}
        else:
            row |= {"value": chance.choice(texts)}
        answers.append((indicator, row))
    made = type(first).objects.bulk_create([indicator for indicator, _ in answers])
    Answer.objects.bulk_create(
        Answer(self_report=scene.report, indicator=indicator, version=3, saved_by=scene.lead, saved_at=now, **row)
        for indicator, (_, row) in zip(made, answers, strict=True)
    )


def written(report, tmp_path, **options):
    path = tmp_path / "out.xlsx"
    write_workbook(SelfReport.objects.for_display().get(pk=report.pk), path, **options)
    return path


def stored(report):
    return list(Answer.objects.filter(self_report=report).order_by("pk").values())


def counts(upload):
    return upload.result["counts"]


# Out and in ----------------------------------------------------------------------------------------------------------
def test_mark_is_taken_away_again():
    texts = [clean_text(text.replace("\r\n", "\n").replace("\r", "\n")) for text in [*nasty_texts(), "''", "'=1", "'Tis"]]

    assert [unmarked(marked(text)) for text in texts] == texts
    assert [text for text in texts if marked(text).startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_apostrophe_that_somebody_typed_stays():
    assert (unmarked("'Tis"), unmarked("'=1"), unmarked("''Tis")) == ("'Tis", "=1", "'Tis")


def test_same_file_out_and_in_changes_nothing(scene, tmp_path):
    fill_nastily(scene, 300)
    before = stored(scene.report)

    upload = hand_in(scene.report, scene.lead, written(scene.report, tmp_path))

    assert upload.result["rows"] == []
    assert counts(upload) == {"changes": 0, "errors": 0, "same": 304}
    assert stored(scene.report) == before


def test_rows_saved_by_another_program_change_nothing(scene, tmp_path):
    """openpyxl as the other program: it writes every cell and style anew."""
    fill_nastily(scene, 60)

    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {}))

    assert counts(upload) == {"changes": 0, "errors": 0, "same": 64}


@pytest.mark.browser  # runs where CI installs LibreOffice beside Chromium
def test_same_file_saved_by_libreoffice_changes_nothing(scene, tmp_path):
    assert LIBREOFFICE, "install libreoffice-calc-nogui"
    fill_nastily(scene, 300)

    upload = hand_in(scene.report, scene.lead, saved_by_libreoffice(written(scene.report, tmp_path), tmp_path))

    assert (upload.status, upload.result["rows"]) == ("CHECKED", [])
    assert counts(upload) == {"changes": 0, "errors": 0, "same": 304}


def test_file_is_locked_but_for_what_may_change(scene, tmp_path):
    SectionAssignment.objects.create(self_report=scene.report, section="Structure and function", user=scene.contributor)
    path = written(scene.report, tmp_path, locked=services.locks_of(scene.report, scene.contributor))

    page = openpyxl.load_workbook(path)["Answers"]
    open_cells = [cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked]

    assert open_cells == ["I2", "L2", "M2", "I3", "J3", "K3", "L3", "M3"]
    assert (page.protection.sheet, page.protection.password) == (True, None)
    assert page.freeze_panes == "C2"
    assert [page[f"H{n}"].value for n in (2, 4)] == ["Yes", "No. This section is not given to you."]
    assert {rule.type for rule in page.data_validations.dataValidation} == {"list", "decimal", "textLength"}


def test_guidance_says_whose_file_it_is(scene, tmp_path):
    book = openpyxl.load_workbook(written(scene.report, tmp_path))

    lines = [row[0] for row in book["Read me"].iter_rows(values_only=True)]
    assert (book.sheetnames, book["Technical"].sheet_state) == (["Read me", "Answers", "Technical"], "hidden")
    assert f"Service: {scene.service.name}" in lines
    assert f"Year: {scene.report.round.year}" in lines
    assert "You can change 4 of 4 answers in this file." in lines


def test_no_cell_is_a_formula_or_a_link(scene, tmp_path):
    fill_nastily(scene, 40)

    with zipfile.ZipFile(written(scene.report, tmp_path)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))

    assert (b"<f>" in sheets, b"<hyperlink" in sheets) == (False, False)


def test_statements_do_not_grow_with_the_set(scene, tmp_path, django_assert_num_queries):
    fill_nastily(scene, 40)
    report = SelfReport.objects.for_display().get(pk=scene.report.pk)

    with django_assert_num_queries(2):
        write_workbook(report, tmp_path / "x.xlsx")
    with django_assert_num_queries(1):
        read_workbook(tmp_path / "x.xlsx", report)


# What was filled in --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "key", "cell", "saved"),
    [
        (0, "value", "Yes", {"value": "YES", "met": True}),
        (0, "value", " no ", {"value": "NO", "met": False}),
        (0, "value", True, {"value": "YES"}),
        (0, "value", "N", {"value": "NO"}),
        (2, "value", 5.0, {"value": "5"}),
        (2, "value", "5", {"value": "5"}),
        (2, "value", "1,000", {"value": "1000"}),
        (2, "value", 0.1 + 0.2, {"value": "0.3"}),
        (3, "value", 7, {"value": "7"}),
        (3, "value", "007", {"value": "007"}),
        (3, "value", "'=SUM(A1)", {"value": "=SUM(A1)"}),
        (3, "value", "'Tis", {"value": "'Tis"}),
        (3, "value", MAY_3, {"value": "3 May 2027"}),
        (0, "comment", "One\r\ntwo", {"comment": "One\ntwo"}),
        (0, "comment", "Rösti 👩🏽‍⚕️", {"comment": "Rösti 👩🏽‍⚕️"}),
        (0, "comment", True, {"comment": "TRUE"}),
        (0, "comment", 12, {"comment": "12"}),
    ],
)
def test_cell_becomes_an_answer(scene, tmp_path, place, key, cell, saved):
    path = edited(written(scene.report, tmp_path), {(scene.answers[place], key): cell})
    upload = hand_in(scene.report, scene.lead, path)

    found = services.findings_of(upload, by=scene.lead)
    services.save_spreadsheet(upload_id=upload.pk, seen=found.seen, keep={}, by=scene.lead)

    answer = Answer.objects.get(pk=scene.answers[place].pk)
    assert {name: getattr(answer, name) for name in saved} == saved
    assert (answer.version, answer.saved_by, scene.status()) == (1, scene.lead, "IN_PROGRESS")


@pytest.mark.parametrize(
    ("place", "cells", "sentences"),
    [
        (0, {"value": "Maybe"}, ["I2: enter Yes, No or Not applicable, or Cannot answer"]),
        (0, {"value": 1}, ["I2: enter Yes, No or Not applicable, or Cannot answer"]),
        (0, {"value": "=1+1"}, ["I2: enter the number or text itself instead of a formula"]),
        (0, {"value": "Not applicable"}, ["L2: enter why this does not apply"]),
        (
            0,
            {"value": "Yes", "reason": "Because"},
            ["L2: clear the reason, or write it as a comment. A reason belongs to Not applicable and Cannot answer"],
        ),
        (0, {"numerator": 5}, ["J2: leave this empty. This indicator is not answered with two numbers"]),
        (0, {"comment": "x" * 10_001}, ["M2: comment must be 10,000 characters or less"]),
        (0, {"confirm": "Yes"}, ["N2: leave this empty. There is no answer of last year to confirm"]),
        (0, {"confirm": "Perhaps"}, ["N2: enter Yes, or leave this empty"]),
        (1, {"numerator": 4}, ["K3: enter the number in total"]),
        (1, {"numerator": -4, "denominator": 5}, ["J3: number that met it must be a number that is 0 or more"]),
        (1, {"numerator": "four", "denominator": "five"}, ["J3: enter a number", "K3: enter a number"]),
        (1, {"numerator": MAY_3, "denominator": 5}, ["J3: enter a number. The spreadsheet program made a date of it"]),
        (1, {"value": "Yes"}, ["I3: leave this empty and fill in the two numbers, or enter Cannot answer"]),
        (2, {"value": "about 5"}, ["I4: enter a number, or Cannot answer"]),
        (2, {"value": 1 / 3}, ["I4: answer must be a number, with up to 9 digits and 3 decimal places"]),
        (2, {"value": 1e300}, ["I4: enter a number, or Cannot answer"]),
        (2, {"value": True}, ["I4: enter a number, or Cannot answer"]),
        (3, {"value": "#REF!"}, ["I5: this cell holds an error of the spreadsheet program. Enter the answer again"]),
    ],
)
def test_every_error_is_named_by_its_cell(scene, tmp_path, place, cells, sentences):
    path = edited(written(scene.report, tmp_path), {(scene.answers[place], key): value for key, value in cells.items()})

    upload = hand_in(scene.report, scene.lead, path)
    found = services.findings_of(upload, by=scene.lead)

    assert [f"{fault.cell}: {fault.sentence}" for fault in found.faults] == sentences
    with pytest.raises(InvalidTransition, match="Correct"):
        services.save_spreadsheet(upload_id=upload.pk, seen=found.seen, keep={}, by=scene.lead)
    assert [row["version"] for row in stored(scene.report)] == [0, 0, 0, 0]


def test_percent_sign_is_asked_for_as_a_number(scene, tmp_path):
    path = edited(written(scene.report, tmp_path), {(scene.answers[2], "value"): 0.87}, formats={(scene.answers[2], "value"): "0%"})

    found = services.findings_of(hand_in(scene.report, scene.lead, path), by=scene.lead)

    assert [fault.sentence for fault in found.faults] == [
        "enter the number without a percent sign, and set the format of the cell to Number"
    ]


def test_sorted_and_blank_rows_are_fine(scene, tmp_path):
    def turn(page):
        lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
        for n, line in enumerate([lines[3], lines[2], [None] * 17, lines[1], lines[0]], start=2):
            for column, value in enumerate(line, start=1):
                page.cell(n, column).value = value

    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {}, then=turn))

    assert counts(upload) == {"changes": 0, "errors": 0, "same": 4}


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        (lambda page: page.delete_rows(3), "the row of {1} is missing"),
        (lambda page: page.append(["My own note"]), "A6: delete this row. It is not one of the rows that you downloaded"),
        (lambda page: page.append([cell.value for cell in page[2]]), "A6: delete this row, which is a copy of row 2"),
        (lambda page: page.merge_cells("I2:I3"), "I2:I3: separate these merged cells"),
        (lambda page: setattr(page[f"{COLUMN['answer_id']}2"], "value", 999_999), "A2: delete this row"),
        (lambda page: setattr(page[f"{COLUMN['version']}2"], "value", "x"), "P2: the hidden columns of this row were changed"),
    ],
)
def test_changed_rows_are_named(scene, tmp_path, then, sentence):
    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {}, then=then))

    faults = services.findings_of(upload, by=scene.lead).faults
    lines = [f"{fault.cell}: {fault.sentence}" if fault.cell else fault.sentence for fault in faults]
    wanted = sentence.format(*(answer.indicator.number for answer in scene.answers))
    assert [line for line in lines if line.startswith(wanted)] != []


# Files that are not this one -----------------------------------------------------------------------------------------
def refusal(report, path):
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(path, SelfReport.objects.for_display().get(pk=report.pk))
    return str(refused.value)


def test_file_of_another_service_or_year_is_refused(scene, tmp_path):
    other = make_scene()
    earlier = SelfReportFactory(service=scene.service, round=RoundFactory(year=2020), indicator_set=scene.indicator_set)
    sentence = f"The selected file must be the spreadsheet for {scene.service.name}, {scene.report.round.year}"

    assert refusal(scene.report, written(other.report, tmp_path)) == sentence
    assert refusal(scene.report, written(earlier, tmp_path)) == sentence


@pytest.mark.parametrize(
    ("then", "start"),
    [
        (lambda book: book.remove(book["Answers"]), "The sheet Answers is missing"),
        (lambda book: book.remove(book["Technical"]), "The selected file must be the spreadsheet for"),
        (lambda book: book["Answers"].delete_cols(4), "D1: the heading must be How it is answered"),
        (lambda book: setattr(book["Technical"]["B1"], "value", "0"), "The selected file is an older kind"),
        (lambda book: setattr(book["Technical"]["B7"], "value", "0" * 64), "The indicators are not those"),
    ],
)
def test_changed_structure_is_refused(scene, tmp_path, then, start):
    path = written(scene.report, tmp_path)
    book = openpyxl.load_workbook(path)
    then(book)
    book.save(path)

    assert refusal(scene.report, path).startswith(start)


def with_sheet(path, tmp_path, content):
    """The workbook with other bytes as its second sheet."""
    target = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == "xl/worksheets/sheet2.xml" else old.read(name))
    return target


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<row r='1'/>" * 20_001, "far more rows"),
        ("<row r='1'>" + "<c r='A1'/>" * 400_001 + "</row>", "far more cells"),
        ("<row r='1'><c r='A1' t='inlineStr'><is><t>" + "x" * 41 * 1024 * 1024 + "</t></is></c></row>", "far larger"),
        ("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", "the heading must be Number"),
        ("<row r='x'><c r='9'><v>1</v></c></row>", "damaged"),
        ("<row r='1'><c r='A1' t='s'><v>99999</v></c></row>", "damaged"),
        ("<row r='1'><c r='A1'><v>" + "9" * 5000 + "</v></c></row>", "damaged"),
    ],
)
def test_bombs_are_refused(scene, tmp_path, content, words):
    path = with_sheet(written(scene.report, tmp_path), tmp_path, SHEET.format(content))

    assert words in refusal(scene.report, path)


def test_cell_of_ten_megabytes_is_too_long(scene, tmp_path):
    def lengthen(page):
        page[f"M{row_of(page, scene.answers[0])}"].value = "x"

    path = edited(written(scene.report, tmp_path), {}, then=lengthen)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet2.xml"
    members[sheet] = members[sheet].replace(b"<t>x</t>", b"<t>" + b"x" * 10 * 1024 * 1024 + b"</t>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    found = services.findings_of(hand_in(scene.report, scene.lead, path), by=scene.lead)

    assert [f"{fault.cell}: {fault.sentence}" for fault in found.faults] == ["M2: comment must be 10,000 characters or less"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b"a,b"), ("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04rubbish"), ("a.xlsm", b"PK\x03\x04")]
)
def test_other_kinds_of_file_are_refused_at_once(scene, name, content):
    with pytest.raises(UploadRefused, match="The selected file"):
        services.add_upload(self_report_id=scene.report.pk, upload=SimpleUploadedFile(name, content), by=scene.lead)

    assert SpreadsheetUpload.objects.count() == 0


# Saving --------------------------------------------------------------------------------------------------------------
def test_set_of_300_saves_in_at_most_15_statements(scene, tmp_path):
    opened = [IndicatorFactory(indicator_set=scene.indicator_set, position=100 + n) for n in range(296)]
    answers = [*scene.answers, *(AnswerFactory(self_report=scene.report, indicator=indicator) for indicator in opened)]
    cells = {(answer, "comment"): "Filled in" for answer in answers}
    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), cells))
    seen = services.findings_of(upload, by=scene.lead).seen

    with CaptureQueriesContext(
        connection,
    ) as statements:
        count = services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.lead)

    assert (count, Answer.objects.filter(self_report=scene.report, version=1, comment="Filled in").count()) == (300, 300)
    assert len(statements) <= 15, [one["sql"][:120] for one in statements]
    assert AuditEvent.objects.filter(action="self_report.spreadsheet_saved").count() == 1


def test_answer_changed_by_somebody_else_is_chosen(scene, tmp_path):
    path = written(scene.report, tmp_path)
    save = answer_services.save_answer
    for place in (0, 3):
        save(
            answer_id=scene.answers[place].pk,
            self_report_id=scene.report.pk,
            raw={"value": "NO", "comment": "Theirs"},
            version=0,
            by=scene.lead,
        )
    cells = {
        (scene.answers[0], "value"): "Yes",
        (scene.answers[1], "numerator"): 4,
        (scene.answers[1], "denominator"): 5,
        (scene.answers[3], "value"): "Mine",
    }
    upload = hand_in(scene.report, scene.lead, edited(path, cells))
    found = services.findings_of(upload, by=scene.lead)

    with pytest.raises(services.SpreadsheetChanged):
        services.save_spreadsheet(upload_id=upload.pk, seen=found.seen, keep={}, by=scene.lead)
    keep = {scene.answers[0].pk: services.USE_MINE, scene.answers[3].pk: services.KEEP_THEIRS}
    count = services.save_spreadsheet(upload_id=upload.pk, seen=found.seen, keep=keep, by=scene.lead)

    first, second, _, fourth = Answer.objects.filter(self_report=scene.report).order_by("pk")
    assert (count, [change.answer.pk for change in found.stale]) == (2, [first.pk, fourth.pk])
    assert (first.value, first.version, first.revisions.get().comment) == ("YES", 2, "Theirs")
    assert (second.numerator, second.met) == (4, False)
    assert (fourth.value, fourth.version, fourth.revisions.get().value) == ("NO", 1, "Mine")


def test_row_that_nobody_touched_is_left_alone_when_somebody_else_changed_it(scene, tmp_path):
    path = edited(written(scene.report, tmp_path), {(scene.answers[2], "value"): 3})
    answer_services.save_answer(
        answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "NO"}, version=0, by=scene.lead
    )

    upload = hand_in(scene.report, scene.lead, path)

    assert counts(upload) == {"changes": 1, "errors": 0, "same": 3}


def test_change_between_looking_and_saving_is_shown_again(scene, tmp_path):
    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {(scene.answers[0], "value"): "Yes"}))
    seen = services.findings_of(upload, by=scene.lead).seen
    answer_services.save_answer(
        answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "NO"}, version=0, by=scene.lead
    )

    with pytest.raises(services.SpreadsheetChanged):
        services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.lead)

    assert Answer.objects.get(pk=scene.answers[0].pk).value == "NO"
    assert [change.answer.pk for change in services.findings_of(upload, by=scene.lead).stale] == [scene.answers[0].pk]


def test_saved_once(scene, tmp_path):
    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {(scene.answers[0], "value"): "Yes"}))
    seen = services.findings_of(upload, by=scene.lead).seen
    services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.lead)

    with pytest.raises(InvalidTransition, match="Lee Lead saved this spreadsheet already"):
        services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.lead)

    assert Answer.objects.get(pk=scene.answers[0].pk).version == 1


def test_sent_meanwhile_refuses_the_save(scene, tmp_path):
    upload = hand_in(scene.report, scene.lead, edited(written(scene.report, tmp_path), {(scene.answers[0], "comment"): "Late"}))
    seen = services.findings_of(upload, by=scene.lead).seen
    scene.send()

    with pytest.raises(InvalidTransition, match="with executive"):
        services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.lead)


def test_only_queried_answers_may_change(scene, tmp_path):
    scene.declare()
    checking.ask_service(answer_id=scene.answers[1].pk, self_report_id=scene.report.pk, question="Why?", by=scene.officer)
    checking.send_queries(self_report_id=scene.report.pk, by=scene.officer)
    path = edited(written(scene.report, tmp_path), {(scene.answers[0], "value"): "No", (scene.answers[1], "numerator"): 44})

    found = services.findings_of(hand_in(scene.report, scene.lead, path), by=scene.lead)

    assert [change.answer.pk for change in found.changes] == [scene.answers[1].pk]
    assert [fault.sentence for fault in found.faults] == [
        "you cannot change this answer. The hub did not ask about this answer, so it cannot be changed."
    ]


def test_section_taken_away_meanwhile_refuses_the_row(scene, tmp_path):
    given = SectionAssignment.objects.create(self_report=scene.report, section="Structure and function", user=scene.contributor)
    upload = hand_in(scene.report, scene.contributor, edited(written(scene.report, tmp_path), {(scene.answers[0], "value"): "Yes"}))
    seen = services.findings_of(upload, by=scene.contributor).seen
    given.delete()

    with pytest.raises(InvalidTransition, match="Correct 1 error"):
        services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=scene.contributor)


def test_newer_file_replaces_the_one_before(scene, tmp_path, django_capture_on_commit_callbacks):
    path = written(scene.report, tmp_path)
    first = hand_in(scene.report, scene.lead, path)

    with django_capture_on_commit_callbacks(execute=True):
        hand_in(scene.report, scene.lead, path)

    first.refresh_from_db()
    assert (first.status, services.closed_sentence(first)[:19]) == ("REPLACED", "A newer file was up")
    with pytest.raises(InvalidTransition, match="newer file"):
        services.save_spreadsheet(upload_id=first.pk, seen="", keep={}, by=scene.lead)


def test_reading_twice_does_no_harm(scene, tmp_path):
    upload = hand_in(scene.report, scene.lead, written(scene.report, tmp_path))
    before = upload.result

    jobs.enqueue("self_report.spreadsheet", key="again", upload_id=upload.pk, requested_by=scene.lead)
    jobs.run_pending()

    upload.refresh_from_db()
    assert (upload.status, upload.result) == ("CHECKED", before)


# Last year's answer --------------------------------------------------------------------------------------------------
@pytest.fixture
def years(scene):
    """A self-report of last year, declared, before this year's."""
    last = SelfReportFactory(
        service=scene.service, round=RoundFactory(year=scene.report.round.year - 1), indicator_set=scene.indicator_set, status="DECLARED",
        declared_at=timezone.now(), declared_by=scene.executive,
    )  # fmt: skip
    item = EvidenceItem.objects.create(service=scene.service, title="Policy", added_by=scene.lead)
    for n, answer in enumerate(scene.answers):
        value = {0: "YES", 2: "8", 3: "Words"}.get(n, "")
        counts = {"numerator": 45, "denominator": 50} if n == 1 else {}
        earlier = AnswerFactory(
            self_report=last, indicator=answer.indicator, value=value, comment="Said before", confirmed_years_count=n, saved_by=scene.lead,
            saved_at=timezone.now(), **counts,
        )  # fmt: skip
        item.answers.add(earlier)
    return scene


def test_last_years_answer_is_confirmed(years, tmp_path):
    path = edited(written(years.report, tmp_path), {(answer, "confirm"): "Yes" for answer in years.answers[:3]})
    upload = hand_in(years.report, years.lead, path)
    seen = services.findings_of(upload, by=years.lead).seen

    services.save_spreadsheet(upload_id=upload.pk, seen=seen, keep={}, by=years.lead)

    answers = list(Answer.objects.filter(self_report=years.report).order_by("pk"))
    assert [(a.value, a.comment, a.confirmed_years_count, a.evidence.count(), a.met) for a in answers] == [
        ("YES", "Said before", 1, 1, True),
        ("", "Said before", 2, 1, True),
        ("8", "Said before", 3, 1, True),
        ("", "", 0, 0, None),
    ]
    again = hand_in(years.report, years.lead, written(years.report, tmp_path))
    assert counts(again) == {"changes": 0, "errors": 0, "same": 4}


def test_confirming_and_answering_at_once_is_an_error(years, tmp_path):
    path = edited(written(years.report, tmp_path), {(years.answers[0], "confirm"): "Yes", (years.answers[0], "value"): "No"})

    found = services.findings_of(hand_in(years.report, years.lead, path), by=years.lead)

    assert [fault.sentence for fault in found.faults] == [
        "you entered another answer in this row, so clear this cell, or clear what you entered"
    ]


def test_confirming_what_somebody_answered_meanwhile_is_chosen(years, tmp_path):
    path = edited(written(years.report, tmp_path), {(years.answers[0], "confirm"): "Yes"})
    answer_services.save_answer(
        answer_id=years.answers[0].pk, self_report_id=years.report.pk, raw={"value": "NO"}, version=0, by=years.lead
    )

    found = services.findings_of(hand_in(years.report, years.lead, path), by=years.lead)

    assert (found.faults, [(c.entry.value, c.is_confirmed) for c in found.stale]) == ([], [("YES", True)])


def test_yes_taken_back_is_a_change(years, tmp_path):
    answer_services.confirm_last_year(answer_id=years.answers[0].pk, self_report_id=years.report.pk, version=0, by=years.lead)
    path = edited(written(years.report, tmp_path), {(years.answers[0], "confirm"): None})

    found = services.findings_of(hand_in(years.report, years.lead, path), by=years.lead)

    assert [change.then for change in found.changes] == [[("Last year's answer", "Not confirmed")]]

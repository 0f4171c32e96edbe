"""What tests do with the workbook of a self-report: fill cells in, save it with another program, hand it in."""

import random
import shutil
import subprocess

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from surveillance.services import spreadsheets as services
from surveillance.spreadsheets.columns import PLACE
from work import jobs

LIBREOFFICE = shutil.which("soffice")
COLUMN = {key: chr(ord("A") + place) for key, place in PLACE.items()}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def edited(path, cells, *, formats=None, then=None):
    """The workbook with ``cells`` ({(answer, column key): value}) filled in by openpyxl, and ``then`` done to its sheet."""
    book = openpyxl.load_workbook(path)
    page = book["Answers"]
    rows = {page[f"{COLUMN['answer_id']}{n}"].value: n for n in range(2, page.max_row + 1)}
    for (answer, key), value in cells.items():
        page[f"{COLUMN[key]}{rows[answer.pk]}"].value = value
    for (answer, key), number_format in (formats or {}).items():
        page[f"{COLUMN[key]}{rows[answer.pk]}"].number_format = number_format
    if then:
        then(page)
    target = path.with_name("edited.xlsx")
    book.save(target)
    return target


def row_of(page, answer):
    """The row of an answer."""
    return next(n for n in range(2, page.max_row + 1) if page[f"{COLUMN['answer_id']}{n}"].value == answer.pk)


def hand_in(report, user, path):
    """Upload the file and have it read."""
    file = SimpleUploadedFile(path.name, path.read_bytes(), content_type=XLSX)
    upload = services.add_upload(self_report_id=report.pk, upload=file, by=user)
    jobs.run_pending()
    upload.refresh_from_db()
    return upload


def saved_by_libreoffice(path, folder):
    """The file as LibreOffice opens and saves it."""
    target = folder / "libreoffice"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [LIBREOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return target / path.name


def nasty_texts():
    """Texts that programs like to change, and some at random."""
    chance = random.Random(11)  # noqa: S311 (the same each time)
    alphabet = "aB3 =+-@'\"<>&;,\t\n\r_x000D_\u00a0é漢👩🏽\u200b\u202e#!%(){}[]|\\/*?~`^$£"
    formulas = [
        "=1+1",
        "+44 20 7946 0000",
        "-5",
        "@SUM(A1)",
        "\tindented",
        "\rreturn",
        " =spaced",
        "\n=line",
        "{=A1}",
        "=cmd|' /C calc'!A0",
    ]
    marks = ["'", '"', "'quoted", "''twice", "'=marked", "'-1", "\ufeffmark", "\u0001control\u0007"]
    numbers = ["007", "1,000", "5.0", "1e5", "3/4", "1/2/2027", "2027-05-03", "10:30", "50%", "£5", "𝟓", "٥"]
    words = ["TRUE", "false", "Yes", "No", "Cannot answer", "N/A", "#N/A", "#REF!"]
    escapes = ["_x000D_", "_x0041_", "x005F_", "_x005F_", "&amp; & <b>", "<script>alert(1)</script>"]
    lines = ["line\nbreak", "line\r\nbreak", "lone\rreturn", "tab\tinside", "  both ends  ", "\u00a0no break", "zero\u200bwidth"]
    scripts = ["emoji 👩🏽 and 🏳️", "right \u202eto left", "e\u0301 and é"]
    links = ["http://example.org", "mailto:a@b.c", "file:///etc/passwd", '=HYPERLINK("http://x","y")', "x" * 9_000]
    at_random = ["".join(chance.choice(alphabet) for _ in range(chance.randint(1, 60))) for _ in range(60)]
    return [*formulas, *marks, *numbers, *words, *escapes, *lines, *scripts, *links, *at_random]

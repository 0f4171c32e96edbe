"""The words of the workbook: how an indicator is answered, its target, last year's answer, and the guidance."""

import datetime as dt
from collections.abc import Iterator

from accounts.templatetags.qnt_tags import long_datetime
from surveillance.models import Answer, SelfReport
from surveillance.queries.self_reports import value_words
from surveillance.spreadsheets.columns import ANSWERS

HOW = {
    "YES_NO_NA": "Yes, No, Not applicable or Cannot answer",
    "PERCENTAGE": "Two numbers: how many met it, and how many in total",
    "NUMBER": "A number",
    "TEXT": "A text",
}


def last_year_words(earlier: Answer | None) -> str:
    """Last year's answer with its reason and comment."""
    if earlier is None or not earlier.is_answered:
        return "No answer"
    parts = [value_words(earlier)]
    parts += [f"Reason: {earlier.reason}"] if earlier.reason else []
    parts += [f"Comment: {earlier.comment}"] if earlier.comment else []
    return "\n".join(parts)


def guidance(report: SelfReport, *, when: dt.datetime, open_count: int, total_count: int) -> Iterator[tuple[str, str]]:
    """Lines of the sheet "Read me": (style, text), style being title, heading, fact or text."""
    service, indicators = report.service, report.indicator_set
    yield "title", f"Self-report {report.round.year}: {service.name}"
    yield "fact", f"Service: {service.name}"
    yield "fact", f"Organisation: {service.holder.name}"
    yield "fact", f"Year: {report.round.year}"
    yield "fact", f"Indicators: {indicators.name}, version {indicators.version}" if indicators else "Indicators: none"
    yield "fact", f"Downloaded: {long_datetime(when)}, UK time"
    yield "fact", f"You can change {open_count:,} of {total_count:,} answers in this file."
    if service.is_illustrative or (indicators and indicators.is_illustrative):
        yield "text", "Illustrative. The service or its indicators are invented for demonstration."
    yield "heading", "What to fill in"
    yield "text", f"Go to the sheet {ANSWERS}. Each row is one indicator. Fill in the columns from Answer to Comment."
    yield "text", "Where the column How it is answered says Yes, No, Not applicable or Cannot answer, choose one from the list in Answer."
    yield "text", "Where it asks for two numbers, fill in Number that met it and Number in total, and leave Answer empty."
    yield "text", "Where it asks for a number or a text, write it in Answer."
    yield "text", "If something cannot be answered, write Cannot answer in Answer and say why in Reason. It counts as not met."
    yield "text", "If something does not apply, choose Not applicable and say why in Reason."
    yield "text", "If last year's answer is still true, choose Yes in the last column and leave the other cells of the row as they are."
    yield "text", "Last year's comment and documents are then kept."
    yield "heading", "What is locked"
    yield "text", "Grey cells are locked. The column Can you change it? says why."
    yield "text", "You may sort and filter rows, hide columns and change widths. Do not add, copy, merge or delete rows, columns or sheets."
    yield "text", "Do not use formulas. Write the numbers themselves."
    yield "heading", "How it comes back"
    yield "text", "Save the file as an Excel workbook (XLSX), then upload it on the same page from which you downloaded it."
    yield "text", "You will see every change and every error by its cell before anything is saved. Nothing is saved until you say so."
    yield "text", "If somebody else changed an answer after you downloaded this file, you choose which one to keep."
    yield "text", "Documents cannot be added here. Add them on the page of the answer."
    yield "text", "A text that begins with = + - @ or ' is shown with one more ' in front, so that no program runs it. Leave it there."

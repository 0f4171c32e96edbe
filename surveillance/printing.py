"""The printed self-report and its receipt: the HTML that becomes their PDFs. Every text of people stays text.

A sent self-report prints what was declared, from the declaration; before that the answers as they stand, in the same shape.
"""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from accounts.templatetags.qnt_tags import code_groups, long_date, long_datetime, month_date
from rendering.markup import SafeHtml, escape
from rendering.pdf import Section, document_html, letter_html
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Declaration, SelfReport
from surveillance.queries.self_reports import words_of
from surveillance.services.self_reports import declaration_content

KICKER = "Annual self-report"
LONG = 1_200  # characters from which a row may go on over the page; a shorter one is kept whole
COLUMNS = ("Indicator", "Answer", "Met", "Reason and comment", "Documents")
MET = {True: "Met", False: "Not met"}


def newest_declaration(report: SelfReport) -> Declaration | None:
    """The declaration that counts while the self-report is with the hub or accepted; None before, and when it was reopened."""
    if report.status not in SelfReport.SENT:
        return None
    return report.declarations.select_related("declared_by").order_by("-declared_at", "-pk").first()


def paper_html(report: SelfReport, *, now: dt.datetime) -> tuple[str, str]:
    """The document of all answers, and the hash of what it prints. ``report`` comes from ``for_display``."""
    declaration = newest_declaration(report)
    content = json.loads(declaration.content) if declaration else declaration_content(report)
    content_hash = declaration.hash if declaration else sha256_of(canonical_json(content))
    title = f"{report.round.year} self-report: {content['service']['name']}"
    when = declaration.declared_at if declaration else now
    html = document_html(
        title=title,
        short_title=f"{title}, {content['service']['holder_name']}",
        subtitle=[content["service"]["holder_name"]],
        facts=_facts(report, content, declaration, now),
        file_name=paper_name(report),
        version=str(report.declarations.filter(pk__lte=declaration.pk).count()) if declaration else "",
        date_text=month_date(when),
        content_hash=content_hash,
        sections=_sections(content["answers"]),
        illustrative=is_illustrative(report),
        kicker=KICKER,
    )
    return html, content_hash


def is_illustrative(report: SelfReport) -> bool:
    """Whether the service or its indicators are invented."""
    return report.service.is_illustrative or bool(report.indicator_set and report.indicator_set.is_illustrative)


def paper_name(report: SelfReport) -> str:
    """What the file of all answers is called."""
    return f"self-report-{report.round.year}-{report.pk}.pdf"


def receipt_name(declaration: Declaration) -> str:
    """What the receipt's file is called."""
    return f"receipt-{declaration.receipt_code}.pdf"


def _facts(report: SelfReport, content: dict[str, Any], declaration: Declaration | None, now: dt.datetime) -> list[tuple[str, str]]:
    indicators, answers = report.indicator_set, content["answers"]
    answered = sum(_is_answered(answer) for answer in answers)
    facts = [
        ("Service", content["service"]["name"]),
        ("Organisation", content["service"]["holder_name"]),
        ("Round", str(content["year"])),
        ("Indicators", f"{indicators.name}, version {indicators.version}" if indicators else "Key requirements"),
        ("Status", report.get_status_display()),
        ("Answered", f"{answered} of {len(answers)}"),
    ]
    if declaration is None:
        return [*facts, ("Declared", f"Not declared: as it stood at {long_datetime(now)}")]
    in_time = "late" if declaration.is_late else "on time"
    return [
        *facts,
        ("Declared", f"By {_declared_by(declaration)} at {long_datetime(declaration.declared_at)}, {in_time}"),
        ("Receipt", code_groups(declaration.receipt_code)),
    ]


def _declared_by(declaration: Declaration) -> str:
    return declaration.declared_by.name + (f", for {declaration.for_person}" if declaration.for_person else "")


def _is_answered(answer: dict[str, Any]) -> bool:
    return bool(answer["value"]) or (answer["numerator"] is not None and answer["denominator"] is not None)


def _sections(answers: Iterable[dict[str, Any]]) -> list[Section]:
    """A section of the set each, with one table."""
    rows: dict[str, list[str]] = {}
    for answer in answers:
        rows.setdefault(answer["section"], []).append(_row(answer))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS)
    found = [
        Section(
            title,
            SafeHtml(f'<table class="answers"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'),
            page_break=False,
        )
        for title, lines in rows.items()
    ]
    nothing = SafeHtml("<p>This self-report has no indicators. The service reports against its specification's key requirements.</p>")
    return found or [Section("Answers", nothing)]


def _row(answer: dict[str, Any]) -> str:
    words = words_of(answer["answer_kind"], **{name: answer[name] for name in ("value", "numerator", "denominator")})
    said = [text for text in (answer["reason"], answer["comment"]) if text]
    title = f"<b>{escape(answer['number'])}</b> {escape(answer['title'])}" + ("<br>Key indicator" if answer["is_key"] else "")
    cells = (_lines(words), escape(_met_words(answer)), _texts(said, "No comment"), _documents(answer["evidence"]))
    is_long = len(words) + sum(len(text) for text in said) > LONG
    start = '<tr class="long">' if is_long else "<tr>"
    return f'{start}<th scope="row">{title}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _met_words(answer: dict[str, Any]) -> str:
    if not _is_answered(answer):
        return "Not answered"
    return MET.get(answer["met"], "Not applicable")


def _texts(texts: list[str], nothing: str) -> str:
    return "".join(f"<p>{_lines(text)}</p>" for text in texts) or f'<span class="secondary">{escape(nothing)}</span>'


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines()) or escape(text)


def _documents(documents: list[dict[str, Any]]) -> str:
    found = [escape(document["title"]) + _date_of(document["document_date"]) for document in documents]
    return "".join(f"<p>{line}</p>" for line in found) or '<span class="secondary">None</span>'


def _date_of(day: str | None) -> str:
    return f", dated {escape(month_date(dt.date.fromisoformat(day)))}" if day else ""


def receipt_html(declaration: Declaration) -> str:
    """The receipt as a letter of one page: who, when, in time or late, the code and the hash of what was declared."""
    report = declaration.self_report
    service = report.service
    facts = [
        ("Self-report", f"{service.name}, {report.round.year}"),
        ("Organisation", service.holder.name),
        ("Declared by", _declared_by(declaration)),
        ("When", f"{long_datetime(declaration.declared_at)}, UK time"),
        ("In time", f"Late: the last day was {long_date(report.due_date)}" if declaration.is_late else "On time"),
        ("Receipt", code_groups(declaration.receipt_code)),
        ("Content hash (SHA-256)", code_groups(declaration.hash)),
    ]
    rows = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>' for label, text in facts)
    body = SafeHtml(
        "<p>The answers of this self-report were declared as true and accurate. The content hash stands for exactly these answers: "
        f'the same answers always give the same hash.</p><table class="facts"><tbody>{rows}</tbody></table>'
    )
    return letter_html(
        title=f"Receipt for the {report.round.year} self-report of {service.name}",
        recipient=[declaration.declared_by.name, service.holder.name],
        date_text=month_date(declaration.declared_at),
        body=body,
        signature=["Quality and Nursing Team"],
        reference=code_groups(declaration.receipt_code),
        closing="Issued by",
        file_name=receipt_name(declaration),
        illustrative=is_illustrative(report),
    )

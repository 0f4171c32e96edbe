"""The copy for the factual accuracy check as a Word file: what this person may read, to circulate among colleagues."""

from pathlib import Path

from accounts.models import User
from accounts.templatetags.qnt_tags import long_date, month_date
from rendering.pdf import Section
from rendering.word import save_word, table_html
from reports.content import content_of, cover_facts, services_facts, shown_sections
from reports.models import AccuracyPoint, Report, ReportVersion
from reports.queries.accuracy import Record
from reports.queries.rights import may_read_version

ITEM_HEADS = ("Item", "What it is", "Text", "Correct? If not, what is wrong")


def save_accuracy_copy(destination: Path, record: Record, user: User) -> None:
    """Write the Word file: the items with room for notes; for those who read the frozen copy also all of its sections."""
    report = record.report
    version = report.versions.filter(purpose=ReportVersion.Purpose.ACCURACY).order_by("-number").first()
    read = version if version and may_read_version(user, report, version) else None
    frozen = content_of(read) if read else None
    sections = [Section("Items of the check", _items_html(record.points))]
    sections += [Section(s.title, s.html, anchor=s.code) for s in shown_sections(frozen, is_print=True)] if frozen else []
    services = list(report.review.services.all())
    made = read.made_at if read else (version.made_at if version else report.drafted_at)
    save_word(
        destination,
        title=report.title,
        short_title=report.title,
        subtitle=["Copy for the factual accuracy check", *_notes(report)],
        facts=[
            *services_facts(cover_facts(report)),
            ("Answer by", f"11:59pm on {long_date(report.accuracy_due_date)}" if report.accuracy_due_date else ""),
        ],
        sections=sections,
        file_name=copy_name(report),
        version=str(read.number) if read else "",
        date_text=month_date(made),
        content_hash=read.hash if read else "",
        mark="ACCURACY CHECK",
        illustrative=any(service.is_illustrative or service.holder.is_illustrative for service in services),
        made_at=made,
    )


def _notes(report: Report) -> list[str]:
    if report.status != Report.Status.FACTUAL_ACCURACY or not report.accuracy_due_date:
        return []
    return [
        "For reading and for asking colleagues. Answers count only when they are given in the service, item by item. "
        f"If you do not answer by 11:59pm on {long_date(report.accuracy_due_date)}, the report stands as written."
    ]


def _items_html(points: list[AccuracyPoint]) -> str:
    return table_html(ITEM_HEADS, [(point.position, point.title, point.text, "") for point in points], caption="Items of the check")


def copy_name(report: Report) -> str:
    """What the file is called: no words of the report but its address."""
    return f"{report.address[:60].strip('-')}-accuracy-check.docx"

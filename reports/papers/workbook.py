"""Findings and plan of a version as a workbook."""

from pathlib import Path

from accounts.templatetags.qnt_tags import month_date
from rendering.pdf.document import ILLUSTRATIVE_SENTENCE
from rendering.sheets import Definition, Sheet, save_workbook
from reports.models import ReportVersion
from reports.papers.frozen import Content, all_findings, checked_content, data_of, definitions_of
from reports.printing import MARKS, file_stem

FINDING_COLUMNS = (
    "Finding", "Service", "Trust", "Category", "Who can act", "Indicator", "Focus topic", "What was seen", "Basis", "Recommendation",
    "How others did it", "Impact domains",
)  # fmt: skip
FINDING_WIDTHS = (9, 24, 24, 18, 14, 14, 22, 60, 40, 50, 40, 36)
ACTION_COLUMNS = ("Action", "What will be done", "For finding", "Owner", "Due", "Status", "Indicator", "From and to")
ACTION_WIDTHS = (9, 60, 12, 28, 18, 20, 14, 24)
COLUMN_MEANINGS = (
    Definition("Finding", "The number of the finding in the report. It stays the same in every section and file of this version."),
    Definition("Who can act", "Whether the finding is addressed to the provider or to the commissioner."),
    Definition("Basis", "What the finding rests on."),
    Definition("Impact domains", "In which of eight ways the finding may have an effect, and what shows it (Smithson et al. 2018)."),
    Definition("Action", "What one named person will do by a day. Only actions that their owner accepted are listed."),
    Definition("From and to", "Where the action's indicator stood when it was drafted, and where it should get."),
)


def save_findings(version: ReportVersion, destination: Path) -> list[int]:
    """The workbook of a version; gives the number of rows of each sheet. Raises NotPublishable as ``checked_content`` does."""
    content = checked_content(version)
    sheets = [
        Sheet("Findings", FINDING_COLUMNS, [finding_row(one) for one in all_findings(content)], FINDING_WIDTHS),
        Sheet("Plan", ACTION_COLUMNS, [action_row(one) for one in data_of(content, "actions").get("actions", [])], ACTION_WIDTHS),
    ]
    meanings = [Definition(name, text or "Not defined by the procedure.") for name, text in definitions_of(content).items()]
    return save_workbook(
        destination, sheets, title=content["cover"]["title"], definitions=[*COLUMN_MEANINGS, *meanings], notes=notes_of(version, content)
    )


def workbook_name(version: ReportVersion) -> str:
    """What the file is called."""
    return f"{file_stem(version)}-findings.xlsx"


def notes_of(version: ReportVersion, content: Content) -> list[str]:
    """What stands in the definitions sheet about the file itself."""
    is_public = version.purpose == ReportVersion.Purpose.PUBLIC
    notes = [f"Version {version.number} of {month_date(version.made_at)}, content hash {version.hash}."]
    notes.append(
        "Made from the public sections of the report only." if is_public else "Not for publication: it may hold restricted sections."
    )
    notes += [f"{MARKS[version.purpose]}: it may change before it is signed off."] if version.purpose in MARKS else []
    return [*notes, *([ILLUSTRATIVE_SENTENCE] if content["cover"]["is_illustrative"] else [])]


def finding_row(finding: Content) -> list[str]:
    """One row of the first sheet."""
    domains = "\n".join(": ".join(text for text in pair if text) for pair in finding.get("domains", []))
    facts = [finding.get(name, "") for name in ("reference", "service", "holder", "category", "addressed_to", "number", "topic")]
    return [*facts, finding["seen"], finding["basis"], finding["recommendation"], finding.get("others", ""), domains]


def action_row(action: Content) -> list[str]:
    """One row of the second sheet."""
    what = action["what"] or f"As recommended in {action['finding']}"
    return [
        action["reference"],
        what,
        action["finding"],
        action["owner"],
        action["due"],
        action["status"],
        action["number"],
        action["moves"],
    ]

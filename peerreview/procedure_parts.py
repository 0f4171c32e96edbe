"""The parts of a procedure: what each holds, how pages say its rows, what cannot be taken out, what must fit together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.templatetags.qnt_tags import clock_time
from peerreview.models import Finding, Procedure, TeamMember
from peerreview.models.procedures import EMPLOYED, Row
from peerreview.ties import profession_words
from surveillance.canonical import canonical_json, sha256_of
from work.items import counted

MOST_ROWS = 60  # in one part
MOST_DAYS = 10  # of a visit
ANCHORS = {
    "VISIT": "the visit",
    "FINDING": "the finding is agreed",
    "LETTER": "the letter is sent",
    "INVITED": "a reviewer is invited",
    "TEAM_ASKED": "the team is asked to read the draft",
    "DRAFT": "the draft report",
    "QUALITY_CHECK": "the quality check",
    "FINAL": "the final report",
}
OWN_ANCHORS = ("VISIT", "DRAFT", "QUALITY_CHECK", "FINAL")  # those that a review's page can work out a day from
# The service itself sets clocks by these: they change days, holder and words, and stay.
BEFORE_VISIT = ("NOTICE", "TEAM", "TOPICS", "EVIDENCE", "BRIEFING")
FIXED_MILESTONES = frozenset({
    *BEFORE_VISIT, "CONFLICT_ANSWER", "IMMEDIATE_LETTER", "IMMEDIATE_RESPONSE", "SERIOUS_LETTER", "SERIOUS_RESPONSE", "DRAFT",
    "TEAM_READING", "QUALITY_CHECK", "ACCURACY", "FINAL", "PUBLICATION", "PLAN", "PROGRESS_3", "PROGRESS_6", "PROGRESS_12",
})  # fmt: skip
RULINGS = {"BAR": "Bars the reviewer", "DECLARE": "Declared, and the hub decides"}
LEVELS = {"INDIVIDUAL": "Individual", "TEAM": "Team", "ORGANISATION": "Organisation", "SYSTEM": "System"}
PRINCIPLES = {
    "RECIPROCAL": "Reciprocal learning", "EQUALITY": "Equality of status, knowledge and expertise", "VOLUNTARY": "Voluntary exchange",
    "COLLEGIAL": "Collegial learning without sanction", "TRUST": "Trust",
}  # fmt: skip
IMPACTS = {"MOTIVATION": "Motivation to change", "SUPPORT": "Marshalling support for change", "PRIORITIES": "Identifying priorities"}
OTHERS = {"BURDEN": "Effort", "OPEN": "Anything else"}
ABOUT = LEVELS | PRINCIPLES | IMPACTS | OTHERS
ANSWERS = {"SCALE": "1 to 5", "HOURS": "A number of hours", "TEXT": "Free text"}


def days_words(entry: Row) -> str:
    """When a milestone is due, from its anchor: "50 working days before the visit"."""
    if "months" in entry:
        return f"{counted(int(entry['months']), 'month')} after {ANCHORS[str(entry['anchor'])]}"
    days = int(entry["working_days"])
    return f"{counted(abs(days), 'working day')} {'before' if days < 0 else 'after'} {ANCHORS[str(entry['anchor'])]}"


def tie_words(rule: Row) -> str:
    """What a reviewer says yes to: "worked there in the last 3 years"."""
    if not rule["years"]:
        return str(rule["label"])
    return f"{rule['label']} in the last {'year' if rule['years'] == 1 else '{} years'.format(rule['years'])}"


def _session_words(row: Row) -> tuple[str, ...]:
    kind = "Informal exchange" if row["is_informal"] else "Session"
    return str(row["title"]), f"Day {row['day']}", counted(row["minutes"], "minute"), kind


def _place_row_words(row: Row) -> tuple[str, ...]:
    count = "1 person" if row["count"] == 1 else f"{row['count']} people"
    professions = profession_words(row.get("professions", ())).capitalize() or "Any"
    return str(row["label"]), TeamMember.TeamRole(row["role"]).label, professions, count


@dataclass(frozen=True)
class Part:
    """One part of a procedure. ``column`` holds its rows, ``columns`` everything that is copied; ``fixed`` rows stay."""

    code: str
    title: str
    noun: str
    column: str
    headers: str
    words: Callable[[Row], tuple[str, ...]]
    fixed: frozenset[str] = frozenset()
    may_add: bool = True
    extra: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, *self.extra)


MILESTONES = Part(
    "milestones", "Milestones", "milestone", "milestones", "What|Who|By when",
    lambda row: (str(row["label"]), str(row["holder"]), days_words(row)), FIXED_MILESTONES,
)  # fmt: skip
TEAM = Part(
    "team", "Team", "place", "roles_required", "Place|Role|Professions|How many", _place_row_words,
)  # fmt: skip
CATEGORIES = Part(
    "categories", "Finding categories", "category", "categories", "Category|Definition",
    lambda row: (str(row["label"]), str(row["definition"])), frozenset(Finding.Category.values), may_add=False,
)  # fmt: skip
CONFLICTS = Part(
    "conflicts", "Conflicts of interest", "tie", "conflict_rules", "A reviewer says yes if they|What follows",
    lambda row: (tie_words(row), RULINGS[row["ruling"]]), frozenset({EMPLOYED}), extra=("bar_years_count",),
)  # fmt: skip
TIMETABLE = Part("timetable", "Timetable", "session", "timetable", "Session|Day|How long|Kind", _session_words)
SURVEY = Part(
    "survey", "Survey", "question", "survey", "Question|What it is about|How it is answered",
    lambda row: (str(row["text"]), ABOUT[row["about"]], ANSWERS[row["answer"]]),
)  # fmt: skip
ROW_PARTS: dict[str, Part] = {part.code: part for part in (MILESTONES, TEAM, CATEGORIES, CONFLICTS, TIMETABLE, SURVEY)}
# The part without rows: name, purpose and single numbers.
GENERAL, GENERAL_TITLE = "general", "Name, purpose and numbers"
GENERAL_COLUMNS = (
    "name", "purpose", "topics_max_count", "informal_minutes", "day_starts_at", "survey_after_days", "survey_after_months",
    "pledge_after_months",
)  # fmt: skip
TITLES: dict[str, str] = {GENERAL: GENERAL_TITLE} | {code: part.title for code, part in ROW_PARTS.items()}


def rows_of(procedure: Procedure, part: Part) -> list[Row]:
    """The rows of a part as they are stored, the years of every tie with it."""
    rows: list[Row] = procedure.ties if part is CONFLICTS else getattr(procedure, part.column)
    return rows


def row_of(procedure: Procedure, part: Part, code: str) -> Row | None:
    """One row by its code; None when there is none."""
    return next((row for row in rows_of(procedure, part) if row["code"] == code), None)


def peers_of(procedure: Procedure, part: Part, row: Row) -> list[Row]:
    """The rows among which a row can be moved: all of its part, or of its day in the timetable."""
    return [one for one in rows_of(procedure, part) if part is not TIMETABLE or one["day"] == row["day"]]


def place_words(procedure: Procedure, part: Part, code: str) -> str:
    """Where a row stands now, in words; empty for a code that is not there."""
    row = row_of(procedure, part, code)
    if row is None:
        return ""
    peers = peers_of(procedure, part, row)
    day = f" on day {row['day']}" if part is TIMETABLE else ""
    return f"{part.words(row)[0].rstrip('.')} is now {peers.index(row) + 1} of {len(peers)}{day}"


def general_facts(procedure: Procedure) -> list[tuple[str, str]]:
    """The part without rows as label and words."""
    return [
        ("Name", procedure.name),
        ("Purpose", procedure.purpose or "Not said"),
        ("Focus topics", f"At most {procedure.topics_max_count}"),
        ("Informal exchange", f"At least {counted(procedure.informal_minutes, 'minute')}"),
        ("A day begins at", clock_time(procedure.day_starts_at)),
        ("First survey", f"{counted(procedure.survey_after_days, 'working day')} after the visit"),
        ("Second survey", f"{counted(procedure.survey_after_months, 'month')} after the visit"),
        ("Pledges are asked about", f"{counted(procedure.pledge_after_months, 'month')} after the visit"),
    ]


def mark_of(record: Row) -> str:
    """A short mark of a row or of facts: another one as soon as one of them differs."""
    return sha256_of(canonical_json(record))[:16]


def general_mark(procedure: Procedure) -> str:
    """The mark of the part without rows."""
    facts: Row = {name: getattr(procedure, name) for name in GENERAL_COLUMNS}
    return mark_of(facts | {"day_starts_at": f"{procedure.day_starts_at:%H:%M}"})


def faults_of(procedure: Procedure) -> list[str]:
    """Sentences that say why the procedure cannot be published: parts that do not fit together. Empty when it can."""
    return [*_milestone_faults(procedure), *_team_faults(procedure), *_timetable_faults(procedure)]


def _milestone_faults(procedure: Procedure) -> list[str]:
    days: dict[str, Any] = {row["code"]: row for row in procedure.milestones}
    faults = [f"The milestone {code} is missing." for code in sorted(FIXED_MILESTONES - set(days))]
    if faults:
        return faults
    notice = days["NOTICE"]["working_days"]
    faults += [
        f"“{row['label']}” is due before the service is told of the visit."
        for row in procedure.milestones
        if row["code"] != "NOTICE" and row["anchor"] == "VISIT" and row.get("working_days", 0) < notice
    ]
    steps = sum(days[code]["working_days"] for code in ("DRAFT", "QUALITY_CHECK", "ACCURACY"))
    final = days["FINAL"]["working_days"]
    if final < steps:
        faults.append(
            f"The final report is due {final} working days after the visit, but the draft, its quality check and the factual accuracy "
            f"check take {steps}."
        )
    return faults


def _team_faults(procedure: Procedure) -> list[str]:
    leads = sum(row["count"] for row in procedure.roles_required if row["role"] == TeamMember.TeamRole.LEAD)
    patients = any(row["role"] == TeamMember.TeamRole.PATIENT_REVIEWER for row in procedure.roles_required)
    faults = [] if leads == 1 else ["The team needs exactly 1 lead reviewer."]
    return faults if patients else [*faults, "The team needs a patient or carer reviewer."]


def _timetable_faults(procedure: Procedure) -> list[str]:
    planned, wanted = procedure.informal_planned, procedure.informal_minutes
    if planned >= wanted:
        return []
    return [f"Informal exchange: {planned} of at least {wanted} minutes. Add {wanted - planned} more to the timetable, or ask for fewer."]

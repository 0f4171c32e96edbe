"""Procedures to begin with: our defaults, to be confirmed by the programme. Data from here on, never constants in code."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# code, label, holder, anchor, working days; negative is before the anchor.
BEFORE = (
    ("NOTICE", "Notice to the service", "Hub", "VISIT"),
    ("TEAM", "Team and conflicts of interest settled", "Hub manager", "VISIT"),
    ("TOPICS", "Focus topics and evidence request agreed", "Hub", "VISIT"),
    ("EVIDENCE", "Evidence filed", "Service lead", "VISIT"),
    ("BRIEFING", "Reviewers briefed", "Hub", "VISIT"),
)
USUAL_DAYS = (-50, -35, -30, -15, -5)
RAPID_DAYS = (-10, -8, -8, -4, -1)
AFTER = (
    ("CONFLICT_ANSWER", "Service answers about conflicts of interest", "Service lead", "INVITED", 5),
    ("IMMEDIATE_LETTER", "Letter about an immediate risk", "Hub manager", "FINDING", 2),
    ("IMMEDIATE_RESPONSE", "Answer to the letter about an immediate risk", "Executive", "LETTER", 10),
    ("SERIOUS_LETTER", "Letter about a serious concern", "Hub manager", "FINDING", 10),
    ("SERIOUS_RESPONSE", "Answer to the letter about a serious concern", "Executive", "LETTER", 20),
    ("DRAFT", "Draft report", "Hub", "VISIT", 20),
    ("QUALITY_CHECK", "Independent quality check by two people", "Hub", "DRAFT", 5),
    ("ACCURACY", "Factual accuracy check by the service", "Service lead", "QUALITY_CHECK", 10),
    ("FINAL", "Final report signed off", "Hub manager", "VISIT", 40),
    ("PUBLICATION", "Publication decision", "National lead", "FINAL", 10),
    ("PLAN", "Action plan agreed", "Executive", "FINAL", 20),
)
PROGRESS_MONTHS = (3, 6, 12)
CATEGORIES = [
    {"code": "IMMEDIATE_RISK", "label": "Immediate risk", "definition": "Likely to harm patients or staff. Someone must act now."},
    {
        "code": "SERIOUS_CONCERN",
        "label": "Serious concern",
        "definition": "Not an immediate risk, but likely to seriously compromise quality or clinical outcomes.",
    },
    {"code": "CONCERN", "label": "Concern", "definition": "A shortfall that affects quality or outcomes and needs action."},
    {"code": "FURTHER_CONSIDERATION", "label": "Further consideration", "definition": "A point to think about. There is no shortfall."},
    {"code": "GOOD_PRACTICE", "label": "Good practice", "definition": "Good practice or a significant achievement that others can learn from."},
]
SMALL_TEAM = [
    {"role": "LEAD", "label": "Lead reviewer (clinical)", "count": 1},
    {"role": "MEMBER", "label": "Reviewer (nurse, allied health professional or manager)", "count": 2},
    {"role": "PATIENT_REVIEWER", "label": "Patient or carer reviewer", "count": 1},
]
LARGE_TEAM = [*SMALL_TEAM[:1], SMALL_TEAM[1] | {"count": 4}, *SMALL_TEAM[2:]]
RAPID_TEAM = [*SMALL_TEAM[:1], SMALL_TEAM[1] | {"count": 1}, *SMALL_TEAM[2:]]
# code, name, days before the visit, team, minutes of informal exchange, topics at most
PROCEDURES = (
    ("SMALL_NETWORK", "Small clinical network", USUAL_DAYS, SMALL_TEAM, 90, 5),
    ("LARGE_NETWORK", "Large network (cancer)", USUAL_DAYS, LARGE_TEAM, 120, 5),
    ("RAPID", "Rapid review", RAPID_DAYS, RAPID_TEAM, 60, 3),
    ("VIRTUAL", "Virtual review", USUAL_DAYS, SMALL_TEAM, 60, 5),
    ("DEEP_DIVE", "Deep dive", USUAL_DAYS, LARGE_TEAM, 180, 2),
)


def milestones(days: tuple[int, ...]) -> list[dict[str, object]]:
    rows = [(*row, count) for row, count in zip(BEFORE, days, strict=True)] + list(AFTER)
    fixed = [{"code": c, "label": text, "holder": h, "anchor": a, "working_days": d} for c, text, h, a, d in rows]
    checks = [
        {"code": f"PROGRESS_{m}", "label": f"Progress check after {m} months", "holder": "Hub", "anchor": "FINAL", "months": m}
        for m in PROGRESS_MONTHS
    ]
    return fixed + checks


def add_procedures(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = apps.get_model("peerreview", "Procedure")
    for code, name, days, team, minutes, topics in PROCEDURES:
        table.objects.create(
            code=code, version=1, name=name, status="PUBLISHED", milestones=milestones(days), roles_required=team, categories=CATEGORIES,
            informal_minutes=minutes, topics_max_count=topics, is_default=True,
        )  # fmt: skip


def remove_procedures(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    codes = [row[0] for row in PROCEDURES]
    apps.get_model("peerreview", "Procedure").objects.filter(code__in=codes, version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("peerreview", "0001_initial")]
    operations = [migrations.RunPython(add_procedures, remove_procedures)]

"""The rest of the procedures to begin with: purpose, conflict rules, timetable, survey. Our defaults, to be confirmed."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PURPOSES = {
    "SMALL_NETWORK": "For a service of a small clinical network, where reviewers and service often know each other: a small team, one day, "
    "and time to talk.",
    "LARGE_NETWORK": "For a large network such as cancer, with several sites and teams: a larger team, two days.",
    "RAPID": "For a risk that cannot wait: short notice, a small team, few topics.",
    "VIRTUAL": "For a visit by video, when people cannot meet or need not travel.",
    "DEEP_DIVE": "For one or two issues that need more than a day: the team comes back, looks closely and talks with more people.",
}
# code, "Say yes if you ...", what follows; the years of EMPLOYED stand in bar_years_count
TIES = (
    ("EMPLOYED", "worked there", "BAR"),
    ("CLOSE_TIE", "have a close personal tie with someone there", "BAR"),
    ("DISPUTE", "have an active dispute with someone there", "BAR"),
    ("SAME_NETWORK", "work in the same network or region", "DECLARE"),
    ("CO_AUTHOR", "write or do research with someone there", "DECLARE"),
    ("REFERRALS", "refer patients there, or take patients from there", "DECLARE"),
    ("COMPETITOR", "work at a provider that competes with it", "DECLARE"),
)
# minutes, title; "~" before what is informal exchange. One tuple a day.
OPENING, TOPICS, PATIENTS = (45, "The service presents itself"), (75, "Focus topics with the clinical teams"), (45, "Patients and carers")
AGREEING, FEEDBACK = (60, "The team agrees its findings"), (30, "First feedback to the service")
TIMETABLES = {
    "SMALL_NETWORK": (
        ((45, "The team meets"), OPENING, (30, "~Coffee with the service’s staff"), TOPICS, (45, "~Lunch together"), PATIENTS,
         (45, "Walk through wards and clinics"), (30, "~Tea: what each side takes home"), AGREEING, FEEDBACK),
    ),
    "LARGE_NETWORK": (
        ((45, "The team meets"), (60, "The network presents itself"), (30, "~Coffee with the teams"), (90, "Focus topics, first site"),
         (60, "~Lunch together"), PATIENTS, (60, "Walk through the first site"), (45, "The team compares its notes")),
        ((90, "Focus topics, second site"), (30, "~Coffee with the teams"), (60, "Walk through the second site"),
         (45, "~Lunch: what each side takes home"), (45, "The multidisciplinary team meeting"), AGREEING, FEEDBACK),
    ),
    "RAPID": (
        ((30, "The team meets"), (30, "The service says what it has done"), (60, "The risk, with the people closest to it"),
         (30, "~Coffee with the service’s staff"), (45, "Walk through the place of the risk"), (30, "~Lunch together"), (30, "Patients and carers"),
         (45, "The team agrees its findings"), FEEDBACK),
    ),
    "VIRTUAL": (
        ((30, "The team meets"), OPENING, (30, "~Open call: ask each other anything"), (60, "Focus topics with the clinical teams"),
         (45, "Patients and carers"), (30, "~Open call: what each side takes home"), AGREEING, FEEDBACK),
    ),
    "DEEP_DIVE": (
        ((60, "The team meets"), OPENING, (30, "~Coffee with the service’s staff"), (90, "The first issue, followed from start to end"),
         (60, "~Lunch together"), (60, "Walk through wards and clinics"), (45, "The team compares its notes")),
        ((90, "The second issue, followed from start to end"), (30, "~Coffee with the service’s staff"), (60, "Patients and carers"),
         (60, "~Lunch together"), (90, "A case that went well, and one that did not"), (45, "The team compares its notes")),
        ((60, "How others did it: reviewers and service"), (30, "~Coffee with the service’s staff"), AGREEING, FEEDBACK),
    ),
}  # fmt: skip
# code, text, what it is about, how it is answered
SURVEY = (
    ("LEARNT_SELF", "I learnt something that I will use.", "INDIVIDUAL", "SCALE"),
    ("LEARNT_TEAM", "My team learnt something that it will use.", "TEAM", "SCALE"),
    ("LEARNT_ORGANISATION", "My organisation learnt something that it will use.", "ORGANISATION", "SCALE"),
    ("LEARNT_SYSTEM", "The wider system learnt something that it will use.", "SYSTEM", "SCALE"),
    ("OTHERS_LEARNT", "The other side learnt from us.", "RECIPROCAL", "SCALE"),
    ("EQUAL", "All views counted equally, whatever the profession.", "EQUALITY", "SCALE"),
    ("FREELY", "I shared what I wanted to, freely.", "VOLUNTARY", "SCALE"),
    ("COLLEGIAL", "It felt collegial, not a test.", "COLLEGIAL", "SCALE"),
    ("TRUSTED", "I trusted the other side.", "TRUST", "SCALE"),
    ("DIFFICULT", "Difficult issues could be raised.", "TRUST", "SCALE"),
    ("MOTIVATED", "We are motivated to change.", "MOTIVATION", "SCALE"),
    ("SUPPORT", "We can get support for change.", "SUPPORT", "SCALE"),
    ("PRIORITIES", "We know our priorities.", "PRIORITIES", "SCALE"),
    ("HOURS", "About how many hours did this take you?", "BURDEN", "HOURS"),
    ("MORE", "Is there anything that you want to add?", "OPEN", "TEXT"),
)


def sessions(days: tuple) -> list[dict[str, object]]:
    found = [(day, minutes, title) for day, rows in enumerate(days, start=1) for minutes, title in rows]
    return [
        {"code": f"SESSION_{n}", "day": day, "title": title.lstrip("~"), "minutes": minutes, "is_informal": title.startswith("~")}
        for n, (day, minutes, title) in enumerate(found, start=1)
    ]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = apps.get_model("peerreview", "Procedure")
    for procedure in table.objects.all():
        procedure.purpose = PURPOSES.get(procedure.code, "")
        procedure.conflict_rules = [{"code": code, "label": text, "ruling": ruling, "years": None} for code, text, ruling in TIES]
        procedure.timetable = sessions(TIMETABLES.get(procedure.code, TIMETABLES["SMALL_NETWORK"]))
        procedure.survey = [{"code": c, "text": text, "about": about, "answer": answer} for c, text, about, answer in SURVEY]
        procedure.roles_required = [{"code": f"PLACE_{n}", **role} for n, role in enumerate(procedure.roles_required, start=1)]
        procedure.save()


def empty(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = apps.get_model("peerreview", "Procedure")
    table.objects.filter(status="IN_CONSULTATION").update(status="DRAFT")  # the status did not exist before
    for procedure in table.objects.all():
        procedure.roles_required = [{k: v for k, v in role.items() if k != "code"} for role in procedure.roles_required]
        procedure.save(update_fields=["roles_required"])


class Migration(migrations.Migration):
    dependencies = [("peerreview", "0003_procedure_versions")]
    operations = [migrations.RunPython(fill, empty)]

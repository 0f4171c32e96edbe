"""The days in which a team reads the draft of its report: ours by default, to be confirmed; a row of each procedure from here on."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CODE = "TEAM_READING"
ROW = {"code": CODE, "label": "Team reads the draft report", "holder": "Team", "anchor": "TEAM_ASKED", "working_days": 5}


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for procedure in apps.get_model("peerreview", "Procedure").objects.all():
        codes = [row["code"] for row in procedure.milestones]
        if "DRAFT" in codes and CODE not in codes:
            place = codes.index("DRAFT") + 1
            procedure.milestones = [*procedure.milestones[:place], ROW, *procedure.milestones[place:]]
            procedure.save(update_fields=["milestones"])


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for procedure in apps.get_model("peerreview", "Procedure").objects.all():
        procedure.milestones = [row for row in procedure.milestones if row["code"] != CODE]
        procedure.save(update_fields=["milestones"])


class Migration(migrations.Migration):
    dependencies = [('peerreview', '0008_versions_and_ids_of_forms')]
    operations = [migrations.RunPython(add, remove)]

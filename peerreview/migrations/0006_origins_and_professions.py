"""Where reviews came from, and which professions the shipped procedures ask for."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# By the role and label of a place in the procedures to begin with: our defaults, to be confirmed.
PROFESSIONS = {
    "Lead reviewer (clinical)": ["DOCTOR", "NURSE", "AHP", "SCIENTIST"],
    "Reviewer (nurse, allied health professional or manager)": ["NURSE", "AHP", "MANAGER"],
}


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("peerreview", "Review").objects.filter(purpose="IMPROVEMENT").update(origin="REQUEST")
    for procedure in apps.get_model("peerreview", "Procedure").objects.all():
        for place in procedure.roles_required:
            place.setdefault("professions", PROFESSIONS.get(place["label"], []))
        procedure.save(update_fields=["roles_required"])


def empty(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("peerreview", "Review").objects.update(origin="DECISION")
    for procedure in apps.get_model("peerreview", "Procedure").objects.all():
        for place in procedure.roles_required:
            place.pop("professions", None)
        procedure.save(update_fields=["roles_required"])


class Migration(migrations.Migration):
    dependencies = [("peerreview", "0005_visits")]
    operations = [migrations.RunPython(fill, empty)]

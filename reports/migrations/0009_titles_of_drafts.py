"""Drafts that were begun before get the titles that a draft begun today has; whatever was frozen, checked or signed stays as it is."""

from typing import Any

from django.db import migrations

PLACEHOLDER = "Notes that are for the service and its commissioner only. There are none yet."
LEARNING_TITLES = {"hub_notes": "Notes for the service", "timetable": "Appendix 2: Timetable"}


def rename(apps: Any, schema_editor: Any) -> None:
    """Empty the placeholder of the notes; name sections of reviews for learning, and take out what none of them has, where uncommented."""
    drafts = apps.get_model("reports", "ReportSection").objects.filter(report__status="DRAFT")
    drafts.filter(code="hub_notes", text=PLACEHOLDER).update(text="", drafted_text="")
    learning = drafts.filter(report__review__purpose="IMPROVEMENT")
    for code, title in LEARNING_TITLES.items():
        learning.filter(code=code).update(title=title)
    learning.filter(code="commissioning", comments=None).delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_replaced_checkers")]

    # Nothing to undo: the earlier code reads these drafts as well.
    operations = [migrations.RunPython(rename, migrations.RunPython.noop, elidable=True)]

from django.db import migrations
from django.utils import timezone

from surveillance.shipped_rules import SHIPPED_LEVELS


def write(apps, schema_editor):
    rules = apps.get_model("surveillance", "DecisionRules")
    rules.objects.get_or_create(
        version=1, defaults={"status": "PUBLISHED", "levels": SHIPPED_LEVELS, "published_at": timezone.now(), "note": "The first version."}
    )


def remove(apps, schema_editor):
    apps.get_model("surveillance", "DecisionRules").objects.filter(version=1, published_by=None).delete()


class Migration(migrations.Migration):
    dependencies = [("surveillance", "0003_decision_rules")]

    operations = [migrations.RunPython(write, remove)]

"""England's bank holidays from 2020 to 2035, as the public calendar has them; edited in the product from then on."""

import holidays
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_bank_holidays(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = apps.get_model("work", "BankHoliday")
    calendar = holidays.country_holidays("GB", subdiv="ENG", years=range(2020, 2036))
    table.objects.bulk_create([table(date=day, name=name) for day, name in sorted(calendar.items())])


def remove_bank_holidays(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("work", "BankHoliday").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]
    operations = [migrations.RunPython(add_bank_holidays, remove_bank_holidays)]

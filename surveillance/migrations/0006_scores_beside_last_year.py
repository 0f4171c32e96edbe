"""Fill what scores now carry: how many key indicators are not met, and the percentage of the year before.

Read from what was declared and assessed since, in batches, so that memory stays flat; running it again writes the same.
"""

import json

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from surveillance.suspension import is_out_of_count

BATCH = 200
REACHED = {"SELF_ASSESSED": (), "VALIDATED": ("VALIDATED",), "PEER_REVIEWED": ("VALIDATED", "PEER_REVIEWED")}


def fill(apps, schema_editor):
    fill_percents(apps)
    reports = apps.get_model("surveillance", "SelfReport").objects.filter(scores__isnull=False).distinct()
    pks = list(reports.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        fill_keys(apps, pks[start : start + BATCH])


def fill_percents(apps):
    scores = apps.get_model("surveillance", "Score").objects
    for year in apps.get_model("surveillance", "Round").objects.order_by("year").values_list("year", flat=True):
        before = scores.filter(
            self_report__round__year=year - 1, self_report__service__self_reports__scores=OuterRef("pk"), stage=OuterRef("stage")
        )
        scores.filter(self_report__round__year=year).update(percent_before=Subquery(before.values("percent")[:1]))


def fill_keys(apps, pks):
    """Write ``key_not_met_count`` of the scores of these self-reports."""
    key_answers = declared_keys(apps, pks)
    assessed, suspended = assessments(apps, pks), suspended_answers(apps, pks)
    by_count = {}
    scores = apps.get_model("surveillance", "Score").objects.filter(self_report__in=pks, percent__isnull=False)
    for pk, report, stage in scores.values_list("pk", "self_report", "stage"):
        met = {answer: value for answer, value in key_answers.get(report, {}).items() if answer not in suspended}
        for reached in REACHED[stage]:
            met.update({answer: value for answer, value in assessed.get((report, reached), ()) if answer in met})
        by_count.setdefault(sum(value is False for value in met.values()), []).append(pk)
    for count, found in by_count.items():
        apps.get_model("surveillance", "Score").objects.filter(pk__in=found).update(key_not_met_count=count)


def declared_keys(apps, pks):
    """Self-report to its declared answers to key indicators: answer to met."""
    declarations = apps.get_model("surveillance", "Declaration").objects.filter(self_report__in=pks).order_by("declared_at", "pk")
    found = {}
    for report, content in declarations.values_list("self_report", "content").iterator(chunk_size=BATCH):
        found[report] = {answer["id"]: answer["met"] for answer in json.loads(content)["answers"] if answer.get("is_key")}
    return found


def assessments(apps, pks):
    """Self-report and stage to (answer, met)."""
    rows = apps.get_model("surveillance", "Assessment").objects.filter(answer__self_report__in=pks, answer__indicator__is_key=True)
    found = {}
    for report, stage, answer, met in rows.values_list("answer__self_report", "stage", "answer", "met"):
        found.setdefault((report, stage), []).append((answer, met))
    return found


def suspended_answers(apps, pks):
    """Answers whose indicator has left the count of their self-report."""
    today = timezone.localdate()
    rows = apps.get_model("surveillance", "Answer").objects.filter(
        self_report__in=pks, indicator__is_key=True, indicator__suspended_from__lte=today
    )
    columns = ("pk", "indicator__suspended_from", "self_report__round__check_by_date", "self_report__declared_at")
    return {
        pk
        for pk, day, check_by, declared in rows.values_list(*columns)
        if is_out_of_count(day, check_by_date=check_by, declared_date=declared and timezone.localdate(declared), today=today)
    }


def empty(apps, schema_editor):
    apps.get_model("surveillance", "Score").objects.update(key_not_met_count=0, percent_before=None)


class Migration(migrations.Migration):
    dependencies = [("surveillance", "0005_collation_meetings_steps")]

    operations = [migrations.RunPython(fill, empty)]

"""Courses and training records; what stood on reviewers' profiles becomes records of the course to begin with.

The two columns of the profile stay in the database for one release, so that the code before this one runs against it; the
models do not know them any more.
"""

import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import accounts.clock

# The course to begin with: our default, to be confirmed. Data from here on, never a constant in code.
COURSE = {"name": "Peer reviewer training", "audiences": ["REVIEWERS", "PATIENT_REVIEWERS"], "valid_months": 36, "is_required": True}
CARRIED = "Carried over from the reviewer's profile."
NO_LAST_DAY = "Carried over from the reviewer's profile, which gave no last day. Record the training again."


def carry(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A record for each profile with a day of training. Without a last day nobody could join before, so it counts for its day alone."""
    course, _ = apps.get_model("peerreview", "Course").objects.get_or_create(name=COURSE["name"], retired_at=None, defaults=COURSE)
    record = apps.get_model("peerreview", "TrainingRecord")
    profiles = apps.get_model("peerreview", "ReviewerProfile").objects.exclude(trained_on=None, training_expires_on=None)
    record.objects.bulk_create(
        [
            record(
                user_id=user_id, course=course, completed_date=_completed(trained, last), expires_date=last or trained,
                evidence=CARRIED if last else NO_LAST_DAY,
            )
            for user_id, trained, last in profiles.order_by("pk").values_list("user", "trained_on", "training_expires_on")
        ],
        batch_size=500,
    )  # fmt: skip


def _completed(trained: dt.date | None, last: dt.date | None) -> dt.date | None:
    """The day of the training, unless it stood after the last day."""
    return None if trained and last and trained > last else trained


def give_back(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The days of the course to begin with go back to the profiles."""
    profiles = apps.get_model("peerreview", "ReviewerProfile").objects
    records = apps.get_model("peerreview", "TrainingRecord").objects.filter(course__name=COURSE["name"], course__retired_at=None)
    for user_id, completed, last in records.values_list("user", "completed_date", "expires_date"):
        profiles.filter(user=user_id).update(trained_on=completed, training_expires_on=last)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_cache_table"),
        ('peerreview', '0009_team_reads_the_draft'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reviewerprofile",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, help_text="When they last said that it is right.", null=True),
        ),
        migrations.AddField(
            model_name="reviewerprofile",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="reviewerprofile",
            name="visit_regions",
            field=models.ManyToManyField(
                blank=True, help_text="Regions to which they can travel.", related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                ("audiences", models.JSONField(db_default=[], default=list, help_text="List of Audience codes.")),
                ("valid_months", models.PositiveSmallIntegerField(help_text="Months from the day on which it was completed.")),
                (
                    "is_required",
                    models.BooleanField(default=True, help_text="Whether its audience needs it: reviewers join no team without it."),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "client_id",
                    models.UUIDField(blank=True, help_text="Made by the form: sent twice it makes one course.", null=True, unique=True),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "retired_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TrainingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("completed_date", models.DateField(blank=True, null=True)),
                ("expires_date", models.DateField()),
                ("evidence", models.TextField(help_text="What shows it, in words.")),
                ("recorded_at", models.DateTimeField(default=accounts.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                ("course", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="peerreview.course")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="training_records", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["course__name", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.UniqueConstraint(condition=models.Q(("retired_at", None)), fields=("name",), name="course_name_once_in_use"),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(condition=models.Q(("valid_months__gte", 1)), name="course_valid_some_months"),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_at", None), ("retired_by", None)),
                    models.Q(("retired_at__isnull", False), ("retired_by__isnull", False)),
                    _connector="OR",
                ),
                name="course_retired_paired",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.UniqueConstraint(fields=("user", "course"), name="training_once_a_course"),
        ),
        migrations.AddConstraint(
            model_name="trainingrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_date", None), ("expires_date__gte", models.F("completed_date")), _connector="OR"),
                name="training_in_order",
            ),
        ),
        migrations.RunPython(carry, give_back),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="reviewerprofile", name="trained_on"),
                migrations.RemoveField(model_name="reviewerprofile", name="training_expires_on"),
            ]
        ),
    ]

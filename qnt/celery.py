"""The Celery app: two queues, one doorbell task, and beat's static schedule."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qnt.settings")

app = Celery("qnt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "sweep jobs": {"task": "work.periodic", "schedule": 10, "args": ["sweep_jobs"]},
    "seal the audit trail": {"task": "work.periodic", "schedule": 20, "args": ["seal_audit"]},
    "daily reminders": {"task": "work.periodic", "schedule": crontab(hour=6, minute=30), "args": ["send_reminders"]},
    "what silence decides": {"task": "work.periodic", "schedule": crontab(hour=0, minute=15), "args": ["lapse_deadlines"]},
}
app.autodiscover_tasks(["work"])

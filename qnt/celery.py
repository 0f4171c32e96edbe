"""The Celery app: two queues, one doorbell task, and beat's static schedule."""

import os
import signal

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qnt.settings")

app = Celery("qnt")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "sweep jobs": {"task": "work.periodic", "schedule": 10, "args": ["sweep_jobs"]},
    "seal the audit trail": {"task": "work.periodic", "schedule": 20, "args": ["seal_audit"]},
    "figures of rounds": {"task": "work.periodic", "schedule": 300, "args": ["count_rounds"]},
    "files that nobody needs": {"task": "work.periodic", "schedule": crontab(minute=40), "args": ["sweep_uploads"]},
    "daily reminders": {"task": "work.periodic", "schedule": crontab(hour=6, minute=30), "args": ["send_reminders"]},
    "daily summaries": {"task": "work.periodic", "schedule": crontab(hour=7, minute=0), "args": ["send_digest"]},
    "news of the library": {"task": "work.periodic", "schedule": crontab(hour=7, minute=15), "args": ["send_library_news"]},
    "what silence decides": {"task": "work.periodic", "schedule": crontab(hour=0, minute=15), "args": ["lapse_deadlines"]},
    "suspensions that begin today": {"task": "work.periodic", "schedule": crontab(hour=0, minute=5), "args": ["begin_suspensions"]},
    "surveys and pledges": {"task": "work.periodic", "schedule": crontab(hour=6, minute=45), "args": ["ask_after_visits"]},
    "findings due for a check": {"task": "work.periodic", "schedule": crontab(hour=0, minute=20), "args": ["lapse_rechecks"]},
    "stand-bys moving up": {"task": "work.periodic", "schedule": crontab(hour=0, minute=25), "args": ["move_up_stand_bys"]},
    "figures of the programme": {"task": "work.periodic", "schedule": crontab(hour=2, minute=10), "args": ["count_programme"]},
    "what silence decides about reports": {
        "task": "work.periodic",
        "schedule": crontab(hour=0, minute=20),
        "args": ["lapse_report_deadlines"],
    },
}
app.autodiscover_tasks(["work"])


@worker_ready.connect
def sweep_at_start(**_sender: object) -> None:
    """Look at once for what an earlier worker left behind; the sweep also shows that this one takes work."""
    app.send_task("work.periodic", args=["sweep_jobs"])


@worker_process_init.connect
def leave_ending_to_the_worker(**_sender: object) -> None:
    """A SIGTERM to the whole group reaches the pool's processes too: killed by it, they leave locks that the worker waits for."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

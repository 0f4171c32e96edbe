"""Settings of a real worker in tests: the real ones, with a lease of their own and a message folder of its own."""

import os
from pathlib import Path

from qnt.settings import *  # noqa: F403
from qnt.settings import CELERY_BROKER_TRANSPORT_OPTIONS, CELERY_BROKER_URL

JOB_LEASE_SECONDS = 30  # tests let a dead worker's run out
if CELERY_BROKER_URL.startswith("filesystem://"):
    folder = Path(os.environ["TEST_MARKS"], "broker")
    for name in ("queue", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
        "data_folder_in": str(folder / "queue"), "data_folder_out": str(folder / "queue"), "control_folder": str(folder / "control"),
    }  # fmt: skip

"""400 reports in the bulk queue, one worker a queue, and a person who asks for a PDF: how long do they wait?

Run as a program on a data folder of its own (``QNT_DATA_DIR``), which it fills; prints the longest of three waits in seconds.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from reports.models import ReportVersion

BULK, WAITS = 400, 3
PATIENCE_SECONDS = 300


def main() -> None:
    """Fill the folder, start both workers, wait until the first bulk report is made, then ask three times."""
    import django  # noqa: PLC0415 - a program of its own: settings first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    versions, person = _make_reports()
    workers = [_start(queue) for queue in ("bulk", "interactive")]
    try:
        print(max(_waits(versions, person)))  # noqa: T201 - its result
    finally:
        for worker in workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def _make_reports() -> "tuple[list[ReportVersion], User]":
    """One report with as many public versions as stand in the queue, and somebody who arranges it."""
    from accounts.models import Organisation  # noqa: PLC0415
    from accounts.permissions import Role  # noqa: PLC0415
    from peerreview.models import Procedure, Review  # noqa: PLC0415
    from qnt.bench.data import make_person, make_service  # noqa: PLC0415
    from qnt.bench.trials import WORDS  # noqa: PLC0415
    from reports.content import as_text, content_hash  # noqa: PLC0415
    from reports.models import Report, ReportVersion  # noqa: PLC0415

    region = Organisation.objects.create(kind="REGION", code="ZZBR", name="Illustrative region", is_illustrative=True)
    provider = Organisation.objects.create(kind="PROVIDER", code="ZZB", name="Illustrative trust", region=region, is_illustrative=True)
    officer, today = make_person(Role.HUB_OFFICER, region), dt.date(2026, 11, 2)
    review = Review.objects.create(
        title="Illustrative review", procedure=Procedure.objects.filter(status="PUBLISHED").first(), region=region, opened_by=officer
    )
    review.services.add(make_service(provider, 1))
    report = Report.objects.create(
        review=review, title="Illustrative report", address="illustrative", drafter=officer, draft_due_date=today, final_due_date=today
    )
    cover = {"title": "Illustrative report", "services": ["Illustrative service"], "holders": ["Illustrative trust"], "networks": []}
    section = {"code": "summary", "title": "Summary", "visibility": "PUBLIC", "text": WORDS * 40}
    content = {"schema": 1, "cover": cover | {"visit_dates": "", "purpose": "", "is_illustrative": True}, "sections": [section]}
    fields = {"report": report, "purpose": "PUBLIC", "content": as_text(content), "hash": content_hash(content), "made_by": officer}
    made = ReportVersion.objects.bulk_create(ReportVersion(number=number, **fields) for number in range(1, BULK + WAITS + 1))
    return list(made), officer


def _start(queue: str) -> "subprocess.Popen[bytes]":
    """One worker for one queue, in a process group of its own."""
    command = [sys.executable, "-m", "celery", "-A", "qnt", "worker", "-P", "prefork", "-c", "1", "-Q", queue]
    command += ["--without-mingle", "--without-gossip", "-n", f"bench-{queue}@%h"]
    with Path(os.environ["QNT_DATA_DIR"], f"{queue}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603


def _waits(versions: "list[ReportVersion]", person: "User") -> list[float]:
    """Seconds from asking to the finished file, three times, while the bulk queue is full and worked on."""
    from reports.services.documents import request_pdf  # noqa: PLC0415
    from reports.services.files import PUBLIC_SUMMARY, request_public_summary  # noqa: PLC0415
    from work.models import Job  # noqa: PLC0415

    for version in versions[:BULK]:
        request_public_summary(version_id=version.pk, by=None)
    bulk = Job.objects.filter(kind=PUBLIC_SUMMARY)
    _wait_for(lambda: bulk.filter(status="DONE").count() >= 2, "the first bulk reports")
    found = []
    for version in versions[BULK:]:
        started = time.monotonic()
        job = request_pdf(version_id=version.pk, by=person)
        _wait_for(Job.objects.filter(pk=job.pk, status__in=["DONE", "FAILED"]).exists, "a PDF")
        if Job.objects.get(pk=job.pk).status != "DONE" or not bulk.filter(status="QUEUED").count() > BULK // 2:
            raise RuntimeError("The PDF failed, or the bulk queue was not full any more.")
        found.append(round(time.monotonic() - started, 1))
    return found


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(f"Waited {PATIENCE_SECONDS} seconds for {what}.")
        time.sleep(0.1)


if __name__ == "__main__":
    main()

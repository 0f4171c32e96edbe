"""Pages of jobs and of bank holidays."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from tests.factories.accounts import UserFactory, person
from work.models import BankHoliday, Job

pytestmark = pytest.mark.django_db


def job_of(user: User, **columns: object) -> Job:
    """A job that ``user`` asked for."""
    return Job.objects.create(kind="report.pdf", key=str(Job.objects.count()), requested_by=user, **columns)


def test_files_lists_ones_own_jobs_without_mail(signed_in) -> None:
    user = UserFactory()
    job_of(user, status="DONE", result_file="x.pdf", result_name="Own report.pdf", finished_at=timezone.now())
    job_of(UserFactory(), status="DONE", result_file="y.pdf", result_name="Foreign report.pdf")
    Job.objects.create(kind="mail.invitation", key="m", requested_by=user)

    page = signed_in(user).get("/files/").content.decode()

    assert "Files that you asked for are kept for 7 days." in page
    assert ("Own report.pdf" in page, "Foreign report.pdf" in page, page.count("/jobs/")) == (True, False, 1)


@pytest.mark.parametrize("item_count", [1, 3])
def test_files_cost_the_same_for_one_and_three(signed_in, django_assert_num_queries, item_count: int) -> None:
    user = UserFactory()
    for _ in range(item_count):
        job_of(user)
    client = signed_in(user)
    client.get("/files/")

    with django_assert_num_queries(5):
        client.get("/files/")


def test_empty_files_say_why(signed_in) -> None:
    assert "No files yet." in signed_in(UserFactory()).get("/files/").content.decode()


def test_running_job_shows_a_native_progress_bar_and_asks_again(signed_in) -> None:
    user = UserFactory()
    job = job_of(user, status="RUNNING", lease_token="0" * 32, lease_until=timezone.now(), progress_count=12, total_count=38,
                 sentence="Making the PDF: page 12 of about 38")  # fmt: skip
    client = signed_in(user)

    pages = [client.get(f"/jobs/{job.pk}/").content.decode(), client.get(f"/jobs/{job.pk}/progress/").content.decode()]

    for page in pages:
        assert "Making the PDF: page 12 of about 38" in page
        assert 'max="38" value="12"' in page
    assert f'hx-get="/jobs/{job.pk}/progress/?then=reload"' in pages[0]
    assert f'hx-get="/jobs/{job.pk}/progress/"' in pages[1]
    assert "<html" not in pages[1]


@pytest.mark.parametrize("status", ["DONE", "FAILED"])
def test_finished_job_does_not_ask_again(signed_in, status: str) -> None:
    user = UserFactory()
    job = job_of(user, status=status, finished_at=timezone.now())

    assert "hx-get" not in signed_in(user).get(f"/jobs/{job.pk}/progress/").content.decode()


def test_failed_job_says_so_quotes_the_request_and_can_be_tried_again(signed_in) -> None:
    user = UserFactory()
    job = job_of(user, status="FAILED", error="This did not work after 3 tries.", request_id="the-request", attempt_count=3)
    client = signed_in(user)

    page = client.get(f"/jobs/{job.pk}/").content.decode()
    response = client.post(f"/jobs/{job.pk}/retry/")

    job.refresh_from_db()
    assert "This did not work after 3 tries." in page
    assert "the-request" in page
    assert "Try again" in page
    assert (response.status_code, job.status) == (302, Job.Status.QUEUED)


@pytest.mark.parametrize("path", ["/jobs/{}/", "/jobs/{}/progress/", "/files/{}/"])
def test_job_of_somebody_else_is_not_there(signed_in, path: str) -> None:
    job = job_of(UserFactory(), status="DONE", result_file="x.pdf", result_name="x.pdf")

    assert signed_in(person(Role.NATIONAL_LEAD)).get(path.format(job.pk)).status_code == 404


def test_file_is_downloaded_as_an_attachment_and_cannot_run(signed_in) -> None:
    user = UserFactory()
    file = Path(settings.MEDIA_ROOT, "results", "page.html")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<script>alert(1)</script>")
    job = job_of(user, status="DONE", result_file="results/page.html", result_name="page.html")

    response = signed_in(user).get(f"/files/{job.pk}/")

    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response.headers["Content-Disposition"] == 'attachment; filename="page.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    file.unlink()
    assert signed_in(user).get(f"/files/{job.pk}/").status_code == 404


def test_national_lead_adds_and_removes_a_bank_holiday(signed_in) -> None:
    client = signed_in(person(Role.NATIONAL_LEAD))
    fields = {"date_day": "1", "date_month": "6", "date_year": "2029", "name": "A day of celebration"}

    added = client.post("/bank-holidays/", fields)
    again = client.post("/bank-holidays/", fields)
    holiday = BankHoliday.objects.get(name="A day of celebration")
    shown = client.get(f"/bank-holidays/{holiday.pk}/remove/").content.decode()
    removed = client.post(f"/bank-holidays/{holiday.pk}/remove/")

    assert (added.status_code, again.status_code, removed.status_code) == (302, 200, 302)
    assert "This day is in the list already" in again.content.decode()
    assert "Friday 1 June 2029" in shown
    assert not BankHoliday.objects.filter(name="A day of celebration").exists()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": ""}, "Enter the date of the bank holiday"),
        ({"date_day": "31", "date_month": "2", "date_year": "2029", "name": "X"}, "must be a real date"),
        ({"date_day": "1", "date_month": "6", "date_year": "2029"}, "Enter the name of the bank holiday"),
    ],
)
def test_faults_of_a_bank_holiday_are_named(signed_in, fields: dict[str, str], fault: str) -> None:
    page = signed_in(person(Role.NATIONAL_LEAD)).post("/bank-holidays/", fields).content.decode()

    assert fault in page
    assert "<title>Error: Bank holidays" in page

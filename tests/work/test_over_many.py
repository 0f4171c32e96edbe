"""One act on many things by a job: what is refused has its reason, nothing is done twice, and the page lists each."""

import pytest

from tests.factories.accounts import UserFactory
from work.jobs import RunningJob
from work.models import Job, JobLine
from work.over_many import Thing, do_each, words_of_lines
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
THINGS = [Thing(number, f"Service {number}", f"/services/{number}/") for number in (1, 2, 3)]


def running() -> RunningJob:
    job = Job.objects.create(kind="test.over_many", key="test")
    return RunningJob(Job.claim(job.pk))  # type: ignore[arg-type]  # a queued job can be claimed


def test_refused_thing_has_its_reason_and_the_rest_goes_on() -> None:
    acted: list[int] = []

    def act(subject_id: int) -> None:
        if subject_id == 2:
            raise InvalidTransition("It changed since.")
        acted.append(subject_id)

    job = running()
    do_each(job, THINGS, act, working="Accepting")

    lines = JobLine.objects.order_by("subject_id").values_list("subject_id", "label", "path", "is_done", "reason")
    assert list(lines) == [
        (1, "Service 1", "/services/1/", True, ""),
        (2, "Service 2", "/services/2/", False, "It changed since."),
        (3, "Service 3", "/services/3/", True, ""),
    ]
    done = Job.objects.get()
    assert (acted, done.status, done.sentence, done.progress_count) == ([1, 3], Job.Status.DONE, "2 done, 1 not done", 3)


def test_job_run_again_after_a_crash_goes_on_where_it_was() -> None:
    acted: list[int] = []

    def act(subject_id: int) -> None:
        if subject_id == 3 and acted == [1, 2]:
            acted.append(0)
            raise RuntimeError("the worker died")
        acted.append(subject_id)

    job = running()
    with pytest.raises(RuntimeError):
        do_each(job, THINGS, act, working="Accepting")
    do_each(job, THINGS, act, working="Accepting")

    assert acted == [1, 2, 0, 3]
    assert words_of_lines(job.job.pk) == "3 done"


@pytest.mark.parametrize("item_count", [1, 3])
def test_page_lists_what_was_not_done_first(signed_in, django_assert_num_queries, item_count: int) -> None:
    user = UserFactory()
    job = Job.objects.create(
        kind="test.over_many", key="test", requested_by=user, status="DONE", finished_at="2027-01-01T00:00Z", sentence="1 done, 1 not done"
    )
    JobLine.objects.create(job=job, subject_id=0, label="Zebra", path="/services/9/", is_done=False, reason="It changed since.")
    for number in range(1, item_count + 1):
        JobLine.objects.create(job=job, subject_id=number, label=f"Service {number}", path=f"/services/{number}/", is_done=True)
    client = signed_in(user)

    with django_assert_num_queries(9):
        page = client.get(f"/jobs/{job.pk}/").content.decode()

    assert "1 done, 1 not done" in page
    assert page.index("Not done. It changed since.") < page.index('<a href="/services/1/">Service 1</a>')

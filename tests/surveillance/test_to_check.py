"""Self-reports that wait for the hub's check, and accepting together those that are ready."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from accounts.permissions import Role
from qnt.your_work import folded
from surveillance.models import Indicator, SelfReport, ServiceSummary
from surveillance.queries.waiting import self_report_items
from surveillance.services import checking
from tests.factories.accounts import person
from tests.factories.surveillance import make_scene
from work import jobs
from work.models import Job, JobLine

pytestmark = pytest.mark.django_db
Status = SelfReport.Status


@pytest.fixture(autouse=True)
def no_draw(settings):
    settings.CHECK_SAMPLE_PERCENT = 0


def declared(like=None):
    """A declared self-report; ``like`` puts it into the same round and hub. It has two answers to look at."""
    scene = make_scene(opened=like.report.round) if like else make_scene()
    if like:
        scene.service.region = like.service.region
        scene.service.save()
    scene.declare()
    return scene


def ready(like=None):
    """One of which every answer to look at is agreed with."""
    scene = declared(like)
    for place in (0, 2):
        checking.agree_answer(answer_id=scene.answers[place].pk, self_report_id=scene.report.pk, by=scene.officer)
    return scene


def at(scene, name=""):
    return f"/rounds/{scene.report.round.year}/to-check/{name}"


def box(scene):
    return f'name="selected" type="checkbox" value="{scene.report.pk}"'


# The list -------------------------------------------------------------------------------------------------------------
def test_list_says_what_is_to_look_at_and_offers_only_what_is_ready(signed_in):
    one = declared()
    other = ready(one)
    foreign = declared()

    seen = signed_in(one.officer).get(at(one)).content.decode()

    assert "2 self-reports wait for your check" in seen
    assert "1 not met, 1 Yes without evidence" in seen
    assert ("0 of 2" in seen, "2 of 2<br>Ready to accept" in seen) == (True, True)
    assert [box(scene) in seen for scene in (one, other, foreign)] == [False, True, False]
    assert f"/self-reports/{foreign.report.pk}/" not in seen


def test_without_an_exception_it_is_ready_at_once(signed_in):
    scene = declared()
    scene.service.evidence.create(title="Policy", added_by=scene.lead).answers.add(scene.answers[0])
    Indicator.objects.filter(pk=scene.answers[2].indicator_id).update(suspended_from="2020-01-01", suspended_reason="Withdrawn")

    seen = signed_in(scene.officer).get(at(scene)).content.decode()

    assert box(scene) in seen
    assert "Nothing to look at" in seen


@pytest.mark.parametrize(("show", "offered"), [("", [True, True]), ("ready", [False, True]), ("left", [True, False])])
def test_filter_shows_what_is_ready_or_what_is_not(signed_in, show, offered):
    one = declared()
    other = ready(one)

    seen = signed_in(one.officer).get(at(one), {"show": show}).content.decode()

    assert [f"/self-reports/{scene.report.pk}/validation/" in seen for scene in (one, other)] == offered
    assert ("Remove Show: " in seen) is bool(show)


def test_nothing_waits(signed_in):
    scene = make_scene()

    seen = signed_in(scene.officer).get(at(scene)).content.decode()

    assert "No self-reports of this round wait for your check." in seen


def test_service_people_are_refused(signed_in):
    scene = declared()

    codes = [signed_in(who).get(at(scene)).status_code for who in (scene.lead, scene.executive, scene.commissioner, scene.stranger)]

    assert codes == [403, 403, 403, 403]


@pytest.mark.parametrize("show", ["", "?show=left"])
def test_list_costs_the_same_for_one_and_for_many_and_at_most_15(signed_in, show):
    one = declared()
    client, costs = signed_in(one.officer), []
    for _ in range(2):
        client.get(at(one) + show)
        with CaptureQueriesContext(connection) as context:
            client.get(at(one) + show)
        costs.append(len(context))
        for _ in range(3):
            declared(one)

    assert costs[0] == costs[1]
    assert costs[0] <= 15


# Accepting together ---------------------------------------------------------------------------------------------------
def test_check_page_lists_every_row_and_what_will_happen(signed_in):
    one = ready()
    other, foreign = declared(one), ready()

    seen = signed_in(one.officer).get(at(one, "accept/"), {"selected": [s.report.pk for s in (one, other, foreign)]}).content.decode()

    assert "Accept 2 self-reports" in seen
    assert "Left as it is: it has 2 answers to look at" in seen
    assert [f'value="{scene.report.pk}"' in seen for scene in (one, other, foreign)] == [True, True, False]


def test_job_accepts_each_and_says_what_became_of_it(signed_in):
    one = ready()
    other, foreign = declared(one), ready()
    client = signed_in(one.officer)

    response = client.post(at(one, "accept/"), {"selected": [s.report.pk for s in (one, other, foreign)]})
    jobs.run_pending()
    seen = client.get(response["Location"]).content.decode()

    job = Job.objects.get(kind="self_reports.accept")
    lines = {line.subject_id: (line.is_done, line.reason) for line in job.lines.all()}
    assert lines == {one.report.pk: (True, ""), other.report.pk: (False, "It has 2 answers to look at.")}
    assert [scene.status() for scene in (one, other, foreign)] == [Status.ACCEPTED, Status.DECLARED, Status.BEING_CHECKED]
    assert "1 done, 1 not done" in seen
    assert ServiceSummary.objects.count() == 1


def test_job_run_again_accepts_nothing_twice(signed_in):
    one = ready()
    signed_in(one.officer).post(at(one, "accept/"), {"selected": one.report.pk})
    jobs.run_pending()
    Job.objects.filter(kind="self_reports.accept").update(status="QUEUED", attempt_count=0)

    jobs.run_pending()

    assert AuditEvent.objects.filter(action="self_report.accepted").count() == 1
    assert list(JobLine.objects.values_list("is_done", flat=True)) == [True]


def test_what_somebody_accepted_meanwhile_is_told_by_name(signed_in):
    one = ready()
    client = signed_in(one.officer)
    client.post(at(one, "accept/"), {"selected": one.report.pk})
    checking.accept_self_report(self_report_id=one.report.pk, by=person(Role.HUB_OFFICER, one.service.region, name="Lee Wong"))

    jobs.run_pending()

    assert JobLine.objects.get().reason.startswith("Lee Wong accepted this self-report at ")


def test_rights_count_when_the_job_runs(signed_in):
    one = ready()
    signed_in(one.officer).post(at(one, "accept/"), {"selected": one.report.pk})
    one.officer.memberships.all().delete()

    jobs.run_pending()

    assert JobLine.objects.get().reason == "You cannot check this self-report any more."


def test_nothing_chosen_is_a_sentence(signed_in):
    one = ready()
    client = signed_in(one.officer)

    pages = [client.get(at(one, "accept/")), client.post(at(one, "accept/")), client.get(at(one, "accept/"), {"selected": ["x", "9" * 40]})]

    assert ["You have chosen no self-reports that wait for your check." in page.content.decode() for page in pages] == [True] * 3


def test_nothing_of_it_waits_any_more(signed_in):
    one = ready()
    checking.accept_self_report(self_report_id=one.report.pk, by=one.officer)

    response = signed_in(one.officer).post(at(one, "accept/"), {"selected": one.report.pk}, follow=True)

    assert "None of these waits for your check any more." in response.content.decode()


# The work list --------------------------------------------------------------------------------------------------------
def test_work_list_leads_to_the_list():
    one = declared()
    for _ in range(10):
        declared(one)

    rows = folded(self_report_items(one.officer))

    assert [(row.task, row.url) for row in rows] == [("Check 11 self-reports", at(one))]

"""The hub's check, its queries, and what is frozen on acceptance."""

import datetime as dt

import pytest
from django.utils import timezone

from surveillance.models import Answer, Assessment, InvalidTransition, Query, Score, SelfReport, ServiceSummary, Stage
from surveillance.services import answers, checking, self_reports
from surveillance.services.summaries import read_summary
from tests.factories.surveillance import make_scene
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
Status = SelfReport.Status


@pytest.fixture
def scene(settings):
    settings.CHECK_SAMPLE_PERCENT = 0  # which answers are drawn depends on their ids
    made = make_scene()
    made.declare()
    return made


def page(scene, place):
    return f"/self-reports/{scene.report.pk}/validation/{scene.answers[place].pk}/"


def test_officer_agrees_and_goes_to_the_next_unchecked(scene, signed_in):
    response = signed_in(scene.officer).post(page(scene, 0), {"act": "AGREE"})

    assert response["Location"] == page(scene, 2) + "#check"  # not met, so it is looked at before what is only met
    assert scene.status() == Status.BEING_CHECKED
    assert Assessment.objects.get().met is True


def test_changing_a_value_needs_a_reason_and_keeps_the_answer(scene, signed_in):
    client = signed_in(scene.officer)

    refused = client.post(page(scene, 0), {"act": "CHANGE", "value": "NO"})
    changed = client.post(page(scene, 0), {"act": "CHANGE", "value": "NO", "why": "The policy is out of date"})

    assert "Enter a reason for changing this value" in refused.content.decode()
    assert changed.status_code == 302
    assert (Answer.objects.get(pk=scene.answers[0].pk).value, Assessment.objects.get().value) == ("YES", "NO")


def test_acceptance_writes_the_validated_score_and_freezes_the_summary(scene, signed_in):
    client = signed_in(scene.officer)
    client.post(page(scene, 0), {"act": "CHANGE", "value": "NO", "why": "The policy is out of date"})

    client.post(f"/self-reports/{scene.report.pk}/validation/", {"act": "accept"})

    scores = {score.stage: (score.met_count, score.applicable_count) for score in Score.objects.all()}
    content = read_summary(ServiceSummary.objects.get())
    assert scores == {Stage.SELF_ASSESSED: (2, 3), Stage.VALIDATED: (1, 3)}
    assert [line["number"] for line in content["not_met"]] == [scene.answers[place].indicator.number for place in (0, 2)]
    assert content["comparison"] == {"region": None, "england": None}


def test_noted_question_keeps_it_from_being_accepted(scene, signed_in):
    client = signed_in(scene.officer)
    client.post(page(scene, 0), {"act": "ASK", "question": "Since when?"})

    response = client.post(f"/self-reports/{scene.report.pk}/validation/", {"act": "accept"})

    assert "You noted questions that are not sent." in response.content.decode()


def test_sending_without_a_question_is_a_sentence(scene, signed_in):
    response = signed_in(scene.officer).post(f"/self-reports/{scene.report.pk}/validation/", {"act": "send_queries"})

    assert "Ask about at least one answer before you send queries." in response.content.decode()


def test_query_opens_is_answered_and_declared_again(scene, signed_in):
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.ask_service(answer_id=scene.answers[0].pk, question="Since when?", **where)
    checking.send_queries(**where)
    query = Query.objects.get()

    seen = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/sections/1/").content.decode()
    signed_in(scene.lead).post(f"/self-reports/{scene.report.pk}/answers/{scene.answers[0].pk}/reply/", {"reply": "Since May"})
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)

    assert query.due_date == add_working_days(timezone.localdate(), 10)
    assert "Since when?" in seen
    assert (scene.status(), scene.report.declarations.count()) == (Status.DECLARED, 2)
    with pytest.raises(InvalidTransition):
        answers.reply_to_query(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, reply="Again", by=scene.lead)


def test_late_query_round_is_not_a_late_declaration(scene):
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.ask_service(answer_id=scene.answers[0].pk, question="Since when?", **where)
    checking.send_queries(**where)
    answers.reply_to_query(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, reply="May", by=scene.lead)
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)

    later = timezone.now() + dt.timedelta(days=200)
    report = self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive, at=later)

    assert report.is_late is False


def test_summary_is_read_by_lead_executive_commissioner_and_hub(scene, signed_in):
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)
    people = (scene.lead, scene.executive, scene.commissioner, scene.officer, scene.contributor, scene.stranger)

    codes = [signed_in(one).get(f"/self-reports/{scene.report.pk}/summary/").status_code for one in people]

    assert codes == [200, 200, 200, 200, 403, 404]


def test_commissioner_sees_a_self_report_only_once_accepted(scene, signed_in):
    client = signed_in(scene.commissioner)

    before = client.get(f"/self-reports/{scene.report.pk}/").status_code
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)

    assert (before, client.get(f"/self-reports/{scene.report.pk}/").status_code) == (404, 200)


def test_checking_what_is_not_with_the_hub_is_a_message(signed_in):
    scene = make_scene()
    scene.send()

    response = signed_in(scene.officer).post(page(scene, 0), {"act": "AGREE"})

    assert "This self-report is now with executive, so it cannot be checked." in response.content.decode()

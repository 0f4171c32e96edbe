"""The contract of the answers address, for programs and for pages."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveillance.models import Answer, Indicator, SectionAssignment, SelfReport
from surveillance.services import checking, self_reports
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, make_scene

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def scene():
    return make_scene()


def address(scene, place=0):
    return f"/self-reports/{scene.report.pk}/answers/{scene.answers[place].pk}/"


def post(client, scene, place=0, **fields):
    return client.post(address(scene, place), {"value": "", "comment": "", "version": 0} | fields, **JSON)


def test_answers_listed_as_json(scene, signed_in):
    response = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/answers/", **JSON)

    listed = response.json()
    assert [one["id"] for one in listed] == [answer.pk for answer in scene.answers]
    assert set(listed[0]) == {"id", "number", "answer_kind", "value", "numerator", "denominator", "reason", "comment", "version", "met"}


def test_save_raises_the_version_and_says_met(scene, signed_in):
    response = post(signed_in(scene.lead), scene, value="YES", comment="Signed")

    assert (response.status_code, response.json()["version"], response.json()["met"]) == (200, 1, True)
    assert scene.status() == SelfReport.Status.IN_PROGRESS


def test_save_as_a_json_body(scene, signed_in):
    body = json.dumps({"numerator": 45, "denominator": 50.0, "comment": None, "version": 0})

    response = signed_in(scene.lead).post(address(scene, 1), body, content_type="application/json", **JSON)

    assert (response.status_code, response.json()["met"]) == (200, True)


def test_same_text_again_still_raises_the_version(scene, signed_in):
    client = signed_in(scene.lead)
    post(client, scene, value="YES")

    assert post(client, scene, value="YES", version=1).json()["version"] == 2


def test_old_version_answers_409_with_both(scene, signed_in):
    post(signed_in(scene.lead), scene, value="YES", comment="First")

    response = post(signed_in(scene.lead), scene, value="NO", comment="Second")

    assert response.status_code == 409
    assert response.json()["current"]["comment"] == "First"
    assert response.json()["yours"]["comment"] == "Second"


@pytest.mark.parametrize(
    ("place", "fields", "field"),
    [
        (0, {"value": "MAYBE"}, "value"),
        (0, {"value": "NA"}, "reason"),
        (0, {"value": "CANNOT"}, "reason"),
        (0, {"value": "YES", "version": "new"}, "version"),
        (0, {"value": "YES", "version": ""}, "version"),
        (0, {"value": "YES", "comment": "x" * 10_001}, "comment"),
        (1, {"numerator": "4"}, "denominator"),
        (1, {"numerator": "-4", "denominator": "5"}, "numerator"),
        (1, {"numerator": "NaN", "denominator": "5"}, "numerator"),
        (1, {"numerator": "٤", "denominator": "5"}, "numerator"),
        (1, {"value": "YES"}, "value"),
        (2, {"value": "about 5"}, "value"),
        (2, {"value": "1e9"}, "value"),
        (3, {"value": "CANNOT"}, "reason"),
    ],
)
def test_malformed_input_answers_422_before_the_version(scene, signed_in, place, fields, field):
    response = post(signed_in(scene.lead), scene, place, **({"version": 7} | fields))

    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_cannot_answer_counts_as_not_met_for_every_kind(scene, signed_in):
    client = signed_in(scene.lead)

    results = [post(client, scene, place, value="CANNOT", reason="No data kept").json()["met"] for place in range(4)]

    assert results == [False] * 4


@pytest.mark.parametrize("body", [b'{"value": "\xff"}', b'{"value": "a\\u0000b", "version": 0}', b'{"value": "\\ud800", "version": 0}'])
def test_bad_bytes_answer_400(scene, signed_in, body):
    response = signed_in(scene.lead).post(address(scene), body, content_type="application/json", **JSON)

    assert response.status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"value": true, "version": 0}', b'{"value": {}, "version": 0}', b"[" * 5000])
def test_not_an_object_of_texts_answers_422(scene, signed_in, body):
    response = signed_in(scene.lead).post(address(scene), body, content_type="application/json", **JSON)

    assert response.status_code == 422


def test_signed_out_answers_401_as_json_and_signs_in_as_a_page(scene, client):
    assert post(client, scene, value="YES").status_code == 401
    assert client.post(address(scene), {"value": "YES", "version": 0}).status_code == 302


def test_foreign_answer_is_a_missing_one(scene, signed_in):
    assert post(signed_in(scene.stranger), scene, value="YES").status_code == 404
    assert post(signed_in(scene.stranger), scene, value="MAYBE").status_code == 404


def test_answer_of_another_self_report_is_a_missing_one(scene, signed_in):
    other = make_scene()

    response = signed_in(scene.lead).post(
        f"/self-reports/{scene.report.pk}/answers/{other.answers[0].pk}/", {"value": "YES", "version": 0}, **JSON
    )

    assert response.status_code == 404


def test_contributor_answers_only_sections_given(scene, signed_in):
    SectionAssignment.objects.create(self_report=scene.report, section="Structure and function", user=scene.contributor)
    client = signed_in(scene.contributor)

    assert [post(client, scene, place, value="CANNOT", reason="No").status_code for place in range(4)] == [200, 200, 403, 403]


def test_executive_sees_but_does_not_answer(scene, signed_in):
    assert post(signed_in(scene.executive), scene, value="YES").status_code == 403


def test_sent_self_report_refuses_answers(scene, signed_in):
    scene.send()

    response = post(signed_in(scene.lead), scene, value="NO", version=1)

    assert response.status_code == 422
    assert "with executive" in response.json()["errors"][""][0]


@pytest.mark.parametrize("count", [31, 300])
@pytest.mark.django_db(transaction=True)
def test_save_takes_at_most_seven_statements_for_any_set(signed_in, count):
    """With BEGIN and COMMIT, which only a test outside a transaction can see."""
    scene = make_scene()
    indicators = Indicator.objects.bulk_create(IndicatorFactory.build_batch(count - 4, indicator_set=scene.indicator_set))
    Answer.objects.bulk_create([Answer(self_report=scene.report, indicator=indicator) for indicator in indicators])
    client = signed_in(scene.lead)
    post(client, scene, value="YES")

    with CaptureQueriesContext(connection) as captured:
        response = post(client, scene, value="NO", version=1)

    assert response.status_code == 200
    assert len(captured) <= 7, [query["sql"] for query in captured]
    assert [query["sql"][:5] for query in captured if query["sql"].startswith(("BEGIN", "COMMIT"))] == ["BEGIN", "COMMI"]


@pytest.mark.django_db(transaction=True)
def test_save_that_also_says_that_somebody_is_active_takes_at_most_ten(signed_in, settings):
    """Once a minute the session is written as well."""
    settings.SESSION_NOTED_EVERY_SECONDS = 60
    scene = make_scene()
    client = signed_in(scene.lead)
    post(client, scene, value="YES")

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=90), tick=False), CaptureQueriesContext(connection) as captured:
        response = post(client, scene, value="NO", version=1)

    assert response.status_code == 200
    assert 7 < len(captured) <= 10, [query["sql"] for query in captured]


def test_queried_report_opens_only_the_queried_answer(scene, signed_in):
    scene.declare()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.ask_service(answer_id=scene.answers[0].pk, question="Since when?", **where)
    checking.send_queries(**where)
    client = signed_in(scene.lead)

    codes = [post(client, scene, place, value="CANNOT", reason="No", version=1).status_code for place in range(2)]

    assert codes == [200, 422]
    with pytest.raises(self_reports.InvalidTransition, match="Reply to 1 question"):
        self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)


def test_database_down_answers_503(scene, signed_in, monkeypatch):
    def fail(**arguments: object) -> None:
        raise OperationalError("the database is down")

    monkeypatch.setattr("surveillance.services.answers.save_answer", fail)

    response = post(signed_in(scene.lead), scene, value="YES")

    assert (response.status_code, list(response.json())) == (503, ["errors"])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_undeclared_method_answers_405(scene, signed_in, method):
    assert getattr(signed_in(scene.lead), method)(address(scene)).status_code == 405


@pytest.mark.parametrize("value", ["NA", "CANNOT"])
def test_text_answer_that_does_not_apply_or_cannot_be_given_needs_a_reason(scene, signed_in, value):
    answer = AnswerFactory(
        self_report=scene.report, indicator=IndicatorFactory(indicator_set=scene.report.indicator_set, answer_kind="TEXT", section="Texts")
    )
    client, url = signed_in(scene.lead), f"/self-reports/{scene.report.pk}/answers/{answer.pk}/"

    without = client.post(url, {"value": value, "version": 0}, **JSON)
    given = client.post(url, {"value": value, "reason": "The unit is closed", "version": 0}, **JSON)

    assert (without.status_code, list(without.json()["errors"])) == (422, ["reason"])
    assert given.status_code == 200
    answer.refresh_from_db()
    assert answer.reason == "The unit is closed"

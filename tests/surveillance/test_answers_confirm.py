"""Last year's answer: offered, confirmed by somebody, never copied by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveillance.models import Answer, EvidenceItem, Indicator, SelfReport
from surveillance.services import self_reports
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, IndicatorSetFactory, RoundFactory, SelfReportFactory, make_scene

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def scene():
    return make_scene()


def address(scene, place=0):
    return f"/self-reports/{scene.report.pk}/answers/{scene.answers[place].pk}/"


def post(client, scene, place=0, **fields):
    return client.post(address(scene, place), {"value": "", "comment": "", "version": 0} | fields, **JSON)


@pytest.fixture
def two_years(scene):
    """The scene with a declared self-report of the year before, its first answer Yes with a comment."""
    before = SelfReportFactory(
        service=scene.service,
        round=RoundFactory(year=scene.report.round.year - 1),
        status=SelfReport.Status.ACCEPTED,
        declared_at=timezone.now(),
        declared_by=scene.executive,
        accepted_at=timezone.now(),
        accepted_by=scene.officer,
    )
    indicator = scene.answers[0].indicator
    AnswerFactory(self_report=before, indicator=indicator, value="YES", comment="Policy agreed", confirmed_years_count=1)
    return scene


def test_last_year_is_offered_and_never_copied_silently(two_years, signed_in):
    client = signed_in(two_years.lead)

    page = client.get(f"/self-reports/{two_years.report.pk}/sections/1/").content.decode()
    tasks = client.get(f"/self-reports/{two_years.report.pk}/").content.decode()

    assert "Last year: Yes. “Policy agreed”" in page
    assert page.count("Is this still true?") == 1
    assert "0 of 4 answered. 1 of last year&#x27;s answers is waiting" in tasks.replace("'", "&#x27;")


def test_confirming_last_year_counts_the_years(two_years, signed_in):
    client = signed_in(two_years.lead)

    response = client.post(address(two_years) + "confirm/", {"version": 0})
    again = client.post(address(two_years, 1) + "confirm/", {"version": 0})

    answer = two_years.answers[0]
    answer.refresh_from_db()
    assert (response.status_code, again.status_code) == (302, 200)
    assert (answer.value, answer.comment, answer.met, answer.confirmed_years_count, answer.version) == ("YES", "Policy agreed", True, 2, 1)
    assert "There is no answer of last year to confirm." in again.content.decode()


def last_year_answer(two_years):
    return Answer.objects.exclude(self_report=two_years.report).get()


def test_still_true_on_the_form_confirms_with_its_documents(two_years, signed_in):
    policy = EvidenceItem.objects.create(service=two_years.service, title="Policy", added_by=two_years.lead)
    policy.answers.add(last_year_answer(two_years))

    signed_in(two_years.lead).post(address(two_years), {"version": 0, "still": "TRUE", "comment": ""})

    answer = two_years.answers[0]
    answer.refresh_from_db()
    assert (answer.value, answer.comment, answer.confirmed_years_count) == ("YES", "Policy agreed", 2)
    assert list(answer.evidence.all()) == [policy]


def test_still_true_with_another_answer_is_asked_again(two_years, signed_in):
    response = signed_in(two_years.lead).post(address(two_years), {"version": 0, "still": "TRUE", "value": "NO", "comment": "Kept"})

    two_years.answers[0].refresh_from_db()
    assert "Select Changed to save an answer that is not last year" in response.content.decode()
    assert "Kept" in response.content.decode()
    assert two_years.answers[0].value == ""


def test_own_comment_comes_instead_of_last_years(two_years, signed_in):
    signed_in(two_years.lead).post(address(two_years), {"version": 0, "still": "TRUE", "value": "YES", "comment": "Read again in May"})

    two_years.answers[0].refresh_from_db()
    assert (two_years.answers[0].comment, two_years.answers[0].confirmed_years_count) == ("Read again in May", 2)


def test_comment_added_later_leaves_it_confirmed_and_another_answer_does_not(two_years, signed_in):
    client = signed_in(two_years.lead)
    client.post(address(two_years) + "confirm/", {"version": 0})
    counts = []

    for fields in ({"value": "YES", "comment": "Read again", "version": 1}, {"value": "NO", "comment": "Read again", "version": 2}):
        assert post(client, two_years, **fields).status_code == 200
        two_years.answers[0].refresh_from_db()
        counts.append(two_years.answers[0].confirmed_years_count)

    assert counts == [2, 0]


def test_confirmed_answer_says_for_how_long(two_years, signed_in):
    client = signed_in(two_years.lead)
    Answer.objects.exclude(self_report=two_years.report).update(confirmed_years_count=2)

    part = client.post(address(two_years), {"version": 0, "still": "TRUE", "comment": ""}, **PART).content.decode()

    assert "You have confirmed this without change for 3 years." in part
    assert "Your answer: Yes" in part


def new_version(two_years, **changes):
    """This year's question as another version of the set words it."""
    asked = two_years.answers[0].indicator
    fields = {"title": asked.title, "number": asked.number, "answer_kind": asked.answer_kind} | changes
    indicator = IndicatorFactory(indicator_set=IndicatorSetFactory(), **fields)
    Answer.objects.filter(pk=two_years.answers[0].pk).update(indicator=indicator)


def test_changed_wording_is_said_in_words(two_years, signed_in):
    old = two_years.answers[0].indicator.title
    new_version(two_years, title="A new title", description="Now with a text")

    page = signed_in(two_years.lead).get(f"/self-reports/{two_years.report.pk}/sections/1/").content.decode()

    assert f"The wording changed since last year: the title was “{old}”." in page
    assert "The wording changed since last year: there was no description." in page
    assert page.count("Is this still true?") == 1


def test_question_answered_in_another_way_is_asked_afresh(two_years, signed_in):
    new_version(two_years, answer_kind=Indicator.AnswerKind.NUMBER)
    client = signed_in(two_years.lead)

    page = client.get(f"/self-reports/{two_years.report.pk}/sections/1/").content.decode()
    tried = client.post(address(two_years) + "confirm/", {"version": 0}).content.decode()

    assert "It is answered in another way this year." in page
    assert "Is this still true?" not in page
    assert "There is no answer of last year to confirm." in tried


def test_unconfirmed_answer_keeps_it_from_being_sent(two_years, signed_in):
    two_years.fill({})
    Answer.objects.filter(pk=two_years.answers[0].pk).update(value="", met=None)

    page = signed_in(two_years.lead).get(f"/self-reports/{two_years.report.pk}/check/").content.decode()

    assert "Answer 1 more question before you send this." in page
    assert "Last year&#x27;s answer is not confirmed (1)" in page.replace("Last year's", "Last year&#x27;s")
    with pytest.raises(self_reports.InvalidTransition, match="Answer 1 more question"):
        self_reports.send_to_executive(self_report_id=two_years.report.pk, executive_id=two_years.executive.pk, by=two_years.lead)


def test_confirming_an_answer_that_changed_shows_both(two_years, signed_in):
    client = signed_in(two_years.lead)
    post(client, two_years, value="NO", comment="Mine")

    response = client.post(address(two_years) + "confirm/", {"version": 0})

    assert response.status_code == 409
    assert "Someone else changed this answer" in response.content.decode()


def test_confirming_takes_at_most_twelve_statements(two_years, signed_in):
    policy = EvidenceItem.objects.create(service=two_years.service, title="Policy", added_by=two_years.lead)
    policy.answers.add(last_year_answer(two_years))
    client = signed_in(two_years.lead)
    client.get("/self-reports/")

    with CaptureQueriesContext(connection) as captured:
        saved = client.post(address(two_years) + "confirm/", {"version": 0}, **JSON)

    assert (saved.status_code, set(saved.json())) == (200, {"version", "saved_at", "met"})
    assert len(captured) <= 12, [query["sql"] for query in captured]


def test_confirming_as_json_keeps_the_words_of_the_contract(two_years, signed_in, client):
    lead, confirm = signed_in(two_years.lead), address(two_years) + "confirm/"
    post(lead, two_years, value="NO", comment="Mine")

    met = lead.post(confirm, {"version": 0}, **JSON)
    nothing = lead.post(address(two_years, 1) + "confirm/", {"version": 0}, **JSON)
    malformed = lead.post(confirm, {"version": "old"}, **JSON)

    assert (met.status_code, met.json()["current"]["comment"], met.json()["yours"]["comment"]) == (409, "Mine", "Policy agreed")
    assert (nothing.status_code, list(nothing.json()["errors"])) == (422, [""])
    assert (malformed.status_code, list(malformed.json()["errors"])) == (422, ["version"])
    assert signed_in(two_years.stranger).post(confirm, {"version": "old"}, **JSON).status_code == 404
    assert client.post(confirm, {"version": 1}, **JSON).status_code == 401

"""Answers as pages and as parts of pages: forms, faults, two edits that met, long sections, lists."""

import json
import re

import factory
import pytest

from surveillance.models import AnswerRevision, SelfReport
from surveillance.services import answers, checking, self_reports
from tests.factories.surveillance import AnswerFactory, IndicatorFactory, make_scene

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


def test_page_saves_and_returns_to_its_section(scene, signed_in):
    response = signed_in(scene.lead).post(address(scene), {"value": "YES", "comment": "Signed", "version": 0})

    assert (response.status_code, response["Location"]) == (
        302,
        f"/self-reports/{scene.report.pk}/sections/1/#answer-{scene.answers[0].pk}",
    )


def test_page_with_a_fault_keeps_what_was_typed(scene, signed_in):
    response = signed_in(scene.lead).post(address(scene, 1), {"numerator": "many", "denominator": "50", "comment": "Kept", "version": 0})

    page = response.content.decode()
    assert "<title>Error: " in page
    assert "Number that met it must be a number that is 0 or more" in page
    assert 'value="many"' in page
    assert "Kept" in page


def clash(scene, signed_in):
    post(signed_in(scene.lead), scene, value="YES", comment="First words")
    return signed_in(scene.lead).post(address(scene), {"value": "NO", "comment": "Second words", "version": 0})


def choose(scene, signed_in, keep, **fields):
    sent = {"keep_asked": "1", "version": 1, "value": "NO", "comment": "Second words", "keep": keep} | fields
    return signed_in(scene.lead).post(address(scene), sent)


def test_clash_page_shows_both_texts(scene, signed_in):
    page = clash(scene, signed_in).content.decode()

    assert "Someone else changed this answer" in page
    assert "Nothing is lost." in page
    assert "Which do you want to keep?" in page
    assert "First" in page
    assert "Second" in page


@pytest.mark.parametrize(
    ("keep", "value", "comment", "kept"),
    [
        ("MINE", "NO", "Second words", "First words"),
        ("BOTH", "NO", "Both", "First words"),
        ("THEIRS", "YES", "First words", "Second words"),
    ],
)
def test_clash_choice_keeps_the_other_text_in_the_history(scene, signed_in, keep, value, comment, kept):
    clash(scene, signed_in)

    response = choose(scene, signed_in, keep, both="Both")

    scene.answers[0].refresh_from_db()
    assert response.status_code == 302
    assert (scene.answers[0].value, scene.answers[0].comment) == (value, comment)
    assert [revision.comment for revision in AnswerRevision.objects.all()] == [kept]


def test_clash_without_a_choice_asks_again(scene, signed_in):
    clash(scene, signed_in)

    response = choose(scene, signed_in, "")

    assert "Select which answer you want to keep" in response.content.decode()


def test_clash_that_changed_again_shows_the_latest(scene, signed_in):
    clash(scene, signed_in)
    post(signed_in(scene.lead), scene, value="NA", reason="Not here", comment="Third", version=1)

    page = choose(scene, signed_in, "MINE").content.decode()

    assert "It changed again at" in page
    assert "Third" in page


def test_clash_in_place_is_a_part_of_the_page(scene, signed_in):
    post(signed_in(scene.lead), scene, value="YES", comment="First words")
    sent = {"version": 0, "value": "NO", "comment": "Second words"}

    met = signed_in(scene.lead).post(address(scene), sent, **PART)
    unchosen = signed_in(scene.lead).post(address(scene), sent | {"version": 1, "keep_asked": "1"}, **PART)
    chosen = signed_in(scene.lead).post(address(scene), sent | {"version": 1, "keep_asked": "1", "keep": "MINE"}, **PART)

    assert [response.status_code for response in (met, unchosen, chosen)] == [409, 422, 200]
    assert "<h1" not in met.content.decode()
    assert "Someone else changed this answer" in met.content.decode()
    assert "Select which answer you want to keep" in unchosen.content.decode()
    assert re.search(r"Saved at [0-9:]+[ap]m\. Lee Lead&#x27;s text is kept in the history\.", chosen.content.decode())


def test_faults_in_place_are_a_part_of_the_page(scene, signed_in):
    sent = {"version": 0, "value": "NA", "comment": "Kept"}

    response = signed_in(scene.lead).post(address(scene), sent, **PART)

    part = response.content.decode()
    assert response.status_code == 422
    assert "<h1" not in part
    assert "Enter why this does not apply" in part
    assert "Kept" in part


def test_page_that_another_person_opened_cannot_send(scene, signed_in):
    headers = JSON | {"HTTP_X_OPENED_BY": str(scene.contributor.pk)}

    refused = signed_in(scene.lead).post(address(scene), {"value": "YES", "version": 0}, **headers)
    own = signed_in(scene.lead).post(address(scene), {"value": "YES", "version": 0}, **JSON, HTTP_X_OPENED_BY=str(scene.lead.pk))

    assert (refused.status_code, own.status_code) == (401, 200)


def test_part_asked_for_when_signed_out_is_never_the_sign_in_page(scene, client):
    assert client.post(address(scene), {"value": "YES", "version": 0}, **PART).status_code == 401


@pytest.mark.parametrize("n", [1, 2])
def test_section_page_has_a_form_for_each_answer(scene, signed_in, n):
    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/sections/{n}/").content.decode()

    assert page.count("Save answer") == 2


def test_section_that_does_not_exist_is_a_missing_page(scene, signed_in):
    client = signed_in(scene.lead)

    assert [client.get(f"/self-reports/{scene.report.pk}/sections/{n}/").status_code for n in (0, 3)] == [404, 404]


@pytest.mark.parametrize("extra", [0, 20])
def test_section_page_costs_the_same_for_few_and_for_many_answers(scene, signed_in, django_assert_max_num_queries, extra):
    indicators = IndicatorFactory.create_batch(extra, indicator_set=scene.indicator_set)
    AnswerFactory.create_batch(extra, self_report=scene.report, indicator=factory.Iterator(indicators))
    client = signed_in(scene.lead)
    client.get("/self-reports/")

    with django_assert_max_num_queries(12):
        page = client.get(f"/self-reports/{scene.report.pk}/sections/1/").content.decode()

    assert page.count("Save answer") == 2 + extra


def test_every_form_on_a_section_has_ids_of_its_own(scene, signed_in):
    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/sections/1/").content.decode()

    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def long_section(scene, count):
    """``count`` more questions in the first section, with answers."""
    indicators = IndicatorFactory.create_batch(count, indicator_set=scene.indicator_set)
    return AnswerFactory.create_batch(count, self_report=scene.report, indicator=factory.Iterator(indicators))


def test_section_of_three_hundred_becomes_pages_of_at_most_thirty(scene, signed_in):
    answers = long_section(scene, 298)
    client = signed_in(scene.lead)

    pages = {n: client.get(f"/self-reports/{scene.report.pk}/sections/{n}/").content.decode() for n in (1, 10, 11)}
    tasks = client.get(f"/self-reports/{scene.report.pk}/").content.decode()

    assert {n: page.count("Save answer") for n, page in pages.items()} == {1: 30, 10: 30, 11: 2}
    assert "Structure and function, 1 of 10" in pages[1]
    assert "Continue to the next section" in pages[10]
    assert tasks.count("Structure and function, ") == 10
    saved = client.post(f"/self-reports/{scene.report.pk}/answers/{answers[-1].pk}/", {"value": "YES", "version": 0})
    assert saved["Location"] == f"/self-reports/{scene.report.pk}/sections/10/#answer-{answers[-1].pk}"


@pytest.mark.parametrize("count", [26, 298])
def test_pages_cost_the_same_for_a_set_of_thirty_and_of_three_hundred(scene, signed_in, django_assert_max_num_queries, count):
    long_section(scene, count)
    client = signed_in(scene.lead)
    client.get("/self-reports/")
    report = f"/self-reports/{scene.report.pk}/"

    for path, most in (("sections/1/", 15), ("answers/", 12), ("answers/?show=unanswered", 12), ("", 15), ("check/", 15)):
        with django_assert_max_num_queries(most):
            assert client.get(report + path).status_code == 200


def test_doubts_are_a_part_and_a_page(scene, signed_in):
    client = signed_in(scene.lead)
    post(client, scene, 1, numerator="60", denominator="50")

    part = client.get(address(scene, 1) + "checks/", **PART).content.decode()
    page = client.get(address(scene, 1) + "checks/").content.decode()

    assert re.findall(r"<p.*?</p>", part) == ['<p class="app-check-this">Check this: 60 is more than the total of 50.</p>']
    assert 'data-count-words="1 of 2 answered"' in part
    assert "Check this: 60 is more than the total of 50." in page


def test_lists_hold_the_answers_that_their_links_count(scene, signed_in):
    client = signed_in(scene.lead)
    post(client, scene, value="NO")

    tasks = client.get(f"/self-reports/{scene.report.pk}/").content.decode()
    not_met = client.get(f"/self-reports/{scene.report.pk}/answers/?show=not_met").content.decode()
    unanswered = client.get(f"/self-reports/{scene.report.pk}/answers/?show=unanswered").content.decode()

    assert "Unanswered (3)" in tasks
    assert "Not met (1)" in tasks
    assert f"/self-reports/{scene.report.pk}/sections/1/#answer-{scene.answers[0].pk}" in not_met
    assert unanswered.count("#answer-") == 3


def test_executive_reads_lists_without_links_to_forms(scene, signed_in):
    scene.send()
    client = signed_in(scene.executive)

    declare = client.get(f"/self-reports/{scene.report.pk}/declare/").content.decode()
    without = client.get(f"/self-reports/{scene.report.pk}/answers/?show=without_evidence").content.decode()

    assert "?show=without_evidence" in declare
    assert "No evidence (4)" in declare
    assert "Not met (1)" in declare
    assert "Not applicable (0)" in declare
    assert "Without evidence (4)" in without
    assert "#answer-" not in without


def test_unknown_list_is_the_page_of_all_answers(scene, signed_in):
    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/answers/?show=secret").content.decode()

    assert "All answers" in page


def test_check_page_says_what_must_be_done_and_then_that_it_is_sent(scene, signed_in):
    client = signed_in(scene.lead)
    check = f"/self-reports/{scene.report.pk}/check/"

    before = client.get(check).content.decode()
    scene.fill()
    client.post(check, {"hours_spent": "4"})
    after = client.get(check).content.decode()

    assert "Answer 4 more questions before you send this." in before
    assert "Not answered (4)" in before
    assert "No evidence (4)" in before
    assert '<h1 class="nhsuk-panel__heading">Sent to Eve Executive</h1>' in after
    assert "They can declare it or send it back. The deadline is met when they declare." in after


def test_executive_reads_who_took_it_back(scene, signed_in):
    scene.send()
    self_reports.take_back(self_report_id=scene.report.pk, by=scene.lead)

    page = signed_in(scene.executive).get(f"/self-reports/{scene.report.pk}/declare/").content.decode()

    assert re.search(r"Lee Lead took this back at [0-9:]+[ap]m\. You will get it again\.", page)


def test_query_shows_only_what_was_asked_and_leaves_the_rest_declared(scene, signed_in):
    scene.declare()
    first = scene.report.declarations.get()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.ask_service(answer_id=scene.answers[0].pk, question="Since when?", **where)
    checking.send_queries(**where)
    client = signed_in(scene.lead)

    tasks = client.get(f"/self-reports/{scene.report.pk}/").content.decode()
    section = client.get(f"/self-reports/{scene.report.pk}/sections/1/").content.decode()
    read_by_hub = signed_in(scene.officer).get(f"/self-reports/{scene.report.pk}/").content.decode()
    changed = post(client, scene, value="NO", comment="Since May", version=1)
    refused = post(client, scene, 1, numerator="1", denominator="50", version=1)
    client.post(address(scene) + "reply/", {"reply": "Since May"})
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)

    newest = scene.report.declarations.order_by("-pk").first()
    before, after = (json.loads(one.content)["answers"] for one in (first, newest))
    assert tasks.count("nhsuk-task-list__link") == 1
    assert "0 of 1 question of the hub answered." in tasks
    asked = f"answers/#answer-{scene.answers[0].pk}"
    assert [f"/sections/1/{asked[8:]}" in tasks, f"/{asked}" in read_by_hub, "/sections/" in read_by_hub] == [True, True, False]
    assert section.count("Save answer") == 1
    assert (changed.status_code, refused.status_code) == (200, 422)
    assert (before[0]["value"], after[0]["value"]) == ("YES", "NO")
    assert after[1:] == before[1:]
    assert scene.status() == SelfReport.Status.DECLARED


def test_reply_to_the_hub_is_read_until_it_is_declared_again(scene, signed_in):
    scene.declare()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    checking.ask_service(answer_id=scene.answers[0].pk, question="Since when?", **where)
    checking.send_queries(**where)
    client, section = signed_in(scene.lead), f"/self-reports/{scene.report.pk}/sections/1/"
    client.post(address(scene) + "reply/", {"reply": "Since May"})

    replied = client.get(section).content.decode()
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    sent = client.get(section).content.decode()
    to_declare = signed_in(scene.executive).get(f"/self-reports/{scene.report.pk}/declare/").content.decode()
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
    declared = client.get(section).content.decode()

    words = "<strong>The service replied:</strong> Since May"
    assert [words in page for page in (replied, sent, to_declare, declared)] == [True, True, True, False]

    checking.ask_service(answer_id=scene.answers[1].pk, question="Until when?", **where)
    checking.send_queries(**where)
    assert words not in client.get(section).content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_page_to_declare_costs_the_same_for_one_reply_and_for_many(scene, signed_in, django_assert_num_queries, count):
    scene.declare()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    for answer in scene.answers[:count]:
        checking.ask_service(answer_id=answer.pk, question="Since when?", **where)
    checking.send_queries(**where)
    for answer in scene.answers[:count]:
        answers.reply_to_query(answer_id=answer.pk, self_report_id=scene.report.pk, reply="Since May", by=scene.lead)
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    client = signed_in(scene.executive)

    with django_assert_num_queries(16):
        page = client.get(f"/self-reports/{scene.report.pk}/declare/").content.decode()

    assert page.count("<strong>The service replied:</strong> Since May") == count

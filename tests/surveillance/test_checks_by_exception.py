"""The hub's check by exception: what comes first and why, the draw, agreeing together, two people at once."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.permissions import Role
from surveillance.models import Answer, Assessment, Indicator, InvalidTransition, Query, Score, Stage
from surveillance.queries.checks import Why, is_drawn, lines_of, what_is_left
from surveillance.services import checking
from surveillance.services.answers import save_answer
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.accounts import person
from tests.factories.surveillance import AnswerFactory, RoundFactory, SelfReportFactory, make_scene

pytestmark = pytest.mark.django_db
NONE, ALL = 0, 100


@pytest.fixture(autouse=True)
def no_draw(settings):
    """Most tests are about the exceptions alone."""
    settings.CHECK_SAMPLE_PERCENT = NONE


def last_year_of(scene, values=None):
    """Last year's declared self-report: the same answers as ``Scene.fill`` gives, unless told otherwise by place."""
    executive, year = scene.executive, scene.report.round.year - 1
    day = {"declared_at": timezone.now() - dt.timedelta(days=365), "declared_by": executive}
    report = SelfReportFactory(
        service=scene.service, round=RoundFactory(year=year), indicator_set=scene.indicator_set, status="DECLARED", **day
    )
    given = {0: {"value": "YES"}, 1: {"numerator": 45, "denominator": 50}, 2: {"value": "12"}, 3: {"value": "Written"}} | (values or {})
    for place, columns in given.items():
        AnswerFactory(self_report=report, indicator=scene.answers[place].indicator, **columns)
    return report


def with_evidence(scene, *places):
    item = scene.service.evidence.create(title="Operational policy", added_by=scene.lead)
    item.answers.add(*(scene.answers[place] for place in places))
    return item


def reasons(scene):
    """Reasons by place."""
    lines = {line.answer_id: line for line in lines_of([scene.report])[scene.report.pk]}
    return [lines[answer.pk].reasons for answer in scene.answers]


def declared(**marks):
    scene = make_scene()
    scene.declare()
    scene.report.refresh_from_db()
    return scene


def page(scene, place=None):
    at = f"/self-reports/{scene.report.pk}/validation/"
    return at if place is None else f"{at}{scene.answers[place].pk}/"


# What comes first -----------------------------------------------------------------------------------------------------
def test_yes_without_evidence_and_what_is_not_met_come_first():
    scene = declared()

    assert reasons(scene) == [(Why.NO_EVIDENCE,), (), (Why.NOT_MET,), ()]


def test_document_on_the_answer_takes_it_out_and_its_removal_brings_it_back():
    scene = declared()
    item = with_evidence(scene, 0)

    before = reasons(scene)[0]
    item.removed_at, item.removed_by = timezone.now(), scene.lead
    item.save()

    assert (before, reasons(scene)[0]) == ((), (Why.NO_EVIDENCE,))


def test_changed_since_last_year_comes_first_and_a_new_question_does_not():
    scene = declared()
    before = last_year_of(scene, {1: {"numerator": 40, "denominator": 50}})
    before.answers.get(indicator=scene.answers[3].indicator).delete()

    assert reasons(scene) == [(Why.NO_EVIDENCE,), (Why.CHANGED,), (Why.NOT_MET,), ()]


def test_not_applicable_cannot_answer_and_key_indicators_come_first():
    scene = make_scene()
    scene.fill({0: "NA", 1: "CANNOT"})
    Indicator.objects.filter(pk=scene.answers[3].indicator_id).update(is_key=True)

    assert reasons(scene) == [(Why.NOT_APPLICABLE,), (Why.NOT_MET,), (Why.NOT_MET,), (Why.KEY,)]


def test_suspended_indicator_is_not_looked_at():
    scene = declared()
    Indicator.objects.filter(pk=scene.answers[2].indicator_id).update(suspended_from=timezone.localdate(), suspended_reason="Withdrawn")

    assert reasons(scene)[2] == ()


def test_queue_is_in_the_order_of_the_reasons_then_of_the_set():
    scene = declared()
    last_year_of(scene, {1: {"numerator": 40, "denominator": 50}})

    order = [line.answer_id for line in lines_of([scene.report])[scene.report.pk]]

    assert order == [scene.answers[place].pk for place in (2, 1, 0, 3)]


# The draw -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("share", "drawn"), [(NONE, 0), (ALL, 1000)])
def test_share_of_nothing_and_of_all(settings, share, drawn):
    settings.CHECK_SAMPLE_PERCENT = share

    assert sum(is_drawn("a" * 64, answer) for answer in range(1000)) == drawn


def test_draw_stays_the_same_for_a_declaration_and_is_another_for_the_next(settings):
    settings.CHECK_SAMPLE_PERCENT = 5

    first, again, other = ([n for n in range(4000) if is_drawn(digest * 64, n)] for digest in "aab")

    assert first == again
    assert first != other
    assert 150 <= len(first) <= 250


def test_drawn_answer_comes_first(settings):
    settings.CHECK_SAMPLE_PERCENT = ALL
    scene = declared()

    assert reasons(scene) == [(Why.NO_EVIDENCE, Why.DRAWN), (Why.DRAWN,), (Why.NOT_MET, Why.DRAWN), (Why.DRAWN,)]


def test_page_says_that_nobody_can_choose_the_draw(settings, signed_in):
    settings.CHECK_SAMPLE_PERCENT = 5
    scene = declared()

    seen = signed_in(scene.officer).get(page(scene)).content.decode()

    assert "5% of all answers are drawn at random besides: the draw is worked out from the declaration itself" in seen


# The page -------------------------------------------------------------------------------------------------------------
def test_scores_stand_beside_each_other_and_neither_overwrites(signed_in):
    scene = declared()
    client = signed_in(scene.officer)
    client.post(page(scene, 0), {"act": "CHANGE", "value": "NO", "why": "No document"})
    client.post(page(scene, 2), {"act": "AGREE"})

    during = client.get(page(scene)).content.decode()
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)
    after = client.get(page(scene)).content.decode()

    assert "Self-assessed 2 of 3 met (66%)<br>Validated so far 0 of 2 checked" in during
    assert "Self-assessed 2 of 3 met (66%)<br>Validated 1 of 3 met (33%)" in after
    assert Score.objects.get(stage=Stage.SELF_ASSESSED).met_count == 2


def test_suspended_indicator_is_not_among_what_is_validated_so_far(signed_in):
    scene = declared()
    for place in (0, 2):
        checking.agree_answer(answer_id=scene.answers[place].pk, self_report_id=scene.report.pk, by=scene.officer)
    Indicator.objects.filter(pk=scene.answers[2].indicator_id).update(suspended_from="2020-01-01", suspended_reason="Withdrawn")

    assert "Validated so far 1 of 1 checked" in signed_in(scene.officer).get(page(scene)).content.decode()


@pytest.mark.parametrize(
    ("show", "places"),
    [("", (0, 1, 2, 3)), ("not_met", (2,)), ("no_evidence", (0,)), ("changed", ()), ("not_checked", (1, 2, 3)), ("nonsense", (0, 1, 2, 3))],
)
def test_filter_narrows_both_tables(signed_in, show, places):
    scene = declared()
    checking.agree_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, by=scene.officer)

    seen = signed_in(scene.officer).get(page(scene), {"show": show}).content.decode()

    assert [place for place in range(4) if page(scene, place) in seen] == list(places)


def test_filter_goes_along_from_answer_to_answer(signed_in):
    scene = declared()

    response = signed_in(scene.officer).post(page(scene, 1) + "?show=not_checked", {"act": "AGREE"})

    assert response["Location"] == page(scene, 3) + "?show=not_checked#check"


def test_after_the_last_answer_to_look_at_comes_the_list(signed_in):
    scene = declared()
    client = signed_in(scene.officer)

    first = client.post(page(scene, 2), {"act": "AGREE"})
    last = client.post(page(scene, 0), {"act": "AGREE"})

    assert (first["Location"], last["Location"]) == (page(scene, 0) + "#check", page(scene))


def test_another_person_who_checks_is_named(signed_in):
    scene = declared()
    colleague = person(Role.HUB_OFFICER, scene.service.region, name="Lee Wong")
    checking.agree_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, by=colleague)

    pages = [signed_in(who).get(page(scene)).content.decode() for who in (scene.officer, colleague)]
    Assessment.objects.update(assessed_at=timezone.now() - dt.timedelta(minutes=31))
    later = signed_in(scene.officer).get(page(scene)).content.decode()

    assert ["Lee Wong is also checking this." in seen for seen in (*pages, later)] == [True, False, False]


def test_queries_are_sent_to_the_lead_by_name(signed_in):
    scene = declared()
    checking.ask_service(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, question="Since when?", by=scene.officer)

    seen = signed_in(scene.officer).get(page(scene)).content.decode()

    assert "Send 1 query to Lee Lead" in seen
    assert "Accept self-report" not in seen


@pytest.mark.parametrize("count", [1, 12])
def test_page_costs_the_same_for_one_answer_and_for_many(signed_in, django_assert_num_queries, count):
    scene = declared()
    last_year_of(scene)
    for _ in range(count - 1):
        AnswerFactory(self_report=scene.report, indicator__indicator_set=scene.indicator_set, value="YES", met=True)
    client = signed_in(scene.officer)
    client.get(page(scene))

    with django_assert_num_queries(15):
        client.get(page(scene))


# Agreeing together ----------------------------------------------------------------------------------------------------
def plain_scene():
    """Two answers unchanged with evidence and nothing to look at; the first has evidence and changed, the third is not met."""
    scene = declared()
    last_year_of(scene, {0: {"value": "NO"}})
    with_evidence(scene, 0, 1, 2, 3)
    return scene


def test_unchanged_answers_with_evidence_are_agreed_together_after_a_page_that_lists_them(signed_in):
    scene = plain_scene()
    client = signed_in(scene.officer)

    link = client.get(page(scene)).content.decode()
    listed = client.get(page(scene) + "agree/").content.decode()
    response = client.post(page(scene) + "agree/", {"selected": [answer.pk for answer in scene.answers]}, follow=True)

    assert "Agree with the 2 unchanged answers that have evidence" in link
    assert [place for place in range(4) if f'value="{scene.answers[place].pk}"' in listed] == [1, 3]
    assert set(Assessment.objects.values_list("answer", flat=True)) == {scene.answers[1].pk, scene.answers[3].pk}
    assert "2 answers agreed with. 2 answers left out" in response.content.decode()


def test_question_of_another_wording_is_not_unchanged():
    scene = plain_scene()
    old = Indicator.objects.get(pk=scene.answers[1].indicator_id)
    old.pk, old.indicator_set = (
        None,
        type(scene.indicator_set).objects.create(specification=scene.service.specification, code="OLD", name="x"),
    )
    old.title = "Another question"
    old.save()
    Answer.objects.filter(self_report__round__year=scene.report.round.year - 1, indicator=scene.answers[1].indicator).update(indicator=old)

    assert checking.agree_answers(self_report_id=scene.report.pk, answer_ids=[scene.answers[1].pk], by=scene.officer) == 0


def test_nothing_is_agreed_once_it_is_accepted(signed_in):
    scene = plain_scene()
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)

    response = signed_in(scene.officer).post(page(scene) + "agree/", {"selected": [scene.answers[1].pk, "x", "9" * 30]})

    assert "This self-report is now accepted, so it cannot be checked." in response.content.decode()


# Two people at once ---------------------------------------------------------------------------------------------------
def test_check_that_somebody_saved_meanwhile_is_shown_and_the_text_is_kept(signed_in):
    scene = declared()
    colleague = person(Role.HUB_OFFICER, scene.service.region, name="Lee Wong")
    raw = {"value": "NO"}
    checking.change_value(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw=raw, why="No policy", by=colleague)
    client, mine = signed_in(scene.officer), {"act": "CHANGE", "value": "NA", "why": "Not provided here", "opened": ""}

    clash = client.post(page(scene, 0), mine)
    stamp = clash.context["form"]["opened"].value()
    saved = client.post(page(scene, 0), mine | {"opened": stamp})

    seen = clash.content.decode()
    assert (clash.status_code, saved.status_code) == (409, 302)
    assert all(words in seen for words in ("Lee Wong checked this at", "Changed: No", "No policy", "Not provided here"))
    assert Assessment.objects.get().value == "NA"


def test_noted_question_meets_a_check_of_another(signed_in):
    scene = declared()
    checking.ask_service(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, question="Since when?", by=scene.officer)

    with pytest.raises(SomeoneElseChanged) as clash:
        checking.agree_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, by=scene.officer, opened="")

    assert clash.value.current == Query.objects.get()


def test_second_acceptance_is_told_who_was_quicker():
    scene = declared()
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)

    with pytest.raises(AlreadyDone, match="Hal Officer accepted this self-report at .* You do not need to do anything."):
        checking.accept_self_report(self_report_id=scene.report.pk, by=scene.national)


def test_what_is_left_in_words():
    scene = declared()
    where = {"self_report_id": scene.report.pk, "by": scene.officer}
    words = [what_is_left(lines_of([scene.report])[scene.report.pk])]
    checking.agree_answer(answer_id=scene.answers[0].pk, **where)
    checking.ask_service(answer_id=scene.answers[2].pk, question="Since when?", **where)
    words.append(what_is_left(lines_of([scene.report])[scene.report.pk]))
    checking.agree_answer(answer_id=scene.answers[2].pk, **where)
    words.append(what_is_left(lines_of([scene.report])[scene.report.pk]))

    assert words == ["2 answers to look at", "1 question noted", ""]


def test_accepting_among_others_refuses_what_is_left():
    scene = declared()

    with pytest.raises(InvalidTransition, match="It has 2 answers to look at."):
        checking.accept_checked(self_report_id=scene.report.pk, by=scene.officer)


def test_saving_answers_is_untouched_by_the_check():
    scene = declared()

    with pytest.raises(InvalidTransition):
        save_answer(answer_id=scene.answers[0].pk, self_report_id=scene.report.pk, raw={"value": "NO"}, version=1, by=scene.lead)

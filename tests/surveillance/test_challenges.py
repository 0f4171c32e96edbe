"""Challenges and suspension: one open challenge a service, one decision, scores written again with the reason, once and for all."""

import datetime as dt
import json
import random
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from surveillance import scoring
from surveillance.models import (
    Answer,
    Assessment,
    Indicator,
    IndicatorChallenge,
    IndicatorSet,
    InvalidTransition,
    Score,
    SectionAssignment,
    SelfReport,
    ServiceSummary,
    SurveillanceDecision,
)
from surveillance.queries.challenges import distribution_of
from surveillance.queries.facts import preview_score
from surveillance.queries.waiting_indicators import indicator_items
from surveillance.services import challenges, checking, decisions, rescoring, self_reports
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from surveillance.services.scores import declared_answers, write_score
from surveillance.suspension import is_reached
from tests.factories.accounts import person
from tests.factories.surveillance import (
    AnswerFactory,
    IndicatorFactory,
    RoundFactory,
    Scene,
    SelfReportFactory,
    ServiceFactory,
    assign,
    make_scene,
)
from work import jobs
from work.models import DigestEntry

pytestmark = pytest.mark.django_db
Status = IndicatorChallenge.Status
TODAY = timezone.localdate


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def address(scene: Scene, n: int = 0) -> str:
    return f"/self-reports/{scene.report.pk}/answers/{scene.answers[n].pk}/challenge/"


def raised(scene: Scene, n: int = 0, reason: str = "The guideline was withdrawn.") -> IndicatorChallenge:
    return challenges.raise_challenge(answer_id=scene.answers[n].pk, self_report_id=scene.report.pk, reason=reason, by=scene.lead)


def uphold(scene: Scene, challenge: IndicatorChallenge, *, from_day: dt.date | None = None) -> None:
    challenges.answer_challenges(
        challenge_ids=[challenge.pk], decision=Status.UPHELD, reply="You are right.", by=scene.national,
        suspend_from=from_day or TODAY(), suspend_reason="the guideline was withdrawn",
    )  # fmt: skip


def scores(report: SelfReport) -> dict[str, tuple[int, int]]:
    return {score.stage: (score.met_count, score.applicable_count) for score in Score.objects.filter(self_report=report)}


def answer_fields(*open_ones: IndicatorChallenge, decision: str = "UPHELD", **fields: str) -> dict[str, object]:
    day = TODAY()
    dates = {"suspend_from_day": str(day.day), "suspend_from_month": str(day.month), "suspend_from_year": str(day.year)}
    sent = {"decision": decision, "reply": "You are right.", "suspend_reason": "Withdrawn"} | dates
    return sent | {"challenges": [str(one.pk) for one in open_ones]} | fields


# Saying it ------------------------------------------------------------------------------------------------------------
def test_lead_says_that_an_indicator_is_out_of_date_and_sees_it_again(scene, signed_in):
    IndicatorSet.objects.update(published_by=scene.national, published_at=timezone.now())
    client = signed_in(scene.lead)

    page = client.post(address(scene), {"reason": "Nobody measures this."}, follow=True).content.decode()
    second = client.post(address(scene), {"reason": "I say so too."}).content.decode()

    assert "Thank you. Nat Lead will answer before the next version. Your answer still counts." in page
    assert "Nobody measures this." in page
    assert "Waiting for an answer" in page
    assert "<textarea" not in page
    assert "Lee Lead challenged this indicator for your service at" in second
    assert "I say so too." in second
    assert IndicatorChallenge.objects.count() == 1


def test_a_reason_is_asked_for(scene, signed_in):
    client = signed_in(scene.lead)

    pages = [client.post(address(scene), {"reason": reason}).content.decode() for reason in ("", "x" * 4001)]

    assert "Enter why it is out of date" in pages[0]
    assert "Why is it out of date must be 4000 characters or less" in pages[1]
    assert not IndicatorChallenge.objects.exists()


def test_contributor_challenges_only_in_given_sections(scene, signed_in):
    client = signed_in(scene.contributor)

    refused = client.get(address(scene)).status_code
    SectionAssignment.objects.create(self_report=scene.report, section=scene.answers[0].indicator.section, user=scene.contributor)
    codes = [client.post(address(scene, n), {"reason": "Old."}).status_code for n in (0, 2)]

    assert (refused, codes) == (403, [302, 403])


def test_others_do_not_challenge(scene, signed_in):
    people = (scene.stranger, scene.executive, scene.officer, scene.national)

    assert [signed_in(user).post(address(scene), {"reason": "No."}).status_code for user in people] == [404, 403, 403, 403]
    assert not IndicatorChallenge.objects.exists()


def test_database_refuses_two_open_challenges_of_a_service(scene):
    first = raised(scene)

    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorChallenge.objects.create(indicator=first.indicator, service=scene.service, reason="Again", made_by=scene.lead)


def test_section_page_offers_it_and_shows_the_answer(scene, signed_in):
    challenge = raised(scene)
    challenges.answer_challenges(challenge_ids=[challenge.pk], decision=Status.KEPT, reply="It is right.", by=scene.national)

    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/sections/1/").content.decode()

    assert address(scene) in page
    assert "It is right." in page


# Answering it ---------------------------------------------------------------------------------------------------------
def test_national_lead_reads_reasons_and_values_and_answers_all_at_once(scene, signed_in):
    scene.fill()
    other = ServiceFactory(specification=scene.service.specification)
    report = SelfReportFactory(service=other, round=scene.report.round, indicator_set=scene.indicator_set)
    answer = AnswerFactory(self_report=report, indicator=scene.answers[0].indicator)
    theirs = challenges.raise_challenge(
        answer_id=answer.pk, self_report_id=report.pk, reason="We have no such post.", by=assign(other, "SERVICE_LEAD")
    )
    mine, client = raised(scene), signed_in(scene.national)

    listed = client.get("/indicators/challenges/?status=OPEN").content.decode()
    page = client.get(f"/indicators/challenges/{mine.pk}/").content.decode()
    response = client.post(f"/indicators/challenges/{mine.pk}/", answer_fields(mine, theirs, decision="NEXT_VERSION"))

    assert f"/indicators/challenges/{mine.pk}/" in listed or f"/indicators/challenges/{theirs.pk}/" in listed
    assert "We have no such post." in page
    assert "The guideline was withdrawn." in page
    assert "2 services were asked" in page
    assert response["Location"] == f"/indicators/challenges/{mine.pk}/"
    assert list(IndicatorChallenge.objects.values_list("status", "reply", "replied_by")) == [
        ("NEXT_VERSION", "You are right.", scene.national.pk)
    ] * 2  # fmt: skip
    assert Indicator.objects.get(pk=mine.indicator_id).suspended_from is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": ""}, "Select uphold, next version or keep"),
        ({"reply": ""}, "Enter your reply"),
        ({"challenges": []}, "Select at least one challenge"),
        ({"challenges": ["9" * 30]}, "Select challenges that wait for an answer"),
        ({"suspend_reason": ""}, "Enter why it is suspended"),
        ({"suspend_from_day": "", "suspend_from_month": "", "suspend_from_year": ""}, "Enter the day from which it is suspended"),
        ({"suspend_from_day": "1", "suspend_from_year": "2099"}, "must be within 3 years of today"),
        ({"suspend_from_day": "32"}, "must be a real date"),
        ({"revision": "x"}, "Open this page again"),
    ],
)
def test_faults_are_said_and_the_text_is_kept(scene, signed_in, fields, sentence):
    challenge = raised(scene)

    response = signed_in(scene.national).post(f"/indicators/challenges/{challenge.pk}/", answer_fields(challenge) | fields)

    assert sentence in response.content.decode()
    assert "reply" in fields or "You are right." in response.content.decode()
    assert IndicatorChallenge.objects.get().status == Status.OPEN


def test_what_is_answered_is_not_answered_twice(scene, signed_in):
    challenge = raised(scene)
    uphold(scene, challenge)

    with pytest.raises(AlreadyDone, match="Nat Lead answered this"):
        uphold(scene, challenge)
    page = signed_in(scene.national).post(f"/indicators/challenges/{challenge.pk}/", answer_fields(challenge)).content.decode()
    assert "Select challenges that wait for an answer" in page


def test_challenges_of_two_indicators_are_two_decisions(scene):
    pks = [raised(scene).pk, raised(scene, 1).pk]

    with pytest.raises(InvalidTransition, match="one indicator"):
        challenges.answer_challenges(challenge_ids=pks, decision=Status.KEPT, reply="No.", by=scene.national)


def test_an_indicator_that_changed_since_is_not_suspended_unseen(scene, signed_in):
    challenge = raised(scene)
    Indicator.objects.filter(pk=challenge.indicator_id).update(revision=2)

    page = (
        signed_in(scene.national).post(f"/indicators/challenges/{challenge.pk}/", answer_fields(challenge, revision="1")).content.decode()
    )

    assert "Someone else changed this indicator" in page
    assert IndicatorChallenge.objects.get().status == Status.OPEN


def test_service_is_told_and_reads_the_answer(scene, signed_in):
    challenge = raised(scene)
    challenges.answer_challenges(challenge_ids=[challenge.pk], decision=Status.KEPT, reply="It is right.", by=scene.national)

    pages = [signed_in(user).get("/indicators/challenges/mine/").content.decode() for user in (scene.lead, scene.stranger)]

    lines = [(line.user, line.sentence) for line in DigestEntry.objects.all()]
    number = challenge.indicator.number
    assert lines == [(scene.lead, f"The national team answered what {challenge.service} said of indicator {number}.")]
    assert ["It is right." in page for page in pages] == [True, False]


def test_national_lead_is_asked_in_20_working_days_or_before_the_next_round():
    with time_machine.travel("2027-03-01T10:00:00Z", tick=False):
        scene = make_scene()
        raised(scene)
        item = indicator_items(scene.national)[0]
        assert (item.task, item.due) == ("Answer 1 challenge of indicators", dt.date(2027, 3, 31))  # Good Friday comes before
        RoundFactory(year=2030, opens_date=dt.date(2027, 3, 8), closes_date=dt.date(2027, 5, 1), check_by_date=dt.date(2027, 6, 1))
        assert indicator_items(scene.national)[0].due == dt.date(2027, 3, 8)


# What the round answered ----------------------------------------------------------------------------------------------
def test_distribution_of_each_kind_of_answer(scene):
    measured = [("10", "100"), ("20", "100"), ("99", "100"), ("100", "100"), ("0", "0"), ("7", "5")]
    for numerator, denominator in measured:
        report = SelfReportFactory(round=scene.report.round, indicator_set=scene.indicator_set)
        AnswerFactory(self_report=report, indicator=scene.answers[1].indicator, numerator=numerator, denominator=denominator, met=False)
        AnswerFactory(self_report=report, indicator=scene.answers[2].indicator, value=numerator)
    AnswerFactory(self_report=report, indicator=scene.answers[0].indicator, value="CANNOT", reason="No data", met=False)

    yes_no, proportion, number = (distribution_of(scene.answers[n].indicator) for n in (0, 1, 2))

    assert dict(yes_no.rows) == {"Yes": 0, "No": 0, "Not applicable": 0, "Cannot answer": 1, "Not answered yet": 1}
    assert dict(proportion.rows) == {
        "0% to 19%": 1, "20% to 39%": 1, "40% to 59%": 0, "60% to 79%": 0, "80% to under 100%": 1, "100% or more": 2, "Out of 0": 1,
        "Cannot answer": 0, "Not answered yet": 1,
    }  # fmt: skip
    assert number.sentence == "From 0 to 100, with 15 in the middle (median)."


# Suspension -----------------------------------------------------------------------------------------------------------
def test_upheld_challenge_takes_the_indicator_out_of_every_stage_with_the_reason(scene, signed_in):
    scene.accept()
    frozen = ServiceSummary.objects.values_list("content", "hash").get()
    challenge = raised(scene, 2)

    response = signed_in(scene.national).post(f"/indicators/challenges/{challenge.pk}/", answer_fields(challenge))
    before = scores(scene.report)
    jobs.run_pending()

    indicator = Indicator.objects.get(pk=challenge.indicator_id)
    assert response.status_code == 302
    assert before == {"SELF_ASSESSED": (2, 3), "VALIDATED": (2, 3)}  # the request itself stays quick
    assert scores(scene.report) == {"SELF_ASSESSED": (2, 2), "VALIDATED": (2, 2)}
    day = f"{TODAY():%-d %B %Y}"
    assert set(Score.objects.values_list("reason", flat=True)) == {f"Indicator {indicator.number} suspended from {day}: Withdrawn."}
    assert set(Score.objects.values_list("percent", "is_threshold_met", "is_visit_level_met")) == {(100, True, True)}
    assert ServiceSummary.objects.values_list("content", "hash").get() == frozen
    page = signed_in(scene.lead).get(f"/self-reports/{scene.report.pk}/answers/").content.decode()
    assert f"Suspended from {day}: does not count" in page


def test_decisions_on_older_figures_are_marked_and_unmarked(scene):
    scene.accept()
    facts = {"likelihood": 3, "consequence": 3, "rationale": "Why", "review_date": TODAY() + dt.timedelta(days=300), "by": scene.officer}
    decision = decisions.propose_decision(self_report_id=scene.report.pk, needs_provider_action=True, **facts)
    figures = decision.figures

    def is_marked() -> bool:
        jobs.run_pending()
        return SurveillanceDecision.objects.values_list("is_on_older_figures", flat=True).get(pk=decision.pk)

    uphold(scene, raised(scene, 3))  # a text: it never counted
    assert is_marked() is False
    uphold(scene, raised(scene, 2))
    assert is_marked() is True
    challenges.lift_suspension(indicator_id=scene.answers[2].indicator_id, reason="It is right after all", by=scene.national)
    assert is_marked() is False
    decision.refresh_from_db()
    assert decision.figures == figures


def test_lifting_writes_the_scores_back_with_the_reason(scene, signed_in):
    scene.accept()
    uphold(scene, raised(scene, 2))
    jobs.run_pending()
    indicator = scene.answers[2].indicator
    path = f"/indicators/{scene.indicator_set.pk}/items/{indicator.pk}/lift/"

    empty = signed_in(scene.national).post(path, {"reason": ""}).content.decode()
    response = signed_in(scene.national).post(path, {"reason": "The guideline is back"})
    jobs.run_pending()
    again = signed_in(scene.national).post(path, {"reason": "Twice"}).content.decode()

    assert "Enter why it counts again" in empty
    assert response.status_code == 302
    assert scores(scene.report) == {"SELF_ASSESSED": (2, 3), "VALIDATED": (2, 3)}
    expected = f"Indicator {indicator.number}: Suspension lifted on {TODAY():%-d %B %Y}: The guideline is back."
    assert set(Score.objects.values_list("reason", flat=True)) == {expected}
    assert f"Indicator {indicator.number} is not suspended." in again


def test_a_stale_page_does_not_lift_a_newer_suspension(scene):
    uphold(scene, raised(scene, 2))

    with pytest.raises(SomeoneElseChanged):
        challenges.lift_suspension(indicator_id=scene.answers[2].indicator_id, reason="Old page", by=scene.national, revision=1)


def test_a_later_change_is_not_taken_for_the_job_that_runs(scene):
    scene.accept()
    uphold(scene, raised(scene, 2))
    challenges.lift_suspension(indicator_id=scene.answers[2].indicator_id, reason="At once", by=scene.national)

    assert jobs.Job.objects.filter(kind="challenges.rescore", status="QUEUED").count() == 2
    jobs.run_pending()
    assert scores(scene.report) == {"SELF_ASSESSED": (2, 3), "VALIDATED": (2, 3)}


def test_declaring_and_accepting_after_the_day_leave_it_out_at_once(scene):
    uphold(scene, raised(scene, 2))
    scene.accept()

    assert scores(scene.report) == {"SELF_ASSESSED": (2, 2), "VALIDATED": (2, 2)}
    summary = json.loads(ServiceSummary.objects.get().content)
    assert summary["not_met"] == []
    assert "suspended from" in summary["suspended"]


def test_preview_before_declaring_leaves_it_out(scene):
    scene.fill()
    uphold(scene, raised(scene, 2))
    answers = list(Answer.objects.filter(self_report=scene.report).select_related("indicator"))

    result = preview_score(scene.report, answers)

    assert (result.met_count, result.applicable_count) == (2, 2)


def test_sets_that_do_not_count_score_nothing_at_every_stage(scene):
    IndicatorSet.objects.update(is_counted=False)
    scene.accept()
    report = SelfReport.objects.select_related("indicator_set", "round").get(pk=scene.report.pk)
    answers = list(Answer.objects.filter(self_report=report).select_related("indicator"))

    preview = preview_score(report, answers)

    facts = set(Score.objects.values_list("stage", "met_count", "applicable_count", "percent", "is_threshold_met", "is_visit_level_met"))
    assert facts == {(stage, 0, 0, None, None, None) for stage in ("SELF_ASSESSED", "VALIDATED")}
    assert (preview.met_count, preview.applicable_count, preview.percent) == (0, 0, None)


def test_exports_show_a_suspended_answer_as_not_counting(scene, signed_in):
    scene.accept()
    uphold(scene, raised(scene, 2))

    response = signed_in(scene.officer).get(f"/rounds/{scene.report.round.year}/answers.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()[1:]

    assert [line.rsplit(",", 1)[1] for line in lines] == ["true", "true", "", ""]


# Which self-reports ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("suspended_from", "check_by", "declared", "reached"),
    [
        ("2027-09-30", "2027-09-30", "2027-07-01", True),  # still being checked
        ("2027-10-01", "2027-09-30", "2027-07-01", False),  # the round was over
        ("2027-10-01", "2027-09-30", "2027-10-01", True),  # declared late, on the day
        ("2027-10-01", "2027-09-30", None, True),  # can only be declared later
        ("2026-01-01", "2027-09-30", "2027-07-01", True),
    ],
)
def test_rule_of_reach(scene, suspended_from, check_by, declared, reached):
    day, check, when = (dt.date.fromisoformat(text) if text else None for text in (suspended_from, check_by, declared))

    assert is_reached(day, check_by_date=check, declared_date=when) is reached

    # The same rule as a condition in the database.
    moment = timezone.make_aware(dt.datetime.combine(when, dt.time(12))) if when else None
    type(scene.report.round).objects.update(opens_date=dt.date(2020, 1, 1), closes_date=dt.date(2020, 2, 1), check_by_date=check)
    SelfReport.objects.filter(pk=scene.report.pk).update(declared_at=moment, declared_by=scene.executive if moment else None)
    Score.objects.create(self_report=scene.report, stage="SELF_ASSESSED", met_count=0, applicable_count=0)
    Score.objects.update(scored_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    Indicator.objects.filter(pk=scene.answers[0].indicator_id).update(suspended_from=day, suspended_reason="Why")
    assert rescoring.begin_suspensions(today=dt.date(2028, 1, 1)) == int(reached)


def test_rounds_that_were_over_keep_their_scores(scene):
    scene.accept()
    type(scene.report.round).objects.update(closes_date=TODAY() - dt.timedelta(days=9), check_by_date=TODAY() - dt.timedelta(days=5))
    SelfReport.objects.update(declared_at=timezone.now() - dt.timedelta(days=9))

    uphold(scene, raised(scene, 2))
    jobs.run_pending()

    assert scores(scene.report) == {"SELF_ASSESSED": (2, 3), "VALIDATED": (2, 3)}
    assert set(Score.objects.values_list("reason", flat=True)) == {""}


def test_a_suspension_in_the_future_begins_on_its_day_also_when_days_were_missed(scene):
    scene.accept()
    uphold(scene, raised(scene, 2), from_day=TODAY() + dt.timedelta(days=10))
    jobs.run_pending()
    started = [rescoring.begin_suspensions()]
    unchanged = scores(scene.report)

    with time_machine.travel(timezone.now() + dt.timedelta(days=12)):
        started.append(rescoring.begin_suspensions())
        jobs.run_pending()
        started.append(rescoring.begin_suspensions())

    assert unchanged == {"SELF_ASSESSED": (2, 3), "VALIDATED": (2, 3)}
    assert started == [0, 1, 0]
    assert scores(scene.report) == {"SELF_ASSESSED": (2, 2), "VALIDATED": (2, 2)}


# Many, again, and against a recomputation -----------------------------------------------------------------------------
def facts_of_scores() -> list[tuple[object, ...]]:
    columns = ("self_report", "stage", "met_count", "applicable_count", "percent", "is_threshold_met", "is_visit_level_met", "reason")
    return list(Score.objects.order_by("pk").values_list(*columns))


def test_job_goes_in_batches_with_progress_and_gives_the_same_when_run_again(scene):
    indicator = scene.answers[0].indicator
    for _ in range(4):
        report = SelfReportFactory(round=scene.report.round, indicator_set=scene.indicator_set)
        AnswerFactory(self_report=report, indicator=indicator, value="YES", met=True)
        write_score(report, "SELF_ASSESSED")
    Indicator.objects.filter(pk=indicator.pk).update(suspended_from=TODAY(), suspended_reason="Why")

    steps, after = [], 0
    while True:
        after, count = rescoring.rescore_next(indicator_id=indicator.pk, after=after, limit=2)
        steps.append(count)
        if not count:
            break
    first = facts_of_scores()
    indicator.refresh_from_db()
    for _ in range(2):
        rescoring.ask_to_rescore(indicator, by=scene.national)
        jobs.run_pending()

    job = jobs.Job.objects.filter(kind="challenges.rescore").first()
    assert steps == [2, 2, 1, 0]
    assert facts_of_scores() == first
    assert (job.status, job.progress_count, job.total_count) == ("DONE", 5, 5)
    assert job.sentence == f"Indicator {indicator.number}: scores of 5 self-reports are up to date"


@pytest.mark.parametrize("count", [1, 12])
def test_a_batch_takes_the_same_statements(scene, django_assert_max_num_queries, count):
    scene.accept()
    for _ in range(count):
        report = SelfReportFactory(round=scene.report.round, indicator_set=scene.indicator_set)
        AnswerFactory(self_report=report, indicator=scene.answers[0].indicator)
        write_score(report, "SELF_ASSESSED")
    Indicator.objects.filter(pk=scene.answers[0].indicator_id).update(suspended_from=TODAY(), suspended_reason="Why")

    with django_assert_max_num_queries(12):
        rescoring.rescore_next(indicator_id=scene.answers[0].indicator_id)


@pytest.mark.parametrize("seed", range(6))
def test_scores_equal_a_recomputation_from_what_was_declared(scene, seed):
    """Random answers, checks, suspensions and liftings: each score is met and applicable of what is left."""
    chance = random.Random(seed)  # noqa: S311 (the same each time)
    for n in range(8):
        indicator = IndicatorFactory(indicator_set=scene.indicator_set, position=100 + n)
        scene.answers.append(AnswerFactory(self_report=scene.report, indicator=indicator))
    from_choices = {n: chance.choice(["YES", "NO", "NA", "CANNOT"]) for n in [0, *range(4, 12)]}
    scene.fill(from_choices)
    self_reports.send_to_executive(self_report_id=scene.report.pk, executive_id=scene.executive.pk, by=scene.lead)
    self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive)
    for answer in chance.sample(scene.answers[4:], 3):
        raw = {"value": chance.choice(["YES", "NO"])}
        checking.change_value(answer_id=answer.pk, self_report_id=scene.report.pk, raw=raw, why="Read it", by=scene.officer)
    checking.accept_self_report(self_report_id=scene.report.pk, by=scene.officer)
    challenged = chance.sample(range(12), 5)
    for n in challenged:
        uphold(scene, raised(scene, n), from_day=TODAY() + dt.timedelta(days=chance.choice([-30, 0, 30])))
    for n in challenged[:2]:
        challenges.lift_suspension(indicator_id=scene.answers[n].indicator_id, reason="Back", by=scene.national)
    jobs.run_pending()

    left = set(
        Indicator.objects.filter(indicator_set=scene.indicator_set).exclude(suspended_from__lte=TODAY()).values_list("number", flat=True)
    )
    checked = dict(Assessment.objects.values_list("answer", "met"))
    for stage in ("SELF_ASSESSED", "VALIDATED"):
        met = [
            checked.get(line["id"], line["met"]) if stage == "VALIDATED" else line["met"]
            for line in declared_answers(scene.report)
            if line["number"] in left
        ]
        expected = scoring.score(
            [scoring.Line(one) for one in met], threshold_percent=scene.indicator_set.threshold_percent,
            visit_level_percent=scene.indicator_set.visit_level_percent,
        )  # fmt: skip
        score = Score.objects.get(self_report=scene.report, stage=stage)
        assert (score.met_count, score.applicable_count, score.percent, score.is_threshold_met) == (
            expected.met_count, expected.applicable_count, expected.percent, expected.is_threshold_met,
        )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "who", "statements"),
    [
        ("/indicators/challenges/", "national", 8),
        ("/indicators/challenges/mine/", "lead", 5),
        ("/indicators/challenges/{pk}/", "national", 9),
    ],
)
def test_pages_cost_the_same_for_one_and_for_three(scene, signed_in, django_assert_num_queries, count, path, who, statements):
    for n in range(count):
        mine = raised(scene, n)
        service = ServiceFactory(specification=scene.service.specification)
        IndicatorChallenge.objects.create(
            indicator=scene.answers[0].indicator, service=service, reason="Old", made_by=person("SERVICE_LEAD")
        )
    pk = IndicatorChallenge.objects.filter(indicator=scene.answers[0].indicator).first().pk
    client = signed_in(getattr(scene, who))
    client.get("/home/")

    with django_assert_num_queries(statements):
        page = client.get(path.format(pk=pk))

    assert page.status_code == 200
    assert mine.indicator.number in page.content.decode() or "{pk}" in path


# Two people at once ---------------------------------------------------------------------------------------------------
def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Start all acts together, each in a thread with a connection of its own; gives what was refused."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except InvalidTransition as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_people_of_a_service_make_one_challenge():
    assert connection.vendor == "postgresql"
    scene = make_scene()

    refused = at_once(*[lambda: raised(scene) for _ in range(10)])

    assert [type(error) for error in refused] == [challenges.AlreadyChallenged] * 9
    assert IndicatorChallenge.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_attempt", range(5))
def test_declaring_while_an_indicator_is_suspended_leaves_no_older_score(_attempt):
    assert connection.vendor == "postgresql"
    scene = make_scene()
    scene.send()
    challenge = raised(scene, 2)

    def suspend() -> None:
        uphold(scene, challenge)
        rescoring.rescore_next(indicator_id=challenge.indicator_id)

    refused = at_once(lambda: self_reports.declare_self_report(self_report_id=scene.report.pk, by=scene.executive), suspend)
    jobs.run_pending()

    assert refused == []
    assert scores(scene.report) == {"SELF_ASSESSED": (2, 2)}

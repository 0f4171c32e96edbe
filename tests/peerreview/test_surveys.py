"""The survey after a visit: who is asked and when, a link that opens nothing else, answers that name nobody, results of 5 or more."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.logs import masked
from accounts.models import AuditEvent, User
from accounts.permissions import Role
from peerreview.models import Procedure, Review, SurveyInvitation, SurveyResponse, Wave
from peerreview.queries.milestones import add_months
from peerreview.queries.survey_results import FEWER, Half, halves_until, newest_that_counts, results
from peerreview.queries.surveys import people_to_ask, wave_date
from peerreview.services import surveys
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.learning import make_learning
from tests.factories.peerreview import Visit, make_review, make_visit
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
TODAY = timezone.localdate  # asked when it is needed: a run may go on past midnight


def visited(days_ago: int = 20, **fields: object) -> Visit:
    """A compliance review whose visit ended some days ago, with its whole team."""
    visit = make_visit()
    visit.carry("REPORTING")
    day = TODAY() - dt.timedelta(days=days_ago)
    Review.objects.filter(pk=visit.review.pk).update(starts_date=day, ends_date=day, **fields)
    visit.review = Review.objects.get(pk=visit.review.pk)
    return visit


def invited(visit: Visit, user: User, wave: str = "FIRST") -> SurveyInvitation:
    surveys.invite_to_survey(review_id=visit.review.pk, wave=wave)
    return SurveyInvitation.objects.get(review=visit.review, wave=wave, user=user)


def link(invitation: SurveyInvitation) -> str:
    return f"/survey/{surveys.token_of(invitation)}/"


# Who is asked, and when -----------------------------------------------------------------------------------------------
def test_waves_follow_the_procedure() -> None:
    visit = visited()
    Procedure.objects.filter(pk=visit.procedure.pk).update(survey_after_days=7, survey_after_months=3)
    review = Review.objects.select_related("procedure").get(pk=visit.review.pk)
    planned = make_review(Review.Status.PREPARING, visit)

    assert wave_date(review, Wave.FIRST) == add_working_days(review.ends_date, 7)
    assert wave_date(review, Wave.SECOND) == add_months(review.ends_date, 3)
    assert wave_date(planned, Wave.FIRST) is None


def test_both_sides_are_asked_each_person_once() -> None:
    visit = visited()
    scene = visit.scene
    people = {(side, user.pk) for side, user in people_to_ask(visit.review)}

    service = {scene.lead.pk, scene.executive.pk, scene.contributor.pk}
    assert people == {("TEAM", user.pk) for user in (visit.lead, visit.member, visit.patient)} | {("SERVICE", pk) for pk in service}
    assert [surveys.send_due_surveys() for _ in range(2)] == [6, 0]
    assert surveys.invite_to_survey(review_id=visit.review.pk, wave="FIRST") == 0
    assert surveys.invite_to_survey(review_id=visit.review.pk, wave="SECOND") == 0  # its day is to come


def test_a_review_for_learning_asks_those_who_are_on_it() -> None:
    made = make_learning(Review.Status.REPORTING)

    asked = {user.pk for _, user in people_to_ask(made.review)}

    assert asked == {user.pk for user in made.on_it()} - {made.visit.manager.pk}
    assert not [one for one in surveys.questions_of(made.review) if one["answer"] == "TEXT"]


@pytest.mark.parametrize(("days_ago", "asked"), [(5, 0), (20, 6), (80, 0)])
def test_a_survey_goes_out_on_its_day_and_not_long_after(days_ago: int, asked: int) -> None:
    visited(days_ago)

    assert surveys.send_due_surveys() == asked


def test_the_mail_holds_a_link_of_ones_own_and_the_database_only_its_hash() -> None:
    visit = visited()
    jobs.run_pending()
    mail.outbox.clear()

    surveys.send_due_surveys()
    jobs.run_pending()

    tokens = [re.search(r"/survey/([\w-]{43})/", message.body)[1] for message in mail.outbox]
    assert len(set(tokens)) == len(mail.outbox) == 6
    assert {message.subject.split(" ")[0] for message in mail.outbox} == {"Answer"}
    stored = set(SurveyInvitation.objects.filter(review=visit.review).values_list("token", flat=True))
    assert stored == {surveys.token_hash(token) for token in tokens}
    assert not stored & set(tokens)
    assert masked(f"GET /survey/{tokens[0]}/") == "GET /survey/[secret]/"


# Answering ------------------------------------------------------------------------------------------------------------
def test_a_link_takes_one_answer_that_names_nobody() -> None:
    visit = visited()
    invitation = invited(visit, visit.member)
    events = AuditEvent.objects.count()
    anyone = Client()

    page = anyone.get(link(invitation))
    nothing = anyone.post(link(invitation), {})
    done = anyone.post(link(invitation), {"q_TRUSTED": "4", "q_HOURS": "12", "q_MORE": "A good day", "q_UNKNOWN": "1"})
    used = anyone.get(link(invitation))
    again = anyone.post(link(invitation), {"q_TRUSTED": "1"})

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "without your name" in page.content.decode()
    assert "Answer at least one question" in nothing.content.decode()
    assert "<title>Error: " in nothing.content.decode()
    assert (done.status_code, used.status_code) == (302, 200)
    assert "Thank you" in used.content.decode()
    assert "Thank you" in again.content.decode()
    response = SurveyResponse.objects.get()
    assert (response.review, response.wave, response.side) == (visit.review, "FIRST", "TEAM")
    assert response.answers == {"TRUSTED": 4, "HOURS": 12, "MORE": "A good day"}
    assert response.answered_date == TODAY().replace(day=1)
    assert AuditEvent.objects.count() == events
    assert not {"user", "token", "invitation"} & {column.name for column in SurveyResponse._meta.get_fields()}


def test_faults_are_said_and_what_was_answered_stays() -> None:
    visit = visited()
    address = link(invited(visit, visit.member))

    page = Client().post(address, {"q_HOURS": "-1", "q_TRUSTED": "9", "q_EQUAL": "5"}).content.decode()

    assert "Enter a number of hours from 0 to 1,000" in page
    assert re.search(r'name="q_EQUAL"[^>]*value="5"[^>]*checked', page)
    assert SurveyResponse.objects.count() == 0


def test_a_closed_link_says_so_and_an_unknown_one_is_not_found() -> None:
    visit = visited()
    invitation = invited(visit, visit.member)
    SurveyInvitation.objects.update(closes_date=TODAY() - dt.timedelta(days=1))

    closed = Client().get(link(invitation)).content.decode()

    assert "This survey is closed" in closed
    with pytest.raises(InvalidTransition, match="This survey is closed"):
        surveys.answer_survey(token=surveys.token_of(invitation), answers={"TRUSTED": 4})
    assert [Client().get(path).status_code for path in (f"/survey/{'x' * 43}/", f"/survey/{invitation.token}/")] == [404, 404]


def test_a_link_opens_nothing_else() -> None:
    visit = visited()
    browser = Client()
    browser.get(link(invited(visit, visit.member)))

    assert browser.get(f"/reviews/{visit.review.pk}/").status_code == 302
    assert "sessionid" not in browser.cookies


def test_a_job_that_runs_again_sends_nothing_to_who_answered() -> None:
    visit = visited()
    invitation = invited(visit, visit.member)
    surveys.answer_survey(token=surveys.token_of(invitation), answers={"TRUSTED": 4})
    mail.outbox.clear()

    jobs.run_pending()

    assert visit.member.email not in [to for message in mail.outbox for to in message.to if "/survey/" in message.body]


# Results --------------------------------------------------------------------------------------------------------------
LAST_HALF = dt.date(TODAY().year, 1 if TODAY().month <= 6 else 7, 1) - dt.timedelta(days=1)


def answered(review: Review, count: int, side: str = "TEAM", *, day: dt.date | None = None, **answers: Any) -> None:
    day = day or LAST_HALF.replace(day=1)
    SurveyResponse.objects.bulk_create([
        SurveyResponse(review=review, wave="FIRST", side=side, answered_date=day, answers=answers or {"TRUSTED": 4, "HOURS": 10})
        for _ in range(count)
    ])  # fmt: skip


def half_of(day: dt.date) -> Half:
    return Half(day.year, 1 if day.month <= 6 else 2)


@pytest.mark.parametrize("count", [1, 4, 5])
def test_no_figure_stands_on_fewer_than_5_answers(count: int) -> None:
    visit = make_visit()
    review = make_review(Review.Status.FOLLOW_UP, visit)
    answered(review, count)
    answered(review, count, "SERVICE", MORE="A word")

    [found] = results(region_id=review.region_id, half=half_of(LAST_HALF), purpose="COMPLIANCE")

    by_text = {row.text: row.cells for row in found.rows}
    is_shown = count >= 5
    assert by_text["I trusted the other side."] == [FEWER, FEWER, "4.0 of 5 (5 answers)" if is_shown else FEWER, FEWER]
    assert by_text["About how many hours did this take you?"][2] == ("10 hours (5 answers)" if is_shown else FEWER)
    assert by_text["We know our priorities."] == [FEWER] * 4
    assert [texts for _, texts in found.texts] == ([["A word"] * 5] if is_shown else [])


def test_answers_count_once_their_half_year_is_over() -> None:
    """Else two readings of it, a month apart, would tell what the one or two who answered in between said."""
    visit = make_visit()
    review = make_review(Review.Status.FOLLOW_UP, visit)
    answered(review, 5, day=dt.date(2026, 7, 1))
    half, read = half_of(dt.date(2026, 7, 1)), {}
    for today in (dt.date(2026, 8, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1)):
        read[today] = results(region_id=review.region_id, half=half, purpose="COMPLIANCE", today=today)

    assert [len(found) for found in read.values()] == [0, 0, 1]
    assert newest_that_counts([half, Half(2026, 1)], dt.date(2026, 12, 31)) == Half(2026, 1)
    assert newest_that_counts([half], dt.date(2026, 12, 31)) == half


def test_tracks_hubs_and_half_years_are_apart(signed_in: SignedIn) -> None:
    visit = make_visit()
    answered(make_review("FOLLOW_UP", visit), 5)
    for _ in range(2):  # of one review for learning alone there are no figures
        answered(make_review("FOLLOW_UP", visit, purpose="IMPROVEMENT"), 3, TRUSTED=2, MORE="quokka")
    answered(make_review("FOLLOW_UP", make_visit()), 7, TRUSTED=1)

    page = signed_in(visit.manager).get(f"/reviews/surveys/?half={half_of(LAST_HALF).code}").content.decode()
    first, second = page.split('<h2 class="nhsuk-heading-m">Reviews for learning</h2>')
    national = signed_in(visit.scene.national).get("/reviews/surveys/").content.decode()

    assert ("4.0 of 5 (5 answers)" in first, "2.0 of 5 (6 answers)" in first) == (True, False)
    assert ("4.0 of 5 (5 answers)" in second, "2.0 of 5 (6 answers)" in second) == (False, True)
    assert "1.0 of 5" not in page
    assert "quokka" not in page
    assert 'name="region"' in national
    assert 'name="region"' not in page
    assert {
        signed_in(user).get("/reviews/surveys/").status_code for user in (visit.scene.lead, visit.member, visit.scene.commissioner)
    } == {403}


def test_one_review_for_learning_alone_gives_no_figures() -> None:
    visit = make_visit()
    learning = make_review("FOLLOW_UP", visit, purpose="IMPROVEMENT")
    answered(learning, 9)

    assert results(region_id=learning.region_id, half=half_of(LAST_HALF), purpose="IMPROVEMENT") == []


def test_half_years_run_from_the_first_answer_to_today() -> None:
    visit = make_visit()
    review = make_review("FOLLOW_UP", visit)
    answered(review, 1, day=dt.date(2025, 5, 1))

    found = halves_until(dt.date(2026, 8, 3), [review.region_id])

    assert [half.label for half in found] == [
        "July to December 2026", "January to June 2026", "July to December 2025", "January to June 2025",
    ]  # fmt: skip
    assert Half(2026, 2).days == (dt.date(2026, 7, 1), dt.date(2027, 1, 1))


@pytest.mark.parametrize("count", [1, 4])
def test_results_cost_the_same_for_any_number_of_reviews(
    count: int, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    visit = make_visit()
    for _ in range(count):
        answered(make_review("FOLLOW_UP", visit), 5)
        for _ in range(2):
            answered(make_review("FOLLOW_UP", visit, purpose="IMPROVEMENT"), 5)
    client = signed_in(visit.manager)
    path = f"/reviews/surveys/?half={half_of(LAST_HALF).code}"
    client.get(path)

    with django_assert_max_num_queries(15) as captured:
        client.get(path)

    assert len(captured) == 9


def test_national_team_opens_on_a_hub_that_has_reviews(signed_in: SignedIn) -> None:
    visit = make_visit()
    answered(make_review("FOLLOW_UP", visit), 5)
    OrganisationFactory(hub=True, name="A hub without reviews")

    page = signed_in(visit.scene.national).get(f"/reviews/surveys/?half={half_of(LAST_HALF).code}")

    assert page.context["region"].pk == visit.scene.service.region_id
    assert "4.0 of 5" in page.content.decode()


def test_a_person_without_a_region_of_their_own_reads_the_hub_that_they_choose(signed_in: SignedIn) -> None:
    visit = make_visit()
    answered(make_review("FOLLOW_UP", visit), 5)
    other = person(Role.HUB_OFFICER)
    path = f"/reviews/surveys/?region={visit.scene.service.region_id}&half={half_of(LAST_HALF).code}"

    assert "4.0 of 5" in signed_in(visit.scene.national).get(path).content.decode()
    assert "4.0 of 5" not in signed_in(other).get(path).content.decode()

"""What both sides take from a visit: leaving, releasing, what each learnt, pledges, exchanges."""

import datetime as dt
import uuid
from collections.abc import Callable
from itertools import product

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from peerreview.models import Exchange, Learnt, Pledge, Review, TeamMember
from peerreview.queries.milestones import add_months
from peerreview.queries.pledges import pledge_counts
from peerreview.queries.waiting_learning import learning_items
from peerreview.services import exchanges, learning, leaving, pledges, reviews
from surveillance.models import ServiceAssignment
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.learning import Learning, make_learning
from tests.factories.peerreview import Visit, make_review, make_visit
from work import jobs
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
R = Review.Status
JSON = {"HTTP_ACCEPT": "application/json"}


def yesterday() -> dt.date:
    """Asked when it is needed: a run may go on past midnight."""
    return timezone.localdate() - dt.timedelta(days=1)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def pledge_of(made: Learning, by: User, text: str = "Try their handover sheet", **columns: object) -> Pledge:
    """A pledge, with columns as they stand later."""
    pledge = pledges.make_pledge(review_id=made.review.pk, client_id=uuid.uuid4(), text=text, by=by)
    Pledge.objects.filter(pk=pledge.pk).update(**columns)
    return Pledge.objects.get(pk=pledge.pk)


def ask(made: Learning, **fields: object) -> Exchange:
    """A call, asked of the member."""
    asked = {"service_id": made.visit.scene.service.pk, "kind": "CALL", "what": "How you do it", "asked_of_id": made.visit.member.pk}
    return exchanges.ask_exchange(review_id=made.review.pk, by=made.host, **(asked | fields))


# Leaving and releasing ------------------------------------------------------------------------------------------------
LEFT_FROM = {R.PROPOSED, R.PLANNED, R.NOTIFIED, R.PREPARING, R.VISITING, R.REPORTING, R.FOLLOW_UP, R.POSTPONED}


def test_a_review_for_learning_is_left_at_any_time_and_a_compliance_review_never() -> None:
    visit = make_visit()
    left = set()

    for purpose, status in product(Review.Purpose, R):
        review = make_review(status, visit, purpose=purpose)
        try:
            leaving.leave_review(review_id=review.pk, by=visit.scene.lead)
        except InvalidTransition:
            continue
        left.add((purpose, status))

    assert left == {(Review.Purpose.IMPROVEMENT, status) for status in LEFT_FROM}


@pytest.mark.parametrize("status", [R.VISITING, R.REPORTING, R.FOLLOW_UP])
def test_the_hub_does_not_cancel_a_review_from_its_visit_on(status: str) -> None:
    visit = make_visit()
    review = make_review(status, visit, purpose="IMPROVEMENT")

    with pytest.raises(InvalidTransition, match="only its service can leave it"):
        reviews.cancel_review(review_id=review.pk, reason="No time", by=visit.manager)


def test_leaving_ends_places_closes_papers_and_tells_the_people(signed_in: SignedIn) -> None:
    made = make_learning()
    visit, pk = made.visit, made.review.pk
    lead = signed_in(visit.scene.lead)
    jobs.run_pending()
    mail.outbox.clear()

    page = lead.get(f"/reviews/{pk}/leave/").content.decode()
    answer = lead.post(f"/reviews/{pk}/leave/", {"reason": "The ward moves"})
    jobs.run_pending()
    jobs.run_pending()

    assert "nobody has to say why" in page
    assert "nhsuk-button--warning" in page
    assert answer.status_code == 302
    review = Review.objects.get(pk=pk)
    assert (review.status, review.status_reason) == (R.CANCELLED, "The ward moves")
    assert set(TeamMember.objects.filter(review=pk).values_list("status", flat=True)) == {"ENDED"}
    assert ServiceAssignment.objects.active().filter(role__in=["REVIEWER", "PATIENT_REVIEWER"]).count() == 0
    assert signed_in(visit.member).get(f"/reviews/{pk}/").status_code == 404
    assert lead.get(f"/reviews/{pk}/").status_code == 200
    told = [visit.lead.email, visit.member.email, visit.patient.email, visit.manager.email]
    assert sorted(message.to[0] for message in mail.outbox) == sorted(told)
    assert not any("The ward moves" in message.body + message.subject for message in mail.outbox)


def test_only_its_own_service_leaves_or_releases(signed_in: SignedIn) -> None:
    made = make_learning(R.REPORTING)
    visit, pk = made.visit, made.review.pk

    for act in (leaving.leave_review, leaving.release_review):
        for user in (visit.member, visit.manager, visit.scene.stranger):
            with pytest.raises(InvalidTransition, match="Only the service under review"):
                act(review_id=pk, by=user)
    assert signed_in(visit.manager).get(f"/reviews/{pk}/leave/").status_code == 403
    assert signed_in(visit.scene.executive).get(f"/reviews/{pk}/leave/").status_code == 200
    assert signed_in(visit.scene.stranger).get(f"/reviews/{pk}/release/").status_code == 404


def test_a_review_is_released_once_after_its_visit(signed_in: SignedIn) -> None:
    made = make_learning()
    pk, host = made.review.pk, signed_in(made.host)

    early = host.post(f"/reviews/{pk}/release/").content.decode()
    made.move(R.REPORTING)
    page = host.get(f"/reviews/{pk}/release/").content.decode()
    done = host.post(f"/reviews/{pk}/release/")
    again = host.post(f"/reviews/{pk}/release/").content.decode()

    assert "It can be released when the visit has ended" in early
    assert "It cannot be taken back" in page
    assert done.status_code == 302
    assert "This review is released already" in again
    assert Review.objects.get(pk=pk).released_by == made.host


# What each side learnt ------------------------------------------------------------------------------------------------
def test_each_side_writes_and_changes_its_own(signed_in: SignedIn) -> None:
    made = make_learning()
    pk, host, member = made.review.pk, signed_in(made.host), signed_in(made.visit.member)
    topic = made.review.topics.get()

    host.post(f"/reviews/{pk}/learning/new/", {"text": "Rounds can be shorter", "topic": topic.pk})
    member.post(f"/reviews/{pk}/learning/new/", {"text": "Nurses lead here", "topic": ""})
    ours, theirs = Learnt.objects.order_by("pk")
    page = host.get(f"/reviews/{pk}/learning/").content.decode()

    assert [(ours.side, ours.topic), (theirs.side, theirs.topic)] == [("SERVICE", topic), ("TEAM", None)]
    assert page.index("Rounds can be shorter") < page.index("What the visiting team learnt") < page.index("Nurses lead here")
    assert f"/reviews/{pk}/learning/{ours.pk}/" in page
    assert f"/reviews/{pk}/learning/{theirs.pk}/" not in page
    assert host.get(f"/reviews/{pk}/learning/{theirs.pk}/").status_code == 403
    executive = signed_in(made.visit.scene.executive)
    executive.post(f"/reviews/{pk}/learning/{ours.pk}/", {"text": "Rounds can be half as long", "topic": "", "opened": ""})
    assert Learnt.objects.get(pk=ours.pk).text == "Rounds can be half as long"
    assert host.post(f"/reviews/{pk}/learning/{ours.pk}/remove/").status_code == 302
    assert list(Learnt.objects.all()) == [theirs]


def test_two_changes_of_what_was_learnt_meet(signed_in: SignedIn) -> None:
    made = make_learning()
    learnt = learning.write_learnt(review_id=made.review.pk, text="First", by=made.host)
    opened = learning.learnt_mark(learnt)
    learning.change_learnt(learnt_id=learnt.pk, text="Second", opened=opened, by=made.visit.scene.executive)

    with pytest.raises(SomeoneElseChanged):
        learning.change_learnt(learnt_id=learnt.pk, text="Third", opened=opened, by=made.host)
    sent = {"text": "Third", "topic": "", "opened": opened}
    clash = signed_in(made.host).post(f"/reviews/{made.review.pk}/learning/{learnt.pk}/", sent)

    assert clash.status_code == 409
    assert ("Second" in clash.content.decode(), "Third" in clash.content.decode()) == (True, True)
    assert Learnt.objects.get().text == "Second"


def test_learning_is_written_from_the_visit_to_the_follow_up_by_the_two_sides() -> None:
    visit = make_visit()
    may = set()

    for status in R:
        review = make_review(status, visit, purpose="IMPROVEMENT")
        try:
            learning.write_learnt(review_id=review.pk, text="x", by=visit.scene.lead)
        except InvalidTransition:
            continue
        may.add(status)

    assert may == {R.VISITING, R.REPORTING, R.FOLLOW_UP}
    with pytest.raises(InvalidTransition, match="Only the service and the visiting team"):
        learning.write_learnt(review_id=make_review(R.VISITING, visit).pk, text="x", by=visit.manager)


def test_a_compliance_review_has_the_page_too(signed_in: SignedIn) -> None:
    visit = make_visit()
    visit.carry("VISITING")
    path = f"/reviews/{visit.review.pk}/learning/"
    learning.write_learnt(review_id=visit.review.pk, text="We saw it anew", by=visit.member)

    for user in (visit.manager, visit.scene.lead, visit.member):
        page = signed_in(user).get(path).content.decode()
        assert "We saw it anew" in page
        assert "Leave this review" not in page


@pytest.mark.parametrize("count", [1, 12])
def test_learning_page_costs_the_same_for_any_number_of_rows(
    count: int, signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = make_learning()
    for _ in range(count):
        for by in (made.host, made.visit.member):
            learning.write_learnt(review_id=made.review.pk, text="x", topic_id=made.review.topics.get().pk, by=by)
            pledge_of(made, by)
    made.move(R.REPORTING)
    for _ in range(count):
        ask(made)
    client = signed_in(made.host)
    client.get(f"/reviews/{made.review.pk}/learning/")

    with django_assert_max_num_queries(15) as captured:
        client.get(f"/reviews/{made.review.pk}/learning/")

    assert len(captured) == 13


# Pledges --------------------------------------------------------------------------------------------------------------
def test_a_pledge_is_saved_once_however_often_a_device_sends_it(signed_in: SignedIn) -> None:
    made = make_learning()
    member, path = signed_in(made.visit.member), f"/reviews/{made.review.pk}/pledges/new/"
    sent = {"client_id": str(uuid.uuid4()), "text": "Try their handover sheet"}

    first, second = (member.post(path, sent, **JSON) for _ in range(2))
    faulty = member.post(path, {"client_id": sent["client_id"], "text": ""}, **JSON)
    taken = signed_in(made.visit.lead).post(path, sent, **JSON)
    signed_out = Client().post(path, sent, **JSON)

    assert (first.status_code, first.json()) == (200, second.json())
    assert set(first.json()) == {"client_id", "received_at", "ask_date"}
    assert (faulty.status_code, faulty.json()["errors"]["text"]) == (422, ["Enter what you will do"])
    assert (taken.status_code, taken.json()["errors"][""]) == (409, ["This pledge was made by someone else."])
    assert signed_out.status_code == 401
    pledge = Pledge.objects.get()
    assert (pledge.side, pledge.made_by, pledge.service) == ("TEAM", made.visit.member, None)
    made.move(R.CLOSED)
    late = member.post(path, sent | {"client_id": str(uuid.uuid4())}, **JSON)
    assert late.status_code == 409
    assert member.post(path, sent, **JSON).status_code == 200  # what was kept stays kept


def test_a_pledge_of_the_service_names_it_and_is_asked_about_by_the_procedure(signed_in: SignedIn) -> None:
    made = make_learning()
    path = f"/reviews/{made.review.pk}/pledges/new/"

    page = signed_in(made.host).get(path).content.decode()
    signed_in(made.host).post(path, {"text": "Shorter rounds", "client_id": ""})

    pledge = Pledge.objects.get()
    assert (pledge.side, pledge.service) == ("SERVICE", made.visit.scene.service)
    assert pledge.ask_date == add_months(yesterday(), made.review.procedure.pledge_after_months)
    assert "You will be asked what came of it on" in page
    made.move(R.FOLLOW_UP, starts_date=dt.date(2020, 1, 6), ends_date=dt.date(2020, 1, 6))
    assert pledges.ask_date(made.review) == add_months(timezone.localdate(), 6)


def test_the_maker_is_asked_once_and_answers_after_their_place_has_ended(signed_in: SignedIn) -> None:
    made = make_learning()
    member = made.visit.member
    pledge = pledge_of(made, member)
    other = pledge_of(made, made.host)
    made.move(R.REPORTING)
    reviews.begin_follow_up(review_id=made.review.pk, by=made.visit.manager)
    jobs.run_pending()
    mail.outbox.clear()

    assert pledges.ask_about_pledges() == 0
    Pledge.objects.filter(pk=pledge.pk).update(ask_date=timezone.localdate())
    assert [pledges.ask_about_pledges() for _ in range(2)] == [1, 1]
    jobs.run_pending()
    assert pledges.ask_about_pledges() == 0
    assert [message.to for message in mail.outbox] == [[member.email]]
    assert pledge.text not in mail.outbox[0].subject + mail.outbox[0].body

    browser, path = signed_in(member), f"/pledges/{pledge.pk}/"
    assert browser.get(f"/reviews/{made.review.pk}/").status_code == 404
    assert [(item.task, item.is_learning) for item in learning_items(fresh(member))] == [("Say what came of your pledge", True)]
    assert {signed_in(user).get(path).status_code for user in (made.host, made.visit.manager, made.visit.lead)} == {404}
    assert "Select what came of it" in browser.post(path, {}).content.decode()
    assert browser.post(path, {"outcome": "PARTLY", "what_came_of_it": "On one ward"}).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.outcome, pledge.what_came_of_it, learning_items(fresh(member))) == ("PARTLY", "On one ward", [])
    assert (
        "You said what came of it" in browser.get(path).content.decode() or "you said what came of it" in browser.get(path).content.decode()
    )
    with pytest.raises(InvalidTransition, match="You answered this on"):
        pledges.answer_pledge(pledge_id=pledge.pk, outcome="KEPT", what_came_of_it="All", by=member)
    with pytest.raises(InvalidTransition, match="You will be asked about this on"):
        pledges.answer_pledge(pledge_id=other.pk, outcome="KEPT", what_came_of_it="All", by=made.host)
    with pytest.raises(InvalidTransition, match="Only the person who made"):
        pledges.answer_pledge(pledge_id=other.pk, outcome="KEPT", what_came_of_it="All", by=member)


def test_pledges_are_counted_on_the_review(signed_in: SignedIn) -> None:
    made = make_learning()
    assert pledge_counts(made.review).words == "None made yet"
    answered = {"ask_date": yesterday(), "answered_at": timezone.now(), "what_came_of_it": "x"}
    pledge_of(made, made.host)
    assert pledge_counts(made.review).words == "1 made. None asked about yet."
    for outcome in ("KEPT", "KEPT", "NOT_KEPT"):
        pledge_of(made, made.visit.member, outcome=outcome, **answered)
    pledge_of(made, made.visit.member, ask_date=yesterday())

    assert pledge_counts(made.review).words == "5 made, 4 asked about: 2 done, 1 not done."
    assert "5 made, 4 asked about: 2 done, 1 not done." in signed_in(made.host).get(f"/reviews/{made.review.pk}/").content.decode()


def test_nobody_is_asked_about_a_review_that_was_left() -> None:
    made = make_learning()
    pledge_of(made, made.visit.member, ask_date=yesterday())
    leaving.leave_review(review_id=made.review.pk, by=made.host)

    assert (pledges.ask_about_pledges(), learning_items(fresh(made.visit.member))) == (0, [])


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_two_statements(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = make_learning()
    for _ in range(count):
        pledge_of(made, made.visit.member, ask_date=yesterday())
    made.move(R.REPORTING)
    for _ in range(count):
        ask(made)
    member = fresh(made.visit.member)
    assert member.roles

    with django_assert_num_queries(2):
        items = learning_items(member)

    assert len(items) == count * 2


# Exchanges ------------------------------------------------------------------------------------------------------------
def test_a_host_asks_a_reviewer_agrees_and_it_takes_place(signed_in: SignedIn) -> None:
    made = make_learning(R.REPORTING)
    host, member, pk = signed_in(made.host), signed_in(made.visit.member), made.review.pk
    jobs.run_pending()
    mail.outbox.clear()

    empty = host.post(f"/reviews/{pk}/exchanges/new/", {}).content.decode()
    host.post(f"/reviews/{pk}/exchanges/new/", {"asked_of": made.visit.member.pk, "kind": "RETURN_VISIT", "what": "Your ward"})
    exchange = Exchange.objects.get()
    path = f"/exchanges/{exchange.pk}/"
    reviews.begin_follow_up(review_id=pk, by=made.visit.manager)
    jobs.run_pending()
    asked = learning_items(fresh(made.visit.member))
    member.post(path, {"answer": "YES", "how": "In March"})
    jobs.run_pending()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    future = host.post(path, {"happened_on_day": tomorrow.day, "happened_on_month": tomorrow.month, "happened_on_year": tomorrow.year})
    today = timezone.localdate()
    done = host.post(path, {"happened_on_day": today.day, "happened_on_month": today.month, "happened_on_year": today.year})
    again = member.post(path, {"happened_on_day": "1", "happened_on_month": "1", "happened_on_year": "2020"})

    assert "Select a reviewer" in empty
    assert [item.task for item in asked] == ["Answer a request: a return visit"]
    assert [(message.to, message.subject.split()[0]) for message in mail.outbox] == [
        ([made.visit.member.email], "Answer"), ([made.host.email], "Read"),
    ]  # fmt: skip
    assert "must be today or in the past" in future.content.decode()
    assert (done.status_code, again.status_code) == (302, 302)
    exchange.refresh_from_db()
    assert (exchange.status, exchange.happened_on, exchange.note) == ("HAPPENED", today, "In March")
    page = host.get(f"/reviews/{pk}/learning/").content.decode()
    assert "1 asked for, 1 agreed, 1 took place." in page
    assert {signed_in(user).get(path).status_code for user in (made.visit.manager, made.visit.lead, made.visit.scene.stranger)} == {404}


def test_a_reviewer_may_decline(signed_in: SignedIn) -> None:
    made = make_learning(R.REPORTING)
    exchange = ask(made)

    with pytest.raises(InvalidTransition, match="Only the reviewer who was asked"):
        exchanges.answer_exchange(exchange_id=exchange.pk, agrees=True, note="", by=made.host)
    with pytest.raises(InvalidTransition, match="This is asked, so it cannot be recorded"):
        exchanges.record_exchange(exchange_id=exchange.pk, happened_on=timezone.localdate(), by=made.host)
    signed_in(made.visit.member).post(f"/exchanges/{exchange.pk}/", {"answer": "NO", "why": "I move house"})

    assert Exchange.objects.get().status == "DECLINED"
    page = signed_in(made.host).get(f"/exchanges/{exchange.pk}/").content.decode()
    assert "I move house" in page
    assert "When did it take place" not in page
    with pytest.raises(InvalidTransition, match="This is declined already"):
        exchanges.answer_exchange(exchange_id=exchange.pk, agrees=True, note="", by=made.visit.member)


def test_an_exchange_is_asked_after_the_visit_of_who_was_there_by_the_service() -> None:
    made = make_learning()
    outsider: Visit = make_visit()

    with pytest.raises(InvalidTransition, match="Ask for an exchange after the visit"):
        ask(made)
    made.move(R.REPORTING)
    with pytest.raises(InvalidTransition, match="Select a reviewer who was on this visit"):
        ask(made, asked_of_id=outsider.member.pk)
    with pytest.raises(InvalidTransition, match="Select a service under review"):
        ask(made, service_id=outsider.scene.service.pk)
    with pytest.raises(InvalidTransition, match="Only the service that was visited"):
        exchanges.ask_exchange(
            review_id=made.review.pk, service_id=made.visit.scene.service.pk, kind="CALL", what="x", asked_of_id=made.visit.member.pk,
            by=made.visit.manager,
        )  # fmt: skip

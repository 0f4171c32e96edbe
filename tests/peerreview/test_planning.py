"""The calendar of visits, lead times, changes of days and mode after the notice, and the notice as a page and a file."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from peerreview.models import PlanChange, Review, ReviewService, Session
from peerreview.queries.lead_times import compliance_lead_times, learning_lead_times
from peerreview.queries.milestones import milestones_of
from peerreview.queries.notice import notice_of
from peerreview.queries.plan_changes import changes_of, sessions_lacking
from peerreview.services import dates, notice, plan_changes, reviews
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.accounts import OrganisationFactory
from tests.factories.learning import make_learning
from tests.factories.peerreview import Visit, make_review, make_visit
from tests.factories.surveillance import ServiceFactory
from tests.peerreview.test_procedures_pages import text_of
from work import jobs
from work.status import InvalidTransition
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Status = Review.Status
What = PlanChange.What


def day(count: int) -> dt.date:
    return add_working_days(timezone.localdate(), count)


def date(name: str, when: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def learning(visit: Visit, status: str = Status.PREPARING, **fields: object) -> Review:
    """A review for learning that somebody else arranges."""
    columns = {"purpose": "IMPROVEMENT", "title": "Secret handovers", "visit_lead": visit.scene.officer}
    return make_review(status, visit, **(columns | fields))


def on(first: dt.date, last: dt.date | None = None) -> dict[str, dt.date]:
    return {"starts_date": first, "ends_date": last or first}


# Calendar -------------------------------------------------------------------------------------------------------------
def test_month_shows_its_visits_week_by_week_and_both_tracks_apart(signed_in: SignedIn):
    visit = make_visit()
    make_review(Status.PLANNED, visit, title="First", **on(dt.date(2027, 5, 12), dt.date(2027, 5, 13)))
    make_review(Status.NOTIFIED, visit, title="Across", **on(dt.date(2027, 4, 30), dt.date(2027, 5, 4)))
    for status in (Status.POSTPONED, Status.CANCELLED):
        make_review(status, visit, title=f"No visit {status}", **on(dt.date(2027, 5, 12)))
    learning(visit, **on(dt.date(2027, 5, 18)))

    page = text_of(signed_in(visit.manager).get("/reviews/calendar/?month=2027-05"))

    compliance, _, rest = page.partition("Reviews for learning")
    apart, _, _ = rest.partition("Compliance reviews: from decision to visit")
    assert "Visits in May 2027" in page
    assert "April 2027 , the month before" in page
    assert "Monday 3 May 2027 is a bank holiday." in page
    assert "Week of Monday 26 April 2027" in compliance
    assert "Wednesday 12 May 2027 to Thursday 13 May 2027 First" in compliance
    assert "No visit" not in page
    assert "Tuesday 18 May 2027 A review for learning" in apart
    assert "Secret handovers" not in page
    assert "Tuesday 18 May" not in compliance


def test_learning_review_is_named_and_linked_for_those_on_it(signed_in: SignedIn):
    visit = make_visit()
    review = learning(visit, visit_lead=visit.manager, **on(dt.date(2027, 5, 18)))

    for user in (visit.manager, visit.scene.lead):
        page = signed_in(user).get("/reviews/calendar/?month=2027-05").content.decode()
        assert f'href="/reviews/{review.pk}/"' in page


@pytest.mark.parametrize("code", ["", "2027-13", "x", "99999-01", "2027", "²027-05"])
def test_month_that_is_none_is_this_month(signed_in: SignedIn, code: str):
    visit = make_visit()

    page = text_of(signed_in(visit.manager).get("/reviews/calendar/", {"month": code}))

    assert f"Visits in {timezone.localdate():%B %Y}" in page
    assert "No visits of compliance reviews" in page


def test_week_beyond_the_hubs_room_is_named(signed_in: SignedIn, settings):
    settings.VISITS_A_YEAR_A_HUB = 57
    visit = make_visit()
    for _ in range(3):
        make_review(Status.PLANNED, visit, **on(dt.date(2027, 5, 12)))
    make_review(Status.PLANNED, visit, **on(dt.date(2027, 5, 19)))

    page = text_of(signed_in(visit.manager).get("/reviews/calendar/?month=2027-05"))

    hub = visit.scene.service.region.name
    assert f"3 visits of the {hub} hub meet in this week. Its room for 57 visits a year is about 2 a week." in page
    assert page.count("meet in this week") == 1
    assert f"{hub} hub, 2027: 4 planned and 0 held of 57 visits that it has room for." in page
    assert "has room for" not in text_of(signed_in(visit.scene.lead).get("/reviews/calendar/?month=2027-05"))


def test_calendar_takes_the_same_statements_for_few_and_many(signed_in: SignedIn):
    visit = make_visit()
    client, counts = signed_in(visit.manager), []
    client.get("/reviews/calendar/")  # the first page of a session costs more
    for number in (1, 6):
        for n in range(number):
            make_review(Status.PLANNED, visit, **on(dt.date(2027, 5, 3 + n)))
            learning(visit, **on(dt.date(2027, 5, 10 + n)))
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/reviews/calendar/?month=2027-05").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 15


# Lead times -----------------------------------------------------------------------------------------------------------
def test_lead_times_are_medians_a_kind_and_never_mix_the_tracks(signed_in: SignedIn):
    visit = make_visit()
    opened = timezone.now() - dt.timedelta(days=300)
    begun = timezone.localdate(opened)
    for days in (40, 50, 61, 62, 80):
        first = add_working_days(begun, days)
        make_review(Status.REPORTING, visit, kind="RAPID", origin="RISK", opened_at=opened, **on(first))
        learning(visit, status=Status.REPORTING, kind="RAPID", opened_at=opened, **on(first))
    visit.decision.in_force_at = opened
    visit.decision.save()
    made = make_review(Status.CLOSED, visit, kind="TARGETED", decision=visit.decision, **on(add_working_days(begun, 10)))
    make_review(Status.PLANNED, visit, kind="RAPID", opened_at=opened, **on(add_working_days(begun, 5)))
    make_review(Status.CLOSED, visit, kind="RAPID", opened_at=opened, **on(dt.date(2020, 1, 8)))

    found = {time.kind: time for time in compliance_lead_times(visit.manager)}
    assert (found["Rapid"].median, found["Rapid"].shortest, found["Rapid"].longest) == (61, 40, 80)
    assert found["Targeted"].days == (10,)
    assert made.decision.in_force_at == opened
    assert {time.kind: len(time.days) for time in learning_lead_times(visit.manager)} == {"Comprehensive": 0, "Targeted": 0, "Rapid": 5}

    page = text_of(signed_in(visit.manager).get("/reviews/calendar/"))
    assert "Rapid Median 61 working days, from 40 to 80. 5 visits." in page
    assert "Targeted Fewer than 5 visits: not shown" in page
    assert "from decision to visit" not in text_of(signed_in(visit.scene.lead).get("/reviews/calendar/"))


# Changes --------------------------------------------------------------------------------------------------------------
def add_sessions(review: Review) -> None:
    for n, first in enumerate(review.days.order_by("date"), start=1):
        Session.objects.create(day=first, starts_at=dt.time(9), ends_at=dt.time(10), title=f"Session {n}", place="Room 1")


def test_dates_change_after_the_notice_with_a_reason_and_all_follows():
    visit = make_visit()
    visit.open(starts_date=day(60), ends_date=day(61))
    visit.invite(visit.lead, "LEAD")
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    add_sessions(visit.review)
    Review.objects.filter(pk=visit.review.pk).update(invitations_sent_at=timezone.now())
    jobs.run_pending()
    mail.outbox.clear()

    plan_changes.change_dates(
        review_id=visit.review.pk, starts_date=day(70), ends_date=day(71), reason="Three wards move.", by=visit.scene.officer
    )
    jobs.run_pending()
    jobs.run_pending()

    review = Review.objects.get(pk=visit.review.pk)
    change = changes_of(review).get()
    assert (review.status, review.starts_date, review.ends_date) == ("NOTIFIED", day(70), day(71))
    assert (change.what, change.reason, change.changed_by) == (What.DATES, "Three wards move.", visit.scene.officer)
    assert list(Session.objects.filter(day__review=review).values_list("title", "day__date")) == [
        ("Session 1", review.days.order_by("date")[0].date), ("Session 2", review.days.order_by("-date")[0].date),
    ]  # fmt: skip
    told = {sent.to[0]: sent for sent in mail.outbox}
    assert set(told) == {visit.lead.email, visit.scene.lead.email, visit.scene.executive.email, visit.manager.email}
    assert len(mail.outbox) == 4
    assert f"/team/{visit.place(visit.lead).pk}/" in told[visit.lead.email].body
    assert f"/reviews/{review.pk}/" in told[visit.scene.lead.email].body
    assert not any("Three wards" in sent.body for sent in mail.outbox)


def test_fewer_days_keep_every_session():
    visit = make_visit()
    visit.open(starts_date=day(60), ends_date=day(61))
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    add_sessions(visit.review)
    count = Session.objects.count()

    plan_changes.change_dates(review_id=visit.review.pk, starts_date=day(61), ends_date=None, reason="One day.", by=visit.manager)

    assert set(Session.objects.values_list("day__date", flat=True)) == {day(61)}
    assert Session.objects.count() == count


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.NOTIFIED, Status.PREPARING}))
def test_dates_change_in_this_way_only_between_notice_and_visit(status: str):
    visit = make_visit()
    review = make_review(status, visit)

    with pytest.raises(InvalidTransition, match="do not change in this way"):
        plan_changes.change_dates(review_id=review.pk, starts_date=day(70), ends_date=None, reason="Why", by=visit.manager)


def test_changes_need_a_reason_another_value_and_enough_notice():
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)

    def change(**fields: object) -> None:
        chosen = {"starts_date": day(70), "ends_date": None, "reason": "Why", "by": visit.manager}
        plan_changes.change_dates(review_id=visit.review.pk, **(chosen | fields))

    with pytest.raises(InvalidTransition, match="Enter a reason"):
        change(reason=" ")
    with pytest.raises(InvalidTransition, match="These are the days"):
        change(starts_date=visit.review.starts_date)
    with pytest.raises(InvalidTransition, match="The procedure asks for 50"):
        change(starts_date=day(20))
    with pytest.raises(InvalidTransition, match="on site already"):
        plan_changes.change_mode(review_id=visit.review.pk, mode="ON_SITE", reason="Why", by=visit.manager)
    with pytest.raises(SomeoneElseChanged):
        change(version=99)
    assert PlanChange.objects.count() == 0
    change(starts_date=day(20), short_notice_reason="A risk.")


def test_mode_changes_and_says_which_sessions_lack_a_link():
    visit = make_visit()
    visit.carry("PREPARING")
    add_sessions(visit.review)
    Session.objects.create(day=visit.review.days.first(), starts_at=dt.time(11), ends_at=dt.time(12), title="Nowhere")
    assert [(todo.session.title, todo.lacks) for todo in sessions_lacking(visit.review)] == [("Nowhere", "place")]

    plan_changes.change_mode(review_id=visit.review.pk, mode="HYBRID", reason="Flood.", by=visit.manager)

    review = Review.objects.get(pk=visit.review.pk)
    assert (review.mode, changes_of(review).get().after) == ("HYBRID", "Hybrid")
    assert [(todo.session.title, todo.lacks) for todo in sessions_lacking(review)] == [("Session 1", "link"), ("Nowhere", "place and link")]
    with pytest.raises(InvalidTransition, match="does not change now"):
        plan_changes.change_mode(review_id=make_review(Status.VISITING, visit).pk, mode="VIRTUAL", reason="Why", by=visit.manager)


def test_postponing_is_told_and_kept_and_new_dates_too():
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    jobs.run_pending()
    mail.outbox.clear()

    reviews.postpone_review(review_id=visit.review.pk, reason="Strike.", by=visit.manager)
    dates.plan_dates(review_id=visit.review.pk, starts_date=day(80), ends_date=None, by=visit.manager)
    jobs.run_pending()

    review = Review.objects.get(pk=visit.review.pk)
    assert [change.what for change in changes_of(review)] == [What.DATES, What.POSTPONED]
    assert review.notice_pdf_path == ""
    assert {sent.subject for sent in mail.outbox if sent.to == [visit.scene.executive.email]} == {
        f"See what happens to {review.title}, which is postponed", f"See the new dates of {review.title}",
    }  # fmt: skip


def test_pages_of_changes(signed_in: SignedIn):
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    manager, url = signed_in(visit.manager), f"/reviews/{visit.review.pk}/"
    form = manager.get(f"{url}dates/")
    assert "Why do the dates change?" in text_of(form)
    version = re.search(r'name="version"[^>]* value="(\d+)"', form.content.decode()).group(1)
    sent = date("starts_date", day(70)) | {"version": version}
    assert "Enter why the dates change" in text_of(manager.post(f"{url}dates/", sent))
    clash = manager.post(f"{url}dates/", sent | {"reason": "Strike.", "version": "1"})
    assert clash.status_code == 409
    assert f'name="version" value="{version}"' in clash.content.decode()
    assert manager.post(f"{url}dates/", sent | {"reason": "Strike."}).status_code == 302

    version = Review.objects.get(pk=visit.review.pk).version
    assert manager.post(f"{url}mode/", {"mode": "VIRTUAL", "reason": "Flood.", "version": "1"}).status_code == 409
    assert manager.post(f"{url}mode/", {"mode": "VIRTUAL", "reason": "Flood.", "version": version}).status_code == 302
    page = text_of(signed_in(visit.scene.executive).get(url))
    assert "Changes of the plan" in page
    assert "Mode On site Virtual Flood." in page
    assert "Dates" in page


# Notice ---------------------------------------------------------------------------------------------------------------
def words_of(review: Review) -> str:
    made = notice_of(Review.objects.for_display().get(pk=review.pk))
    return " ".join([made.title, made.salutation, *made.recipients, made.markdown])


def test_notice_says_why_when_what_is_asked_who_comes_and_whom_to_ask():
    visit = make_visit()
    visit.open(mode="HYBRID")
    Review.objects.filter(pk=visit.review.pk).update(help_needed="A room for 6 people.", visit_phone="0191 000 0000")

    words = words_of(visit.review)

    executive = visit.scene.executive.name
    for said in (
        f"Dear {executive}", "Under the visit level.", "high (3 x 4 = 12)", "It takes 1 day.", "part joins by video", "Evidence filed, by",
        "at most 5 focus topics", "A room for 6 people.", "4 people visit.", visit.manager.email, "During the visit call 0191 000 0000.",
        "5 working days after a reviewer is invited",
    ):  # fmt: skip
        assert said in words, said
    assert "This review is for learning" not in words


def test_notice_to_several_trusts_names_each_with_its_service():
    visit = make_visit()
    visit.open()
    service = visit.scene.service
    other = ServiceFactory(provider=OrganisationFactory(region=service.region, name="South Trust"), region=service.region, name="Dialysis")
    ReviewService.objects.create(review=visit.review, service=other, position=0)

    title = notice_of(Review.objects.for_display().get(pk=visit.review.pk)).title

    assert title == f"Notice of a peer review: Dialysis, South Trust; {service.name}, {service.holder.name}"


def test_notice_of_a_review_for_learning_asks_for_no_action_plan():
    made = make_learning("REPORTING")

    words, codes = words_of(made.review), [row.code for row in milestones_of(made.review)]

    assert "Factual accuracy check by the service, by" in words
    assert "ction plan" not in words
    assert ("PLAN" in codes, "ACCURACY" in codes) == (False, True)


@pytest.mark.parametrize(("origin", "said"), [("RISK", "A risk led to this review."), ("SAMPLE", "The random sample chose this service.")])
def test_notice_of_a_risk_or_the_sample_says_so(origin: str, said: str):
    visit = make_visit()
    review = make_review(Status.PLANNED, visit, origin=origin, requested_reason="Two deaths.")

    assert f"{said}\n\nTwo deaths." in words_of(review)


def test_notice_for_learning_has_its_own_words():
    visit = make_visit()
    review = learning(visit, requested_reason="We want to learn.")

    words = words_of(review)

    assert "This review is for learning. What you share here is seen only by the people on it until your service releases it." in words
    assert words.startswith("Notice of a review for learning")
    assert not re.search(r"risk was judged|decision|compliance", words)


def test_notice_is_read_changed_sent_and_kept_as_a_file(signed_in: SignedIn, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    visit = make_visit()
    visit.open()
    visit.invite(visit.lead, "LEAD")
    manager, url = signed_in(visit.manager), f"/reviews/{visit.review.pk}/"
    version = visit.review.version
    assert manager.post(f"{url}notice/change/", {"help_needed": "Parking", "version": "99"}).status_code == 409
    assert manager.post(f"{url}notice/change/", {"help_needed": "Parking for <b>6</b>.", "version": version}).status_code == 302
    assert "Parking for <b>6</b>." in text_of(manager.get(f"{url}notice/")).replace("&lt;", "<").replace("&gt;", ">")
    assert manager.get(f"{url}notice/pdf/").status_code == 404
    assert manager.post(f"{url}notice/").status_code == 302
    jobs.run_pending()
    jobs.run_pending()

    review = Review.objects.get(pk=visit.review.pk)
    assert hashlib.sha256((tmp_path / review.notice_pdf_path).read_bytes()).hexdigest() == review.notice_pdf_sha256
    for user in (visit.manager, visit.scene.executive, visit.scene.lead):
        file = signed_in(user).get(f"{url}notice/pdf/")
        assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert signed_in(visit.lead).get(f"{url}notice/pdf/").status_code == 404
    visit.clear(visit.member)  # the team reads no decision, and the notice quotes one
    assert signed_in(visit.member).get(f"{url}notice/pdf/").status_code == 403
    assert "PDF" not in text_of(signed_in(visit.member).get(url))
    assert "Notice to the chief executive (PDF)" in text_of(signed_in(visit.scene.executive).get(url))
    with pytest.raises(InvalidTransition, match="does not change any more"):
        notice.save_help_needed(review_id=review.pk, help_needed="More", by=visit.manager)


def test_review_page_takes_the_same_statements_for_few_and_many_changes(signed_in: SignedIn):
    visit = make_visit()
    visit.open()
    reviews.send_notice(review_id=visit.review.pk, by=visit.manager)
    client, counts = signed_in(visit.manager), []
    client.get(f"/reviews/{visit.review.pk}/")  # the first page of a session costs more
    for modes in (["VIRTUAL"], ["HYBRID", "ON_SITE", "HYBRID"]):
        for mode in modes:
            plan_changes.change_mode(review_id=visit.review.pk, mode=mode, reason="Why", by=visit.manager)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/reviews/{visit.review.pk}/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]

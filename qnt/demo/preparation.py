"""How visits are prepared with their services: topics agreed, documents asked for and answered, a timetable, a buddy."""

import datetime as dt

from accounts.models import User
from peerreview.models import EvidenceAsk, Review, Session
from peerreview.queries.evidence_asks import key_indicators_of, offered_for
from peerreview.queries.guide import possible_buddies
from peerreview.queries.timetable import minutes_of, service_people, team_people
from peerreview.services import evidence_asks, reviews, session_invitations, timetable, topic_agreement
from peerreview.services.buddies import choose_buddy
from peerreview.services.immediate_risks import set_visit_phone
from qnt.demo.clock import moment, working_day
from surveillance.models import Service
from work.working_days import add_working_days, is_working_day

R = Review.Status
ASKS = (
    ("Operational policy", "It says who covers when somebody is away, and we want to hear how that works."),
    ("Rota of the last three months", "We want to see cover as it was, not as it was planned."),
    ("Minutes of two team meetings", "They show how the team talks about what went wrong."),
)
CANNOT = "The rota is kept on paper in each ward. You can read it there on the first day."
PHONE = "0113 496 0100"  # one of the numbers that Ofcom keeps for stories
PLACES = ("Seminar room 2, education centre", "Ward 4", "Restaurant, ground floor")
# Sessions of a day that the procedure's timetable leaves empty: title, beginning, minutes, informal exchange.
NEXT_DAY = (
    ("The team compares what it saw", dt.time(9), 60, False),
    ("Wards and clinics not seen on the first day", dt.time(10), 90, False),
    ("Coffee with staff of the wards", dt.time(11, 30), 30, True),
    ("What the team heard: talk with the service", dt.time(12), 60, False),
)
LINK = "https://meet.illustrative.example/visit"


def give_notice(review: Review, *, by: User) -> None:
    """The number to call on the days of the visit, then the notice that names it."""
    set_visit_phone(review_id=review.pk, phone=PHONE, by=by)
    reviews.send_notice(review_id=review.pk, by=by)


def prepare_topics(review: Review, *, notice: dt.date, by: User, lead: User, agreed: bool) -> None:
    """The hub sends the topics on the day of the notice; the lead agrees some days later."""
    with moment(notice, 12):
        topic_agreement.send_topics(review_id=review.pk, by=by)
    if agreed:
        with moment(working_day(notice + dt.timedelta(days=4)), 10):
            topic_agreement.answer_topics(
                review_id=review.pk, agrees=True, comment="These are the things that we talk about ourselves.", by=lead
            )


def ask_for_evidence(review: Review, service: Service, *, notice: dt.date, answered: dt.date, by: User, lead: User, is_held: bool) -> None:
    """A short request; what is filed is chosen, one document is new, one cannot be given. Before a visit one is still open."""
    topics = list(review.topics.order_by("position"))
    with moment(working_day(notice + dt.timedelta(days=5)), 11):
        made = [
            evidence_asks.ask_for_document(
                review_id=review.pk, service_id=service.pk, topic_id=topics[n % len(topics)].pk, what=what, why=why, by=by
            )
            for n, (what, why) in enumerate(ASKS)
        ]
        for indicator in key_indicators_of(review)[:1]:
            made.append(
                evidence_asks.ask_for_document(
                    review_id=review.pk, service_id=service.pk, indicator_id=indicator.pk,
                    what=f"What shows that {indicator.number} is met",
                    why="It is a key indicator: not meeting it alone calls for a decision.", by=by,
                )
            )  # fmt: skip
        evidence_asks.send_request(review_id=review.pk, by=by)
    with moment(working_day(answered), 14):
        answer_asks(made, lead, is_held=is_held)


def answer_asks(asks: list[EvidenceAsk], lead: User, *, is_held: bool) -> None:
    """The lead chooses what is filed; once the visit is near, says of the rest why it cannot be given."""
    for ask in asks:
        if offered := offered_for(ask):
            evidence_asks.choose_document(ask_id=ask.pk, item_id=offered[0].item.pk, by=lead)
    still_open = list(EvidenceAsk.objects.filter(pk__in=[ask.pk for ask in asks], answered_at=None).order_by("pk"))
    if is_held:
        for ask in still_open:
            evidence_asks.say_cannot(ask_id=ask.pk, reason=CANNOT, by=lead)


def make_timetable(review: Review, *, day: dt.date, by: User, is_sent: bool) -> None:
    """The procedure's sessions, and some of our own on further days, with places and people; sent where the visit is near or over."""
    with moment(working_day(day), 15):
        timetable.start_from_procedure(review_id=review.pk, by=by)
        for empty in [day for day in review.days.filter(sessions=None) if is_working_day(day.date)]:
            for title, starts_at, minutes, is_informal in NEXT_DAY:
                timetable.add_session(
                    review_id=review.pk, by=by,
                    content=timetable.SessionContent(empty.pk, title, starts_at, minutes, is_informal=is_informal),
                )  # fmt: skip
        team, hosts = [user.pk for user in team_people(review)], [user.pk for user in service_people(review)]
        for n, session in enumerate(Session.objects.filter(day__review=review).order_by("day__date", "starts_at")):
            is_teams = session.title.startswith("The team")
            is_virtual = review.mode == Review.Mode.VIRTUAL
            timetable.change_session(
                review_id=review.pk, session_id=session.pk, by=by,
                content=timetable.SessionContent(
                    day_id=session.day_id, title=session.title, starts_at=session.starts_at, minutes=minutes_of(session),
                    place="" if is_virtual else PLACES[2 if session.is_informal else n % 2], link=LINK if is_virtual else "",
                    others="" if is_teams else "Staff of the wards and clinics", is_informal=session.is_informal,
                    people_ids=tuple(team if is_teams else [*team, *hosts]),
                ),
            )  # fmt: skip
        if is_sent:
            session_invitations.send_invitations(review_id=review.pk, by=by)


def look_back() -> None:
    """After visits: the minutes of informal exchange really given, a little less than planned; buddies for those to come."""
    for review in Review.objects.filter(status__in=[R.REPORTING, R.FOLLOW_UP, R.CLOSED], visit_lead__isnull=False).order_by("pk"):
        given = {
            session.pk: minutes_of(session) - 5 * (review.pk % 3)
            for session in Session.objects.filter(day__review=review, is_informal=True)
        }
        if given:
            timetable.record_given_minutes(review_id=review.pk, minutes=given, by=review.visit_lead)
    for review in Review.objects.filter(status__in=[R.NOTIFIED, R.PREPARING], visit_lead__isnull=False).order_by("pk"):
        buddy = possible_buddies(review, review.visit_lead).first()
        if buddy:
            choose_buddy(review_id=review.pk, service_id=buddy.pk, by=review.visit_lead)


def day_of_answers(visit: dt.date, today: dt.date) -> dt.date:
    """When the service answers the request: in time, and not in the future."""
    return min(add_working_days(visit, -17), today - dt.timedelta(days=1))

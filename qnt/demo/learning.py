"""What visits taught both sides: reviews for learning carried to their end, pledges, exchanges, and answers to surveys."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from peerreview.models import Exchange, Pledge, Review, SurveyInvitation
from peerreview.queries.surveys import wave_date
from peerreview.services import dates, exchanges, findings, learning, leaving, notes, opening, pledges, reviews, surveys
from peerreview.services.findings import FindingContent
from qnt.demo.afterwards import HEARD
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.preparation import give_notice
from surveillance.models import Service
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

R = Review.Status


@dataclass(frozen=True)
class LearningPlan:
    """How far a review for learning has come: its service's place, its visit in days from today, its team's places in the pool."""

    service: int
    reached: str
    visit: int
    lead: int
    member: int
    patient: int


PLANS = (LearningPlan(7, R.FOLLOW_UP, -200, 3, 4, 1), LearningPlan(11, R.REPORTING, -16, 5, 2, 0))
QUESTION = "What makes a handover safe when the ward is full?"
SERVICE_LEARNT = (
    "We hand over at the bedside now. The visitors showed that patients notice what the sheet leaves out.",
    "Our night team had the answer to half of our questions. Nobody had asked them.",
)
TEAM_LEARNT = (
    "A handover led by the ward clerk starts on time. We had not thought of that.",
    "Two colours on one sheet are enough; our own sheet has nine.",
)
SERVICE_PLEDGE = "Ask a night nurse to lead one handover a week, and look together at what changes."
TEAM_PLEDGES = (
    "Try the one-page sheet on my own ward for a month, and tell my team where it came from.",
    "Invite two patients to our next session on handovers.",
)
CAME_OF_IT = "We tried it on one ward for six weeks. Handovers are shorter, and two other wards asked for the sheet."
FOUND = (
    (
        "GOOD_PRACTICE",
        "The one-page handover sheet was written by the nurses who use it, and everybody could say what each line is for.",
        "",
    ),
    (
        "FURTHER_CONSIDERATION",
        "Patients who move between wards at night are handed over by telephone.",
        "Think about a written line for each.",
    ),
)
# Places of compliance reviews whose two sides wrote down what they learnt.
COMPLIANCE = (0, 5, 18)
MORE = "It was good to have time to talk over lunch."


def carry_learning(told: "Reviews", made: dict[int, Review]) -> None:
    """Everything up to today; called while the reviews are still before their sign-off, since places end with it."""
    for plan in PLANS:
        _carry_one(told, plan)
    for place in COMPLIANCE:
        review = made[place]
        _learn(told, review, told.places.services[place], review.ends_date)
    for review in Review.objects.filter(status__in=[R.REPORTING, R.FOLLOW_UP], ends_date__isnull=False).order_by("pk"):
        for wave in ("FIRST", "SECOND"):
            _survey(review, wave, told.today)
    pledges.ask_about_pledges(today=told.today)


def _carry_one(told: "Reviews", plan: LearningPlan) -> None:
    """A review for learning from its request to where it has come."""
    service = told.places.services[plan.service]
    lead, manager = told.lead(service), told.manager(service)
    visit = working_day(told.today + dt.timedelta(days=plan.visit))
    with moment(add_working_days(visit, -70), 10):
        review = opening.request_review(
            service_id=service.pk, title=f"{service.name}, {service.holder.name}: safe handovers", question=QUESTION,
            reason="We would like to see how others do it.", visit_lead_id=manager.pk, by=lead,
        )  # fmt: skip
    notice = add_working_days(visit, -60)
    with moment(notice, 10):
        dates.plan_dates(review_id=review.pk, starts_date=visit, ends_date=None, by=manager)
        give_notice(review, by=manager)
    people = told.people
    team = ((people.pool[plan.lead], "LEAD"), (people.pool[plan.member], "MEMBER"), (people.patients[plan.patient], "PATIENT_REVIEWER"))
    for user, role in team:
        told.place(review, service, user, role, notice, ruling="CLEAR")
    with moment(add_working_days(visit, -20), 11):
        reviews.start_preparing(review_id=review.pk, by=manager)
    with moment(visit, 8):
        reviews.begin_visit(review_id=review.pk, by=manager)
    _find(plan, review, service, [user for user, _ in team], visit)
    _learn(told, review, service, visit)
    if plan.reached == R.FOLLOW_UP:
        with moment(add_working_days(visit, 32), 10):
            reviews.begin_follow_up(review_id=review.pk, by=manager)
        with moment(add_working_days(visit, 40), 10):
            leaving.release_review(review_id=review.pk, by=lead)


def _find(plan: LearningPlan, review: Review, service: Service, team: list[User], visit: dt.date) -> None:
    topic = review.topics.get()
    with moment(visit, 11):
        client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"learning-note-{review.pk}")
        notes.save_note(review_id=review.pk, client_id=client_id, text=canary("review", plan.service), topic_id=topic.pk, by=team[1])
        for category, seen, recommendation in FOUND:
            content = FindingContent(
                category=category, service_id=service.pk, what_was_seen=seen, basis="Two handovers seen, and talks with six nurses.",
                topic_id=topic.pk, recommendation=recommendation, tags={"LATERAL": "Others can use it as it is"},
            )  # fmt: skip
            finding = findings.record_finding(review_id=review.pk, content=content, by=team[1])
            findings.agree_finding(finding_id=finding.pk, by=team[0], without_reason=HEARD)
    with moment(visit, 17):
        reviews.finish_visit(review_id=review.pk, by=review.visit_lead or team[0])


def _learn(told: "Reviews", review: Review, service: Service, day: dt.date) -> None:
    """Both sides write what they learnt, make pledges, and one call follows; what came of old pledges is answered."""
    lead, topic = told.lead(service), review.topics.first()
    team = [member.user for member in review.team.on_team().select_related("user").order_by("pk")]
    with moment(add_working_days(day, 2), 10):
        for by, texts in ((lead, SERVICE_LEARNT), (team[0], TEAM_LEARNT)):
            for text, topic_id in zip(texts, (topic.pk if topic else None, None), strict=True):
                learning.write_learnt(review_id=review.pk, text=text, topic_id=topic_id, by=by)
        made = [_pledge(review, lead, SERVICE_PLEDGE), *(_pledge(review, by, text) for by, text in zip(team, TEAM_PLEDGES, strict=False))]
        exchange = exchanges.ask_exchange(
            review_id=review.pk, service_id=service.pk, kind=Exchange.Kind.RETURN_VISIT, asked_of_id=team[1].pk, by=lead,
            what="We would like to see a handover on your own ward, with two of our nurses.",
        )  # fmt: skip
    for pledge in made[:2]:
        answered = add_working_days(pledge.ask_date, 3)
        if answered < told.today:
            with moment(answered, 9):
                pledges.answer_pledge(pledge_id=pledge.pk, outcome=Pledge.Outcome.KEPT, what_came_of_it=CAME_OF_IT, by=pledge.made_by)
    if add_working_days(day, 40) < told.today:
        with moment(add_working_days(day, 6), 9):
            exchanges.answer_exchange(exchange_id=exchange.pk, agrees=True, note="Any Tuesday in the spring.", by=team[1])
        with moment(add_working_days(day, 35), 16):
            exchanges.record_exchange(exchange_id=exchange.pk, happened_on=add_working_days(day, 34), by=lead)


def _pledge(review: Review, by: User, text: str) -> Pledge:
    client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"pledge-{review.pk}-{by.pk}")
    return pledges.make_pledge(review_id=review.pk, client_id=client_id, text=text, by=by)


def _survey(review: Review, wave: str, today: dt.date) -> None:
    """Invite on the wave's day, and let all but the last of a side who was asked long ago answer a few days later."""
    day = wave_date(review, wave)
    if day is None or day > today:
        return
    with moment(day, 7):
        surveys.invite_to_survey(review_id=review.pk, wave=wave)
    answering = add_working_days(day, 4)
    if answering >= today:
        return
    questions = surveys.questions_of(review)
    invitations = SurveyInvitation.objects.filter(review=review, wave=wave).order_by("pk")
    with moment(answering, 19):
        for n, invitation in enumerate(list(invitations)[:-1]):
            said = {question["code"]: _said(question["answer"], n + k) for k, question in enumerate(questions)}
            surveys.answer_survey(token=surveys.token_of(invitation), answers=said)


def _said(kind: str, n: int) -> int | str:
    if kind == "TEXT":
        return MORE if n % 2 else ""
    return 3 + n % 3 if kind == "SCALE" else 8 + 2 * (n % 6)

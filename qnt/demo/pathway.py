"""A review of a pathway: three services in the patient's order, opened from a risk, with findings that name service and step."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from accounts.models import User
from peerreview.models import Review
from peerreview.queries.topics import indicators_of_service
from peerreview.services import context, evidence_asks, findings, notes, opening, pathway, reviews, team, topics
from peerreview.services.findings import FindingContent
from qnt.demo.afterwards import HEARD, give_feedback
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.preparation import answer_asks, give_notice, make_timetable, prepare_topics
from surveillance.models import Service
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

# Places in the list of services, none of which a decision asks to visit; the step of each.
STEPS = ((16, "Kidney clinic"), (23, "Heart surgery"), (20, "Dialysis near home"))
VISIT = -13  # in days from today
CANARY = 100  # other reviews take the number of their service
RISK = (
    "Three people with kidney disease waited over 10 weeks between the kidney clinic and the heart team. "
    "Each service thought that the other held the referral."
)
QUESTION = "Who holds the patient between two services, and how does the patient know?"
NOTE = "The heart team keeps a list of people on their way from the kidney clinic; the clinic did not know of it."


def carry_pathway(told: "Reviews") -> Review:
    """The review from the risk to the end of its visit; its report is not drafted yet."""
    services = [told.places.services[n] for n, _ in STEPS]
    officer, manager = told.officer(services[0]), told.manager(services[0])
    visit = working_day(told.today + dt.timedelta(days=VISIT))
    review = _open(told, services, visit, officer)
    notice = add_working_days(visit, -54)
    with moment(notice, 11):
        give_notice(review, by=manager)
    prepare_topics(review, notice=notice, by=officer, lead=told.lead(services[0]), agreed=True)
    members = _make_team(told, review, services, notice)
    _ask(told, review, services, notice, officer)
    make_timetable(review, day=add_working_days(visit, -17), by=officer, is_sent=False)
    with moment(add_working_days(visit, -20), 12):
        reviews.start_preparing(review_id=review.pk, by=officer)
    with moment(visit, 8):
        reviews.begin_visit(review_id=review.pk, by=officer)
    _find(review, services, members, visit)
    with moment(add_working_days(visit, 1), 17):
        reviews.finish_visit(review_id=review.pk, by=officer)
    return review


def _open(told: "Reviews", services: list[Service], visit: dt.date, officer: User) -> Review:
    procedure = told.procedures["SMALL_NETWORK"]
    with moment(add_working_days(visit, -58), 9):
        review = opening.open_compliance_review(
            service_id=services[0].pk, origin=Review.Origin.RISK, reason=RISK, procedure_id=procedure.pk, kind="TARGETED", mode="ON_SITE",
            title="From the kidney clinic to heart surgery and home: peer review of a pathway", starts_date=visit,
            ends_date=add_working_days(visit, 1), by=officer,
        )  # fmt: skip
        for service in services[1:]:
            pathway.add_service(review_id=review.pk, service_id=service.pk, by=officer)
        names = {service.pk: name for service, (_, name) in zip(services, STEPS, strict=True)}
        pathway.name_steps(review_id=review.pk, is_pathway=True, steps=names, by=officer)
        named = dict.fromkeys(indicator.pk for service in services for indicator in indicators_of_service(service)[:1])
        topics.add_topic(review_id=review.pk, title="Handing over", question=QUESTION, indicator_ids=named, by=officer)
    return Review.objects.for_display().get(pk=review.pk)


def _make_team(told: "Reviews", review: Review, services: list[Service], notice: dt.date) -> list[User]:
    """A lead, a member and a patient reviewer, whom each of the three services and the manager clear."""
    trusts = {service.provider_id for service in services}
    lead, colleague = [user for user in told.people.pool if user.reviewer_profile.employer_id not in trusts][:2]
    chosen = ((lead, "LEAD"), (colleague, "MEMBER"), (told.people.patients[0], "PATIENT_REVIEWER"))
    for user, role in chosen:
        with moment(working_day(notice), 16):
            member = team.invite_member(review_id=review.pk, user_id=user.pk, team_role=role, by=told.manager(services[0]))
        with moment(working_day(notice + dt.timedelta(days=3)), 9):
            team.accept_invitation(member_id=member.pk, by=user)
            for service in services:
                for side, by in (("REVIEWER", user), ("SERVICE", told.lead(service))):
                    team.declare_conflict(member_id=member.pk, side=side, service_id=service.pk, has_conflict=False, by=by)
        with moment(working_day(notice + dt.timedelta(days=5)), 10):
            reason = "No side knows of a tie, and the register shows none."
            team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason=reason, by=told.manager(services[0]))
            context.read_context(review_id=review.pk, by=user)
    return [user for user, _ in chosen]


def _ask(told: "Reviews", review: Review, services: list[Service], notice: dt.date, officer: User) -> None:
    """One document of each service about handing over; each answers for itself."""
    asked, topic = working_day(notice + dt.timedelta(days=5)), review.topics.get()
    with moment(asked, 11):
        made = [
            evidence_asks.ask_for_document(
                review_id=review.pk, service_id=service.pk, topic_id=topic.pk, what="What is written about handing over", by=officer,
                why="We read the three beside each other before we ask how it works.",
            )
            for service in services
        ]  # fmt: skip
        evidence_asks.send_request(review_id=review.pk, by=officer)
    with moment(add_working_days(asked, 8), 14):
        for ask, service in zip(made, services, strict=True):
            answer_asks([ask], told.lead(service), is_held=True)


def _find(review: Review, services: list[Service], members: list[User], visit: dt.date) -> None:
    """A note, and a finding of each step: a hand-over without a holder, good practice, something to consider."""
    clinic, heart, home = services
    lead, topic = members[0], review.topics.get()
    with moment(visit, 11):
        for by, text in ((members[1], NOTE), (members[2], canary("review", CANARY))):
            client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{review.pk}-{by.pk}")
            notes.save_note(review_id=review.pk, client_id=client_id, text=text, topic_id=topic.pk, by=by)
    said = (
        FindingContent(
            category="CONCERN", service_id=clinic.pk, is_handover=True, basis="Ten referrals followed from desk to desk.",
            what_was_seen="A referral to the heart team leaves the clinic by letter, and nobody at the clinic holds it until the answer.",
            recommendation="Name who holds a referral until the heart team has taken it on, and tell the patient who that is.",
            topic_id=topic.pk, tags={"DIRECTIVE": "It asks for a named holder."},
        ),
        FindingContent(
            category="GOOD_PRACTICE", service_id=heart.pk, basis="The list, and talks with two coordinators.",
            what_was_seen="One coordinator rings every patient within 2 working days of the referral and gives a number to call.",
            how_others_did_it="The number is a mobile telephone that goes from shift to shift.", topic_id=topic.pk,
            tags={"LATERAL": "The other two steps can do the same."},
        ),
        FindingContent(
            category="FURTHER_CONSIDERATION", service_id=home.pk, basis="Talks with four patients and the unit's nurses.",
            what_was_seen="The dialysis unit learns of a discharge when the patient arrives.", topic_id=topic.pk,
            tags={"RELATIONAL": "Two teams that never met."},
        ),
    )  # fmt: skip
    with moment(visit, 15):
        made = [findings.record_finding(review_id=review.pk, content=content, by=lead) for content in said]
    with moment(visit, 17):
        for finding in made:
            findings.agree_finding(finding_id=finding.pk, by=lead, without_reason=HEARD)
    give_feedback(review, lead=lead, visit=visit)

"""Peer reviews in every status: teams with conflicts of interest, notes, findings, tags, actions."""

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import User
from peerreview.models import Finding, Procedure, Review, TeamMember
from peerreview.services import context, findings, letters, notes, opening, reviews, team, topics
from peerreview.services import evidence as review_evidence
from qnt.demo import preparation, texts
from qnt.demo.afterwards import HEARD, MAIN, give_feedback, say_about
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.judging import judge
from qnt.demo.learning import carry_learning
from qnt.demo.organisations import Places
from qnt.demo.pathway import carry_pathway
from qnt.demo.people import People
from qnt.demo.stand_bys import clear_stand_by
from qnt.demo.views import add_views
from surveillance.models import EvidenceItem, Service, SurveillanceDecision
from surveillance.services import evidence
from work.working_days import add_working_days

R = Review.Status


@dataclass(frozen=True)
class Plan:
    """How far a service's review has come, its visit in days from today, and how far its report has come."""

    service: int
    reached: str
    visit: int
    report: str = ""


PLANS = (
    Plan(0, R.FOLLOW_UP, -150, "PUBLISHED"),
    Plan(1, R.PROPOSED, 120),
    Plan(2, R.PLANNED, 95),
    Plan(4, R.VISITING, 0),
    Plan(5, R.REPORTING, -15, "DRAFT"),
    Plan(6, R.FOLLOW_UP, -130, "WITHHELD"),
    Plan(8, R.REPORTING, -30, "QUALITY_CHECK"),
    Plan(9, R.NOTIFIED, 78),
    Plan(10, R.PREPARING, 27),
    Plan(12, R.FOLLOW_UP, -75, "SIGNED_OFF"),
    Plan(13, R.REPORTING, -38, "FACTUAL_ACCURACY"),
    Plan(14, R.POSTPONED, 60),
    Plan(15, R.CANCELLED, 50),
    Plan(17, R.FOLLOW_UP, -170, "WITHDRAWN"),
    Plan(18, R.CLOSED, -195, "PUBLISHED"),
    Plan(16, R.FOLLOW_UP, -185, "PUBLISHED"),
)
LEARNING_SERVICES = (20, 3)


class Reviews:
    """Carries reviews up to the report through the services that the pages call."""

    def __init__(self, places: Places, people: People, *, today: dt.date) -> None:
        self.places, self.people, self.today = places, people, today
        self.procedures = {procedure.code: procedure for procedure in Procedure.objects.filter(status="PUBLISHED")}

    def carry(self) -> dict[int, Review]:
        """Every review up to its visit or beyond; gives those that need a report by the place of their service."""
        made = {plan.service: self._carry_one(plan) for plan in PLANS}
        self._learning()
        carry_learning(self, made)
        carry_pathway(self)
        return made

    def _carry_one(self, plan: Plan) -> Review:
        service = self.places.services[plan.service]
        officer, manager = self.officer(service), self.manager(service)
        visit = working_day(self.today + dt.timedelta(days=plan.visit)) if plan.visit else self._last_working_day()
        review = self._open(plan, service, visit)
        if plan.reached == R.PROPOSED:
            return review
        notice = min(add_working_days(visit, -54), self.today - dt.timedelta(days=1))
        if plan.reached in {R.POSTPONED, R.CANCELLED}:
            with moment(notice, 15):
                turn = reviews.postpone_review if plan.reached == R.POSTPONED else reviews.cancel_review
                turn(review_id=review.pk, reason="The trust asked for another date: three of its wards move that month.", by=manager)
            return review
        self._add_topics(review, service, notice)
        if plan.reached == R.PLANNED:
            return review
        with moment(notice, 11):
            preparation.give_notice(review, by=manager)
        has_agreed = plan.reached != R.NOTIFIED
        preparation.prepare_topics(review, notice=notice, by=officer, lead=self.lead(service), agreed=has_agreed)
        self._make_team(plan, review, service, notice)
        if plan.reached == R.NOTIFIED:
            return review
        self._prepare(plan, review, service, notice, visit)
        with moment(working_day(min(visit - dt.timedelta(days=30), self.today - dt.timedelta(days=1))), 12):
            reviews.start_preparing(review_id=review.pk, by=officer)
        if plan.reached == R.PREPARING:
            add_views(review, plan.service, opened=self.today - dt.timedelta(days=9), by=officer, member=None)
        if plan.reached == R.VISITING:
            member = review.team.on_team().select_related("user").order_by("pk").last()
            add_views(review, plan.service, opened=visit - dt.timedelta(days=21), by=officer, member=member.user)
        if plan.reached != R.PREPARING:
            self._visit(plan, review, service, visit)
        return review

    def _prepare(self, plan: Plan, review: Review, service: Service, notice: dt.date, visit: dt.date) -> None:
        officer, is_held = self.officer(service), plan.reached != R.PREPARING
        answered = preparation.day_of_answers(visit, self.today)
        preparation.ask_for_evidence(
            review, service, notice=notice, answered=answered, by=officer, lead=self.lead(service), is_held=is_held
        )
        preparation.make_timetable(review, day=answered, by=officer, is_sent=plan.reached == R.VISITING)

    def _open(self, plan: Plan, service: Service, visit: dt.date) -> Review:
        decision = service.decisions.filter(round__year=self.today.year - 1).exclude(status=SurveillanceDecision.Status.ENDED).get()
        opened = min(add_working_days(visit, -58), self.today - dt.timedelta(days=2))
        has_dates = plan.reached != R.PROPOSED
        with moment(working_day(max(opened, decision.in_force_at.date() + dt.timedelta(days=1))), 9):
            return opening.open_review(
                decision_id=decision.pk,
                procedure_id=self.procedures["SMALL_NETWORK" if plan.service % 2 == 0 else "VIRTUAL"].pk,
                kind="TARGETED" if plan.service % 3 else "COMPREHENSIVE",
                mode="ON_SITE" if plan.service % 2 == 0 else "VIRTUAL",
                title=f"{service.name}, {service.holder.name}: peer review",
                starts_date=visit if has_dates else None,
                ends_date=add_working_days(visit, 1) if has_dates else None,
                by=self.officer(service),
                visit_lead_id=self.officer(service).pk,
            )

    def _add_topics(self, review: Review, service: Service, day: dt.date) -> None:
        indicators = list(service.self_reports.exclude(indicator_set=None).first().indicator_set.indicators.order_by("position"))
        with moment(working_day(day - dt.timedelta(days=2)), 14):
            for title, question, positions in texts.TOPICS:
                chosen = [indicators[(position - 1) % len(indicators)].pk for position in positions]
                topics.add_topic(review_id=review.pk, title=title, question=question, indicator_ids=chosen, by=self.officer(service))

    def _make_team(self, plan: Plan, review: Review, service: Service, notice: dt.date) -> None:
        """Invite, answer, declare on both sides, rule: each a few days later."""
        people = self.people
        pool = people.pool
        lead, patient = pool[plan.service % 6], people.patients[plan.service % 2]
        cleared: list[tuple[User, str]] = [(lead, "LEAD"), (pool[(plan.service + 1) % 6], "MEMBER"), (patient, "PATIENT_REVIEWER")]
        if plan.service == 0:
            cleared += [(people.reviewers["ended"], "MEMBER"), (pool[2], "MEMBER")]
        if plan.reached == R.VISITING:
            cleared.append((people.reviewers["active"], "MEMBER"))
            self.place(review, service, people.reviewers["conflicted"], "MEMBER", notice, ruling="NOT_CLEAR")
            self._decline(review, people.reviewers["declined"], notice)
        if plan.reached == R.PREPARING:
            self._invite(review, people.reviewers["future"], "MEMBER", self.today - dt.timedelta(days=3))
            for n, user in enumerate(people.stand_bys):
                member = self._invite(review, user, "MEMBER", notice, as_stand_by=True)
                if n == 0:
                    clear_stand_by(member, lead=self.lead(service), manager=self.manager(service), day=notice)
        if plan.reached == R.NOTIFIED:
            self._invite(review, lead, "LEAD", notice)
            return
        for user, role in cleared:
            self.place(review, service, user, role, notice, ruling="CONDITIONS" if user == pool[2] else "CLEAR")

    def _invite(self, review: Review, user: User, role: str, day: dt.date, *, as_stand_by: bool = False) -> TeamMember:
        with moment(working_day(day), 16):
            return team.invite_member(
                review_id=review.pk, user_id=user.pk, team_role=role, by=self.manager_of(review), as_stand_by=as_stand_by
            )

    def _decline(self, review: Review, user: User, day: dt.date) -> None:
        member = self._invite(review, user, "MEMBER", day)
        with moment(working_day(day + dt.timedelta(days=2)), 9):
            team.decline_invitation(member_id=member.pk, reason="I am away in that week.", by=user)

    def place(self, review: Review, service: Service, user: User, role: str, day: dt.date, *, ruling: str) -> None:
        """Carry a reviewer from the invitation to the manager's ruling."""
        member = self._invite(review, user, role, day)
        is_conflict = ruling == "NOT_CLEAR"
        with moment(working_day(day + dt.timedelta(days=2)), 9):
            team.accept_invitation(member_id=member.pk, by=user)
            team.declare_conflict(
                member_id=member.pk,
                side="REVIEWER",
                service_id=service.pk,
                has_conflict=is_conflict,
                details="I worked there until last spring." if is_conflict else "",
                by=user,
            )
        with moment(working_day(day + dt.timedelta(days=3)), 9):
            team.declare_conflict(member_id=member.pk, side="SERVICE", service_id=service.pk, has_conflict=False, by=self.lead(service))
        with moment(working_day(day + dt.timedelta(days=5)), 10):
            team.rule_on_conflict(
                member_id=member.pk,
                ruling=ruling,
                reason="Ruled on both declarations and on what the register shows.",
                mitigation="Takes no part in what concerns the shared theatre list." if ruling == "CONDITIONS" else "",
                by=self.manager(service),
            )
            if ruling != "NOT_CLEAR":
                context.read_context(review_id=review.pk, by=user)

    def _visit(self, plan: Plan, review: Review, service: Service, visit: dt.date) -> None:
        members = [member.user for member in review.team.filter(is_cleared=True).select_related("user").order_by("pk")]
        lead = review.team.select_related("user").get(team_role="LEAD").user
        with moment(visit, 8):
            reviews.begin_visit(review_id=review.pk, by=self.officer(service))
        filed = self._file_evidence(review, service, members[-1], visit)
        with moment(visit, 11):
            for n, text in enumerate((*texts.NOTES, canary("review", plan.service))):
                client_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{review.pk}-{n}")
                notes.save_note(review_id=review.pk, client_id=client_id, text=text, by=members[n % len(members)])
        judge(review, members=members, lead=lead, day=visit, is_going_on=plan.reached == R.VISITING)
        made = self._record(plan, review, service, lead, filed, visit)
        if plan.reached == R.VISITING:
            say_about(made[:2], members[1:3], lead=lead, visit=visit)
            return
        with moment(visit, 16, 30):
            findings.withdraw_finding(finding_id=made[-1].pk, reason="Seen again on the second day: it was put right.", by=lead)
        if plan.service == MAIN:
            say_about(made[:-1], members, lead=lead, visit=visit)
        with moment(visit, 16, 45):
            for finding in made[:-1]:
                findings.agree_finding(finding_id=finding.pk, by=lead, without_reason="" if plan.service == MAIN else HEARD)
        give_feedback(review, lead=lead, visit=visit)
        with moment(add_working_days(visit, 1), 17):
            reviews.finish_visit(review_id=review.pk, by=self.officer(service))
        self._letters(review, service, visit)

    def _file_evidence(self, review: Review, service: Service, by: User, visit: dt.date) -> EvidenceItem:
        with moment(visit, 10):
            item = evidence.add_link(
                service_id=service.pk,
                title=f"Rota and minutes of {service.name}, illustrative document {review.pk}",
                document_date=visit - dt.timedelta(days=30),
                link=f"https://intranet.illustrative.example/visits/{review.pk}",
                by=by,
            )
            review_evidence.tag_evidence(
                review_id=review.pk,
                item_id=item.pk,
                by=by,
                tags={
                    "ORGANISATIONAL": "Minutes show changes that nobody asked for",
                    "DIRECTIVE": "The rota answers an earlier recommendation",
                },
            )
        return item

    def _record(self, plan: Plan, review: Review, service: Service, lead: User, filed: EvidenceItem, visit: dt.date) -> list[Finding]:
        """Record the findings, the last of which is withdrawn later."""
        indicators = list(service.self_reports.exclude(indicator_set=None).first().indicator_set.indicators.order_by("position"))
        wanted = texts.MAIN_FINDINGS if plan.service == 0 else texts.SHORT_FINDINGS
        made = []
        for n, text in enumerate((*wanted, texts.SHORT_FINDINGS[-1])):
            content = findings.FindingContent(
                category=text.category,
                service_id=service.pk,
                what_was_seen=text.seen,
                basis=text.basis,
                indicator_id=indicators[(text.indicator - 1) % len(indicators)].pk,
                addressed_to=text.addressed_to,
                recommendation=text.recommendation,
                how_others_did_it=text.others,
                evidence_ids=(filed.pk,),
                tags=dict(text.tags),
            )
            with moment(visit, 12 + n // 4, 13 * n % 60):
                made.append(findings.record_finding(review_id=review.pk, content=content, by=lead))
        return made

    def _letters(self, review: Review, service: Service, visit: dt.date) -> None:
        """Letters about risks go in time, and are answered."""
        for finding in review.findings.filter(letter__isnull=False).select_related("letter"):
            with moment(add_working_days(visit, 1), 18):
                letters.send_letter(letter_id=finding.letter.pk, by=self.manager(service))
            with moment(add_working_days(visit, 6), 12):
                answer = "Both machines were taken out of use on the day; every machine was checked within 48 hours."
                letters.record_letter_answer(letter_id=finding.letter.pk, answer=answer, by=self.manager(service))

    def _learning(self) -> None:
        """A review that a service asked for itself: nobody else opens its page."""
        for n in LEARNING_SERVICES:
            service = self.places.services[n]
            with moment(working_day(self.today - dt.timedelta(days=30 + n)), 10):
                opening.request_review(
                    service_id=service.pk,
                    title=f"{service.name}, {service.holder.name}: learning about handovers",
                    question="What makes a handover safe when the ward is full?",
                    reason="We would like to see how others do it.",
                    visit_lead_id=self.manager(service).pk,
                    by=self.lead(service),
                )

    def _last_working_day(self) -> dt.date:
        return add_working_days(add_working_days(self.today, 1), -1)

    def lead(self, service: Service) -> User:
        return self.people.leads[service.pk]

    def officer(self, service: Service) -> User:
        return self.people.officers[self.places.regions.index(service.region) * 3]

    def manager(self, service: Service) -> User:
        return self.people.managers[self.places.regions.index(service.region)]

    def manager_of(self, review: Review) -> User:
        return self.people.managers[self.places.regions.index(review.region)]

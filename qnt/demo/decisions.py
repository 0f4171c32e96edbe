"""Surveillance decisions on last year's figures, in every status, and their actions, in every status."""

import datetime as dt

from accounts.models import User
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import Action, Position, Score, SelfReport, Service, Stage, SurveillanceDecision
from surveillance.services import actions, decisions

# Places in the list of services whose decision of last year asks for a peer review (qnt.demo.reviews carries them).
VISITED = (0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 22)
DISSENTS, SILENT, REVIEW_DUE, ENDED, REPLACED = 6, 3, 7, 11, 19
PROPOSED_THIS_YEAR = (1,)  # one more comes by notice, see qnt.demo.meetings
A = Action.Status
# How far the action of each service's decision has come; services that are not named: verified.
ACTION_REACHED = {
    0: A.VERIFIED, 1: A.IN_PROGRESS, 2: A.ACCEPTED, 4: A.IN_PROGRESS, 5: A.OFFERED, 6: A.BLOCKED, 8: A.DONE, 9: A.ACCEPTED, 10: A.DECLINED,
    12: A.IN_PROGRESS, 13: A.DONE, 14: A.RETURNED, 15: A.DRAFT, 18: A.VERIFIED, 22: A.BLOCKED,
}  # fmt: skip
WHAT = "Agree cover for the indicators that were not met, with a named person and a date for each, and report monthly to the board."


class Decisions:
    """Carries decisions and their first actions through the services that the pages call."""

    def __init__(self, places: Places, people: People, *, today: dt.date) -> None:
        self.places, self.people, self.today = places, people, today

    def carry_last(self) -> None:
        """Last year's decisions into force, and what happened to some of them."""
        for n, service in enumerate(self.places.services):
            report = self._accepted(service, self.today.year - 1)
            if report:
                self._decide(service, n, report)
        decisions.make_reviews_due(today=self.today)
        ended = self._in_force(self.places.services[ENDED])
        decisions.end_decision(decision_id=ended.pk, reason="The service moved to another pathway.", by=self._manager(ended.service))

    def carry_this(self) -> None:
        """This year's decisions: one that replaces last year's, and proposals."""
        replaced = self.places.services[REPLACED]
        self._decide(replaced, REPLACED, self._accepted(replaced, self.today.year), started=self.today - dt.timedelta(days=18))
        for n in PROPOSED_THIS_YEAR:
            service = self.places.services[n]
            self._propose(service, n, self._accepted(service, self.today.year), self.today - dt.timedelta(days=2), is_visit=False)

    def _accepted(self, service: Service, year: int) -> SelfReport | None:
        return service.self_reports.filter(round__year=year, status=SelfReport.Status.ACCEPTED).first()

    def _in_force(self, service: Service) -> SurveillanceDecision:
        return service.decisions.filter(status=SurveillanceDecision.Status.IN_FORCE).select_related("service").get()

    def _decide(self, service: Service, n: int, report: SelfReport, *, started: dt.date | None = None) -> None:
        day = working_day(started or report.accepted_at.date() + dt.timedelta(days=9))
        decision = self._propose(service, n, report, day, is_visit=n in VISITED and not started)
        action = self._draft(decision, day + dt.timedelta(days=3)) if decision.needs_provider_action else None
        self._record_positions(decision, n, day + dt.timedelta(days=5))
        with moment(working_day(decision.positions_due_date + dt.timedelta(days=1)), 9):
            decisions.bring_into_force(decision_id=decision.pk, by=self._manager(service), is_dissent_confirmed=n == DISSENTS)
        if action:
            self._carry_action(action, ACTION_REACHED.get(n, A.VERIFIED), decision.positions_due_date + dt.timedelta(days=4))

    def _propose(self, service: Service, n: int, report: SelfReport, day: dt.date, *, is_visit: bool) -> SurveillanceDecision:
        score = Score.objects.filter(self_report=report, stage=Stage.VALIDATED).first()
        is_whole = score is None or score.met_count == score.applicable_count
        share = float(score.percent or 0) if score else 100.0
        review_date = self.today - dt.timedelta(days=4) if n == REVIEW_DUE else day + dt.timedelta(days=540)
        why = "The share of indicators met, what the service wrote, and what its board has already started."
        if is_visit:
            why += " A visit is asked for: the same indicators were not met before, or the service is in this year's sample."
        why += f"\n{canary('decision', report.pk)}"
        with moment(day, 10):
            return decisions.propose_decision(
                self_report_id=report.pk, is_routine=is_whole and not is_visit, needs_provider_action=not is_whole,
                needs_commissioner_action=share < 50, needs_peer_review=is_visit, likelihood=4 if share < 50 else 3 if share < 80 else 2,
                consequence=4 if share < 50 else 3, rationale=why, review_date=review_date, by=self._officer(service),
            )  # fmt: skip

    def _record_positions(self, decision: SurveillanceDecision, n: int, day: dt.date) -> None:
        agree, note = Position.View.AGREE, Position.View.AGREE_WITH_NOTE
        self._position(decision, "QNT", agree, "", self._manager(decision.service), day)
        if n == DISSENTS:
            text = "We hold that the figures are out of date: two of the posts were filled in the spring."
            self._position(decision, "PROVIDER", Position.View.DISAGREE, text, self._executive(decision.service), day)
        else:
            text = "We ask that the visit looks at transport with us." if n % 5 == 1 else ""
            self._position(decision, "PROVIDER", note if text else agree, text, self._executive(decision.service), day)
        if n != SILENT:
            self._position(decision, "COMMISSIONER", agree, "", self._commissioner(decision.service), day)

    def _position(self, decision: SurveillanceDecision, party: str, view: str, note: str, by: User, day: dt.date) -> None:
        with moment(working_day(day), 11):
            decisions.record_position(decision_id=decision.pk, party=party, view=view, note=note, by=by)

    def _draft(self, decision: SurveillanceDecision, day: dt.date) -> Action:
        service = decision.service
        report = service.self_reports.get(round=decision.round)
        answer = report.answers.filter(met=False).select_related("indicator").first()
        with moment(working_day(day), 10):
            return actions.draft_action(
                service_id=service.pk, what=WHAT, due_date=decision.positions_due_date + dt.timedelta(days=200), by=self._lead(service),
                decision_id=decision.pk, indicator_id=answer.indicator_id if answer else None, baseline="Not met", target="Met",
                domains=("DIRECTIVE", "ORGANISATIONAL"),
            )  # fmt: skip

    def _carry_action(self, action: Action, reached: str, day: dt.date) -> None:
        """Take an action as far as ``reached``, a few days a step."""
        lead = self._lead(action.service)
        officer = self._officer(action.service)
        steps = (
            (A.DRAFT, lambda: None),
            (A.OFFERED, lambda: actions.offer_action(action_id=action.pk, owner_id=lead.pk, by=lead)),
            (A.ACCEPTED, lambda: actions.accept_action(action_id=action.pk, by=lead)),
            (A.IN_PROGRESS, lambda: actions.start_action(action_id=action.pk, by=lead)),
            (
                A.DONE,
                lambda: actions.mark_action_done(
                    action_id=action.pk, by=lead, note=f"Cover agreed; rota and minutes are filed.\n{canary('action', action.pk)}"
                ),
            ),
            (A.VERIFIED, lambda: actions.verify_action(action_id=action.pk, by=officer)),
        )
        if reached == A.OFFERED:
            day = self.today - dt.timedelta(days=12)
        stop = {A.DECLINED: A.OFFERED, A.RETURNED: A.DONE, A.BLOCKED: A.IN_PROGRESS}.get(A(reached), A(reached))
        for n, (status, step) in enumerate(steps):
            with moment(working_day(day + dt.timedelta(days=5 * n)), 13):
                step()
            if status == stop:
                break
        with moment(working_day(day + dt.timedelta(days=9 if reached == A.DECLINED else 40)), 13):
            self._turn_aside(action, reached, lead, officer)

    def _turn_aside(self, action: Action, reached: str, lead: User, officer: User) -> None:
        if reached == A.DECLINED:
            actions.decline_action(action_id=action.pk, reason="The theatre lists are not mine to change.", by=lead)
        elif reached == A.RETURNED:
            actions.return_action(action_id=action.pk, reason="The minutes name no person for two of the indicators.", by=officer)
        elif reached == A.BLOCKED:
            actions.block_action(
                action_id=action.pk,
                reason=f"Needs one more consultant post, for which there is no money.\n{canary('action', action.pk)}",
                by=lead,
            )

    def _lead(self, service: Service) -> User:
        return self.people.leads[service.pk]

    def _executive(self, service: Service) -> User:
        return self.people.executives[self.places.providers.index(service.provider)]

    def _officer(self, service: Service) -> User:
        return self.people.officers[self.places.regions.index(service.region) * 3]

    def _manager(self, service: Service) -> User:
        return self.people.managers[self.places.regions.index(service.region)]

    def _commissioner(self, service: Service) -> User:
        return self.people.commissioners[self.places.icbs.index(service.icb)]

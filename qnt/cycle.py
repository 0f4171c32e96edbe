"""Where services are in their cycle: six steps, what happens next, who holds it, by when. Constant statements for a page of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.components import Step
from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import Review, ReviewService
from surveillance.models import Action, Round, Score, SelfReport, Service, ServiceAssignment, Stage, SurveillanceDecision
from surveillance.queries.readable import with_readable
from work.items import NextStep, counted, day_words

STEPS = ("Report", "Check", "Decide", "Review", "Report", "Act")
S, D, R = SelfReport.Status, SurveillanceDecision.Status, Review.Status
BEFORE_REPORT = (R.PROPOSED, R.PLANNED, R.NOTIFIED, R.PREPARING, R.VISITING, R.POSTPONED)
REVIEW_WORDS = {
    R.PROPOSED: "Plan the peer review", R.PLANNED: "Send the notice of the visit", R.NOTIFIED: "Prepare for the visit",
    R.PREPARING: "The visit takes place", R.VISITING: "The visit ends, and the report is written", R.REPORTING: "The report is finished",
    R.POSTPONED: "Set new dates for the visit",
}  # fmt: skip


@dataclass
class Cycle:
    """One service's place in its cycle, with the facts that lists and pages show."""

    service: Service
    report: SelfReport | None
    score: Score | None
    decision: SurveillanceDecision | None
    in_force: SurveillanceDecision | None
    review: Review | None
    late_action_count: int
    next_step: NextStep
    reports: list[SelfReport] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)

    @property
    def earlier_score(self) -> Score | None:
        """The newest score of an earlier round, for a page on which this round has none yet."""
        year = self.report.round.year if self.report else 0
        before = {report.pk: report.round.year for report in self.reports if report.round.year < year}
        scores = [score for score in self.scores if score.self_report_id in before and score.applicable_count]
        return max(scores, key=lambda score: before[score.self_report_id], default=None)

    @property
    def earlier_year(self) -> int | None:
        """The year of ``earlier_score``."""
        score = self.earlier_score
        return next((report.round.year for report in self.reports if score and report.pk == score.self_report_id), None)

    @property
    def current_step(self) -> int:
        """1 to 6: report, check, decide, review, report, act."""
        if self.report is None or self.report.status in {S.NOT_STARTED, S.IN_PROGRESS, S.WITH_EXECUTIVE, S.NOT_DECLARED}:
            return 1
        if self.report.status in {S.DECLARED, S.BEING_CHECKED, S.QUERIED}:
            return 2
        if self.decision is None or self.decision.status == D.PROPOSED or self.decision.round.year < self.report.round.year:
            return 3
        if self.review and self.review.status in BEFORE_REPORT:
            return 4
        return 5 if self.review and self.review.status == R.REPORTING else 6

    def steps(self) -> list[Step]:
        """The six steps for the timeline."""
        current = self.current_step
        states = ("done" if n < current else "current" if n == current else "to come" for n in range(1, 7))
        return [Step(label, state, when=self._day_of(n)) for n, (label, state) in enumerate(zip(STEPS, states, strict=True), start=1)]

    def _day_of(self, step: int) -> dt.date | str | None:
        if step == 1 and self.report:
            return timezone.localdate(self.report.declared_at) if self.report.declared_at else f"Due {day_words(self.report.due_date)}"
        if step == 2 and self.report and self.report.accepted_at:
            return timezone.localdate(self.report.accepted_at)
        if step == 3 and self.current_step > 3 and self.decision and self.decision.in_force_at:
            return timezone.localdate(self.decision.in_force_at)
        if step == 4 and self.current_step > 3 and self.review and self.review.starts_date:
            return self.review.starts_date
        return None


def cycles(services: Sequence[Service], *, reader: User | None = None) -> list[Cycle]:
    """The cycle of each service, in the same order; services must come from ``for_display``.

    Scores are those of self-reports that ``reader`` may read: a commissioner reads a self-report once it is accepted. The
    reports and scores of all years, of which a reader may read the reports, come along.
    """
    return _Facts(services, reader).all()


class _Facts:
    """What must be known of all services at once, read in a constant number of statements."""

    def __init__(self, services: Sequence[Service], reader: User | None) -> None:
        self.services, pks = services, [service.pk for service in services]
        self.opening: str | None = None
        self.reports: dict[int, SelfReport] = {}
        self.readable: dict[int, list[SelfReport]] = {}
        today = timezone.localdate()
        reports = (
            SelfReport.objects.filter(service__in=pks).with_query_due().select_related("round", "indicator_set").order_by("round__year")
        )
        for report in with_readable(reports, reader):
            if report.service_id not in self.reports or report.round.opens_date <= today:  # a coming round waits for its day
                self.reports[report.service_id] = report
            if report.is_readable:
                self.readable.setdefault(report.service_id, []).append(report)
        self.scores: dict[int, list[Score]] = {}
        read = [report.pk for found in self.readable.values() for report in found]
        for score in sorted(Score.objects.filter(self_report__in=read), key=lambda s: Stage.values.index(s.stage)):
            self.scores.setdefault(score.self_report_id, []).append(score)
        self.decisions: dict[int, SurveillanceDecision] = {}
        self.in_force: dict[int, SurveillanceDecision] = {}
        for decision in SurveillanceDecision.objects.live().filter(service__in=pks).select_related("round").order_by("round__year"):
            self.decisions[decision.service_id] = decision
            if decision.status != D.PROPOSED:
                self.in_force[decision.service_id] = decision
        self.reviews: dict[int, Review] = {}
        links = ReviewService.objects.filter(service__in=pks, review__purpose=Review.Purpose.COMPLIANCE)
        for link in links.exclude(review__status__in=[R.CLOSED, R.CANCELLED]).select_related("review__report").order_by("review"):
            self.reviews[link.service_id] = link.review
        self.actions: dict[int, list[Action]] = {}
        for action in Action.objects.of_compliance().unfinished().filter(service__in=pks).select_related("owner", "owner_organisation"):
            self.actions.setdefault(action.service_id, []).append(action)
        assigned = ServiceAssignment.objects.active().filter(service__in=pks, role=Role.SERVICE_LEAD, user__is_active=True)
        self.leads = {a.service_id: f"{a.user.name}, service lead" for a in assigned.select_related("user").order_by("-pk")}
        held = {service.provider_id or service.network.host_id for service in services} | {service.region_id for service in services}
        people = Membership.objects.active().filter(
            organisation__in=held, role__in=[Role.EXECUTIVE, Role.HUB_MANAGER], user__is_active=True
        )
        self.holders: dict[int, str] = {}
        for m in people.select_related("user", "organisation").order_by("-pk"):
            if m.delegate_of_id is None or m.organisation_id not in self.holders:
                self.holders[m.organisation_id] = f"{m.user.name}, {m.get_role_display().lower()}, {m.organisation.name}"

    def all(self) -> list[Cycle]:
        return [self.one(service) for service in self.services]

    def one(self, service: Service) -> Cycle:
        report, decision, review = self.reports.get(service.pk), self.decisions.get(service.pk), self.reviews.get(service.pk)
        actions = self.actions.get(service.pk, [])
        late = [a for a in actions if a.status != Action.Status.DONE and NextStep("", "", a.due_date).is_late]
        reports = self.readable.get(service.pk, [])
        scores = [score for one in reports for score in self.scores.get(one.pk, [])]
        score = (self.scores.get(report.pk) or [None])[-1] if report else None
        step = self._report_step(service, report) or self._decision_step(service, report, decision)
        step = step or self._review_step(service, review) or self._action_step(service, actions) or self._quiet_step(service, decision)
        return Cycle(service, report, score, decision, self.in_force.get(service.pk), review, len(late), step, reports, scores)

    def _report_step(self, service: Service, report: SelfReport | None) -> NextStep | None:
        if report is None:
            return NextStep("The next round opens", "National team", note=self._opening_words())
        year, asked_due = report.round.year, getattr(report, "query_due_date", None)
        if report.status in {S.NOT_STARTED, S.IN_PROGRESS}:
            return NextStep(f"Answer the {year} self-report and send it to the executive", self._lead(service), report.due_date)
        if report.status == S.WITH_EXECUTIVE:
            return NextStep(f"Declare the {year} self-report or send it back", self._executive(service), asked_due or report.due_date)
        if report.status == S.QUERIED:
            return NextStep("Answer what the hub asked", self._lead(service), asked_due or report.round.check_by_date)
        if report.status in {S.DECLARED, S.BEING_CHECKED}:
            return NextStep("The hub checks the self-report", self._manager(service), report.round.check_by_date)
        if report.status == S.NOT_DECLARED:
            return NextStep("The hub decides what follows, as nothing was declared", self._manager(service), report.round.check_by_date)
        return None

    def _decision_step(self, service: Service, report: SelfReport | None, decision: SurveillanceDecision | None) -> NextStep | None:
        if decision is None or (report and decision.round.year < report.round.year):
            return NextStep("Propose a surveillance decision", self._manager(service), report.round.check_by_date if report else None)
        if decision.status == D.PROPOSED:
            return NextStep("Three positions on the proposed decision", self._manager(service), decision.positions_due_date)
        return None

    def _review_step(self, service: Service, review: Review | None) -> NextStep | None:
        if review is None or review.status not in REVIEW_WORDS:
            return None
        report = getattr(review, "report", None)
        due = report.final_due_date if report and review.status == R.REPORTING else review.ends_date
        return NextStep(REVIEW_WORDS[R(review.status)], self._manager(service), due)

    def _action_step(self, service: Service, actions: list[Action]) -> NextStep | None:
        if not actions:
            return None
        first = min(actions, key=lambda action: action.due_date)
        holder = f"{first.owner.name}, {first.owner_organisation or service.holder}" if first.owner else self._executive(service)
        return NextStep(f"Carry out {counted(len(actions), 'action')}", holder, first.due_date)

    def _quiet_step(self, service: Service, decision: SurveillanceDecision | None) -> NextStep:
        due = decision.review_date if decision else service.next_review_date
        note = "" if due else f"No next date is set. {self._manager(service)} must set one."
        return NextStep("The surveillance decision is looked at again", self._manager(service), due, note)

    def _opening_words(self) -> str:
        """For services without a self-report: when the next round opens, asked once a page."""
        if self.opening is None:
            coming = Round.objects.filter(opens_date__gt=timezone.localdate()).order_by("opens_date").first()
            when = f"The {coming.year} round opens on {day_words(coming.opens_date)}." if coming else "No date is set."
            self.opening = f"No self-report yet. {when}"
        return self.opening

    def _lead(self, service: Service) -> str:
        return f"{self.leads[service.pk]}, {service.holder.name}" if service.pk in self.leads else f"No one yet at {service.holder.name}"

    def _executive(self, service: Service) -> str:
        return self.holders.get(service.provider_id or service.network.host_id, f"No executive yet at {service.holder.name}")

    def _manager(self, service: Service) -> str:
        return self.holders.get(service.region_id, service.region.name)

"""Reports in every status, one of them published with its PDF made by the worker."""

import datetime as dt

from accounts.models import User
from peerreview.models import FindingAction, Review
from peerreview.services import actions as review_actions
from peerreview.services import rechecks, reviews
from qnt.demo.afterwards import follow_up
from qnt.demo.canaries import canary
from qnt.demo.clock import moment, working_day
from qnt.demo.reviews import PLANS, Plan, Reviews
from qnt.demo.summaries import SUMMARIES
from reports.models import AccuracyPoint, Receipt, Report, ReportVersion
from reports.outline import USUALLY_PUBLIC
from reports.queries.issuing import unopened
from reports.services import accuracy, checking, drafting, issuing, publication, readings, revisions, signing
from reports.services.checking import CRITERIA
from surveillance.models import Action, EvidenceItem, Service
from surveillance.services import actions, plans
from work.models import Job
from work.working_days import add_working_days

SILENT, CORRECTED, ANNEXED, UNREAD = 17, 18, 16, 0
AGREED = (CORRECTED, ANNEXED)  # their plans are agreed, so that the plan can be an annex of the report
COMMENT = "Say how carers could tell the team what they saw, beside the patients."
REPLY = "The section below counts carers and patients together, in each way of answering. The words stay as they are."
PAST_DRAFT = ("QUALITY_CHECK", "FACTUAL_ACCURACY", "SIGNED_OFF", "PUBLISHED", "WITHHELD", "WITHDRAWN")


class Reports:
    """Carries each visited review's report as far as its plan says."""

    def __init__(self, reviews_told: Reviews, *, today: dt.date) -> None:
        self.told, self.people, self.today = reviews_told, reviews_told.people, today

    def carry(self, made: dict[int, Review]) -> None:
        """Every report, then what follows the oldest."""
        for plan in PLANS:
            if plan.report:
                self._carry_one(plan, made[plan.service])
        rechecks.make_rechecks_due(today=self.today)
        for plan in PLANS:
            if plan.report and plan.reached in (Review.Status.FOLLOW_UP, Review.Status.CLOSED):
                self._follow_up(plan.service, made[plan.service])

    def _follow_up(self, place: int, review: Review) -> None:
        service = review.services.select_related("region", "provider").get()
        fresh = Review.objects.select_related("procedure").get(pk=review.pk)
        follow_up(place, fresh, service, lead=self.told.lead(service), officer=self.told.officer(service), today=self.today)

    def _carry_one(self, plan: Plan, review: Review) -> None:
        service = review.services.select_related("region", "provider").get()
        visit = review.starts_date
        self._act(review, service, add_working_days(visit, 3))
        if plan.service in AGREED:
            self._agree(service, add_working_days(visit, 6))
        report = self._draft(plan, review, service, add_working_days(visit, 6))
        self._read(plan, report, service, add_working_days(visit, 7))
        if plan.report not in PAST_DRAFT:
            return
        self._check(plan, report, service, add_working_days(visit, 12))
        if plan.report == "QUALITY_CHECK":
            return
        self._answer_accuracy(plan, report, service, add_working_days(visit, 20 if plan.report == "FACTUAL_ACCURACY" else 22))
        if plan.report == "FACTUAL_ACCURACY":
            return
        self._sign_off(report, service, add_working_days(visit, 32))
        self._open(plan, report, add_working_days(visit, 34))
        self._decide_on_publication(plan, report, service, add_working_days(visit, 36))
        if plan.service == CORRECTED:
            self._correct(report, service, add_working_days(visit, 50))
            self._open(plan, report, add_working_days(visit, 52))
        if plan.service == ANNEXED:
            self._annex(report, service, add_working_days(visit, 50))
            self._open(plan, report, add_working_days(visit, 52))
        if plan.reached == Review.Status.CLOSED:
            self._close(review, service, add_working_days(visit, 90))

    def _draft(self, plan: Plan, review: Review, service: Service, day: dt.date) -> Report:
        officer = self.told.officer(service)
        with moment(day, 10):
            report = drafting.start_report(review_id=review.pk, by=officer)
            notes = report.sections.get(code="hub_notes")
            text = f"{canary('report', plan.service)}\n\nTo be raised with the trust's board in private."
            drafting.save_section(section_id=notes.pk, text=text, by=officer, version=notes.version)
            if plan.service in SUMMARIES:
                summary = report.sections.get(code="summary")
                drafting.save_section(section_id=summary.pk, text=SUMMARIES[plan.service], by=officer, version=summary.version)
            drafting.mark_sections(report_id=report.pk, public_codes=USUALLY_PUBLIC, by=officer)
        return report

    def _read(self, plan: Plan, report: Report, service: Service, day: dt.date) -> None:
        """The team reads the draft: the first member comments and is answered, the others agree; of a draft the last still reads."""
        with moment(day, 9):
            asked = readings.ask_team(report_id=report.pk, by=self.told.officer(service))
        for n, reading in enumerate(asked if plan.report in PAST_DRAFT else asked[:-1]):
            with moment(add_working_days(day, 1), 10 + n):
                if n == 0:
                    section = report.sections.get(code="views")
                    readings.comment_on_section(report_id=report.pk, section_id=section.pk, text=COMMENT, by=reading.member.user)
                readings.answer_reading(report_id=report.pk, by=reading.member.user)
        if plan.report in PAST_DRAFT:
            with moment(add_working_days(day, 2), 14):
                for comment in asked[0].comments.all():
                    readings.reply_to_comment(comment_id=comment.pk, reply=REPLY, version=comment.version, by=self.told.officer(service))

    def _act(self, review: Review, service: Service, day: dt.date) -> None:
        """Actions from the recommendations: drafted, offered to one owner, accepted."""
        lead, officer = self.told.lead(service), self.told.officer(service)
        with moment(day, 11):
            due = add_working_days(day, 100)
            for by in (lead, officer):
                review_actions.draft_actions_from_findings(review_id=review.pk, due_date=due, by=by)
        for link in FindingAction.objects.filter(finding__review=review).select_related("action").order_by("pk"):
            is_board = link.action.addressed_to == Action.AddressedTo.COMMISSIONER
            owner = self._commissioner(service) if is_board else lead
            with moment(add_working_days(day, 1), 9):
                actions.offer_action(action_id=link.action_id, owner_id=owner.pk, by=officer if is_board else lead)
            with moment(add_working_days(day, 2), 9):
                actions.accept_action(action_id=link.action_id, by=owner)

    def _agree(self, service: Service, day: dt.date) -> None:
        """The executive agrees the plan, then the hub."""
        executive = self.people.executives[self.told.places.providers.index(service.provider)]
        with moment(day, 15):
            plans.agree_plan(service_id=service.pk, by=executive, as_hub=False)
        with moment(add_working_days(day, 2), 15):
            plans.agree_plan(service_id=service.pk, by=self.told.manager(service), as_hub=True)

    def _check(self, plan: Plan, report: Report, service: Service, day: dt.date) -> None:
        region = self.told.places.regions.index(service.region)
        checkers = self.people.officers[region * 3 + 1 : region * 3 + 3]
        with moment(day, 10):
            checking.ask_for_quality_check(report_id=report.pk, checker_ids=[user.pk for user in checkers], by=self.told.officer(service))
        for n, checker in enumerate(checkers[: 1 if plan.report == "QUALITY_CHECK" else 2]):
            with moment(add_working_days(day, n + 1), 15):
                checking.answer_quality_check(report_id=report.pk, by=checker, is_passed=True, criteria=list(CRITERIA))

    def _answer_accuracy(self, plan: Plan, report: Report, service: Service, day: dt.date) -> None:
        """The lead and the board answer their items, one of them as not correct; one service stays silent."""
        lead, board = self.told.lead(service), self._commissioner(service)
        points = list(report.accuracy_points.select_related("finding").order_by("position"))
        disputed = next(
            (p for p in points if p.finding and p.finding.category == "CONCERN" and p.finding.addressed_to == "PROVIDER"), points[0]
        )
        if plan.service == SILENT:
            report.refresh_from_db()
            accuracy.lapse_accuracy(today=report.accuracy_due_date + dt.timedelta(days=1))
            return
        with moment(day, 11):
            for point in points:
                is_boards = point.finding is not None and point.finding.addressed_to == "COMMISSIONER"
                self._answer(point, board if is_boards else lead, is_correct=point != disputed)
            for person in (lead, board):
                if report.accuracy_points.filter(answered_by=person).exists():
                    accuracy.send_accuracy_answers(report_id=report.pk, by=person)
        with moment(add_working_days(day, 5), 10):
            officer = self.told.officer(service)
            if plan.service % 2 and plan.report != "FACTUAL_ACCURACY":
                reason = "The team saw the log on both days; what changed since stands beside the report."
                accuracy.keep_point(point_id=disputed.pk, reason=reason, by=officer)
            else:
                accuracy.accept_point(
                    point_id=disputed.pk, new_text=f"{disputed.finding.what_was_seen} This has been so since April.", by=officer
                )

    def _answer(self, point: AccuracyPoint, by: User, *, is_correct: bool) -> None:
        """One answer; what is not correct rests on the oldest document of the service."""
        wrong = "" if is_correct else "It has been so since April, and not for the whole year."
        filed = EvidenceItem.objects.kept().of_compliance().filter(service__in=accuracy.services_of_point(point)).order_by("pk")
        ids = [] if is_correct else list(filed.values_list("pk", flat=True)[:1])
        accuracy.answer_point(point_id=point.pk, by=by, is_correct=is_correct, what_is_wrong=wrong, evidence_ids=ids)

    def _sign_off(self, report: Report, service: Service, day: dt.date) -> None:
        with moment(day, 9):
            version = signing.prepare_final(report_id=report.pk, by=self.told.officer(service))
        with moment(day, 14):
            signing.sign_off_report(report_id=report.pk, version_number=version.number, by=self.told.manager(service))
        leave_drafts(report)

    def _open(self, plan: Plan, report: Report, day: dt.date) -> None:
        """Everybody reads what they were issued; of one report the commissioner does not."""
        with moment(day, 16):
            for receipt in unopened().filter(report=report).select_related("user", "version").order_by("pk"):
                if plan.service != UNREAD or receipt.capacity != Receipt.Capacity.COMMISSIONER:
                    issuing.record_opened(report_id=report.pk, version=receipt.version, by=receipt.user)

    def _decide_on_publication(self, plan: Plan, report: Report, service: Service, day: dt.date) -> None:
        lead = self.people.nationals[0]
        with moment(working_day(day), 12):
            if plan.report in {"PUBLISHED", "WITHDRAWN"}:
                publication.publish_report(report_id=report.pk, by=lead)
            elif plan.report == "WITHHELD":
                reason = "An inquiry into one event is under way; the report waits for its end."
                publication.withhold_report(report_id=report.pk, reason=reason, review_date=self.today + dt.timedelta(days=60), by=lead)
        if plan.report == "WITHDRAWN":
            with moment(add_working_days(day, 20), 12):
                publication.withdraw_report(report_id=report.pk, reason="A table named the wrong site; a correction follows.", by=lead)

    def _correct(self, report: Report, service: Service, day: dt.date) -> None:
        """A sentence of the summary is put right in a new version: written, signed off and published by three people."""
        officer = self.told.officer(service)
        with moment(day, 10):
            revisions.open_revision(
                report_id=report.pk, kind="CORRECTION", what="A sentence was added to the summary: where the team looked.",
                why="Readers asked which of the sites were visited.", by=officer,
            )  # fmt: skip
            section = report.sections.get(code="summary")
            text = f"{section.text}\n\nThe team looked at every site of the service."
            drafting.save_section(section_id=section.pk, text=text, by=officer, version=section.version)
        self._issue_again(report, service, day)

    def _annex(self, report: Report, service: Service, day: dt.date) -> None:
        """The plan that executive and hub agreed is added to the published report."""
        with moment(day, 10):
            revisions.open_revision(
                report_id=report.pk, kind="ANNEX", what="The agreed action plan was added as an annex.",
                why="The executive of the trust and the hub agreed the plan after the report was written.", by=self.told.officer(service),
            )  # fmt: skip
        self._issue_again(report, service, day)

    def _issue_again(self, report: Report, service: Service, day: dt.date) -> None:
        """A new version prepared by the officer, signed off by the manager, published by the national lead."""
        with moment(day, 11):
            version = revisions.prepare_revision(report_id=report.pk, by=self.told.officer(service))
        with moment(add_working_days(day, 1), 14):
            revisions.sign_revision(report_id=report.pk, version_number=version.number, by=self.told.manager(service))
        with moment(add_working_days(day, 3), 12):
            publication.publish_report(report_id=report.pk, by=self.people.nationals[0])

    def _close(self, review: Review, service: Service, day: dt.date) -> None:
        """Every finding re-checked and put right, and a next review date set."""
        lead = self.told.officer(service)
        for finding in review.findings.filter(status="OPEN"):
            with moment(working_day(finding.recheck_date or day), 10):
                rechecks.make_rechecks_due(today=finding.recheck_date or day)
                rechecks.recheck_finding(
                    finding_id=finding.pk, is_put_right=True, acted="The service changed its rota and wrote it down.",
                    reason="Seen in the minutes of three months.", by=lead,
                )  # fmt: skip
        with moment(working_day(day + dt.timedelta(days=30)), 15):
            reviews.close_review(review_id=review.pk, next_review_date=day + dt.timedelta(days=730), by=self.told.manager(service))

    def _commissioner(self, service: Service) -> User:
        return self.people.commissioners[self.told.places.icbs.index(service.icb)]


def leave_drafts(report: Report) -> None:
    """Leave out files that nobody will read: those of drafts whose words are signed, where no worker has begun them yet."""
    drafts = report.versions.filter(purpose=ReportVersion.Purpose.DRAFT, pdf_path="").values_list("pk", flat=True)
    waiting = Job.objects.filter(kind="report.pdf", key__in=[str(pk) for pk in drafts], status=Job.Status.QUEUED)
    for pk in list(waiting.values_list("pk", flat=True)):
        if job := Job.claim(pk):  # as a worker takes it, so that none has it too
            job.delete()

"""A review for learning with everybody on it, carried through the services, with a text of one's own in every field."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from peerreview.models import EvidenceAsk, Exchange, Finding, Learnt, PatientView, Pledge, Review, ViewsLink
from peerreview.services import dates, exchanges, findings, impact, learning, notes, opening, pledges, reviews
from reports.models import Report
from reports.outline import USUALLY_PUBLIC
from reports.services import accuracy, checking, drafting, readings, signing
from surveillance.models import EvidenceItem
from tests.factories.peerreview import Visit, make_visit
from work.working_days import add_working_days

Status = Review.Status


@dataclass
class Learning:
    """A review for learning and the people on it."""

    visit: Visit
    review: Review

    @property
    def host(self) -> User:
        """The lead of the service."""
        return self.visit.scene.lead

    def on_it(self) -> list[User]:
        """Everybody who opens its page."""
        visit = self.visit
        return [visit.scene.lead, visit.scene.executive, visit.manager, visit.lead, visit.member, visit.patient]

    def move(self, status: str, **columns: object) -> Review:
        """Write the review straight into a status, as its services would."""
        columns = {"next_review_date": timezone.localdate()} | columns
        Review.objects.filter(pk=self.review.pk).update(status=status, **columns)
        self.review = Review.objects.get(pk=self.review.pk)
        return self.review


def make_learning(
    status: str = Status.VISITING, *, text: str = "A question", title: str = "Handovers", visit: Visit | None = None
) -> Learning:
    """A review for learning asked for by the service's lead, with three cleared reviewers, from its visit on.

    The visit was yesterday; ``text`` stands in the topic, the question and the reason.
    """
    visit = visit or make_visit()
    review = opening.request_review(
        service_id=visit.scene.service.pk, title=title, question=text, reason=text, visit_lead_id=visit.manager.pk, by=visit.scene.lead
    )
    visit.review = review
    visit.give_phone()
    start = add_working_days(timezone.localdate(), 60)
    dates.plan_dates(review_id=review.pk, starts_date=start, ends_date=None, by=visit.manager)
    reviews.send_notice(review_id=review.pk, by=visit.manager)
    visit.agree_topics()
    reviews.start_preparing(review_id=review.pk, by=visit.manager)
    for user, role in ((visit.lead, "LEAD"), (visit.member, "MEMBER"), (visit.patient, "PATIENT_REVIEWER")):
        visit.clear(user, role)
    reviews.begin_visit(review_id=review.pk, by=visit.manager)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    made = Learning(visit, review)
    made.move(Status.VISITING, starts_date=yesterday, ends_date=yesterday)
    if status != Status.VISITING:
        reviews.finish_visit(review_id=review.pk, by=visit.manager)
        made.move(status)
    return made


def say_everywhere(made: Learning, text: str) -> None:
    """Write ``text`` into everything that people on the review write: from its evidence request to its pledges."""
    visit, review = made.visit, made.review
    service, topic = visit.scene.service, review.topics.get()
    item = EvidenceItem.objects.create(service=service, title=text, added_by=visit.scene.lead)
    EvidenceAsk.objects.create(review=review, service=service, topic=topic, what=text, why=text, item=item, asked_by=visit.manager)
    today = timezone.localdate()
    link = ViewsLink.objects.create(
        review=review, service=service, token=uuid.uuid4().hex, opens_date=today, closes_date=today, pals_contact=text,
        formats_contact=text, made_by=visit.manager,
    )  # fmt: skip
    shared = {"status": "SHARED", "read_by": visit.manager, "read_at": timezone.now()}
    PatientView.objects.create(review=review, service=service, link=link, channel="LINK", good=text, better=text, unsafe=text, **shared)
    notes.save_note(review_id=review.pk, client_id=uuid.uuid4(), text=text, topic_id=topic.pk, by=visit.member)
    for category in ("GOOD_PRACTICE", "FURTHER_CONSIDERATION"):
        content = findings.FindingContent(
            category=category, service_id=service.pk, what_was_seen=text, basis=text, topic_id=topic.pk, recommendation=text,
            how_others_did_it=text, tags={"LATERAL": text},
        )  # fmt: skip
        finding = findings.record_finding(review_id=review.pk, content=content, by=visit.member)
        findings.agree_finding(finding_id=finding.pk, by=visit.lead, without_reason="Said in the meeting.")
    for by in (visit.scene.lead, visit.member):
        learning.write_learnt(review_id=review.pk, text=text, topic_id=topic.pk, by=by)
        pledges.make_pledge(review_id=review.pk, client_id=uuid.uuid4(), text=text, by=by)
    reviews.finish_visit(review_id=review.pk, by=visit.manager)
    made.move(Status.REPORTING)
    changed = {"service_id": service.pk, "domain": "LATERAL", "what_changed": text}
    impact.file_impact_evidence(review_id=review.pk, by=visit.scene.lead, **changed)
    asked = {"service_id": service.pk, "kind": Exchange.Kind.CALL, "what": text, "asked_of_id": visit.member.pk}
    exchange = exchanges.ask_exchange(review_id=review.pk, by=visit.scene.lead, **asked)
    exchanges.answer_exchange(exchange_id=exchange.pk, agrees=True, note=text, by=visit.member)


def addresses(made: Learning) -> list[str]:
    """Addresses of the review and of everything that belongs to it."""
    pk = made.review.pk
    parts = ("", "topics/", "team/", "pack/", "evidence/", "visit/", "findings/", "impact/", "learning/", "learning/new/", "pledges/new/",
             "exchanges/new/", "leave/", "release/", "dates/", "cancel/", "close/", "conflicts/", "report/")  # fmt: skip
    found = [f"/reviews/{pk}/{part}" for part in parts]
    found += [f"/reviews/{pk}/learning/{one}/" for one in Learnt.objects.filter(review=pk).values_list("pk", flat=True)]
    for table, path in ((Finding, "findings"), (Pledge, "pledges"), (Exchange, "exchanges")):
        found += [f"/{path}/{one}/" for one in table.objects.filter(review=pk).values_list("pk", flat=True)]
    found += [f"/team/{one}/" for one in made.review.team.values_list("pk", flat=True)]
    found += [f"/evidence/{one}/" for one in EvidenceAsk.objects.filter(review=pk).values_list("item", flat=True)]
    return found


def learning_report(made: Learning, *, to: str = "SIGNED_OFF", public: tuple[str, ...] = USUALLY_PUBLIC) -> Report:
    """Its report, carried by its own people as far as ``to``: the visit lead drafts, members check, the lead reviewer signs."""
    visit = made.visit
    report = Report.objects.filter(review=made.review).first() or drafting.start_report(review_id=made.review.pk, by=visit.manager)
    codes = [code for code in report.sections.values_list("code", flat=True) if code in public]
    drafting.mark_sections(report_id=report.pk, public_codes=codes, by=visit.manager)
    steps = {"QUALITY_CHECK": _to_check, "FACTUAL_ACCURACY": _to_accuracy, "SIGNED_OFF": _to_signed}
    for status, step in steps.items():
        if report.status != to:
            step(made, report)
            report = Report.objects.get(pk=report.pk)
            assert report.status == status
    return report


def _to_check(made: Learning, report: Report) -> None:
    for reading in readings.ask_team(report_id=report.pk, by=made.visit.manager):
        readings.answer_reading(report_id=report.pk, by=reading.member.user)
    checkers = [made.visit.member.pk, made.visit.patient.pk]
    checking.ask_for_quality_check(report_id=report.pk, checker_ids=checkers, by=made.visit.manager)


def _to_accuracy(made: Learning, report: Report) -> None:
    for checker in (made.visit.member, made.visit.patient):
        checking.answer_quality_check(report_id=report.pk, by=checker, is_passed=True, criteria=list(checking.CRITERIA))


def _to_signed(made: Learning, report: Report) -> None:
    for point in report.accuracy_points.all():
        accuracy.answer_point(point_id=point.pk, by=made.host, is_correct=True)
    accuracy.send_accuracy_answers(report_id=report.pk, by=made.host)
    version = signing.prepare_final(report_id=report.pk, by=made.visit.lead)
    signing.sign_off_report(report_id=report.pk, version_number=version.number, by=made.visit.lead)

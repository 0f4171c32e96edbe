"""A visited review with its team, findings and actions, and its report at any step, carried by the services themselves."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Finding, FindingAction, FocusTopic, Procedure, Review, ReviewService, TeamMember, VisitDay
from reports.models import AccuracyPoint, Report, ReportVersion, Revision, SignOff
from reports.outline import USUALLY_PUBLIC
from reports.services import accuracy, checking, drafting, publication, readings, revisions, signing
from surveillance.models import Action, Indicator, SelfReport
from surveillance.services import plans
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import Place, make_place, make_report

# Category, what was seen, recommendation, addressed to.
FINDINGS = (
    ("GOOD_PRACTICE", "Nurses ring every patient on the day after treatment.", "", "PROVIDER"),
    ("IMMEDIATE_RISK", "Two pumps were in use past their service date.", "Take pumps out of use when their service is due.", "PROVIDER"),
    ("SERIOUS_CONCERN", "No consultant covers the service at weekends.", "Set up a weekend rota with the neighbouring trust.", "PROVIDER"),
    ("CONCERN", "Audit results reach no meeting.", "Put the audit on the agenda each quarter.", "PROVIDER"),
    ("FURTHER_CONSIDERATION", "Leaflets exist in English only.", "", "PROVIDER"),
    ("CONCERN", "Nobody pays for the outreach clinic.", "Agree the funding of the outreach clinic.", "COMMISSIONER"),
)


@dataclass
class Scene:
    """A review in REPORTING and everybody around its report."""

    place: Place
    review: Review
    self_report: SelfReport
    lead_reviewer: User
    reviewer: User
    national: User
    other_officer: User

    @property
    def report(self) -> Report:
        """The report as it is in the database now."""
        return Report.objects.get(review=self.review)


def make_scene(*, findings: tuple[tuple[str, str, str, str], ...] = FINDINGS, **organisations: object) -> Scene:
    """A finished visit with a cleared team of two, agreed findings and one accepted action."""
    place = make_place(**organisations)
    self_report = make_report(place)
    region = place.service.region
    today = timezone.localdate()
    review = Review.objects.create(
        title=f"{place.service.name}: peer review", purpose="COMPLIANCE", status="REPORTING", procedure=_procedure(),
        region=region, starts_date=today - dt.timedelta(days=20), ends_date=today - dt.timedelta(days=19), visit_lead=place.officer,
        opened_by=place.officer, visited_at=timezone.now() - dt.timedelta(days=20),
    )  # fmt: skip
    ReviewService.objects.create(review=review, service=place.service)
    VisitDay.objects.create(review=review, date=review.starts_date)
    topic = FocusTopic.objects.create(review=review, position=1, title="Cover out of hours", question="Who answers at night?")
    indicators = list(Indicator.objects.filter(indicator_set=self_report.indicator_set))
    topic.indicators.set(indicators[:1])
    lead, member = person(Role.REVIEWER, region), person(Role.REVIEWER, region)
    for user, role in ((lead, "LEAD"), (member, "MEMBER")):
        TeamMember.objects.create(
            review=review, user=user, team_role=role, status="ACCEPTED", is_cleared=True, ruling="CLEAR", ruled_by=place.manager,
            ruled_at=timezone.now(), invited_by=place.officer, invited_at=timezone.now(), answer_due_date=today,
        )  # fmt: skip
    for number, (category, seen, recommendation, addressed_to) in enumerate(findings):
        Finding.objects.create(
            review=review, service=place.service, category=category, status="AGREED", what_was_seen=seen, basis=f"Basis number {number}.",
            indicator=indicators[number % len(indicators)], recommendation=recommendation, addressed_to=addressed_to, recorded_by=lead,
            agreed_by=lead, agreed_at=timezone.now(),
        )  # fmt: skip
    return Scene(place, review, self_report, lead, member, person(Role.NATIONAL_LEAD, _national()), person(Role.HUB_OFFICER, region))


def _procedure() -> Procedure:
    """A shipped procedure; a bare one after a test that emptied every table."""
    bare = {"name": "Bare", "status": "PUBLISHED", "milestones": [], "categories": []}
    return Procedure.objects.first() or Procedure.objects.create(code="BARE", **bare)


def _national() -> object:
    return OrganisationFactory(national=True)


def make_actions(scene: Scene) -> list[Action]:
    """One accepted action for each recommendation: the first in the recommendation's own words, the others in new ones."""
    made = []
    for number, finding in enumerate(scene.review.findings.exclude(recommendation="").order_by("pk")):
        action = Action.objects.create(
            service=finding.service, what=finding.recommendation if number == 0 else f"Action text number {number}.", status="ACCEPTED",
            drafted_by=scene.place.lead, owner=scene.place.lead, owner_organisation=scene.place.service.provider,
            due_date=timezone.localdate() + dt.timedelta(days=60), accepted_at=timezone.now(),
        )  # fmt: skip
        FindingAction.objects.create(finding=finding, action=action)
        made.append(action)
    return made


def agree_plan(scene: Scene, *, as_hub: bool = True) -> None:
    """The plan of the service agreed by its executive and, unless ``as_hub`` is false, by the hub."""
    plans.open_plan(scene.place.service, by=scene.place.lead, at=timezone.now())
    plans.agree_plan(service_id=scene.place.service.pk, by=scene.place.executive, as_hub=False)
    if as_hub:
        plans.agree_plan(service_id=scene.place.service.pk, by=scene.place.manager, as_hub=True)


def draft(scene: Scene, *, public: tuple[str, ...] = USUALLY_PUBLIC) -> Report:
    """The report drafted, with ``public`` sections marked."""
    report = drafting.start_report(review_id=scene.review.pk, by=scene.place.officer)
    drafting.mark_sections(report_id=report.pk, public_codes=public, by=scene.place.officer)
    return report


def hear_team(scene: Scene) -> None:
    """The draft read by the team, whose members all agree with it."""
    for reading in readings.ask_team(report_id=scene.report.pk, by=scene.place.officer):
        readings.answer_reading(report_id=scene.report.pk, by=reading.member.user)


def to_check(scene: Scene, **options: tuple[str, ...]) -> Report:
    """The report with the two people who check it: another officer and the national lead."""
    report = draft(scene, **options)
    hear_team(scene)
    checking.ask_for_quality_check(report_id=report.pk, checker_ids=[scene.other_officer.pk, scene.national.pk], by=scene.place.officer)
    return scene.report


def to_accuracy(scene: Scene, **options: tuple[str, ...]) -> Report:
    """The report passed by both, with the service."""
    report = to_check(scene, **options)
    for checker in (scene.other_officer, scene.national):
        checking.answer_quality_check(report_id=report.pk, by=checker, is_passed=True, criteria=list(checking.CRITERIA))
    return scene.report


def to_answered(scene: Scene, **options: tuple[str, ...]) -> Report:
    """The report with every accuracy item answered as correct and sent."""
    report = to_accuracy(scene, **options)
    for point in report.accuracy_points.all():
        by = scene.place.commissioner if point.party == AccuracyPoint.Party.COMMISSIONER else scene.place.lead
        accuracy.answer_point(point_id=point.pk, by=by, is_correct=True)
    for by in (scene.place.lead, scene.place.commissioner):
        if report.accuracy_points.filter(sent_at=None, party="SERVICE" if by == scene.place.lead else "COMMISSIONER").exists():
            accuracy.send_accuracy_answers(report_id=report.pk, by=by)
    return scene.report


def to_signed(scene: Scene, **options: tuple[str, ...]) -> Report:
    """The report signed off by the hub manager."""
    report = to_answered(scene, **options)
    version = signing.prepare_final(report_id=report.pk, by=scene.place.officer)
    signing.sign_off_report(report_id=report.pk, version_number=version.number, by=scene.place.manager)
    return scene.report


def to_published(scene: Scene, **options: tuple[str, ...]) -> Report:
    """The report published now by the national lead."""
    report = to_signed(scene, **options)
    publication.publish_report(report_id=report.pk, by=scene.national)
    return scene.report


def open_correction(scene: Scene, *, summary: str = "The corrected summary.") -> Revision:
    """A correction of the summary, written by the officer who drafted the report."""
    revision = revisions.open_revision(
        report_id=scene.report.pk, kind="CORRECTION", what="The summary named the wrong site.", why="A table was misread.",
        by=scene.place.officer,
    )  # fmt: skip
    section = scene.report.sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text=summary, by=scene.place.officer, version=section.version)
    return revision


def sign_correction(scene: Scene) -> SignOff:
    """The open revision prepared by its writer and signed off by the hub manager."""
    version = revisions.prepare_revision(report_id=scene.report.pk, by=scene.place.officer)
    return revisions.sign_revision(report_id=scene.report.pk, version_number=version.number, by=scene.place.manager)


def start_accuracy(scene: Scene) -> None:
    """Let the team read the draft, ask two people for the quality check, and let both pass."""
    hear_team(scene)
    pk, checkers = scene.report.pk, [scene.other_officer, scene.national]
    checking.ask_for_quality_check(report_id=pk, checker_ids=[checker.pk for checker in checkers], by=scene.place.officer)
    for checker in checkers:
        checking.answer_quality_check(report_id=pk, by=checker, is_passed=True, criteria=list(checking.CRITERIA))


def sign(scene: Scene) -> None:
    """Let the accuracy check end in silence, then sign off."""
    accuracy.lapse_accuracy(today=scene.report.accuracy_due_date + dt.timedelta(days=1))
    version = signing.prepare_final(report_id=scene.report.pk, by=scene.place.officer)
    signing.sign_off_report(report_id=scene.report.pk, version_number=version.number, by=scene.place.manager)


def public_version(report: Report) -> ReportVersion:
    """The newest public version."""
    return report.versions.filter(purpose=ReportVersion.Purpose.PUBLIC).first()

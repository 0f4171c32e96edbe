"""The manifest: every person and object of the demonstration as JSON, for tests and tools outside the code."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview.models import (
    AUDIENCE_OF_ROLE,
    Course,
    Exchange,
    Finding,
    Letter,
    PatientView,
    Pledge,
    Procedure,
    Review,
    Session,
    SurveyInvitation,
    TeamMember,
    ViewsLink,
)  # fmt: skip
from peerreview.queries.judgements import to_judge
from peerreview.services.surveys import token_of
from qnt.demo.canaries import canaries
from qnt.demo.people import DOMAIN, PASSWORD
from qnt.programme.models import ContextNote, ProgrammeYear
from reports.models import LearningCard, PackIssue, Publication, ReadingComment, Report, ReportSection, Subscription, Theme
from reports.subscription_tokens import token_of as subscription_token
from surveillance.models import (
    Action,
    EvidenceItem,
    Indicator,
    IndicatorChallenge,
    IndicatorSet,
    Meeting,
    Round,
    SelfReport,
    Service,
    ServiceAssignment,
    SurveillanceDecision,
)
from work.models import BankHoliday, Job

Row = dict[str, Any]
# Rows of each kind that are written: more than the demonstration has, and few of a site of national size.
MOST = 200
REVIEWER_STATES = ("active", "future", "ended", "conflicted", "declined")
BLANK: Row = {
    "region": None,
    "provider": None,
    "service": None,
    "status": None,
    "year": None,
    "canary": "",
    "commissioners": [],
    "network": None,
    "team": [],
    "purpose": None,
    "sealed": False,
}


def as_json() -> str:
    """The whole manifest, the oldest ``MOST`` rows of each kind; the same rows give the same text."""
    objects = {kind: list(rows) for kind, rows in _objects().items()}
    return json.dumps({"users": _users(), "objects": objects}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


# Users ----------------------------------------------------------------------------------------------------------------
def _users() -> list[Row]:
    people = User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("pk").prefetch_related("memberships__organisation__region")
    return [_user(user) for user in people]


def _user(user: User) -> Row:
    memberships = list(user.memberships.all())
    organisation = memberships[0].organisation if memberships else None
    roles = [membership.role for membership in memberships]
    return {
        "email": user.email,
        "password": PASSWORD,
        "role": roles[0] if len(roles) == 1 else "SEVERAL" if roles else None,
        "roles": roles,
        "state": _state(user, memberships),
        "organisation": organisation.code if organisation else None,
        "organisation_pk": organisation.pk if organisation else None,
        "region": _region(organisation) if len(roles) == 1 else None,
        "provider": organisation.code if len(roles) == 1 and organisation.kind == Organisation.Kind.PROVIDER else None,
        "services": sorted(set(_services(user, roles))),
        "reviews": sorted(TeamMember.objects.filter(user=user).values_list("review", flat=True)),
    }


def _state(user: User, memberships: list[Membership]) -> str:
    if not user.is_active:
        return "disabled"
    if not memberships:
        return "no_role"
    name = user.email.split("@")[0].removeprefix("reviewer.")
    return name if name in REVIEWER_STATES else "active"


def _region(organisation: Organisation | None) -> str | None:
    if organisation is None or organisation.kind in {Organisation.Kind.NATIONAL, Organisation.Kind.REGULATOR}:
        return None
    return organisation.code if organisation.kind == Organisation.Kind.REGION else organisation.region.code


def _services(user: User, roles: list[str]) -> Iterable[int]:
    """Services that a person works on, runs or buys; hubs reach theirs by region."""
    yield from ServiceAssignment.objects.active().filter(user=user).values_list("service", flat=True)
    held = [m.organisation_id for m in user.memberships.all() if m.role in {Role.EXECUTIVE, Role.NETWORK_LEAD, Role.COMMISSIONER}]
    yield from Service.objects.filter(provider__in=held).values_list("pk", flat=True)
    yield from Service.objects.filter(network__in=held).values_list("pk", flat=True)
    yield from Service.objects.filter(network__host__in=held).values_list("pk", flat=True)
    today = timezone.localdate()
    yield from Service.objects.filter(commissionings__organisation__in=held, commissionings__from_date__lte=today).values_list(
        "pk", flat=True
    )


# Objects --------------------------------------------------------------------------------------------------------------
def _objects() -> dict[str, Iterable[Row]]:
    found = canaries()
    reports = (
        SelfReport.objects.filter(service__is_illustrative=True)
        .select_related("round")
        .prefetch_related("answers", "spreadsheets")
        .order_by("pk")[:MOST]
    )
    documents = EvidenceItem.objects.kept().filter(service__is_illustrative=True).select_related("service").order_by("pk")[:MOST]
    return {
        "service": (_of_service(s, pk=s.pk, service_pk=s.pk) for s in _services_shown()),
        "provider": (
            _provider(o) for o in Organisation.objects.filter(code__startswith="ZZP").select_related("region").order_by("pk")[:MOST]
        ),
        "round": (_round(r) for r in Round.objects.order_by("pk")),
        "indicator_set": (_indicator_set(s) for s in IndicatorSet.objects.order_by("pk")[:MOST]),
        "indicator_draft": (_indicator_set(s) for s in IndicatorSet.objects.filter(status="DRAFT").order_by("pk")[:MOST]),
        "indicator_challenge": (
            _of_service(c.service, pk=c.pk, status=c.status)
            for c in IndicatorChallenge.objects.select_related("service").order_by("pk")[:MOST]
        ),
        "self_report": (_self_report(r, found) for r in reports),
        "evidence": (_of_service(e.service, pk=e.pk, canary=e.title) for e in documents),
        "decision": (_decision(d, found) for d in SurveillanceDecision.objects.select_related("service", "round").order_by("pk")[:MOST]),
        "meeting": (_meeting(m) for m in Meeting.objects.select_related("region", "round").order_by("pk")[:MOST]),
        "action": (
            _of_service(a.service, pk=a.pk, status=a.status, canary=found["action"].get(a.pk, "")) | _step(a)
            for a in Action.objects.select_related("service").prefetch_related("steps").order_by("pk")[:MOST]
        ),
        "procedure": (_procedure(p) for p in Procedure.objects.order_by("pk")[:MOST]),
        "procedure_draft": (_procedure(p) for p in Procedure.objects.filter(status="DRAFT").order_by("pk")[:MOST]),
        "review": (
            _of_review(r, pk=r.pk, status=r.status, canary=found["review"].get(r.pk, "")) | _topic(r) | _judged(r) | _first_view(r)
            for r in _reviews()
        ),
        "views_link": (
            _of_review(v.review, pk=v.pk, token=v.token, status="CLOSED" if v.closed_at else "OPEN")
            for v in ViewsLink.objects.select_related("review").order_by("pk")[:MOST]
        ),
        "patient_view": (
            _of_review(v.review, pk=v.pk, status=v.status, canary=found["patient_view"].get(v.pk, ""))
            for v in PatientView.objects.select_related("review").order_by("pk")[:MOST]
        ),
        "pledge": (_of_review(p.review, pk=p.pk) | {"user": p.made_by.email} for p in _pledges()),
        "exchange": (_of_review(x.review, pk=x.pk, status=x.status) | {"user": x.asked_of.email} for x in _exchanges()),
        "survey": (_of_review(s.review, pk=s.pk) | {"token": token_of(s), "user": s.user.email} for s in _surveys()),
        "team_member": (_of_review(m.review, pk=m.pk, status=m.status) | {"user": m.user.email} for m in _members()),
        "reviewer": (
            {**BLANK, "pk": user.pk, "user": user.email}
            for user in User.objects.filter(reviewer_profile__isnull=False, email__endswith=f"@{DOMAIN}").order_by("pk")[:MOST]
        ),
        "trainee": (
            {**BLANK, "pk": pk, "course_pk": course_pk, "user": email, "region": region} for pk, course_pk, email, region in _trainees()
        ),
        "course": ({**BLANK, "pk": c.pk, "status": "RETIRED" if c.retired_at else "IN_USE"} for c in Course.objects.order_by("pk")[:MOST]),
        "finding": (_of_review(f.review, pk=f.pk, status=f.status, canary=found["finding"].get(f.pk, "")) for f in _findings()),
        "letter": (_of_review(x.finding.review, pk=x.pk) for x in Letter.objects.select_related("finding__review").order_by("pk")[:MOST]),
        "report": (_report(r, found) for r in Report.objects.select_related("review").order_by("pk")[:MOST]),
        "learning_card": (
            {**BLANK, "pk": c.pk, "status": c.status} if c.status == "SHARED" else _of_review(c.review, pk=c.pk, status=c.status)
            for c in LearningCard.objects.select_related("review").order_by("pk")[:MOST]
        ),
        "pack": (
            {**BLANK, "pk": p.pk, "region": p.region.code if p.region else None, "status": "ISSUED" if p.made_at else "BEING_MADE"}
            for p in PackIssue.objects.select_related("region").order_by("pk")[:MOST]
        ),
        "library_report": (
            _of_review(p.report.review, pk=p.report_id, address=p.report.address, status=p.report.status, number=p.version.number)
            for p in Publication.objects.filter(decision="PUBLISH", replaced_at=None)
            .select_related("report__review", "version")
            .order_by("pk")[:MOST]
        ),
        "theme": (
            {**BLANK, "pk": t.pk, "status": t.status, "purpose": t.purpose, "user": t.owner.email if t.owner else None}
            for t in Theme.objects.select_related("owner").order_by("pk")[:MOST]
        ),
        "subscription": (
            {**BLANK, "pk": s.pk, "status": s.status, "token": subscription_token(s)} for s in Subscription.objects.order_by("pk")[:MOST]
        ),
        "restricted_text": (
            _of_review(s.report.review, pk=s.pk, canary=found["restricted_text"][s.pk], status=s.report.status)
            for s in ReportSection.objects.filter(pk__in=found["restricted_text"]).select_related("report__review").order_by("pk")[:MOST]
        ),
        "context_note": (
            {**BLANK, "pk": note.pk, "year": note.year, "region": note.region.code if note.region else None}
            for note in ContextNote.objects.filter(removed_at=None).select_related("region").order_by("pk")[:MOST]
        ),
        "programme_year": (
            {
                **BLANK,
                "pk": one.pk,
                "year": one.year,
                "status": "PUBLISHED" if one.is_published else "COUNTED",
                "part": "foreword",
                "edition": 1,
            }
            for one in ProgrammeYear.objects.order_by("pk")[:MOST]
        ),
        "membership": (_membership(m) for m in Membership.objects.filter(user__email__endswith=DOMAIN).order_by("pk")[:MOST]),
        "bank_holiday": ({**BLANK, "pk": pk} for pk in BankHoliday.objects.order_by("pk").values_list("pk", flat=True)[:3]),
        "job": (
            {**BLANK, "pk": j.pk, "status": j.status, "requested_by": j.requested_by.email}
            for j in Job.objects.filter(requested_by__isnull=False, kind__endswith=".pdf")
            .select_related("requested_by")
            .order_by("pk")[:20]
        ),
    }


def _indicator_set(indicator_set: IndicatorSet) -> Row:
    indicator, comment = indicator_set.indicators.order_by("pk").first(), indicator_set.comments.order_by("pk").first()
    parameters = {"indicator_pk": indicator.pk if indicator else None, "comment_pk": comment.pk if comment else None}
    return {**BLANK, "pk": indicator_set.pk, "status": indicator_set.status} | parameters


def _procedure(procedure: Procedure) -> Row:
    comment = procedure.comments.order_by("pk").first()
    parameters = {"part": "team", "row": procedure.roles_required[0]["code"], "comment_pk": comment.pk if comment else None}
    return {**BLANK, "pk": procedure.pk, "status": procedure.status} | parameters


def _services_shown() -> QuerySet[Service]:
    return Service.objects.filter(is_illustrative=True).order_by("pk")[:MOST]


def _reviews() -> QuerySet[Review]:
    return Review.objects.order_by("pk")[:MOST]


def _members() -> QuerySet[TeamMember]:
    return TeamMember.objects.select_related("user", "review").order_by("pk")[:MOST]


def _pledges() -> QuerySet[Pledge]:
    return Pledge.objects.select_related("review__visit_lead", "made_by").order_by("pk")[:MOST]


def _exchanges() -> QuerySet[Exchange]:
    return Exchange.objects.select_related("review__visit_lead", "asked_of").order_by("pk")[:MOST]


def _surveys() -> QuerySet[SurveyInvitation]:
    """Links that nobody has used."""
    unused = SurveyInvitation.objects.filter(answered_date=None, closes_date__gte=timezone.localdate())
    return unused.select_related("review__visit_lead", "user").order_by("pk")[:MOST]


def _findings() -> QuerySet[Finding]:
    return Finding.objects.select_related("review").order_by("pk")[:MOST]


_PLACES: dict[int, Row] = {}


def _of_service(service: Service, **columns: Any) -> Row:
    """A row about one service, with where it is and who buys it."""
    if service.pk not in _PLACES:
        network = service.network or (link.network if (link := service.networks.select_related("network").first()) else None)
        _PLACES[service.pk] = {
            "region": service.region.code,
            "provider": service.provider.code if service.provider else None,
            "service": service.pk,
            "commissioners": sorted(service.commissionings.active().values_list("organisation__code", flat=True)),
            "network": network.code if network else None,
        }
    return {**BLANK, **_PLACES[service.pk], **columns}


def _of_review(review: Review, **columns: Any) -> Row:
    service = review.services.select_related("region", "provider", "network").order_by("pk").first()
    team = sorted({*review.team.values_list("user__email", flat=True), *([review.visit_lead.email] if review.visit_lead else [])})
    year = review.starts_date.year if review.starts_date else None
    return _of_service(service, team=team, purpose=review.purpose, year=year, **columns)


def _topic(review: Review) -> Row:
    topic, link = review.topics.order_by("pk").first(), review.evidence_tags.order_by("pk").first()
    learnt, ask = review.learnt.order_by("pk").first(), review.evidence_asks.order_by("pk").first()
    session = Session.objects.filter(day__review=review).order_by("pk").first()
    return {
        "topic_pk": topic.pk if topic else None, "item_pk": link.item_id if link else None, "ask_pk": ask.pk if ask else None,
        "session_pk": session.pk if session else None, "learnt_pk": learnt.pk if learnt else None,
    }  # fmt: skip


def _judged(review: Review) -> Row:
    """An indicator that the team judges, with a panel where one is there; a review for learning has none."""
    rows = to_judge(review)
    row = next((row for row in rows if row.panel), rows[0] if rows else None)
    return {"service_pk": row.service.pk if row else None, "indicator_pk": row.indicator.pk if row else None}


def _first_view(review: Review) -> Row:
    link, view = review.views_links.order_by("pk").first(), review.views.order_by("pk").first()
    return {"link_pk": link.pk if link else None, "view_pk": view.pk if view else None}


def _step(action: Action) -> Row:
    return {"step_pk": next((step.pk for step in action.steps.all()), None)}


def _provider(organisation: Organisation) -> Row:
    return {**BLANK, "pk": organisation.pk, "region": organisation.region.code, "provider": organisation.code}


def _trainees() -> Iterable[tuple[int, int, str, str]]:
    """People for whom a course is, with one of their courses and the region in which they hold the role."""
    courses = list(Course.objects.in_use().order_by("pk"))
    held = Membership.objects.active().filter(user__email__endswith=f"@{DOMAIN}", role__in=list(AUDIENCE_OF_ROLE), user__is_active=True)
    seen: dict[int, tuple[int, int, str, str]] = {}
    for one in held.select_related("user", "organisation__region").order_by("user", "pk"):
        region = one.organisation if one.organisation.kind == Organisation.Kind.REGION else one.organisation.region
        course = next((course for course in courses if AUDIENCE_OF_ROLE[one.role] in course.audiences), None)
        if course and region:
            seen.setdefault(one.user_id, (one.user_id, course.pk, one.user.email, region.code))
    return list(seen.values())[:MOST]


def _membership(membership: Membership) -> Row:
    organisation = membership.organisation
    provider = organisation.code if organisation.kind == Organisation.Kind.PROVIDER else None
    return {**BLANK, "pk": membership.pk, "region": _region(organisation), "provider": provider, "status": membership.role}


def _round(opened: Round) -> Row:
    service = opened.self_reports.filter(service__is_illustrative=True).order_by("service").first()
    row = {"pk": opened.pk, "year": opened.year, "status": "OPEN" if opened.is_open else "CLOSED"}
    indicator = Indicator.objects.filter(indicator_set__rounds__round=opened).order_by("pk").first()
    return {**BLANK, **row, "service_pk": service.service_id if service else None, "indicator_pk": indicator.pk if indicator else None}


def _self_report(report: SelfReport, found: dict[str, dict[int, str]]) -> Row:
    answer = min(report.answers.all(), key=lambda row: row.pk, default=None)
    row = _of_service(report.service, pk=report.pk, status=report.status, year=report.round.year)
    canary, upload = found["self_report"].get(report.pk, ""), next(iter(report.spreadsheets.all()), None)
    row |= {"upload_pk": upload.pk if upload else None}
    return row | {"canary": canary, "answer_pk": answer.pk if answer else None, "id": answer.pk if answer else None, "n": 1}


def _decision(decision: SurveillanceDecision, found: dict[str, dict[int, str]]) -> Row:
    canary = found["decision"].get(decision.pk, "")
    row = _of_service(decision.service, pk=decision.pk, status=decision.status, year=decision.round.year, canary=canary)
    return row | {"decision_pk": decision.pk}


def _meeting(meeting: Meeting) -> Row:
    item, attendee = meeting.items.first(), meeting.attendees.order_by("pk").first()
    row = {"pk": meeting.pk, "region": meeting.region.code, "year": meeting.round.year, "status": "CLOSED" if meeting.closed_at else "OPEN"}
    return {**BLANK, **row, "item_pk": item.pk if item else None, "attendee_pk": attendee.pk if attendee else None}


def _report(report: Report, found: dict[str, dict[int, str]]) -> Row:
    section, points = report.sections.order_by("pk").first(), report.accuracy_points.order_by("pk")
    point = points.exclude(evidence=None).first() or points.first()
    document = point.evidence.order_by("pk").first() if point else None
    version, check = report.versions.order_by("pk").first(), report.quality_checks.order_by("pk").first()
    comment = ReadingComment.objects.filter(reading__report=report, reading__answer="COMMENTED").order_by("pk").first()
    parameters = {
        "section_pk": section.pk if section else None,
        "point_pk": point.pk if point else None,
        "evidence_pk": document.pk if document else None,
        "number": version.number if version else None,
        "check_pk": check.pk if check else None,
        "reading_comment_pk": comment.pk if comment else None,
        "address": report.address,
        "code": section.code if section else None,
    }
    return _of_review(report.review, pk=report.pk, status=report.status, canary=found["report"].get(report.pk, "")) | parameters

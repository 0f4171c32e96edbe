"""The world of the permission matrix: one person a role, and each kind of object once in each place.

Places: ``own`` (where the person's role reaches), ``region`` (another trust of the same region) and ``foreign`` (a trust
of another region). For a network lead "own" is the network's own service. Rows are written directly, as things stand
late in the cycle: accepted, in force, agreed, signed off, published.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from peerreview import models as visits
from peerreview.services import procedures
from qnt.programme.annual import services as annual
from qnt.programme.models import ContextNote
from reports import models as papers
from reports.content import live_content, public_part
from reports.services.library import index_publication
from reports.services.versions import freeze
from reports.subscription_tokens import hash_of, token_for
from surveillance import models as cycle
from surveillance.canonical import canonical_json, sha256_of
from surveillance.services.figures import frozen_figures
from surveillance.services.scores import write_score
from surveillance.services.self_reports import declaration_content
from surveillance.services.summaries import freeze_summary
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, person, session_of
from tests.factories.programme import published_year
from work.models import BankHoliday, Job

# Links in mails, the address of a calendar: nobody's, so that the page says that they do not work.
UNKNOWN = {"uidb36": "1", "key": "unknown", "token": "unknown"}
# The first section, the first version.
NUMBERS = {"n": 1, "number": 1}
# A part of a procedure, and a row of it.
WORDS = {"part": "team", "row": "PLACE_2"}
PLACES = ("own", "region", "foreign")
# The columns of the table, in its order.
ACTORS: dict[str, str] = {
    "N": Role.NATIONAL_LEAD,
    "M": Role.HUB_MANAGER,
    "O": Role.HUB_OFFICER,
    "L": Role.SERVICE_LEAD,
    "C": Role.CONTRIBUTOR,
    "E": Role.EXECUTIVE,
    "W": Role.NETWORK_LEAD,
    "B": Role.COMMISSIONER,
    "R": Role.REVIEWER,
    "P": Role.PATIENT_REVIEWER,
    "G": Role.REGULATOR,
    "-": "no role",
    "x": "signed out",
}


@dataclass
class Shared:
    """What all places have in common."""

    national: User
    specification: Any
    indicator_set: Any
    indicator: Any
    comment: Any
    round: Any
    procedure: Any
    procedure_draft: Any
    procedure_comment: Any
    holiday: BankHoliday
    draft: Any
    drafted_indicator: Any


@dataclass
class Plot:
    """Everything of one service: ``pks`` by kind, for the addresses of routes."""

    holder: Organisation
    service: Any
    pks: dict[str, int] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """People by column, plots by place, and what the addresses of a route are filled with."""

    shared: Shared
    people: dict[str, User | None]
    sessions: dict[str, str]
    plots: dict[str, Plot]
    jobs: dict[tuple[str, str], int]
    memberships: dict[tuple[str, str], int]

    def plot(self, actor: str, place: str) -> Plot:
        """The plot that ``place`` means for this column."""
        return self.plots["network" if actor == "W" and place == "own" else place]

    def arguments(self, *, parameters: tuple[str, ...], kind: str | None, actor: str, place: str) -> dict[str, Any]:
        """Values of a route's parameters for one column and one place. Raises KeyError for a kind or parameter without one."""
        plot = self.plot(actor, place)
        return {name: self._value(name, kind, plot, actor, place) for name in parameters}

    def _value(self, name: str, kind: str | None, plot: Plot, actor: str, place: str) -> Any:
        if name == "pk":
            if kind == "job":
                return self.jobs[actor, place]
            if kind == "membership":
                return self.memberships.get((actor, place), self.memberships["*", place])
            return plot.pks.get(f"{kind}:{actor}", plot.pks[kind or ""])
        if name == "year":
            return self.shared.round.year
        if f"{kind}.{name}" in plot.addresses:  # an address of its own, where the same word is elsewhere nobody's
            return plot.addresses[f"{kind}.{name}"]
        if name in UNKNOWN:
            return UNKNOWN[name]
        if name in NUMBERS or name in WORDS:
            return (NUMBERS | WORDS)[name]
        if name in plot.addresses:
            return plot.addresses[name]
        if f"{kind}.{name}" in plot.pks:  # an object of this kind has one of its own
            return plot.pks[f"{kind}.{name}"]
        return plot.pks[name.removesuffix("_pk")]


def _programme_report(shared: Shared) -> None:
    """The report on the year, drafted by one of the national team and published by another."""
    published_year(shared.round.year, shared.national)
    report = annual.draft_report(year=shared.round.year, by=shared.national)
    annual.offer_report(report_id=report.pk, version=report.version, by=shared.national)
    second = person(Role.NATIONAL_LEAD, shared.national.memberships.get().organisation)
    publication = annual.publish_report(report_id=report.pk, version=report.version, by=second)
    pdf = _stored_file("programme.pdf")
    publication.path, publication.sha256, publication.size_bytes, publication.page_count = pdf["path"], pdf["sha256"], pdf["size"], 1
    publication.save()


def build_world() -> World:
    """Make every row. Costs some hundred statements, once a test run."""
    shared = _shared()
    _programme_report(shared)
    hubs = {place: OrganisationFactory(hub=True, name=f"Illustrative hub {place}") for place in ("own", "foreign")}
    trusts = {
        "own": OrganisationFactory(region=hubs["own"], name="Illustrative own trust"),
        "region": OrganisationFactory(region=hubs["own"], name="Illustrative other trust"),
        "foreign": OrganisationFactory(region=hubs["foreign"], name="Illustrative foreign trust"),
    }
    boards = {place: OrganisationFactory(board=True, region=trust.region) for place, trust in trusts.items()}
    network = OrganisationFactory(network=True, region=hubs["own"], host=trusts["own"], name="Illustrative network")
    homes = {
        "N": shared.national.memberships.get().organisation, "M": hubs["own"], "O": hubs["own"], "L": trusts["own"], "C": trusts["own"],
        "E": trusts["own"], "W": network, "B": boards["own"], "R": hubs["own"], "P": hubs["own"], "G": OrganisationFactory(regulator=True),
    }  # fmt: skip
    people: dict[str, User | None] = {
        actor: person(role, homes[actor], name=f"The {Role(role).label.lower()}") for actor, role in ACTORS.items() if actor in homes
    }
    people |= {"-": UserFactory(name="Nobody yet"), "x": None}
    plots = {place: _plot(shared, trust, boards[place], people, place) for place, trust in trusts.items()}
    plots["network"] = _plot(shared, network, boards["own"], people, "network")
    cycle.NetworkMember.objects.create(network=network, service=plots["own"].service, from_date=_day(-400))
    _assign(plots["own"], people)
    return World(shared, people, _sessions(people), plots, _jobs(people), _memberships(people, hubs, trusts))


def _day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def _shared() -> Shared:
    national = person(Role.NATIONAL_LEAD, OrganisationFactory(national=True))
    programme = cycle.ProgrammeOfCare.objects.create(code="ZZ", name="Illustrative programme")
    specification = cycle.ServiceSpecification.objects.create(number="ZZ-1", name="Illustrative specification", programme=programme)
    made = {"published_at": timezone.now(), "published_by": national}
    indicator_set = cycle.IndicatorSet.objects.create(
        code="ZZ-SET", name="Illustrative set", specification=specification, status="PUBLISHED", is_illustrative=True, **made
    )
    indicator = cycle.Indicator.objects.create(
        indicator_set=indicator_set, number="1", position=1, title="There is a lead", section="Structure", type="structure_and_function"
    )
    comment = cycle.IndicatorComment.objects.create(indicator_set=indicator_set, indicator=indicator, text="Which lead?", made_by=national)
    year = timezone.localdate().year
    current = cycle.Round.objects.create(
        year=year, opens_date=_day(-90), closes_date=_day(-30), check_by_date=_day(60), opened_at=timezone.now(), opened_by=national
    )
    cycle.RoundSet.objects.create(round=current, specification=specification, indicator_set=indicator_set)
    procedure = visits.Procedure.objects.filter(status="PUBLISHED").order_by("pk").first()
    procedure_draft = procedures.make_new_version(procedure_id=procedure.pk, by=national)
    said = visits.ProcedureComment.objects.create(procedure=procedure, part="team", text="Which nurse?", made_by=national)
    draft = cycle.IndicatorSet.objects.create(code="ZZ-DRAFT", name="Illustrative draft", specification=specification, drafted_by=national)
    drafted = cycle.Indicator.objects.create(
        indicator_set=draft, number="1", position=1, title="There is a lead", section="Structure", type="structure_and_function"
    )
    return Shared(
        national, specification, indicator_set, indicator, comment, current, procedure, procedure_draft, said,
        BankHoliday.objects.create(date=_day(300), name="Holiday"),
        draft, drafted,
    )  # fmt: skip


def _plot(shared: Shared, holder: Organisation, board: Organisation, people: dict[str, User | None], place: str) -> Plot:
    where = {"network": holder} if holder.kind == Organisation.Kind.NETWORK else {"provider": holder}
    service = cycle.Service.objects.create(
        specification=shared.specification, region=holder.region, name=f"Illustrative service {place}", is_illustrative=True, **where
    )
    cycle.Commissioning.objects.create(service=service, organisation=board, is_lead=True, from_date=_day(-400))
    plot = Plot(holder, service)
    plot.pks |= {"service": service.pk, "provider": holder.pk, "bank_holiday": shared.holiday.pk, "indicator_set": shared.indicator_set.pk,
                 "procedure": shared.procedure.pk, "procedure.comment_pk": shared.procedure_comment.pk,
                 "procedure_draft": shared.procedure_draft.pk, "round": shared.round.pk, "indicator": shared.indicator.pk,
                 "comment": shared.comment.pk, "indicator_draft": shared.draft.pk,
                 "indicator_draft.indicator_pk": shared.drafted_indicator.pk}  # fmt: skip
    _fill_cycle(plot, shared, board)
    upload = cycle.SpreadsheetUpload.objects.create(
        self_report_id=plot.pks["self_report"], file_path="matrix/sheet", file_name="sheet.xlsx", sha256="0" * 64, status="CHECKED",
        uploaded_by=people["C"] if place == "own" else shared.national,
    )  # fmt: skip
    plot.pks["upload"] = upload.pk
    note = ContextNote.objects.create(
        client_id=uuid.uuid4(), year=shared.round.year, region=holder.region, domain="OUTER", text="Winter", written_by=shared.national
    )
    plot.pks["context_note"] = note.pk
    plot.addresses["programme_year.part"], plot.addresses["programme_year.edition"] = "foreword", "1"
    _fill_visit(plot, shared, people, place)
    _fill_report(plot, shared, place)
    _fill_pack(plot, shared, people["G"] if place == "own" else None)
    return plot


def _stored_file(name: str) -> dict[str, Any]:
    content = b"Illustrative file."
    path = Path(settings.MEDIA_ROOT, "matrix", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"path": f"matrix/{name}", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _fill_cycle(plot: Plot, shared: Shared, board: Organisation) -> None:
    now, by, service = timezone.now(), shared.national, plot.service
    declared = {"declared_at": now, "declared_by": by}
    report = cycle.SelfReport.objects.create(
        service=service, round=shared.round, indicator_set=shared.indicator_set, status="ACCEPTED", due_date=_day(-30),
        accepted_at=now, accepted_by=by, **declared,
    )  # fmt: skip
    answer = cycle.Answer.objects.create(
        self_report=report, indicator=shared.indicator, value="NO", met=False, version=1, saved_at=now, saved_by=by
    )
    content = canonical_json(declaration_content(report))
    cycle.Declaration.objects.create(
        self_report=report, content=content, hash=sha256_of(content), receipt_code=uuid.uuid4().hex[:12], **declared
    )
    write_score(report, cycle.Stage.SELF_ASSESSED)
    freeze_summary(report, by=by, at=now)
    item = cycle.EvidenceItem.objects.create(service=service, title="Illustrative policy", added_by=by)
    item.answers.add(answer)
    file = _stored_file(f"{service.pk}.txt")
    cycle.EvidenceVersion.objects.create(
        item=item, file_path=file["path"], sha256=file["sha256"], size_bytes=file["size"], file_name="policy.txt", media_type="text/plain",
        scan_state="CLEAN", uploaded_by=by,
    )  # fmt: skip
    figures = frozen_figures(report)
    decision = cycle.SurveillanceDecision.objects.create(
        service=service, round=shared.round, needs_provider_action=True, needs_peer_review=True, likelihood=3,
        consequence=4, rationale="Why",
        rule_sentence="Below the visit level.", figures=figures, figures_hash=sha256_of(figures), proposed_by=by, proposed_at=now,
        positions_due_date=_day(10), review_date=_day(365), status="IN_FORCE", in_force_at=now, in_force_by=by,
    )  # fmt: skip
    parties = {"QNT": service.region, "PROVIDER": plot.holder, "COMMISSIONER": board}
    for party, organisation in parties.items():
        cycle.Position.objects.create(decision=decision, party=party, organisation=organisation, due_date=_day(10))
    action = cycle.Action.objects.create(
        service=service,
        decision=decision,
        what="Name a lead",
        drafted_by=by,
        due_date=_day(60),
        status="OFFERED",
        owner_organisation=plot.holder,
    )
    step = cycle.ActionStep.objects.create(action=action, what="Write to the board")
    meeting = cycle.Meeting.objects.create(region=service.region, round=shared.round, date=_day(5), called_by=by)
    agenda = cycle.MeetingItem.objects.create(meeting=meeting, self_report=report, position=1)
    attendee = cycle.MeetingAttendee.objects.create(meeting=meeting, name="Somebody", organisation=plot.holder)
    plot.pks |= {"meeting": meeting.pk, "meeting.item_pk": agenda.pk, "meeting.attendee_pk": attendee.pk}
    challenge = cycle.IndicatorChallenge.objects.create(indicator=shared.indicator, service=service, reason="Out of date", made_by=by)
    plot.pks |= {"self_report": report.pk, "answer": answer.pk, "evidence": item.pk, "indicator_challenge": challenge.pk}
    plot.pks |= {"action.step_pk": step.pk}
    plot.pks |= {"item": item.pk, "decision": decision.pk, "action": action.pk}


def _fill_visit(plot: Plot, shared: Shared, people: dict[str, User | None], place: str) -> None:
    now, by = timezone.now(), shared.national
    review = visits.Review.objects.create(
        title=f"Illustrative review {place}", purpose="COMPLIANCE", status="REPORTING",
        procedure=shared.procedure,
        decision_id=plot.pks["decision"], region=plot.service.region, starts_date=_day(-10), ends_date=_day(-9), opened_by=by,
        visited_at=now,
    )  # fmt: skip
    visits.ReviewService.objects.create(review=review, service=plot.service)
    topic = visits.FocusTopic.objects.create(review=review, position=1, title="Leadership")
    topic.indicators.add(shared.indicator)
    visits.JudgementPanel.objects.create(review=review, service=plot.service, indicator=shared.indicator)
    place_of = {"invited_by": by, "invited_at": now, "answer_due_date": _day(-60)}
    cleared = {"status": "ACCEPTED", "is_cleared": True, "ruling": "CLEAR", "ruled_by": by, "ruled_at": now}
    member = visits.TeamMember.objects.create(
        review=review,
        user=people["R"] if place == "own" else person(Role.REVIEWER, plot.service.region),
        team_role="LEAD",
        **place_of,
        **cleared,
    )
    if place == "own":
        # The patient reviewer's own place; everybody else's "own" is the reviewer's.
        patient = visits.TeamMember.objects.create(review=review, user=people["P"], team_role="PATIENT_REVIEWER", **place_of, **cleared)
        plot.pks["team_member:P"] = patient.pk
    finding = visits.Finding.objects.create(
        review=review, service=plot.service, category="SERIOUS_CONCERN", status="OPEN", what_was_seen="No lead", basis="Notes", topic=topic,
        recommendation="Name a lead", recorded_by=member.user, agreed_by=member.user, agreed_at=now,
    )  # fmt: skip
    note = visits.Note.objects.create(review=review, author=member.user, text="Illustrative note", topic=topic)
    learnt = visits.Learnt.objects.create(review=review, side="TEAM", topic=topic, text="How rounds are run", written_by=member.user)
    pledge = visits.Pledge.objects.create(review=review, side="TEAM", made_by=member.user, text="Try it", ask_date=_day(-1))
    exchange = visits.Exchange.objects.create(
        review=review, service=plot.service, kind="CALL", what="How you do it", asked_by=by, asked_of=member.user
    )
    plot.pks |= {"review.learnt_pk": learnt.pk, "pledge": pledge.pk, "exchange": exchange.pk}
    link = visits.ViewsLink.objects.create(
        review=review, service=plot.service, token=f"matrix-{place}", opens_date=_day(-20), closes_date=_day(-10), pals_contact="PALS",
        formats_contact="The ward", made_by=by,
    )  # fmt: skip
    view = visits.PatientView.objects.create(review=review, service=plot.service, link=link, channel="LINK", good="The nurses")
    plot.addresses["views_link.token"] = link.token
    plot.pks |= {"review.link_pk": link.pk, "review.view_pk": view.pk, "views_link": link.pk}
    letter = visits.Letter.objects.create(finding=finding, to_name="The chief executive", due_date=_day(5))
    tag = visits.EvidenceTag.objects.create(
        review=review, item_id=plot.pks["evidence"], domain="DIRECTIVE", shows="A new policy", tagged_by=member.user
    )
    day = visits.VisitDay.objects.create(review=review, date=review.starts_date)
    session = visits.Session.objects.create(day=day, title="The team meets", starts_at=dt.time(9, 30), ends_at=dt.time(10))
    ask = visits.EvidenceAsk.objects.create(
        review=review, service=plot.service, topic=topic, what="The policy", why="Cover", asked_by=by, asked_at=now
    )
    visits.Review.objects.filter(pk=review.pk).update(evidence_requested_at=now, evidence_requested_by=by)
    plot.pks |= {"session": session.pk, "ask": ask.pk}
    plot.pks |= {"review": review.pk, "topic": topic.pk, "team_member": member.pk, "member": member.pk, "finding": finding.pk,
                 "note": note.pk, "letter": letter.pk, "tag": tag.pk, "evidence_tag": tag.pk, "reviewer": member.user_id}  # fmt: skip
    plot.pks |= {"trainee": member.user_id, "course": _course().pk}


def _course() -> visits.Course:
    """The course to begin with, for reviewers."""
    facts = {"audiences": ["REVIEWERS", "PATIENT_REVIEWERS"], "valid_months": 36}
    return visits.Course.objects.get_or_create(name="Peer reviewer training", retired_at=None, defaults=facts)[0]


def _fill_card(plot: Plot, by: User) -> None:
    """A learning card that waits for its service."""
    now = timezone.now()
    praised = visits.Finding.objects.create(
        review_id=plot.pks["review"], service=plot.service, topic_id=plot.pks["topic"], category="GOOD_PRACTICE", status="AGREED",
        what_was_seen="A plan", basis="Notes", recorded_by=by, agreed_by=by, agreed_at=now,
    )  # fmt: skip
    card = papers.LearningCard.objects.create(
        finding=praised, review_id=plot.pks["review"], service=plot.service, status="ASKED", title="Illustrative card", what="A plan",
        for_whom="All", how="Together", contact="The team", written_by=by, asked_at=now,
    )  # fmt: skip
    plot.pks["learning_card"] = card.pk
    plot.pks["theme"] = _theme(plot, by).pk


def _theme(plot: Plot, by: User) -> papers.Theme:
    """A theme of the place's hub that nobody is offered yet."""
    theme = papers.Theme.objects.create(
        title="Illustrative theme", systemic="Cover", purpose="COMPLIANCE", region=plot.service.region, written_by=by
    )
    papers.ThemeFinding.objects.create(theme=theme, finding_id=plot.pks["finding"], added_by=by)
    return theme


def _fill_report(plot: Plot, shared: Shared, place: str) -> None:
    by = UserFactory(name="Drafter")
    report = papers.Report.objects.create(
        review_id=plot.pks["review"], title=f"Illustrative report {place}", address=f"illustrative-{place}", status="PUBLISHED", drafter=by,
        draft_due_date=_day(5), final_due_date=_day(20),
    )  # fmt: skip
    section = papers.ReportSection.objects.create(
        report=report, code="summary", position=1, title="Summary", text="Words", visibility="PUBLIC"
    )
    papers.ReportSection.objects.create(
        report=report, code="overview", position=2, title="Findings at a glance", block="overview", visibility="PUBLIC"
    )
    pdf = _stored_file(f"{place}.pdf")
    live = live_content(report)
    versions = [freeze(report, purpose="FINAL", by=by, frozen=live), freeze(report, purpose="PUBLIC", by=by, frozen=public_part(live))]
    made = {"pdf_path": pdf["path"], "pdf_sha256": pdf["sha256"], "pdf_size_bytes": pdf["size"], "pdf_page_count": 1}
    papers.ReportVersion.objects.filter(report=report).update(pdf_made_at=timezone.now(), **made)
    signed_by = person(Role.HUB_MANAGER, plot.service.region)
    papers.SignOff.objects.create(version=versions[0], report=report, content_hash=versions[0].hash, signed_by=signed_by)
    _fill_card(plot, by)
    point = papers.AccuracyPoint.objects.create(
        report=report, finding_id=plot.pks["finding"], position=1, text="No lead", answer="NOT_CORRECT", what_is_wrong="There is one",
        answered_at=timezone.now(), sent_at=timezone.now(),
    )  # fmt: skip
    point.evidence.add(plot.pks["evidence"])
    check = papers.QualityCheck.objects.create(report=report, checker=by, due_date=_day(5))
    reading = papers.TeamReading.objects.create(
        report=report, member_id=plot.pks["team_member"], asked_by=by, due_date=_day(5), answer="COMMENTED", answered_at=timezone.now()
    )
    comment = papers.ReadingComment.objects.create(reading=reading, section=section, text="Shorter")
    publication = papers.Publication.objects.create(
        report=report, version=versions[1], decision="PUBLISH", public_from=timezone.now(), decided_by=shared.national, summary="Words"
    )
    index_publication(publication)
    asked = {"email": f"{place}@example.org", "facets_key": sha256_of("{}"), "status": "ACTIVE", "confirmed_at": timezone.now()}
    token = token_for(asked["email"], asked["facets_key"])
    papers.Subscription.objects.create(**asked, facets={}, told_until=timezone.now(), token_hash=hash_of(token))
    plot.addresses["subscription.token"] = token
    plot.pks |= {"report": report.pk, "section": section.pk, "report_section": section.pk, "version": versions[0].pk, "point": point.pk,
                 "accuracy_point": point.pk, "quality_check": check.pk, "check": check.pk, "publication": publication.pk,
                 "reading_comment": comment.pk}  # fmt: skip
    plot.addresses |= {"address": report.address, "slug": report.address, "code": section.code}
    plot.addresses |= {"library_report.number": str(versions[1].number)}


def _fill_pack(plot: Plot, shared: Shared, reader: User | None) -> None:
    """A public summary, and a pack for the region that was issued to the reader's regulator, or to another."""
    file = _stored_file(f"pack-{plot.service.pk}.pdf")
    publication = papers.Publication.objects.get(pk=plot.pks["publication"])
    made = {"path": file["path"], "sha256": file["sha256"], "size_bytes": file["size"], "page_count": 1, "made_at": timezone.now()}
    papers.VersionFile.objects.create(version=publication.version, kind="SUMMARY", **made)
    regulator = reader.memberships.get().organisation if reader else OrganisationFactory(regulator=True)
    pack = papers.PackIssue.objects.create(
        issued_to=regulator, region=plot.service.region, issued_by=shared.national, rule=papers.LightRule.objects.first(), content="{}",
        hash=sha256_of("{}"), client_id=uuid.uuid4(), **made,
    )  # fmt: skip
    pack.publications.add(publication)
    plot.pks["pack"] = pack.pk


def _assign(plot: Plot, people: dict[str, User | None]) -> None:
    for actor in "LCRP":
        cycle.ServiceAssignment.objects.create(user=people[actor], service=plot.service, role=ACTORS[actor], from_date=_day(-30))
    cycle.SectionAssignment.objects.create(self_report_id=plot.pks["self_report"], section="Structure", user=people["C"])


def _sessions(people: dict[str, User | None]) -> dict[str, str]:
    return {actor: session_of(user) for actor, user in people.items() if user}


def _jobs(people: dict[str, User | None]) -> dict[tuple[str, str], int]:
    file = _stored_file("job.txt")
    somebody = UserFactory(name="Somebody else")

    def job(user: User) -> int:
        return Job.objects.create(
            kind="mail.invitation", key=uuid.uuid4().hex, requested_by=user, status="DONE", result_file=file["path"], result_name="file.txt"
        ).pk

    other = {"region": job(somebody), "foreign": job(somebody)}
    own = {actor: job(user or somebody) for actor, user in people.items()}
    return {(actor, place): own[actor] if place == "own" else other[place] for actor in people for place in PLACES}


def _memberships(
    people: dict[str, User | None], hubs: dict[str, Organisation], trusts: dict[str, Organisation]
) -> dict[tuple[str, str], int]:
    """A contributor of each trust; for hub managers, who manage hubs, an officer of the hub; for others their own role."""
    made: dict[tuple[str, str], int] = {
        ("*", place): MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust).pk for place, trust in trusts.items()
    }
    made["M", "own"] = Membership.objects.get(user=people["O"]).pk
    made["M", "foreign"] = MembershipFactory(role=Role.HUB_OFFICER, organisation=hubs["foreign"]).pk
    made["L", "own"] = Membership.objects.get(user=people["C"]).pk
    made |= {(actor, "own"): Membership.objects.get(user=people[actor]).pk for actor in "OCWBRPG"}
    return made

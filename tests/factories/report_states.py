"""A report in every status and at every step inside one, for each track: who looks at it, and how it came there.

``COMPLIANCE`` and ``LEARNING`` give a builder for each state by name. A state is named after its status; a moment within a status says
what is particular about it, and ``CONCERNED`` names the people whom that concerns. What a track never has stands in ``NEVER``.
"""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from peerreview.models import Finding, ReviewService
from peerreview.services import leaving
from reports.models import AccuracyPoint, Report
from reports.services import accuracy, checking, consents, drafting, publication, readings, revisions, signing
from surveillance.models import EvidenceItem, NetworkMember
from tests.factories import reports as scenes
from tests.factories.accounts import OrganisationFactory, UserFactory, person
from tests.factories.learning import Learning, learning_report, make_learning, say_everywhere
from tests.factories.reports import Scene
from tests.factories.surveillance import ServiceFactory, assign

SOON = dt.timedelta(days=3)
TRACKS = ("COMPLIANCE", "LEARNING")
NEVER = {("LEARNING", "WITHHELD"): "Its service publishes it or keeps it; nobody withholds it (ADR 14, tests/reports/test_consent.py)."}
SEEN = "We saw handovers at the bedside."


# People ---------------------------------------------------------------------------------------------------------------
def everybody(scene: Scene) -> dict[str, User | None]:
    """A person of every role; the network's lead leads a network of which the service is a member."""
    place = scene.place
    network = OrganisationFactory(network=True, region=place.service.region, host=place.service.provider)
    NetworkMember.objects.create(network=network, service=place.service, from_date=timezone.localdate() - dt.timedelta(days=400))
    return {
        "national": scene.national, "manager": place.manager, "officer": place.officer, "other-region": person(Role.HUB_OFFICER),
        "lead": place.lead, "contributor": place.contributor, "executive": place.executive, "other-trust": person(Role.EXECUTIVE),
        "network": person(Role.NETWORK_LEAD, network), "commissioner": place.commissioner, "lead-reviewer": scene.lead_reviewer,
        "reviewer": scene.reviewer, "regulator": person(Role.REGULATOR), "no-role": UserFactory(), "nobody": None,
    }  # fmt: skip


def everybody_learning(made: Learning) -> dict[str, User | None]:
    """Those on a review for learning, and the hub and the national team, who read it once its service released it."""
    visit = made.visit
    return {
        "visit-lead": visit.manager, "lead-reviewer": visit.lead, "reviewer": visit.member, "patient-reviewer": visit.patient,
        "lead": made.host, "executive": visit.scene.executive, "officer": visit.scene.officer, "national": visit.scene.national,
        "nobody": None,
    }  # fmt: skip


# Compliance -----------------------------------------------------------------------------------------------------------
def signed(scene: Scene) -> None:
    """Signed off; nobody has decided on publication."""
    scenes.to_signed(scene)


def embargoed(scene: Scene) -> None:
    """To be public in three days."""
    publication.publish_report(report_id=scenes.to_signed(scene).pk, by=scene.national, public_from=timezone.now() + SOON)


def correcting(scene: Scene) -> None:
    """Published, a correction being written."""
    scenes.to_published(scene)
    scenes.open_correction(scene)


def correction_signed(scene: Scene) -> None:
    """Published, its correction signed off."""
    correcting(scene)
    scenes.sign_correction(scene)


def corrected(scene: Scene) -> None:
    """The correction published."""
    correction_signed(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)


def withheld(scene: Scene) -> None:
    """Signed off and withheld for 30 days."""
    day = timezone.localdate() + dt.timedelta(days=30)
    publication.withhold_report(report_id=scenes.to_signed(scene).pk, reason="An inquiry.", review_date=day, by=scene.national)


def withdrawn(scene: Scene) -> None:
    """Published, then withdrawn."""
    publication.withdraw_report(report_id=scenes.to_published(scene).pk, reason="It named a patient.", by=scene.national)


# One state a status at least; the table of tests/reports/test_access_by_status.py says who opens what in each.
STATUSES: dict[str, Callable[[Scene], object]] = {
    "DRAFT": scenes.draft, "QUALITY_CHECK": scenes.to_check, "FACTUAL_ACCURACY": scenes.to_accuracy, "SIGNED_OFF": signed,
    "EMBARGO": embargoed, "PUBLISHED": scenes.to_published, "CORRECTION_OPEN": correcting, "CORRECTION_SIGNED": correction_signed,
    "CORRECTED": corrected, "WITHHELD": withheld, "WITHDRAWN": withdrawn,
}  # fmt: skip


def read_by_team(scene: Scene) -> None:
    """A draft on which the lead reviewer commented, was answered and agreed; the other member still reads."""
    report = scenes.draft(scene)
    readings.ask_team(report_id=report.pk, by=scene.place.officer)
    reviewer = scene.lead_reviewer
    for code, text in (("views", "Say what carers told us."), ("summary", "Name both sites.")):
        section = report.sections.get(code=code)
        comment = readings.comment_on_section(report_id=report.pk, section_id=section.pk, text=text, by=reviewer)
    readings.answer_reading(report_id=report.pk, by=reviewer)
    readings.reply_to_comment(comment_id=comment.pk, reply="Both are named now.", version=comment.version, by=scene.place.officer)


def edited_then_changed(scene: Scene) -> None:
    """A draft whose summary somebody edited, after which a finding was withdrawn."""
    section = scenes.draft(scene).sections.get(code="summary")
    drafting.save_section(section_id=section.pk, text="Mine", by=scene.place.officer)
    Finding.objects.filter(review=scene.review, category="IMMEDIATE_RISK").update(status="WITHDRAWN")


def sent_back(scene: Scene) -> None:
    """A draft again, after one of its checkers returned it with a reason."""
    report = scenes.to_check(scene)
    checking.answer_quality_check(report_id=report.pk, by=scene.other_officer, is_passed=False, criteria=[], note="The tone is harsh.")


def half_answered(scene: Scene) -> None:
    """In the accuracy check: the first item of the service answered, nothing sent."""
    report = scenes.to_accuracy(scene)
    accuracy.answer_point(point_id=report.accuracy_points.first().pk, by=scene.place.lead, is_correct=True)


def disputed(scene: Scene) -> None:
    """All items of the service sent: of three disputed ones one is accepted, one kept, one undecided. The commissioner's is silent."""
    report, place = scenes.to_accuracy(scene), scene.place
    item = EvidenceItem.objects.create(service=place.service, title="Rota of May", added_by=place.lead)
    item.versions.create(link="https://intranet.example/rota", uploaded_by=place.lead)
    points = list(report.accuracy_points.filter(party=AccuracyPoint.Party.SERVICE))
    for number, point in enumerate(points):
        wrong = "It has been so since April." if number < 3 else ""
        evidence = [item.pk] if wrong else []
        accuracy.answer_point(
            point_id=point.pk,
            by=place.lead,
            is_correct=not wrong,
            what_is_wrong=wrong,
            progress_since="The rota is whole.",
            evidence_ids=evidence,
        )
    accuracy.send_accuracy_answers(report_id=report.pk, by=place.lead)
    accuracy.accept_point(point_id=points[0].pk, new_text="Nurses ring every patient since April.", by=place.officer)
    accuracy.keep_point(point_id=points[1].pk, reason="The team saw the log.", by=place.officer)


def prepared(scene: Scene) -> None:
    """Every item answered, the final version prepared for sign-off."""
    report = scenes.to_answered(scene)
    signing.prepare_final(report_id=report.pk, by=scene.place.officer)


def annex_open(scene: Scene) -> None:
    """Published, its action plan being added as an annex."""
    scenes.to_published(scene)
    scenes.make_actions(scene)
    scenes.agree_plan(scene)
    revisions.open_revision(
        report_id=scene.report.pk, kind="ANNEX", what="The agreed action plan was added.", why="It is agreed.", by=scene.place.officer
    )


def annexed(scene: Scene) -> None:
    """The annex signed off and published."""
    annex_open(scene)
    scenes.sign_correction(scene)
    publication.publish_report(report_id=scene.report.pk, by=scene.national)


def correction_stopped(scene: Scene) -> None:
    """Published, a correction begun and stopped."""
    correcting(scene)
    revisions.stop_revision(report_id=scene.report.pk, by=scene.place.officer)


COMPLIANCE: dict[str, Callable[[Scene], object]] = STATUSES | {
    "DRAFT, read by its team": read_by_team,
    "DRAFT, its data changed": edited_then_changed,
    "DRAFT, sent back": sent_back,
    "FACTUAL_ACCURACY, half answered": half_answered,
    "FACTUAL_ACCURACY, disputed": disputed,
    "FACTUAL_ACCURACY, prepared": prepared,
    "PUBLISHED, annex open": annex_open,
    "PUBLISHED, annexed": annexed,
    "PUBLISHED, correction stopped": correction_stopped,
}


# Learning -------------------------------------------------------------------------------------------------------------
def to(status: str) -> Callable[[Learning], object]:
    """The builder that carries the report of a review for learning to a status."""
    return lambda made: learning_report(made, to=status)


def second_service(made: Learning, *, position: int = 2) -> tuple[object, User]:
    """Another service under the same review, of another trust, and its lead."""
    region = made.review.region
    service = ServiceFactory(provider=OrganisationFactory(region=region), region=region)
    lead = assign(service, Role.SERVICE_LEAD)
    ReviewService.objects.create(review=made.review, service=service, position=position)
    return service, lead


def agreed_by_one(made: Learning) -> None:
    """Of two services one agrees that it is published, the other has not answered."""
    second_service(made)
    report = learning_report(made)
    consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)


def asked_second(made: Learning) -> None:
    """Of two services the other one agrees that it is published; the host has not answered."""
    _, other = second_service(made)
    report = learning_report(made)
    consents.answer_consent(report_id=report.pk, agrees=True, by=other)


def kept(made: Learning) -> None:
    """Its service keeps it to itself, with a reason."""
    report = learning_report(made)
    consents.answer_consent(report_id=report.pk, agrees=False, reason="The ward is too small.", by=made.host)


def released(made: Learning) -> None:
    """Signed off and waiting for consent, read by the hub and the national team since its service released the review."""
    learning_report(made)
    leaving.release_review(review_id=made.review.pk, by=made.host)


def agreed(made: Learning) -> None:
    """Published by its service."""
    report = learning_report(made)
    consents.answer_consent(report_id=report.pk, agrees=True, by=made.host)


def taken_back(made: Learning) -> None:
    """Published by its service, then withdrawn by it."""
    agreed(made)
    report = Report.objects.get(review=made.review)
    publication.withdraw_report(report_id=report.pk, reason="We moved.", by=made.host)


LEARNING: dict[str, Callable[[Learning], object]] = {
    "DRAFT": to("DRAFT"), "QUALITY_CHECK": to("QUALITY_CHECK"), "FACTUAL_ACCURACY": to("FACTUAL_ACCURACY"),
    "SIGNED_OFF": to("SIGNED_OFF"), "SIGNED_OFF, agreed by one of two": agreed_by_one,
    "SIGNED_OFF, agreed by the other": asked_second, "SIGNED_OFF, kept": kept,
    "SIGNED_OFF, released": released, "PUBLISHED": agreed, "WITHDRAWN": taken_back,
}  # fmt: skip


# Either ---------------------------------------------------------------------------------------------------------------
# Who sees something else at a moment than in its status.
CONCERNED = {
    "EMBARGO": ("national", "lead", "nobody"), "CORRECTION_OPEN": ("officer", "lead", "nobody"),
    "CORRECTION_SIGNED": ("manager", "national"), "CORRECTED": ("officer", "lead", "nobody"),
    "DRAFT, read by its team": ("officer", "lead-reviewer", "reviewer"), "DRAFT, its data changed": ("officer",),
    "DRAFT, sent back": ("officer", "checker"), "FACTUAL_ACCURACY, half answered": ("lead", "executive"),
    "FACTUAL_ACCURACY, disputed": ("officer", "lead-reviewer", "lead", "commissioner"),
    "FACTUAL_ACCURACY, prepared": ("officer", "manager"),
    "PUBLISHED, annex open": ("officer", "nobody"), "PUBLISHED, annexed": ("officer", "lead", "nobody"),
    "PUBLISHED, correction stopped": ("officer", "nobody"), "SIGNED_OFF, agreed by one of two": ("lead", "visit-lead"),
    "SIGNED_OFF, agreed by the other": ("lead", "executive"),
    "SIGNED_OFF, kept": ("lead", "executive", "visit-lead"), "SIGNED_OFF, released": ("lead", "officer", "national"),
}  # fmt: skip
BEING_CHECKED = ("QUALITY_CHECK", "DRAFT, sent back")  # elsewhere a checker is one more officer of the hub
STATES = [("COMPLIANCE", name) for name in COMPLIANCE] + [("LEARNING", name) for name in LEARNING]


def build(track: str, name: str) -> tuple[Report, dict[str, User | None]]:
    """A report of ``track`` in the state ``name``, of a service of its own, with the people whom the state concerns."""
    if track == "COMPLIANCE":
        scene = scenes.make_scene()
        COMPLIANCE[name](scene)
        checker = {"checker": scene.other_officer} if name in BEING_CHECKED else {}
        report, people = scene.report, everybody(scene) | checker
    else:
        made = make_learning()
        say_everywhere(made, SEEN)
        LEARNING[name](made)
        report, people = Report.objects.get(review=made.review), everybody_learning(made)
    return report, {who: people[who] for who in CONCERNED.get(name, people)}


def status_of(name: str) -> str:
    """The status of a state, by its name."""
    first = name.split(",")[0]
    return first if first in Report.Status.values else Report.Status.PUBLISHED

"""Meetings: call one, choose its agenda, note who came, record what was decided about each service, close it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import Meeting, MeetingAttendee, MeetingItem, SelfReport, Service, SurveillanceDecision
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from surveillance.services.decisions import bring_into_force, propose_decision, record_position
from work.status import InvalidTransition

Status = SurveillanceDecision.Status
NOT_YET_GIVEN = 0  # ``position_version`` of a position that its party has not taken: what it took by itself is never written over


@dataclass(frozen=True)
class Spoken:
    """A position given in the meeting: by whom, what, and why."""

    party: str
    attendee_id: int
    view: str
    note: str = ""


@dataclass(frozen=True)
class Recorded:
    """What came of one service: its decision, and why it is not in force yet; empty when it is."""

    decision: SurveillanceDecision
    why_not: str


@transaction.atomic
def call_meeting(*, region_id: int, round_id: int, date: dt.date, by: User, at: dt.datetime | None = None) -> Meeting:
    """Call a meeting of a hub about a round; whoever calls it is there for the hub."""
    meeting = Meeting.objects.create(region_id=region_id, round_id=round_id, date=date, called_by=by, called_at=at or timezone.now())
    MeetingAttendee.objects.create(meeting=meeting, name=by.name, organisation_id=region_id, user=by)
    audit.record("meeting.called", target=meeting, by=by)
    return meeting


@transaction.atomic
def choose_agenda(*, meeting_id: int, shown: Iterable[int], chosen: Sequence[int], by: User) -> int:
    """Put the ``chosen`` of the ``shown`` self-reports on the agenda, in their order, and take the others off; gives how many stand on it.

    What was taken already stays. Raises InvalidTransition once the meeting is closed.
    """
    meeting = _open_meeting(meeting_id)
    wanted = [pk for pk in chosen if pk in set(shown)]
    meeting.items.filter(self_report__in=shown, taken_at=None).exclude(self_report__in=wanted).delete()
    there = set(meeting.items.values_list("self_report", flat=True))
    last = max(meeting.items.values_list("position", flat=True), default=0)
    new = SelfReport.objects.filter(pk__in=wanted, round=meeting.round_id, service__region=meeting.region_id).exclude(pk__in=there)
    allowed = set(new.values_list("pk", flat=True))
    added = [pk for pk in wanted if pk in allowed]
    MeetingItem.objects.bulk_create(
        MeetingItem(meeting=meeting, self_report_id=pk, position=last + n) for n, pk in enumerate(added, start=1)
    )
    audit.record("meeting.agenda_chosen", target=meeting, by=by)
    return meeting.items.count()


@transaction.atomic
def add_attendee(*, meeting_id: int, name: str, organisation_id: int, by: User) -> MeetingAttendee:
    """Note that somebody is there for an organisation. Raises InvalidTransition when they are noted, or the meeting is closed."""
    meeting = _open_meeting(meeting_id)
    attendee, is_new = MeetingAttendee.objects.get_or_create(meeting=meeting, organisation_id=organisation_id, name=name.strip())
    if not is_new:
        raise InvalidTransition(f"{attendee.name} is on the list already.")
    audit.record("meeting.attendee_added", target=meeting, by=by)
    return attendee


@transaction.atomic
def remove_attendee(*, attendee_id: int, meeting_id: int, by: User) -> None:
    """Take somebody off the list. Raises InvalidTransition when they gave a position, or the meeting is closed."""
    meeting = _open_meeting(meeting_id)
    attendee = MeetingAttendee.objects.select_for_update(of=("self",)).get(pk=attendee_id, meeting=meeting)
    if attendee.positions.exists():
        raise InvalidTransition(f"{attendee.name} gave a position in this meeting, so the list keeps the name.")
    attendee.delete()
    audit.record("meeting.attendee_removed", target=meeting, by=by)


def item_version(item: MeetingItem) -> int:
    """A number that changes when a service is recorded: 0 until it is taken, then microseconds of the time."""
    return int(item.taken_at.timestamp() * 1_000_000) if item.taken_at else 0


@transaction.atomic
def record_item(
    *, item_id: int, by: User, positions: Sequence[Spoken], proposal: Mapping[str, Any] | None = None, version: int | None = None,
    is_dissent_confirmed: bool = False, without_action_reason: str = "", at: dt.datetime | None = None,
) -> Recorded:  # fmt: skip
    """Record what the meeting decided about one service: propose where nothing is proposed, then what each party said.

    With all three positions it comes into force; where something stands against that, it stays proposed and ``why_not`` says
    what. Nothing is recorded for a party that is not there. Raises SomeoneElseChanged, InvalidTransition.
    """
    now, item = at or timezone.now(), _locked_item(item_id)
    if version is not None and version != item_version(item):
        raise SomeoneElseChanged(item)
    report = item.self_report
    decision = SurveillanceDecision.objects.live().filter(service=report.service_id, round=report.round_id).first()
    if decision is None and proposal is None:
        raise InvalidTransition("Nothing is proposed for this service any more. Choose the options.")
    if decision is not None and (decision.status != Status.PROPOSED or proposal is not None):
        raise SomeoneElseChanged(item)
    decision = decision or propose_decision(self_report_id=report.pk, by=by, at=now, **(proposal or {}))
    for spoken in positions:
        _record_spoken(decision, item.meeting, spoken, by=by, at=now)
    item.taken_at, item.note = now, ""
    item.save(update_fields=["taken_at", "note"])
    audit.record("meeting.item_recorded", target=item, by=by)
    try:
        with transaction.atomic():
            decision = bring_into_force(
                decision_id=decision.pk, by=by, is_dissent_confirmed=is_dissent_confirmed, without_action_reason=without_action_reason,
                at=now,
            )  # fmt: skip
    except InvalidTransition as error:
        return Recorded(decision, str(error))
    return Recorded(decision, "")


def _record_spoken(decision: SurveillanceDecision, meeting: Meeting, spoken: Spoken, *, by: User, at: dt.datetime) -> None:
    attendee = MeetingAttendee.objects.filter(pk=spoken.attendee_id, meeting=meeting).first()
    organisation_id = decision.positions.values_list("organisation", flat=True).get(party=spoken.party)
    if attendee is None or organisation_id is None or attendee.organisation_id != organisation_id:
        raise InvalidTransition("Select who gave this position: somebody of that organisation who is in the meeting.")
    record_position(
        decision_id=decision.pk, party=spoken.party, view=spoken.view, note=spoken.note, by=by, version=NOT_YET_GIVEN, spoken_by=attendee,
        at=at,
    )  # fmt: skip


@transaction.atomic
def put_off_item(*, item_id: int, note: str, by: User, version: int | None = None, at: dt.datetime | None = None) -> MeetingItem:
    """Leave a service for another day, with a note. Raises SomeoneElseChanged, InvalidTransition."""
    item = _locked_item(item_id)
    if version is not None and version != item_version(item):
        raise SomeoneElseChanged(item)
    item.taken_at, item.note = at or timezone.now(), note.strip()
    item.save(update_fields=["taken_at", "note"])
    audit.record("meeting.item_put_off", target=item, by=by)
    return item


@transaction.atomic
def close_meeting(*, meeting_id: int, by: User, at: dt.datetime | None = None) -> Meeting:
    """Close the record of a meeting. Raises AlreadyDone; services that were not reached stay to be decided."""
    meeting = _open_meeting(meeting_id)
    meeting.closed_at, meeting.closed_by, meeting.version = at or timezone.now(), by, meeting.version + 1
    meeting.save(update_fields=["closed_at", "closed_by", "version"])
    audit.record("meeting.closed", target=meeting, by=by)
    return meeting


def _open_meeting(meeting_id: int) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("closed_by").get(pk=meeting_id)
    if meeting.closed_by:
        raise AlreadyDone(f"{meeting.closed_by.name} closed the record of this meeting. You do not need to do anything.")
    return meeting


def _locked_item(item_id: int) -> MeetingItem:
    """The item, with its service locked first, as for everything that changes a service's decisions."""
    service_id = MeetingItem.objects.values_list("self_report__service", flat=True).get(pk=item_id)
    Service.objects.select_for_update().get(pk=service_id)
    related = ("meeting__closed_by", "self_report__service", "self_report__round")
    item = MeetingItem.objects.select_for_update(of=("self",)).select_related(*related).get(pk=item_id)
    if item.meeting.closed_by:
        raise InvalidTransition(f"{item.meeting.closed_by.name} closed the record of this meeting.")
    return item

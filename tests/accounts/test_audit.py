"""The sealed audit trail: every event gets its place in the chain, and a tampered row is named."""

import datetime as dt
import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, AuditSeal
from accounts.periodic import seal_audit
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def record(count: int = 3) -> list[AuditEvent]:
    """Events about somebody, by somebody."""
    by, target = UserFactory(), UserFactory()
    return [audit.record(f"test.done_{number}", target=target, by=by, reason="Because") for number in range(count)]


def test_sealing_chains_every_event_once() -> None:
    events = record()

    counts = [seal_audit(), seal_audit()]

    seals = list(AuditSeal.objects.all())
    assert counts == [{"sealed": 3}, {"sealed": 0}]
    assert [(seal.sequence, seal.event_id) for seal in seals] == [(number, event.pk) for number, event in enumerate(events, start=1)]
    assert [seal.previous_hash for seal in seals] == [audit.GENESIS, seals[0].hash, seals[1].hash]
    assert audit.broken_seals() == []


def test_sealing_takes_more_than_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SEAL_BATCH", 2)
    record(5)

    assert seal_audit() == {"sealed": 5}
    assert audit.broken_seals() == []


def test_event_that_commits_later_with_a_lower_number_is_sealed_too() -> None:
    first, second = record(2)
    AuditEvent.objects.filter(pk=first.pk).delete()
    seal_audit()

    first.save(force_insert=True)
    seal_audit()

    assert list(AuditSeal.objects.values_list("event", flat=True)) == [second.pk, first.pk]
    assert audit.broken_seals() == []


@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.other"},
        {"reason": "Other"},
        {"by": None},
        {"target_id": 0},
        {"at": timezone.now() - dt.timedelta(days=1)},
        {"request_id": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_event_is_named(change: dict[str, object]) -> None:
    _, event, _ = record()
    seal_audit()

    AuditEvent.objects.filter(pk=event.pk).update(**change)

    assert audit.broken_seals() == [f"Audit event {event.pk} was changed after it was sealed."]


def test_removed_event_and_seal_break_the_chain() -> None:
    _, event, _ = record()
    seal_audit()

    AuditSeal.objects.filter(event=event).delete()
    event.delete()

    assert audit.broken_seals() == ["Seal 3 does not follow the one before it: a sealed event is missing or was put in."]


def test_event_removed_behind_the_seals_back_is_named() -> None:
    events = record()
    seal_audit()

    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditevent WHERE id = %s", [events[2].pk])
    faults = audit.broken_seals()
    AuditSeal.objects.filter(event_id=events[2].pk).delete()  # before the database looks at the end of the test

    assert faults == [f"Audit event {events[2].pk} was removed after it was sealed."]


def verify(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = io.StringIO()
    try:
        call_command("verify_integrity", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_verify_integrity_is_content_with_a_whole_trail() -> None:
    record()
    seal_audit()

    assert verify() == (0, "Everything is as it was written.\n")
    assert json.loads(verify("--json")[1]) == {"ok": True, "faults": []}


def test_verify_integrity_names_a_changed_event_and_exits_1() -> None:
    event = record(1)[0]
    seal_audit()
    AuditEvent.objects.filter(pk=event.pk).update(reason="Other")

    code, out = verify("--json")

    assert code == 1
    assert json.loads(out) == {"ok": False, "faults": [f"Audit event {event.pk} was changed after it was sealed."]}


def test_verify_integrity_names_events_unsealed_for_over_a_minute() -> None:
    old, _new = record(2)
    AuditEvent.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(seconds=61))

    assert verify() == (1, f"Audit event {old.pk} has not been sealed for over a minute.\n")

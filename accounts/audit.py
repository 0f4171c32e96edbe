"""The audit trail: one plain INSERT in the transaction of the act; a periodic sealer chains the hashes afterwards."""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice

import structlog
from django.db import models, transaction

from accounts.models import AuditEvent, AuditSeal, User

GENESIS = "0" * 64
SEAL_BATCH = 500


def record(action: str, *, target: models.Model, by: User | None, reason: str = "") -> AuditEvent:
    """Write down that ``by`` did ``action`` to ``target``; call it inside the transaction of the act."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return AuditEvent.objects.create(
        action=action, target_type=target._meta.label_lower, target_id=target.pk, by=by, reason=reason, request_id=request_id
    )


def event_hash(event: AuditEvent, *, sequence: int, previous_hash: str) -> str:
    """SHA-256 over the event's facts, its place in the chain and the hash before it."""
    facts = [
        sequence, previous_hash, event.pk, event.at.isoformat(), event.by_id, event.action, event.target_type, event.target_id,
        event.reason, event.request_id,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def seal_events() -> int:
    """Seal events that have no seal yet, oldest first; gives how many. Events commit out of id order, so "no seal" decides."""
    last = AuditSeal.objects.select_for_update().order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    seals = []
    for event in AuditEvent.objects.filter(seal=None).order_by("pk")[:SEAL_BATCH]:
        sequence += 1
        digest = event_hash(event, sequence=sequence, previous_hash=previous)
        seals.append(AuditSeal(sequence=sequence, event=event, previous_hash=previous, hash=digest))
        previous = digest
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def broken_seals() -> list[str]:
    """Sentences that name each place where the chain and the events disagree; empty when the trail is whole."""
    faults, previous, expected = [], GENESIS, 1
    for batch in _batches(AuditSeal.objects.order_by("sequence").iterator(), SEAL_BATCH):
        found = AuditEvent.objects.in_bulk([seal.event_id for seal in batch])
        for seal in batch:
            event = found.get(seal.event_id)
            if seal.sequence != expected or seal.previous_hash != previous:
                faults.append(f"Seal {seal.sequence} does not follow the one before it: a sealed event is missing or was put in.")
            if event is None:
                faults.append(f"Audit event {seal.event_id} was removed after it was sealed.")
            elif event_hash(event, sequence=seal.sequence, previous_hash=seal.previous_hash) != seal.hash:
                faults.append(f"Audit event {seal.event_id} was changed after it was sealed.")
            previous, expected = seal.hash, seal.sequence + 1
    return faults


def _batches(seals: Iterator[AuditSeal], size: int) -> Iterator[list[AuditSeal]]:
    while batch := list(islice(seals, size)):
        yield batch

"""Entries of a visit that come back by a file: each is saved once, however often the file is brought."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from peerreview.models import Review
from peerreview.services.findings import report_immediate_risk
from peerreview.services.judging import give_judgement
from peerreview.services.notes import save_note
from peerreview.services.pledges import make_pledge
from work.status import InvalidTransition

SAVERS: dict[str, Callable[..., object]] = {
    "note": save_note, "judgement": give_judgement, "pledge": make_pledge, "risk": report_immediate_risk,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One checked entry: its kind, and what the service of its kind takes."""

    kind: str
    arguments: dict[str, Any]


@transaction.atomic
def add_entries(*, review: Review, entries: list[Entry], by: User) -> list[str]:
    """Save entries in order; gives a sentence for each that was refused. One refusal leaves the others saved."""
    refusals = []
    for entry in entries:
        try:
            with transaction.atomic():
                SAVERS[entry.kind](review_id=review.pk, by=by, **entry.arguments)
        except InvalidTransition as refusal:
            refusals.append(str(refusal))
    return refusals

"""What silence and departures do to actions: they fall to whoever must choose, and a block that nobody answers goes further."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.templatetags.qnt_tags import long_date
from surveillance.clocks import due_date as clock_due_date
from surveillance.models import Action
from surveillance.queries.actions import UNDER_WAY, owner_is_gone
from surveillance.services.action_rows import locked_action, note_event, save_action
from work import jobs

Status = Action.Status


def lapse_offers(*, today: dt.date | None = None) -> int:
    """Take offers that were not answered in time from the people who were silent; gives how many. They fall to the chooser."""
    day, count = today or timezone.localdate(), 0
    for pk in _pks(Q(status=Status.OFFERED, owner__isnull=False, offer_due_date__lt=day)):
        with transaction.atomic():
            action = locked_action(pk)
            if action.status == Status.OFFERED and action.owner and action.offer_due_date and action.offer_due_date < day:
                silent, action.owner, action.owner_organisation = action.owner.name, None, None
                _must_choose(action, f"Not answered by {silent} in time", day, "owner", "owner_organisation")
                count += 1
    return count


def release_from_gone_owners(*, today: dt.date | None = None) -> int:
    """Ask for a new owner, once, where the owner no longer works there; the name stays until somebody is chosen. Gives how many."""
    day, count = today or timezone.localdate(), 0
    gone = Q(status__in=[*UNDER_WAY, Status.BLOCKED]) & owner_is_gone(day)  # what is only offered lapses on its own day
    for pk in _pks(gone):
        with transaction.atomic():
            action = locked_action(pk)
            sentence = f"{action.owner} no longer works here"[:200]
            is_noted = action.events.filter(what=sentence, at__gte=action.offered_at or action.drafted_at).exists()
            if not is_noted and Action.objects.filter(gone, pk=pk).exists():
                _must_choose(action, sentence, day)
                count += 1
    return count


def lapse_blocks(*, today: dt.date | None = None) -> int:
    """Tell the hub and the regional commissioner, once, that nobody answered a block in time; gives how many."""
    day, count = today or timezone.localdate(), 0
    for pk in _pks(Q(status=Status.BLOCKED, block_answer="", block_due_date__lt=day)):
        with transaction.atomic():
            action = locked_action(pk)
            sentence = f"No answer to the block by {long_date(action.block_due_date)}"
            if action.status == Status.BLOCKED and not action.block_answer and not action.events.filter(what=sentence).exists():
                note_event(action, sentence, by=None)
                audit.record("action.block_unanswered", target=action, by=None)
                jobs.enqueue("mail.action_block_unanswered", action_id=action.pk, version=action.version)
                count += 1
    return count


def _pks(condition: Q) -> list[int]:
    return list(Action.objects.filter(condition).values_list("pk", flat=True))


def _must_choose(action: Action, sentence: str, day: dt.date, *columns: str) -> None:
    action.offer_due_date = clock_due_date("choose_owner", day)
    save_action(action, *columns, "offer_due_date")
    note_event(action, sentence, by=None)
    audit.record("action.left_without_owner", target=action, by=None)
    jobs.enqueue("mail.action_needs_owner", action_id=action.pk, version=action.version)

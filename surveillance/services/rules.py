"""Writing versions of the rules, and drawing the random sample."""

import math
import random
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from surveillance.models import DecisionRules, DrawnService, Round, SelfReport
from surveillance.queries.rules import published_rules
from surveillance.services.clash import check_version
from work.status import InvalidTransition

Status = DecisionRules.Status


@transaction.atomic
def draft_rules(*, by: User) -> DecisionRules:
    """Begin the next version as a copy of the one in use; gives the draft that there is, when somebody began one before."""
    published = DecisionRules.objects.select_for_update().get(status=Status.PUBLISHED)
    draft = DecisionRules.objects.filter(status=Status.DRAFT).first()
    if draft is None:
        version = (DecisionRules.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        draft = DecisionRules.objects.create(
            version=version, levels=published.levels, sample_percent=published.sample_percent, drafted_by=by
        )
        audit.record("rules.drafted", target=draft, by=by)
    return draft


@transaction.atomic
def save_rules(*, levels: Mapping[str, Any], sample_percent: Decimal, note: str, revision: int, by: User) -> DecisionRules:
    """Save the draft. Raises InvalidTransition without a draft, SomeoneElseChanged when it was saved after it was opened."""
    draft = _locked_draft()
    check_version(draft, draft.revision, revision)
    draft.levels, draft.sample_percent, draft.note, draft.revision = dict(levels), sample_percent, note.strip(), draft.revision + 1
    draft.save(update_fields=["levels", "sample_percent", "note", "revision"])
    audit.record("rules.changed", target=draft, by=by)
    return draft


@transaction.atomic
def discard_rules(*, by: User) -> None:
    """Throw the draft away; what is in use stays. Raises InvalidTransition without a draft."""
    draft = _locked_draft()
    audit.record("rules.discarded", target=draft, by=by)
    draft.delete()


@transaction.atomic
def publish_rules(*, revision: int, by: User) -> DecisionRules:
    """Put the draft to use from now on; proposals that stand keep the version that made them.

    Raises InvalidTransition without a draft or without a note that says what changed, SomeoneElseChanged.
    """
    draft = _locked_draft()
    check_version(draft, draft.revision, revision)
    if not draft.note:
        raise InvalidTransition("Say what changed and why before you publish these rules.")
    for published in DecisionRules.objects.select_for_update().filter(status=Status.PUBLISHED):
        published.check_may_become(Status.REPLACED)
        published.status = Status.REPLACED
        published.save(update_fields=["status"])
    draft.check_may_become(Status.PUBLISHED)
    draft.status, draft.published_at, draft.published_by = Status.PUBLISHED, timezone.now(), by
    draft.save(update_fields=["status", "published_at", "published_by"])
    audit.record("rules.published", target=draft, by=by)
    return draft


def _locked_draft() -> DecisionRules:
    draft = DecisionRules.objects.select_for_update().filter(status=Status.DRAFT).first()
    if draft is None:
        raise InvalidTransition("There is no draft of the rules. Begin one first.")
    return draft


@transaction.atomic
def draw_sample(*, year: int, by: User, seed: int | None = None) -> list[DrawnService]:
    """Draw the round's random sample once, in each region alike, with a recorded seed that draws the same again.

    At least one service a region is drawn while the share is not 0. Raises Round.DoesNotExist, and InvalidTransition when
    the round has its sample or the rules draw none.
    """
    drawn_for = Round.objects.select_for_update().get(year=year)
    if DrawnService.objects.filter(round=drawn_for).exists():
        raise InvalidTransition(f"The sample of the {year} round is drawn already.")
    percent = DecisionRules.objects.get(version=published_rules().version).sample_percent
    if not percent:
        raise InvalidTransition("The rules in use draw no sample.")
    seed = secrets.randbelow(10**9) if seed is None else seed
    drawn = DrawnService.objects.bulk_create(
        DrawnService(round=drawn_for, service_id=pk, seed=seed, percent=percent, drawn_by=by)
        for pk in drawn_services(_declared_by_region(drawn_for), percent=percent, seed=seed)
    )
    audit.record("round.sample_drawn", target=drawn_for, by=by, reason=f"seed {seed}")
    return drawn


def drawn_services(by_region: Mapping[int, list[int]], *, percent: Decimal, seed: int) -> list[int]:
    """Services of a sample, by ids: the share of each region rounded up. The same regions, share and seed draw the same."""
    chance = random.Random(seed)  # noqa: S311 (anybody must be able to draw it again)
    found: list[int] = []
    for region in sorted(by_region):
        services = sorted(by_region[region])
        found += chance.sample(services, math.ceil(len(services) * percent / 100))
    return sorted(found)


def _declared_by_region(drawn_for: Round) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    declared = SelfReport.objects.filter(round=drawn_for, declared_at__isnull=False).order_by("service")
    for report in declared.select_related("service").only("service__region", "service"):
        found.setdefault(report.service.region_id, []).append(report.service_id)
    return found

"""Themes as pages show them: their findings, the services that may be named, who may own one, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Membership, User
from accounts.permissions import Permission, Role
from peerreview.models import Finding
from reports.blocks.findings import block_of
from reports.models import LibraryEntry, Theme, ThemeFinding
from reports.models.themes import LEAST_SERVICES
from work.items import NextStep, WorkItem, clock_words, counted, day_words

Status = Theme.Status
OWNERS = (Role.COMMISSIONER, Role.NETWORK_LEAD, Role.NATIONAL_LEAD)
PROVIDER_SIDE = (Role.SERVICE_LEAD, Role.CONTRIBUTOR, Role.EXECUTIVE)


@dataclass(frozen=True)
class NamedService:
    """A service that a theme may name, since its published report prints the finding: in words, and the report's address."""

    words: str
    url: str


@dataclass(frozen=True)
class Seen:
    """Where a theme was seen: services with a published report by name, the others as a number.

    ``below_count`` of the others have findings that the reader may read anyway, on the same page.
    """

    named: list[NamedService]
    unnamed_count: int
    below_count: int = 0

    @property
    def unnamed_words(self) -> str:
        """The services that no published report names, in one or two sentences; empty when there is none."""
        more, sentences = " more" if self.named else "", []
        if self.below_count:
            is_one = self.below_count == 1
            sentences.append(
                f"{self.below_count}{more} {'service is' if is_one else 'services are'} named below only because you may read "
                f"{'its' if is_one else 'their'} findings: no published report shows them."
            )
        if hidden := self.unnamed_count - self.below_count:
            more = " more" if more or self.below_count else ""
            is_one = hidden == 1
            sentences.append(
                f"{hidden}{more} {'service is' if is_one else 'services are'} not named on this page: no published report shows "
                f"{'its' if is_one else 'their'} findings."
            )
        return " ".join(sentences)


def seen_in(theme: Theme, *, below: Iterable[ThemeFinding] = ()) -> Seen:
    """Services of a theme; a provider is named only from a public report whose public sections print such findings.

    ``below`` are the findings that the same page shows to its reader, from ``findings_in_reach``.
    """
    rows = theme.theme_findings.standing().order_by("pk")
    rows = rows.select_related("finding__review", "finding__service__provider", "finding__service__network")
    findings = [row.finding for row in rows]
    public = LibraryEntry.objects.public().filter(publication__report__review__in=[finding.review_id for finding in findings])
    entries = {entry.publication.report.review_id: entry for entry in public.defer("head", "words", "head_vector", "vector")}
    named: dict[int, NamedService] = {}
    for finding in findings:
        entry = entries.get(finding.review_id)
        if entry and block_of(finding) in entry.blocks and finding.service_id not in named:
            url = reverse("reports:library_report", args=[entry.publication.report.address])
            named[finding.service_id] = NamedService(f"{finding.service.name}, {finding.service.holder.name}", url)
    services = {finding.service_id for finding in findings}
    unnamed = services - named.keys()
    return Seen(list(named.values()), len(unnamed), len(unnamed & {row.finding.service_id for row in below}))


def shown_themes(user: User, purpose: str) -> QuerySet[Theme]:
    """Themes of one track that everybody who reads themes reads: accepted, and seen in three or more services."""
    rows: QuerySet[Any] = Theme.objects.for_user(user, Permission.THEME_VIEW).for_display()
    return rows.filter(purpose=purpose, status__in=Theme.SHOWN, service_count__gte=LEAST_SERVICES).order_by("-answered_at", "-pk")


def findings_in_reach(theme: Theme, user: User) -> list[ThemeFinding]:
    """The theme's findings that this person may read anyway."""
    readable = Finding.objects.for_user(user, Permission.FINDING_VIEW).values("pk")
    rows = theme.theme_findings.standing().filter(finding__in=readable)
    return list(
        rows.select_related("finding__service__provider", "finding__service__network", "finding__indicator", "finding__review")
        .prefetch_related("finding__tags")
        .order_by("finding__service_id", "pk")
    )


def findings_to_merge(theme: Theme, user: User, chosen: dict[str, Any]) -> QuerySet[Finding]:
    """Agreed findings of the theme's track that ``user`` may read and that are not in it, by words, domain tag and category."""
    rows = Finding.objects.for_user(user, Permission.FINDING_VIEW).agreed().filter(review__purpose=theme.purpose)
    rows = rows.exclude(pk__in=theme.theme_findings.values("finding"))
    if chosen.get("domain"):
        rows = rows.filter(pk__in=Finding.objects.filter(tags__domain__in=chosen["domain"]).values("pk"))
    if chosen.get("category"):
        rows = rows.filter(category__in=chosen["category"])
    for word in (chosen.get("words") or "").split()[:10]:
        said = Q(what_was_seen__icontains=word) | Q(recommendation__icontains=word) | Q(topic__title__icontains=word)
        rows = rows.filter(said)
    return rows.select_related("service__provider", "service__network", "indicator", "topic").prefetch_related("tags").order_by("-pk")


def owner_places(theme: Theme) -> list[Membership]:
    """Who may own a theme, with the organisation for which they would: commissioners and networks (of a hub's theme in its region)
    and the national team; nobody who also works for a provider, and not its writer."""
    held = Membership.objects.active().filter(role__in=OWNERS, user__is_active=True).exclude(user=theme.written_by_id)
    held = held.exclude(user__in=Membership.objects.active().filter(role__in=PROVIDER_SIDE).values("user"))
    if theme.region_id:
        held = held.filter(Q(role=Role.NATIONAL_LEAD) | Q(organisation__region=theme.region_id))
    return list(held.select_related("user", "organisation").order_by("organisation__name", "user__name", "pk"))


def next_step(theme: Theme) -> NextStep:
    """What happens next with a theme, who holds it, by when."""
    owner = _holder(theme)
    if theme.status == Status.OFFERED:
        return NextStep(f"{owner.split(',')[0]} accepts this theme or declines it", owner, theme.answer_due_date)
    if theme.status == Status.ACCEPTED:
        return NextStep("The owner says what was done", owner, theme.due_date)
    if theme.status == Status.DONE and theme.done_at:
        return NextStep("Nothing: the owner said what was done", owner, note=f"Done on {day_words(theme.done_at)}")
    if theme.status == Status.DECLINED:
        return NextStep("Choose another owner", _writer(theme), note="No one holds this yet.")
    if theme.status == Status.DRAFT:
        return NextStep(f"Add findings of {LEAST_SERVICES} or more services, then choose an owner", _writer(theme), note="No date is set")
    return NextStep("Nothing: this theme was withdrawn", _writer(theme), note="Withdrawn")


def _holder(theme: Theme) -> str:
    return f"{theme.owner.name}, {theme.owner_organisation.name}" if theme.owner and theme.owner_organisation else ""


def _writer(theme: Theme) -> str:
    return f"{theme.written_by.name}, {theme.region.name if theme.region else 'national team'}"


def theme_items(user: User) -> list[WorkItem]:
    """Themes offered to this person, accepted by them, or declined and theirs to offer to somebody else."""
    items = []
    if user.has_permission(Permission.THEME_OWN):
        mine = Theme.objects.filter(owner=user, status__in=[Status.OFFERED, Status.ACCEPTED]).order_by("pk")
        items += [_owned(theme, user) for theme in mine]
    if user.has_permission(Permission.THEME_MANAGE):
        back = Theme.objects.filter(written_by=user, status=Status.DECLINED).order_by("pk")
        items += [_item(theme, user, "declined", "Choose another owner for the theme", "theme_offer", None) for theme in back]
    return items


def _owned(theme: Theme, user: User) -> WorkItem:
    if theme.status == Status.OFFERED:
        return _item(theme, user, "offered", "Accept or decline the theme", "theme_answer", theme.answer_due_date)
    return _item(theme, user, "accepted", "Say what was done about the theme", "theme_done", theme.due_date)


def _item(theme: Theme, user: User, step: str, task: str, route: str, due: Any) -> WorkItem:
    return WorkItem(
        kind=f"theme.{step}", task=f"{task} “{theme.title}”", url=reverse(f"reports:{route}", args=[theme.pk]), service="Several services",
        due=due, status=theme.get_status_display(), holder=user.name, is_learning=theme.is_learning, reference=f"theme:{theme.pk}:{step}",
        outside=task,
    )  # fmt: skip


def theme_words(theme: Theme) -> str:
    """How much a theme stands on, in words."""
    return f"Seen in {counted(theme.service_count, 'service')}, {counted(theme.finding_count, 'finding')}."


def clock_of(theme: Theme) -> str:
    """The clock of a theme in a list."""
    if theme.status == Status.DONE and theme.done_at:
        return f"Done on {day_words(theme.done_at)}"
    due = theme.answer_due_date if theme.status == Status.OFFERED else theme.due_date
    return clock_words(due) if due and theme.status in {Status.OFFERED, Status.ACCEPTED} else ""

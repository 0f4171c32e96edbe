"""Findings as their page lists them: by step in a pathway, good practice first, a draft with what the team said of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from peerreview.models import Finding, Review, TeamMember
from peerreview.queries.agreements import heard_words
from peerreview.queries.findings import findings_by_category
from peerreview.queries.pathway import steps_of


@dataclass(frozen=True)
class ListedFinding:
    """A finding; for a draft in sight of those who work on it how far the team has agreed, and whether this person is asked."""

    finding: Finding
    heard: str = ""
    asks_me: bool = False


@dataclass(frozen=True)
class ListedGroup:
    """Findings of one category, with the procedure's name and definition of it."""

    label: str
    definition: str
    rows: list[ListedFinding]


@dataclass(frozen=True)
class ListedStep:
    """One step of a pathway with its findings; ``label`` is empty where the review is no pathway."""

    label: str
    groups: list[ListedGroup]


def listed_findings(review: Review, findings: Iterable[Finding], *, members: list[TeamMember], user: User) -> list[ListedStep]:
    """Findings for the page; ``members`` are empty for those who do not work on the review, prefetch agreements otherwise."""
    rows = list(findings)
    if not review.is_pathway:
        groups = _groups(review, rows, members, user)
        return [ListedStep("", groups)] if groups else []
    steps = [
        ListedStep(step.words, _groups(review, [row for row in rows if row.service_id == step.service.pk], members, user))
        for step in steps_of(review)
    ]
    return [step for step in steps if step.groups]


def _groups(review: Review, findings: list[Finding], members: list[TeamMember], user: User) -> list[ListedGroup]:
    return [
        ListedGroup(group.label, group.definition, [_listed(finding, members, user) for finding in group.findings])
        for group in findings_by_category(review, findings)
    ]


def _listed(finding: Finding, members: list[TeamMember], user: User) -> ListedFinding:
    if finding.status != Finding.Status.DRAFT or not members:
        return ListedFinding(finding)
    mine = next((member for member in members if member.user_id == user.pk), None)
    said = {one.member_id for one in finding.agreements.all() if one.finding_version == finding.version}
    asks_me = mine is not None and mine.pk not in said and finding.category != Finding.Category.IMMEDIATE_RISK
    return ListedFinding(finding, heard_words(finding, members), asks_me)

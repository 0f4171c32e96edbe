"""Themes of a year: shortfalls that several services of a hub, or of England, have in common, and who acts on them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from accounts.models import Organisation, User
from peerreview.models import Finding
from qnt.demo.national.bulk import write, write_all
from qnt.demo.national.told import Told
from reports.models import Theme, ThemeFinding
from reports.models.themes import LEAST_SERVICES
from work.working_days import add_working_days

SERVICES = 5  # findings of so many services in each: more than the three that a theme needs
TITLES = ("Cover at night", "Journeys home", "Counting the same thing in two ways", "Letters that come late")
S = Theme.Status


class Themes:
    """Writes the themes of one year from its shortfalls."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def draw(self, shortfalls: Sequence[Finding]) -> None:
        """Themes of each hub with a board as owner, and of England with somebody of the national team; on other findings each."""
        by_region: dict[int, list[Finding]] = defaultdict(list)
        for finding in shortfalls:
            by_region[finding.review.region_id].append(finding)
        drawn = [
            (self._of_hub(region, n), self.told.some(by_region[region.pk], SERVICES))
            for region in self.told.world.regions
            for n in range(self.told.sizes.themes_a_region)
            if len(by_region[region.pk]) >= LEAST_SERVICES
        ]
        if len(shortfalls) >= LEAST_SERVICES:
            drawn += [(self._of_england(n), self.told.some(shortfalls, SERVICES)) for n in range(self.told.sizes.themes_of_england)]
        made = [(self._theme(facts, n, findings), findings) for n, (facts, findings) in enumerate(drawn)]
        themes = list(write(Theme, (theme for theme, _ in made)))
        write_all(ThemeFinding, (row for theme, (_, findings) in zip(themes, made, strict=True) for row in _stands_on(theme, findings)))

    def _of_hub(self, region: Organisation, n: int) -> dict[str, Any]:
        boards = [board for board in self.told.world.boards if board.region_id == region.pk]
        board = boards[n % len(boards)]
        return {
            "region": region, "written_by": self.told.officers[region.pk], "owner": self.told.commissioners[board.pk],
            "owner_organisation": board,
        }  # fmt: skip

    def _of_england(self, n: int) -> dict[str, Any]:
        writer, owner = self._nationals(n)
        return {"written_by": writer, "owner": owner, "owner_organisation": self.told.world.national}

    def _nationals(self, n: int) -> tuple[User, User]:
        first, second = self.told.crowd.nationals[:2]
        return (first, second) if n % 2 else (second, first)

    def _theme(self, facts: dict[str, Any], n: int, findings: Sequence[Finding]) -> Theme:
        """Written when the last of its findings was recorded; accepted within days, and done in most cases half a year later."""
        past, written = self.told.past, max(one.recorded_at for one in findings) + dt.timedelta(days=20)
        offered, accepted = written + dt.timedelta(days=5), past(written + dt.timedelta(days=12))
        done = past(written + dt.timedelta(days=170)) if accepted and self.told.holds(0.7) else None
        return Theme(
            title=f"{TITLES[n % len(TITLES)]} ({written.year}, illustrative)", systemic="Illustrative: no single trust can put it right.",
            purpose="COMPLIANCE", status=S.DONE if done else S.ACCEPTED if accepted else S.OFFERED, written_at=written,
            offered_at=offered, answer_due_date=add_working_days(offered.date(), 10), due_date=(written + dt.timedelta(days=200)).date(),
            answered_at=accepted, done="Illustrative: agreed between the boards." if done else "", done_at=done, **facts,
        )  # fmt: skip


def _stands_on(theme: Theme, findings: Sequence[Finding]) -> Iterator[ThemeFinding]:
    for finding in findings:
        yield ThemeFinding(theme=theme, finding=finding, added_by=theme.written_by, added_at=theme.written_at)

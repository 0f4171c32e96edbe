"""Published findings of a programme by theme; those of no theme by category. Themes are those that everybody may read."""

from collections import Counter
from typing import Any

from accounts.models import User
from peerreview.models import Review
from peerreview.queries.findings import IN_ORDER
from reports.blocks.findings import PLURALS
from reports.models import ThemeFinding
from reports.queries.small_numbers import coarse, guarded, is_small
from reports.queries.themes import shown_themes

Facts = dict[str, Any]
Printed = tuple[int, str, str]  # report, category and text of a finding as its public version prints it


def findings_by_theme(user: User, findings: list[Facts]) -> Facts:
    """How many of these printed findings, of how many reports, each theme gathers, and how many of each category are of none.

    A finding is known again by its report, category and text: one that was changed since it was published counts as of no theme.
    The findings of no theme stand in words alone where their numbers would give away a small number of a theme.
    """
    gathered = _gathered(user, {finding["report"] for finding in findings})
    found: dict[int, list[Facts]] = {}
    others: list[Facts] = []
    for finding in findings:
        themes = gathered.get((finding["report"], finding["code"], finding["seen"]), {})
        for pk, title in themes.items():
            found.setdefault(pk, []).append(finding | {"theme": title})
        if not themes:
            others.append(finding)
    return {"themes": [_row(rows) for rows in _largest_first(found)], "others": _others(findings, others, found)}


def _gathered(user: User, report_ids: set[int]) -> dict[Printed, dict[int, str]]:
    """For each finding of these reports the themes of the compliance track that gather it, in one statement."""
    shown = shown_themes(user, Review.Purpose.COMPLIANCE).order_by().values("pk")
    rows = ThemeFinding.objects.standing().filter(theme__in=shown, finding__review__report__in=report_ids)
    columns = ("finding__review__report", "finding__category", "finding__what_was_seen", "theme", "theme__title")
    themes: dict[Printed, dict[int, str]] = {}
    for report, code, seen, theme, title in rows.order_by("theme", "pk").values_list(*columns):
        themes.setdefault((report, code, seen), {})[theme] = title
    return themes


def _largest_first(found: dict[int, list[Facts]]) -> list[list[Facts]]:
    """The themes by how many findings they gather; small ones after the others, by title, so that order tells no number."""
    return sorted(found.values(), key=lambda rows: (is_small(len(rows)), -len(rows) if not is_small(len(rows)) else 0, rows[0]["theme"]))


def _row(rows: list[Facts]) -> list[str]:
    return [rows[0]["theme"], guarded(len(rows)), guarded(len({finding["report"] for finding in rows}))]


def _others(findings: list[Facts], others: list[Facts], found: dict[int, list[Facts]]) -> list[list[str]]:
    every, left = Counter(one["code"] for one in findings), Counter(one["code"] for one in others)
    gives_away = any(is_small(len(rows)) for rows in found.values()) or any(is_small(every[code] - left[code]) for code in IN_ORDER)
    words = coarse if gives_away else guarded
    return [[PLURALS[code], words(left[code])] for code in IN_ORDER]

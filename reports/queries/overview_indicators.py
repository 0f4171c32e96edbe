"""Compliance over many published reports: for each set of standards its spread, for each indicator how many services met it."""

from decimal import Decimal
from statistics import quantiles
from typing import Any

from reports.queries.small_numbers import FEWER, LEAST, is_small, parts_of

Facts = dict[str, Any]
MET, NOT_MET, NOT_JUDGED = range(3)
WORDS = {"Met": MET, "Not met": NOT_MET, "Not applicable": NOT_JUDGED}


def compliance_of(entries: list[Facts]) -> list[Facts]:
    """For each set of standards: how its services scored, and for each indicator how they are spread over met, not met, not judged."""
    by_set: dict[str, list[Facts]] = {}
    for entry in entries:
        if entry["standards"]:
            by_set.setdefault(entry["standards"], []).append(entry)
    return [_of_set(standards, found) for standards, found in sorted(by_set.items())]


def _of_set(standards: str, entries: list[Facts]) -> Facts:
    if len(entries) < LEAST:
        return {"standards": standards, "services": FEWER, "spread": None, "rows": [], "bars": []}
    titles: dict[str, str] = {}
    counts: dict[str, list[int]] = {}
    shares = []
    for entry in entries:
        met = applicable = 0
        for row in entry["rows"]:
            outcome = _outcome(row)
            titles.setdefault(row["number"], row["title"])
            counts.setdefault(row["number"], [0, 0, 0])[outcome] += 1
            met, applicable = met + (outcome == MET), applicable + (outcome != NOT_JUDGED)
        if applicable:
            shares.append(Decimal(100 * met) / applicable)
    for spread in counts.values():
        spread[NOT_JUDGED] += len(entries) - sum(spread)  # a service whose report does not list the indicator
    return {
        "standards": standards,
        "services": len(entries),
        "spread": _spread(shares),
        "rows": [[number, title, *indicator_words(counts[number])] for number, title in titles.items()],
        "bars": [[number, *spread] for number, spread in counts.items() if not any(is_small(count) for count in spread)],
    }


def _outcome(row: Facts) -> int:
    """Whether a service met an indicator at the latest stage that says so; not judged where it does not apply or nobody said."""
    for stage in ("reviewed", "validated", "self"):
        word = row[stage].split(":")[0]
        if word in WORDS:
            return WORDS[word]
    return NOT_JUDGED


def _spread(shares: list[Decimal]) -> list[int] | None:
    """Lower quartile, median and upper quartile of the services' percentages, whole and rounded down; None under 5 services."""
    return [int(value) for value in quantiles(shares, n=4, method="inclusive")] if len(shares) >= max(LEAST, 2) else None


def indicator_words(counts: list[int]) -> list[str]:
    """How many services met an indicator, did not, were not judged, and the share of those judged that met it."""
    met, not_met, _ = counts
    words = parts_of(counts)
    if any(is_small(count) for count in counts):
        return [*words, "Not shown"]
    judged = met + not_met
    return [*words, f"{met:,} of {judged:,} met ({100 * met // judged}%)" if judged else "Not judged"]

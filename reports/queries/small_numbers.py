"""Numbers of services and findings as an overview of published reports may show them: none under 5, and none that another gives away."""

LEAST = 5
FEWER, NONE, NOT_SHOWN = f"Fewer than {LEAST}", "None", "Not shown"
ENOUGH = f"{LEAST} or more"


def guarded(count: int) -> str:
    """A count as it may be shown: none, fewer than 5, or the number."""
    return NONE if count == 0 else FEWER if count < LEAST else f"{count:,}"


def coarse(count: int) -> str:
    """A count in words alone, where the number would give away a small one beside it: none, fewer than 5, 5 or more."""
    return ENOUGH if count >= LEAST else guarded(count)


def is_small(count: int) -> bool:
    """Whether a count is one that is not shown."""
    return 0 < count < LEAST


def parts_of(counts: list[int]) -> list[str]:
    """The parts of a whole whose size is known: the numbers, or words for all of them as soon as one is small.

    Where even the words leave a small part one value alone, nothing of it is shown.
    """
    if not any(is_small(count) for count in counts):
        return [guarded(count) for count in counts]
    total = sum(counts)
    low = [0 if not count else 1 if is_small(count) else LEAST for count in counts]
    high = [0 if not count else LEAST - 1 if is_small(count) else total for count in counts]
    for place, count in enumerate(counts):
        least = max(low[place], total - sum(high) + high[place])
        most = min(high[place], total - sum(low) + low[place])
        if is_small(count) and least == most:
            return [NOT_SHOWN for _ in counts]
    return [coarse(count) for count in counts]

"""How many answered surveys stand in no figure of the logic model: never a number under 5, nor one that gives such a number away."""

from collections.abc import Mapping

from peerreview.models import Review
from peerreview.queries.survey_cells import left_out
from peerreview.queries.survey_results import first_uncounted, half_of
from qnt.programme.choice import Choice
from qnt.programme.figures import FEWEST
from qnt.programme.suppression import may_show


def left_out_words(choice: Choice, *, is_learning: bool) -> str:
    """What of a track is not in its table, as a sentence; one statement, and none under a filter that it is not counted by."""
    if choice.is_narrow:
        return "How many answered surveys are left out is not counted by procedure or specification."
    found = left_out(choice.year, Review.Purpose.IMPROVEMENT if is_learning else Review.Purpose.COMPLIANCE)
    parts = []
    if words := _count_words(choice, found.not_over):
        parts.append(f"{words} in {half_of(first_uncounted()).label}, which is not over")
    if words := _count_words(choice, found.too_few):
        parts.append(f"{words} in groups of fewer than {FEWEST}{', or about one review alone' if is_learning else ''}")
    return f"Not in this table: {'; '.join(parts)}." if parts else f"No survey answered in {choice.year} is left out of this table whole."


def _count_words(choice: Choice, counts: Mapping[int, int]) -> str:
    """ "44 answered surveys", "fewer than 5 answered surveys"; empty where there are none."""
    chosen = [choice.region] if choice.region else list(counts) if choice.is_national else list(choice.reach.regions)
    count, shown = sum(counts.get(region, 0) for region in chosen), may_show(counts)
    if not count:
        return ""
    if count < FEWEST:
        return f"fewer than {FEWEST} answered surveys"
    is_whole = choice.is_national and not choice.region
    is_shown = shown.total if is_whole else all(region in shown.parts for region in chosen if region in counts)
    return f"{count:,} answered surveys" if is_shown else f"{FEWEST} or more answered surveys"

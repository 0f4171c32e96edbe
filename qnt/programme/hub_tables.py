"""Tables of hubs and of single reviews: each hub, how hubs spread, and each point of each review."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from qnt.programme.choice import Choice
from qnt.programme.definitions import definitions_in
from qnt.programme.figures import Figure
from qnt.programme.measures import DEFINITIONS
from qnt.programme.queries import KINDS, Comparison
from qnt.programme.reviews import review_points
from qnt.programme.rows import Row


def of_comparisons(found: Iterable[Comparison], choice: Choice) -> Iterator[Row]:
    """Each hub that may be shown, and England where that hides nobody. Whoever reads one hub's rows sees the others without a name."""
    for one in found:
        extra = f", {KINDS[one.kind].lower()}" if one.kind else ""
        for region, name in sorted(_names(one, choice).items(), key=lambda pair: pair[1]):
            yield Row("Between hubs", f"{name}{extra}", one.definition, choice.year, one.hubs[region])
        if one.england:
            yield Row("Between hubs", f"England{extra}", one.definition, choice.year, one.england)
        yield from _spread(one, extra, choice.year)


def _names(one: Comparison, choice: Choice) -> dict[int, str]:
    """What the hubs of a comparison are called: distributions, not ranks, so the others are numbered by figure, as the dots stand."""
    own = set(choice.hubs) if choice.is_national else choice.reach.regions
    others = sorted((pk for pk in one.hubs if pk not in own), key=lambda pk: (one.hubs[pk].number or Decimal(), pk))
    return {pk: choice.hubs[pk] for pk in one.hubs if pk in own} | {pk: f"Other hub {n}" for n, pk in enumerate(others, start=1)}


def _spread(one: Comparison, extra: str, year: int) -> Iterator[Row]:
    """How the hubs that may be shown spread; ``n`` is how many they are."""
    spread = one.quartiles
    if spread is None:
        return
    for name, number in (
        ("Lowest hub", spread.lowest), ("Lower quartile", spread.lower), ("Upper quartile", spread.upper), ("Highest hub", spread.highest),
    ):  # fmt: skip
        yield Row("How hubs spread", f"{name}{extra}", one.definition, year, Figure(one.shown_count, one.words_of(number), number))


def review_table(choice: Choice) -> Iterator[Row]:
    """Each point of the checklist of each review that the person reads, as it was counted; ``number`` is 1 where it is met."""
    definitions = definitions_in(choice.year, DEFINITIONS)
    for pk, title, code, is_met in review_points(choice):
        figure = Figure(1, "Met" if is_met else "Not met", Decimal(int(is_met)))
        yield Row("Reviews with their checklists", f"{title} (review {pk})", definitions[code], choice.year, figure)

"""What the passing of a day does to positions, decisions, offers and blocks."""

from surveillance.services.actions import lapse_blocks, lapse_offers
from surveillance.services.decisions import lapse_positions, make_reviews_due


def lapse_deadlines() -> dict[str, int]:
    """Record silence and reviews that are due; running it again does nothing more."""
    return {
        "positions_not_given": lapse_positions(),
        "reviews_due": make_reviews_due(),
        "offers_unanswered": lapse_offers(),
        "blocks_unanswered": lapse_blocks(),
    }

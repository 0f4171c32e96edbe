"""What the passing of a day does to positions, decisions, offers and blocks."""

from surveillance.services.action_silence import lapse_blocks, lapse_offers, release_from_gone_owners
from surveillance.services.decisions import lapse_positions, make_reviews_due
from surveillance.services.option_1 import ask_for_notices, bring_notices_into_force


def lapse_deadlines() -> dict[str, int]:
    """Record silence and reviews that are due; running it again does nothing more."""
    return {
        "positions_not_given": lapse_positions(),
        "notices_sent": ask_for_notices(),
        "notices_in_force": bring_notices_into_force(),
        "reviews_due": make_reviews_due(),
        "offers_unanswered": lapse_offers(),
        "owners_gone": release_from_gone_owners(),
        "blocks_unanswered": lapse_blocks(),
    }

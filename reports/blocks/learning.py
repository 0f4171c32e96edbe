"""What each side learnt in a review for learning, by topic, and how many pledges and exchanges followed."""

from peerreview.models import Review, Side
from peerreview.queries.exchanges import exchange_counts
from peerreview.queries.learning import learnt_by_topic
from peerreview.queries.pledges import pledge_counts
from reports.blocks.block import Data


def learnt(review: Review) -> Data:
    """Both sides' own words under their topics; pledges and exchanges in numbers, without who made them."""
    texts = list(review.learnt.select_related("topic").order_by("topic__position", "pk"))
    sides = (("What the service learnt", Side.SERVICE), ("What the visiting team learnt", Side.TEAM))
    return {
        "sides": [
            {
                "title": title,
                "topics": [
                    {"title": topic.title, "texts": [one.text for one in topic.texts]}
                    for topic in learnt_by_topic([one for one in texts if one.side == side])
                ],
            }
            for title, side in sides
        ],
        "pledges": pledge_counts(review).words,
        "exchanges": exchange_counts(review).words,
    }

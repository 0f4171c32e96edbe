"""What the review looked at: the focus topics, and which findings are about each."""

from collections import defaultdict

from django.db.models import Prefetch

from peerreview.models import Review
from reports.blocks.block import Data
from reports.blocks.findings import numbered_findings
from surveillance.models import Indicator


def topics(review: Review) -> Data:
    """The focus topics, their question, the numbers of their indicators, and the numbers of the findings about each."""
    found: dict[int, list[str]] = defaultdict(list)
    for reference, finding in numbered_findings(review):
        if finding.topic_id:
            found[finding.topic_id].append(reference)
    indicators = Prefetch("indicators", Indicator.objects.order_by("position"))
    return {
        "topics": [
            {
                "title": topic.title,
                "question": topic.question,
                "numbers": [indicator.number for indicator in topic.indicators.all()],
                "findings": found[topic.pk],
            }
            for topic in review.topics.order_by("position").prefetch_related(indicators)
        ]
    }

"""How many patients and carers were heard, in which way, and which findings rest on what they said; never what they said."""

from peerreview.models import Finding, PatientView, Review
from peerreview.queries.patient_views import counts_of
from reports.blocks.block import Data
from reports.blocks.findings import numbered_findings


def heard(review: Review) -> Data:
    """Counts of views by channel, of those that the team read, and the agreed findings that rest on them, by their numbers."""
    counts = counts_of(review)
    resting = [(reference, finding) for reference, finding in numbered_findings(review) if _rests_on_views(finding)]
    return {
        "given": counts.given,
        "channels": [[label, count] for label, count in counts.channels],
        "shared": counts.shared,
        "held_back": counts.held_back,
        "findings": counts.finding_count,
        "resting": [[reference, finding.get_category_display(), _about(finding)] for reference, finding in resting],
    }


def _rests_on_views(finding: Finding) -> bool:
    return any(view.status == PatientView.Status.SHARED for view in finding.views.all())


def _about(finding: Finding) -> str:
    """What a finding is about, without a word of what it says."""
    if finding.indicator:
        return f"Indicator {finding.indicator.number}"
    return finding.topic.title if finding.topic else ""

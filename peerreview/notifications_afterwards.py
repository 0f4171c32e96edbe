"""Lines of the daily summary about what follows a compliance review: no finding inside. Reviews for learning are work items alone."""

from peerreview.models import Finding, FindingRecheck
from peerreview.notifications import arrangers
from surveillance.queries.people import leads_of
from work import digest


def note_acted(finding: Finding, turn: FindingRecheck) -> None:
    """A line for the hub: the service said what it did."""
    if finding.review.is_learning:
        return
    sentence = f"{finding.service.name} said what it did about a finding of {finding.review.title}."
    digest.note(arrangers(finding.review), sentence=sentence, key=f"finding_acted:{turn.pk}:{turn.acted_at:%Y%m%d}")


def note_checked(finding: Finding, turn: FindingRecheck) -> None:
    """A line for the service's leads: the hub checked."""
    if finding.review.is_learning:
        return
    sentence = f"The hub checked what {finding.service.name} did about a finding of {finding.review.title}."
    digest.note(leads_of(finding.service), sentence=sentence, key=f"finding_checked:{turn.pk}")

"""What happens by itself in peer review when a day comes."""

from peerreview.services.findings import make_rechecks_due


def lapse_rechecks() -> dict[str, int]:
    """Make findings due for a check on their day."""
    return {"rechecks_due": make_rechecks_due()}

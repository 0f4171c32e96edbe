"""The pages of the programme evaluation and the way between them."""

from django.urls import reverse

TRAINING = "peerreview:training_register"
# URL name, label, in the order of the navigation.
PARTS = (
    ("programme_domains", "Eight domains"),
    ("programme_fidelity", "Fidelity"),
    ("programme_lead_times", "Lead times"),
    ("programme_burden", "Burden"),
    ("programme_logic_model", "Logic model"),
    ("programme_learning", "Learning"),
    ("programme_spread", "Spread of judgements"),
    (TRAINING, "Training"),
    ("programme_definitions", "Definitions"),
    ("programme_reports", "Annual reports"),
)


def parts_of(current: str, query: str = "") -> list[dict[str, object]]:
    """The secondary navigation on the page ``current``; the filters in ``query`` go along to the pages that know them."""
    return [{"label": label, "url": _address(name, query), "current": name == current} for name, label in PARTS]


def _address(name: str, query: str) -> str:
    """Where a part stands; the filters go along to pages of the programme's own, which are those that know them."""
    return reverse(name) if ":" in name else reverse(name) + query

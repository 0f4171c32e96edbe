"""The context card of a service: what reviewers must know of its place before they ask."""

from surveillance.models import Service

LABELS = {
    "place_kind": "Kind of place",
    "sites": "Sites",
    "geography": "Geography",
    "population": "Population",
    "travel": "Travel",
    "dependencies": "Dependencies",
    "outside_control": "Outside its control",
}


def context_of(service: Service) -> list[tuple[str, str]]:
    """Every line of the card as label and text, empty ones too."""
    return [(label, service.get_place_kind_display() if name == "place_kind" else getattr(service, name)) for name, label in LABELS.items()]

"""The context card of a service, kept by its lead."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Service
from surveillance.queries.context import LABELS
from surveillance.services.clash import SomeoneElseChanged


def mark_of(service: Service) -> str:
    """A short mark of the card: another one as soon as a line differs."""
    return sha256_of(canonical_json({name: getattr(service, name) for name in LABELS}))[:16]


@transaction.atomic
def save_context(*, service_id: int, card: dict[str, str], opened: str, by: User) -> Service:
    """Save the card, all lines of it. ``opened`` is the mark of the card that the page showed: raises SomeoneElseChanged."""
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if opened and opened != mark_of(service):
        raise SomeoneElseChanged(service)
    for name in LABELS:
        setattr(service, name, card[name].strip())
    service.save(update_fields=list(LABELS))
    audit.record("service.context_saved", target=service, by=by)
    return service

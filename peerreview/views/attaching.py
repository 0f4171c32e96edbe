"""A document that comes with what somebody says: chosen among those filed, or filed on the way."""

from typing import Any

from accounts.access import SignedInRequest
from accounts.permissions import Permission
from peerreview.models import Review
from peerreview.views.common import files_of, posted
from surveillance import reach
from surveillance.models import Service
from surveillance.models.evidence import EvidenceQuerySet
from surveillance.services import evidence as filing
from surveillance.services import held
from surveillance.views.evidence_asking import as_initial, went_back


def attach_form(
    request: SignedInRequest, form_class: Any, *, review: Review, services: list[Service], initial: dict[str, Any],
    offered: EvidenceQuerySet | None = None,
) -> Any:  # fmt: skip
    """The form, filled with what was sent; after "go back and change it" with that as its beginning.

    ``offered`` are documents of somebody else than the service, who then files its own.
    """
    may_add = offered is not None or all(reach.may(request.user, Permission.EVIDENCE_ADD, service) for service in services)
    facts = {"services": services, "may_add": may_add, "is_learning": review.is_learning, "offered": offered}
    if went_back(request):
        return form_class(**facts, initial=initial | as_initial(request, dates=()))
    return form_class(posted(request), files_of(request), **facts, initial=initial)


def attached_ids(request: SignedInRequest, form: Any, service_id: int, *, commissioner_id: int | None = None) -> list[int]:
    """Ids of the documents that come with a valid form; a new one is filed now, before what is said of it.

    With ``commissioner_id`` it is filed as that commissioner's. Raises UploadRefused.
    """
    data = form.cleaned_data
    if data["source"] == "EXISTING":
        return [item.pk for item in data["documents"]]
    if not form.is_new:
        return []
    facts = {"service_id": service_id, "title": form.document_title, "by": request.user, "commissioner_id": commissioner_id}
    if "upload" not in form.content:
        return [filing.add_link(**facts, **form.content).pk]
    checked = held.take_held(data["held"], by=request.user) if data["held"] else None
    item = filing.add_file(**facts, checked=checked, **form.content)
    held.release(data["held"])
    return [item.pk]

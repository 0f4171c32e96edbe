"""Public links at which patients and carers of a service say what they think: made, changed and closed by those who arrange."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from peerreview.models import Review, ViewsLink
from peerreview.queries.patient_views import COLLECTING
from peerreview.services.locks import locked_review
from surveillance.services.clash import check_version
from work.items import day_words
from work.status import InvalidTransition

# Without letters and numbers that look alike: the address is also typed from a poster.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_LENGTH = 10


def new_token() -> str:
    """Ten characters that are typed easily, one of 31^10: an address is public, but is not found by trying."""
    made = "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))
    return f"{made[:5]}-{made[5:]}"


@transaction.atomic
def make_link(
    *, review_id: int, service_id: int, opens_date: dt.date, closes_date: dt.date, pals_contact: str, formats_contact: str, by: User,
    token: str = "",
) -> ViewsLink:  # fmt: skip
    """Make the address of one service's form. ``token`` is given by a demonstration that is the same each time.

    Raises InvalidTransition before the service was told of the visit and after it, for days past the visit, and for a second
    link of the same service.
    """
    review = locked_review(review_id)
    _check(review, opens_date, closes_date)
    if not review.services.filter(pk=service_id).exists():
        raise InvalidTransition("Select a service of this review")
    if review.views_links.filter(service=service_id).exists():
        raise InvalidTransition("This service has a link already. Change its dates instead.")
    link = ViewsLink.objects.create(
        review=review, service_id=service_id, token=token or new_token(), opens_date=opens_date, closes_date=closes_date,
        pals_contact=pals_contact, formats_contact=formats_contact, made_by=by,
    )  # fmt: skip
    audit.record("views_link.made", target=link, by=by)
    return link


@transaction.atomic
def change_link(
    *, link_id: int, opens_date: dt.date, closes_date: dt.date, pals_contact: str, formats_contact: str, by: User,
    version: int | None = None,
) -> ViewsLink:  # fmt: skip
    """Change the days and contacts of a link; one that was closed early opens again.

    Raises InvalidTransition like ``make_link``, SomeoneElseChanged.
    """
    link = _locked(link_id)
    check_version(link, link.version, version)
    _check(link.review, opens_date, closes_date)
    link.opens_date, link.closes_date, link.closed_at = opens_date, closes_date, None
    link.pals_contact, link.formats_contact = pals_contact, formats_contact
    link.version += 1
    link.save(update_fields=["opens_date", "closes_date", "closed_at", "pals_contact", "formats_contact", "version"])
    audit.record("views_link.changed", target=link, by=by)
    return link


@transaction.atomic
def close_link(*, link_id: int, by: User) -> ViewsLink:
    """Close a link before its day. Raises InvalidTransition when it is closed already."""
    link = _locked(link_id)
    if link.closed_at:
        raise InvalidTransition(f"This link was closed on {day_words(timezone.localdate(link.closed_at))}.")
    link.closed_at = timezone.now()
    link.version += 1
    link.save(update_fields=["closed_at", "version"])
    audit.record("views_link.closed", target=link, by=by)
    return link


def _locked(link_id: int) -> ViewsLink:
    review = locked_review(ViewsLink.objects.values_list("review", flat=True).get(pk=link_id))
    link = ViewsLink.objects.select_for_update(of=("self",)).get(pk=link_id)
    link.review = review
    return link


def _check(review: Review, opens_date: dt.date, closes_date: dt.date) -> None:
    if review.status not in COLLECTING:
        raise InvalidTransition("A link is open from the notice to the service until the end of the visit.")
    if closes_date < opens_date:
        raise InvalidTransition("The link must close on or after the day on which it opens.")
    if review.ends_date and closes_date > review.ends_date:
        raise InvalidTransition(f"The link must close by the last day of the visit, {day_words(review.ends_date)}.")

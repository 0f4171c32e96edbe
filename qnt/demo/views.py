"""Views of patients and carers in the demonstration: an open link, a closed one, views in every status and by every channel."""

import datetime as dt
import uuid

from accounts.models import User
from peerreview.models import PatientView, Review
from peerreview.services.patient_views import Said, give_view, hold_back_view, record_view, share_view
from peerreview.services.views_links import close_link, make_link
from qnt.demo.canaries import canary
from qnt.demo.clock import moment

PALS = "PALS (Patient Advice and Liaison Service): 01632 960 100, pals@trust.illustrative.example"
FORMATS = "the ward office: 01632 960 101, access@trust.illustrative.example"
ONLINE = (
    Said("PATIENT", "The nurses know me by name.", "I wait two hours each time and nobody says why.", ""),
    Said("CARER", "They ask me as well, not only my husband.", "", ""),
    Said("PATIENT", "", "Parking is far away and I cannot walk well.", ""),
    Said("PATIENT", "The new leaflet is easy to read.", "Letters come after the date they talk about.", ""),
)
ON_PAPER = Said("OTHER", "The ward is clean.", "There is no quiet place to talk.", "")
INTERVIEW = Said("PATIENT", "I can ring at night and somebody answers.", "A plan that I can take home.", "")
UNSAFE = Said("CARER", "", "", "The call bell by bed 4 did not work for a whole night.")


def add_views(review: Review, number: int, *, opened: dt.date, by: User, member: User | None) -> None:
    """Views of the one service of a review that collects them, ``number`` its place in the demonstration.

    With a ``member`` the visit begins: they held an interview, and the link closes with a view about danger.
    """
    with moment(opened, 9):
        link = make_link(
            review_id=review.pk, service_id=review.services.get().pk, opens_date=opened, closes_date=review.ends_date or opened, by=by,
            pals_contact=PALS, formats_contact=FORMATS, token=f"demo-views-{number:02d}",
        )  # fmt: skip
    came = opened + dt.timedelta(days=2)
    for n, said in enumerate((*ONLINE, Said("PATIENT", canary("patient_view", 2 * number), "", ""))):
        with moment(came, 10 + n):
            view = give_view(link_id=link.pk, client_id=_id(review, n), said=said)
        if n < len(ONLINE) - 1:
            with moment(came, 17, n):
                share_view(view_id=view.pk, by=by)
        elif n == len(ONLINE):
            with moment(came, 18):
                hold_back_view(view_id=view.pk, reason="It says who somebody is.", by=by)
    _typed_in(review, number, came + dt.timedelta(days=1), by=by, member=member)
    if member and review.starts_date:
        with moment(review.starts_date, 7, 30):
            give_view(link_id=link.pk, client_id=_id(review, 20), said=UNSAFE)
            close_link(link_id=link.pk, by=by)


def _typed_in(review: Review, number: int, day: dt.date, *, by: User, member: User | None) -> None:
    """A paper form that the hub typed in, and an interview; the canary's waits to be read."""
    service = review.services.get().pk
    with moment(day, 11):
        paper = record_view(review_id=review.pk, service_id=service, channel="PAPER", client_id=_id(review, 10), said=ON_PAPER, by=by)
        share_view(view_id=paper.pk, by=by)
    said = INTERVIEW if member else Said("PATIENT", canary("patient_view", 2 * number + 1), "", "")
    with moment(day, 12):
        channel = PatientView.Channel.INTERVIEW
        record_view(review_id=review.pk, service_id=service, channel=channel, client_id=_id(review, 11), said=said, by=member or by)


def _id(review: Review, n: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"views-{review.pk}-{n}")

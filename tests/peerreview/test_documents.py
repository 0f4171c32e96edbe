"""Documents on which a review rests: filed by its team, counted for those who may know, never removed."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from peerreview.models import EvidenceTag
from surveillance.models import EvidenceItem, InvalidTransition
from surveillance.services import evidence
from tests.factories.peerreview import Visit, make_visit

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def visit() -> Visit:
    """A visit that goes on, with a cleared member."""
    made = make_visit()
    made.carry("VISITING")
    return made


def policy(visit: Visit) -> EvidenceItem:
    return evidence.add_link(
        service_id=visit.scene.service.pk, title="Policy", document_date=None, link="https://a.example/", by=visit.scene.lead
    )


def used_by(client: Client) -> list[str]:
    return client.get("/evidence/").context["rows"][0]["uses"].parts


def test_draft_finding_is_counted_for_its_team_and_not_for_the_service(visit: Visit, signed_in: SignedIn) -> None:
    item = policy(visit)
    visit.find(evidence_ids=(item.pk,))

    assert (used_by(signed_in(visit.member)), used_by(signed_in(visit.scene.lead))) == (["1 finding"], [])
    assert len(signed_in(visit.scene.lead).get("/evidence/?use=none").context["rows"]) == 1
    assert len(signed_in(visit.member).get("/evidence/?use=none").context["rows"]) == 0


def test_document_that_a_review_rests_on_stays(visit: Visit) -> None:
    items = [policy(visit), policy(visit)]
    visit.find(evidence_ids=(items[0].pk,))
    EvidenceTag.objects.create(review=visit.review, item=items[1], domain="LATERAL", shows="One rota", tagged_by=visit.member)

    for item in items:
        with pytest.raises(InvalidTransition, match="A peer review of this service rests on it, so it stays"):
            evidence.remove_item(evidence_id=item.pk, by=visit.scene.lead)


def test_removed_document_is_no_paper_of_a_review(visit: Visit, signed_in: SignedIn) -> None:
    evidence.remove_item(evidence_id=policy(visit).pk, by=visit.scene.lead)
    client, pk = signed_in(visit.member), visit.review.pk

    pages = [client.get(f"/reviews/{pk}/{part}/").content.decode() for part in ("evidence", "pack")]

    assert ["Policy" in page for page in pages] == [False, False]


def test_team_is_asked_about_an_nhs_number_and_keeps_its_file(
    visit: Visit, signed_in: SignedIn, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    client, address = signed_in(visit.member), f"/reviews/{visit.review.pk}/evidence/"
    sent = {"service": visit.scene.service.pk, "title": "Letter 943 476 5919", "source": "FILE"}

    page = client.post(address, sent | {"file": SimpleUploadedFile("a.txt", b"Text")}).content.decode()
    token = page.partition('name="held" value="')[2].partition('"')[0]
    back = client.post(address, sent | {"held": token, "go_back": "1"}).content.decode()
    client.post(address, sent | {"held": token, "keep": "on"})

    assert ("This may contain an NHS number" in page, "a.txt is kept for an hour" in back) == (True, True)
    assert EvidenceItem.objects.get().versions.get().file_name == "a.txt"


def test_reviewer_changes_only_what_they_added(visit: Visit, signed_in: SignedIn) -> None:
    theirs = policy(visit)
    own = evidence.add_link(
        service_id=visit.scene.service.pk, title="Rota", document_date=dt.date(2026, 1, 1), link="https://a.example/", by=visit.member
    )

    codes = [
        [signed_in(visit.member).get(f"/evidence/{item.pk}/{part}/").status_code for part in ("edit", "remove", "answers")]
        for item in (theirs, own)
    ]

    assert codes == [[403, 403, 403], [200, 200, 403]]

"""Pages of judgements: who opens them, what a sealed one shows, the answers to a device, statements."""

import json
import uuid
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.permissions import Role
from peerreview.models import Judgement, JudgementPanel
from peerreview.queries.judgements import mine
from peerreview.services import judging
from surveillance.models import Indicator
from tests.factories.accounts import person
from tests.factories.peerreview import Visit, make_review, make_visit

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CANARY = "canary-of-a-sealed-judgement"
DEVICE = {"Accept": "application/json"}


@pytest.fixture
def visit() -> Visit:
    made = make_visit(accepted=True)
    made.carry("VISITING")
    return made


def said(visit: Visit, value: str = "MET", **fields: object) -> dict[str, object]:
    answer = visit.scene.answers[0]
    chosen = {"service": visit.scene.service.pk, "indicator": answer.indicator_id, "value": value, "reason": "", "client_id": uuid.uuid4()}
    return {**chosen, **fields}


def address(visit: Visit, part: str = "") -> str:
    answer = visit.scene.answers[0]
    return f"/reviews/{visit.review.pk}/judgements/{visit.scene.service.pk}/{answer.indicator_id}/{part}"


def give(visit: Visit, client: Client, value: str = "MET", *, device: bool = False, **fields: object) -> object:
    return client.post(f"/reviews/{visit.review.pk}/judgements/give/", said(visit, value, **fields), headers=DEVICE if device else {})


def test_team_judges_agrees_and_the_report_says_so(visit: Visit, signed_in: SignedIn) -> None:
    lead, member, patient = (signed_in(user) for user in (visit.lead, visit.member, visit.patient))
    page = lead.get(f"/reviews/{visit.review.pk}/judgements/").content.decode()
    assert "My judgements (0 of 1)" in page
    assert "Hidden until everyone has given theirs (0 of 3)" in page
    shown = lead.get(address(visit)).content.decode()
    assert 'name="client_id"' in shown

    for client, value in ((lead, "MET"), (member, "NOT_MET"), (patient, "MET")):
        assert give(visit, client, value, reason="Seen").status_code == 302  # type: ignore[attr-defined]

    assert "2 met, 1 not met" in member.get(address(visit)).content.decode()
    assert "Open: 2 met, 1 not met. Not agreed yet" in member.get(f"/reviews/{visit.review.pk}/judgements/").content.decode()
    assert member.get(address(visit, "agree/")).status_code == 403
    panel = JudgementPanel.objects.get()
    agreed = {"agreed": "NOT_MET", "reason": "Cover stops at 8pm", "differences": "A rota", "version": panel.version}
    assert lead.post(address(visit, "agree/"), agreed).status_code == 302
    stale = lead.post(address(visit, "agree/"), agreed)
    assert (stale.status_code, "Cover stops at 8pm" in stale.content.decode()) == (409, True)
    assert "Agreed: not met" in member.get(f"/reviews/{visit.review.pk}/judgements/").content.decode()


def test_lead_opens_without_a_member_on_the_page(visit: Visit, signed_in: SignedIn) -> None:
    lead, member = signed_in(visit.lead), signed_in(visit.member)
    give(visit, member, "NOT_MET", reason=CANARY)
    assert "Open without" not in lead.get(address(visit)).content.decode()
    give(visit, lead)
    assert "Open without Pat Patient" in lead.get(address(visit)).content.decode()
    assert "Open without" not in member.get(address(visit)).content.decode()
    page = lead.get(address(visit, "open/")).content.decode()
    assert f'name="without" value="{visit.place(visit.patient).pk}"' in page

    answer = lead.post(address(visit, "open/"), {"reason": "Taken ill", "without": visit.place(visit.patient).pk})

    assert answer.status_code == 302
    shown = member.get(address(visit)).content.decode()
    assert "without Pat Patient: Taken ill" in shown
    assert CANARY in lead.get(address(visit)).content.decode()


def test_sealed_judgement_is_nowhere_but_with_its_member(visit: Visit, signed_in: SignedIn) -> None:
    give(visit, signed_in(visit.member), "NOT_MET", reason=CANARY)
    give(visit, signed_in(visit.lead), "MET")
    base = f"/reviews/{visit.review.pk}"
    service = visit.scene.service.pk
    pages = [
        f"{base}/", f"{base}/judgements/", f"{base}/judgements/add/", address(visit), address(visit, "open/"),
        address(visit, "agree/"), f"{base}/pack/",
        f"{base}/visit/", f"{base}/findings/", f"{base}/impact/", f"{base}/team/", "/home/", "/reviews/", f"/services/{service}/",
        f"/services/{service}/reviews/", f"/services/{service}/self-reports/", f"/self-reports/{visit.scene.report.pk}/",
    ]  # fmt: skip
    officer = person(Role.HUB_OFFICER, visit.scene.service.region)
    others = [
        visit.lead, visit.patient, visit.manager, officer, visit.scene.national, visit.scene.lead, visit.scene.executive,
        visit.scene.commissioner,
    ]  # fmt: skip

    for user in others:
        client = signed_in(user)
        for path in pages:
            assert CANARY not in client.get(path, follow=True).content.decode(), (user, path)
    assert CANARY in signed_in(visit.member).get(address(visit)).content.decode()
    assert CANARY not in str(list(AuditEvent.objects.values_list()))
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def test_nobody_but_the_team_opens_judgements(visit: Visit, signed_in: SignedIn) -> None:
    give(visit, signed_in(visit.member))
    found = {
        user.name: signed_in(user).get(f"/reviews/{visit.review.pk}/judgements/").status_code
        for user in (visit.manager, visit.scene.national, visit.scene.lead, visit.scene.commissioner, visit.member)
    }

    assert found == {
        visit.manager.name: 403, visit.scene.national.name: 403, visit.scene.lead.name: 403, visit.scene.commissioner.name: 404,
        "Max Member": 200,
    }  # fmt: skip


def test_review_for_learning_has_no_judgements(visit: Visit, signed_in: SignedIn) -> None:
    learning = make_review("VISITING", visit, purpose="IMPROVEMENT", decision=None)
    place = visit.place(visit.member)
    place.pk, place.review = None, learning
    place.save()
    client = signed_in(visit.member)

    assert client.get(f"/reviews/{learning.pk}/visit/").status_code == 200
    assert "/judgements/" not in client.get(f"/reviews/{learning.pk}/visit/").content.decode()
    assert client.get(f"/reviews/{learning.pk}/judgements/").status_code == 404
    assert client.post(f"/reviews/{learning.pk}/judgements/give/", said(visit)).status_code == 404


def test_device_is_answered_by_the_contract(visit: Visit, signed_in: SignedIn) -> None:
    member, client_id = signed_in(visit.member), uuid.uuid4()

    first, again = (give(visit, member, value, device=True, client_id=client_id) for value in ("MET", "NOT_MET"))
    faulty = give(visit, member, "", device=True)
    for user in (visit.lead, visit.patient):
        give(visit, signed_in(user))
    late = give(visit, member, "NOT_MET", device=True)
    signed_out = give(visit, Client(), device=True)

    kept = Judgement.objects.get(member__user=visit.member)
    wanted = {"client_id": str(client_id), "received_at": kept.given_at.isoformat(), "value": "MET", "words": "Met"}
    assert [first.json(), again.json()] == [wanted, wanted]  # type: ignore[attr-defined]
    assert (faulty.status_code, list(faulty.json()["errors"])) == (422, ["value"])  # type: ignore[attr-defined]
    assert (late.status_code, "open to the team" in json.dumps(late.json())) == (409, True)  # type: ignore[attr-defined]
    assert signed_out.status_code == 401  # type: ignore[attr-defined]


def test_page_says_why_a_judgement_is_refused_and_keeps_the_text(visit: Visit, signed_in: SignedIn) -> None:
    client = signed_in(visit.member)
    empty = give(visit, client, "", reason="My words").content.decode()  # type: ignore[attr-defined]
    assert "Select met, not met or not seen" in empty
    assert "My words" in empty
    for user in (visit.lead, visit.member, visit.patient):
        give(visit, signed_in(user))

    late = give(visit, client, "NOT_MET", reason="My words").content.decode()  # type: ignore[attr-defined]

    assert "cannot be given or changed any more" in late
    assert "What you wrote, not saved: My words" in late


def test_lead_adds_an_indicator_on_the_page(visit: Visit, signed_in: SignedIn) -> None:
    lead = signed_in(visit.lead)
    chosen = f"{visit.scene.service.pk}-{visit.scene.answers[2].indicator_id}"

    assert signed_in(visit.member).get(f"/reviews/{visit.review.pk}/judgements/add/").status_code == 403
    assert lead.post(f"/reviews/{visit.review.pk}/judgements/add/", {"chosen": chosen}).status_code == 302

    assert [row.why for row in mine(visit.review, visit.lead)] == ["Topic: Cover at night", "Added by the lead reviewer"]


def test_list_costs_the_same_for_any_number_of_indicators(visit: Visit, signed_in: SignedIn) -> None:
    lead = signed_in(visit.lead)
    path = f"/reviews/{visit.review.pk}/judgements/"
    for user in (visit.lead, visit.member, visit.patient):
        give(visit, signed_in(user))
    lead.get(path)
    with CaptureQueriesContext(connection) as one:
        lead.get(path)
    Indicator.objects.filter(pk__in=[answer.indicator_id for answer in visit.scene.answers]).update(is_key=True)
    asked = mine(visit.review, visit.lead)
    for row, user in product(asked[1:], (visit.lead, visit.member, visit.patient)):
        judging.give_judgement(
            review_id=visit.review.pk, service_id=row.service.pk, indicator_id=row.indicator.pk, value="MET", reason="",
            client_id=uuid.uuid4(), by=user,
        )  # fmt: skip

    with CaptureQueriesContext(connection) as many:
        lead.get(path)

    assert len(asked) > 2
    assert (len(many), len(many) <= 22) == (len(one), True)

"""Members say whether they agree with a draft; the lead agrees when they were heard; nobody outside sees a draft."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from peerreview.models import Finding, FindingAgreement, PatientView, Review, ReviewService
from peerreview.queries.waiting_afterwards import afterwards_items
from peerreview.services import agreements, findings, notes
from surveillance.models import EvidenceItem
from surveillance.services.clash import SomeoneElseChanged
from tests.factories.peerreview import Visit, make_visit
from tests.factories.surveillance import ServiceFactory
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
CANARY = "canary-of-a-draft"


@pytest.fixture
def visit() -> Visit:
    made = make_visit()
    made.carry("VISITING")
    return made


def say(finding: Finding, by: User, *, agrees: bool = True, comment: str = "") -> FindingAgreement:
    version = Finding.objects.get(pk=finding.pk).version
    return agreements.say_about_finding(finding_id=finding.pk, agrees=agrees, comment=comment, version=version, by=by)


def tasks(user: User) -> list[str]:
    return [item.task for item in afterwards_items(User.objects.get(pk=user.pk))]


def make_pathway(visit: Visit) -> tuple[Review, list[int]]:
    """The review as a pathway of three services of three providers."""
    Review.objects.filter(pk=visit.review.pk).update(is_pathway=True)
    ReviewService.objects.filter(review=visit.review).update(step="Referral")
    region = visit.scene.service.region
    for position, step in ((2, "Surgery"), (3, "Care at home")):
        service = ServiceFactory(provider__region=region, region=region, name=f"{step} service")
        ReviewService.objects.create(review=visit.review, service=service, position=position, step=step)
    return Review.objects.get(pk=visit.review.pk), list(visit.review.review_services.values_list("service", flat=True))


def test_lead_agrees_when_each_member_has_said(visit: Visit) -> None:
    finding = visit.find()

    with pytest.raises(InvalidTransition, match="Pat Patient has not said whether they agree. Wait for them, or say why"):
        findings.agree_finding(finding_id=finding.pk, by=visit.lead)
    say(finding, visit.patient, agrees=False, comment="The night rota was full.")
    agreed = findings.agree_finding(finding_id=finding.pk, by=visit.lead)

    assert agreed.status == Finding.Status.AGREED
    said = FindingAgreement.objects.filter(finding=finding).order_by("member")
    assert [(one.member.user, one.agrees) for one in said] == [(visit.lead, True), (visit.member, True), (visit.patient, False)]


def test_lead_agrees_without_the_named_ones_with_a_reason(visit: Visit, signed_in: SignedIn) -> None:
    finding = visit.find()
    lead = signed_in(visit.lead)

    page = lead.get(f"/findings/{finding.pk}/agree/").content.decode()
    refused = lead.post(f"/findings/{finding.pk}/agree/", {"version": finding.version, "reason": ""})
    done = lead.post(f"/findings/{finding.pk}/agree/", {"version": finding.version, "reason": "On the ward until tonight"})

    assert "Pat Patient has not said whether they agree." in page
    assert "Enter why you agree it without them" in refused.content.decode()
    assert done.status_code == 302
    shown = signed_in(visit.manager).get(f"/findings/{finding.pk}/").content.decode()
    assert "Agreed without those who had not said: On the ward until tonight" in shown


def test_immediate_risk_waits_for_nobody(visit: Visit) -> None:
    finding = visit.find("IMMEDIATE_RISK")

    assert findings.agree_finding(finding_id=finding.pk, by=visit.lead).status == Finding.Status.AGREED
    assert tasks(visit.patient) == []


def test_change_asks_again_and_dissent_needs_a_reason(visit: Visit) -> None:
    finding = visit.find()
    say(finding, visit.patient)
    assert tasks(visit.patient) == []

    findings.change_finding(finding_id=finding.pk, content=visit.content(what_was_seen="No cover at all."), by=visit.member)

    assert tasks(visit.patient) == ["Say whether you agree with 1 draft finding"]
    assert tasks(visit.member) == []
    with pytest.raises(InvalidTransition, match="Enter what you do not agree with"):
        say(finding, visit.patient, agrees=False)
    with pytest.raises(SomeoneElseChanged):
        agreements.say_about_finding(finding_id=finding.pk, agrees=True, version=finding.version, by=visit.patient)
    with pytest.raises(InvalidTransition, match="Only members of the team"):
        say(finding, visit.manager)


def test_member_says_on_one_page_after_another(visit: Visit, signed_in: SignedIn) -> None:
    first, second = visit.find(), visit.find("GOOD_PRACTICE", recommendation="")
    client = signed_in(visit.patient)

    wrong = client.post(f"/findings/{first.pk}/say/", {"agrees": "NO", "version": first.version})
    then = client.post(f"/findings/{first.pk}/say/", {"agrees": "NO", "comment": "I saw a rota", "version": first.version})
    last = client.post(f"/findings/{second.pk}/say/", {"agrees": "YES", "version": second.version})
    late = client.post(f"/findings/{second.pk}/say/", {"agrees": "YES", "version": second.version + 3})

    assert "Enter what you do not agree with" in wrong.content.decode()
    assert (then.url, last.url) == (f"/findings/{second.pk}/say/", f"/reviews/{visit.review.pk}/findings/")
    assert late.status_code == 409
    lead = signed_in(visit.lead).get(f"/findings/{first.pk}/agree/").content.decode()
    assert "Does not agree" in lead
    assert "I saw a rota" in lead
    assert (
        "2 of 3 members have said whether they agree. Not agreed by Pat Patient."
        in signed_in(visit.lead).get(f"/reviews/{visit.review.pk}/findings/").content.decode()
    )


def test_service_sees_no_draft_on_any_page(visit: Visit, signed_in: SignedIn) -> None:
    draft = visit.find(what_was_seen=CANARY, basis=CANARY, recommendation=CANARY, tags={"DIRECTIVE": CANARY})
    say(draft, visit.patient, agrees=False, comment=CANARY)
    visit.find("GOOD_PRACTICE", agreed=True, recommendation="", what_was_seen="Well led")
    pk, seen = visit.review.pk, {}
    parts = ("", "findings/", "feedback/", "impact/", "progress/", "findings/actions/")
    paths = [f"/reviews/{pk}/{part}" for part in parts] + [f"/findings/{draft.pk}/{part}" for part in ("", "say/", "acted/", "agree/")]
    paths += ["/home/", "/reviews/", f"/services/{visit.scene.service.pk}/"]

    for user in (visit.scene.lead, visit.scene.executive, visit.scene.commissioner):
        client = signed_in(user)
        seen |= {(user.name, path): CANARY in client.get(path).content.decode() for path in paths}

    assert [where for where, found in seen.items() if found] == []
    assert signed_in(visit.scene.lead).get(f"/findings/{draft.pk}/").status_code == 404
    assert signed_in(visit.scene.lead).get(f"/reviews/{pk}/feedback/").status_code == 403
    assert CANARY in signed_in(visit.member).get(f"/reviews/{pk}/findings/").content.decode()


def test_finding_rests_on_documents_views_and_notes(visit: Visit, signed_in: SignedIn) -> None:
    service = visit.scene.service
    item = EvidenceItem.objects.create(service=service, title="Night rota", added_by=visit.scene.lead)
    note = notes.save_note(review_id=visit.review.pk, client_id=uuid.uuid4(), text="Nobody at 3am", by=visit.member)
    view = PatientView.objects.create(
        review=visit.review, service=service, channel="INTERVIEW", who="PATIENT", better="I waited all night", entered_by=visit.member,
        status="SHARED", read_by=visit.manager, read_at=visit.review.opened_at,
    )  # fmt: skip
    held = PatientView.objects.create(
        review=visit.review, service=service, channel="INTERVIEW", who="CARER", better="Held back words", entered_by=visit.member
    )
    client, url = signed_in(visit.member), f"/reviews/{visit.review.pk}/findings/new/"
    said = {
        "category": "CONCERN", "service": service.pk, "what_was_seen": "No cover", "topic": visit.review.topics.get().pk,
        "addressed_to": "PROVIDER", "recommendation": "Agree cover",
    }  # fmt: skip

    form = client.get(url).content.decode()
    refused = client.post(url, said).content.decode()
    done = client.post(url, said | {"evidence": [item.pk], "views": [view.pk], "notes": [note.pk]})

    assert all(
        words in form for words in ("What is it based on?", "Night rota", "A patient: I waited all night", "Max Member: Nobody at 3am")
    )
    assert "Held back words" not in form
    assert "Enter what it is based on" in refused
    assert done.status_code == 302
    finding = Finding.objects.get()
    assert [list(rows.all()) for rows in (finding.evidence, finding.views, finding.notes)] == [[item], [view], [note]]
    shown = client.get(f"/findings/{finding.pk}/").content.decode()
    assert "1 document, 1 view of a patient or carer, 1 note" in shown
    assert "I waited all night" in shown
    assert client.post(url, said | {"views": [held.pk]}).status_code == 200
    say(finding, visit.patient)
    findings.agree_finding(finding_id=finding.pk, by=visit.lead)
    assert "I waited all night" not in signed_in(visit.scene.lead).get(f"/findings/{finding.pk}/").content.decode()


def test_pathway_names_step_and_hand_over(visit: Visit, signed_in: SignedIn) -> None:
    review, (first, second, last) = make_pathway(visit)
    client, url = signed_in(visit.member), f"/reviews/{review.pk}/findings/new/"
    said = {
        "category": "CONCERN", "what_was_seen": "Letters get lost", "basis": "Notes", "topic": review.topics.get().pk,
        "addressed_to": "PROVIDER", "recommendation": "Send them at once", "is_handover": "on",
    }  # fmt: skip

    form = client.get(url).content.decode()
    refused = client.post(url, said | {"service": last}).content.decode()
    done = client.post(url, said | {"service": first})
    client.post(url, {**said, "service": last, "is_handover": "", "what_was_seen": "Good plans", "category": "GOOD_PRACTICE"})

    assert "Step 2: Surgery. Surgery service" in form
    assert "This is the last step, so it hands over to no other" in refused
    assert done.status_code == 302
    assert list(Finding.objects.order_by("pk").values_list("service", "handover_to")) == [(first, second), (last, None)]
    page = client.get(f"/reviews/{review.pk}/findings/").content.decode()
    assert page.index("Step 1: Referral") < page.index("Letters get lost") < page.index("Step 3: Care at home") < page.index("Good plans")
    assert "Step 2: Surgery" not in page


def test_one_service_has_no_hand_over(visit: Visit) -> None:
    with pytest.raises(InvalidTransition, match="This is the last step"):
        visit.find(is_handover=True)


def test_review_for_learning_knows_three_categories(visit: Visit, signed_in: SignedIn) -> None:
    Review.objects.filter(pk=visit.review.pk).update(purpose="IMPROVEMENT", origin="REQUEST", decision=None)

    form = signed_in(visit.member).get(f"/reviews/{visit.review.pk}/findings/new/").content.decode()

    assert [f'value="{category}"' in form for category in Finding.Category.values] == [True, False, False, True, True]
    assert 'name="indicator"' not in form


def cost(client: Client, path: str) -> int:
    """How many statements a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_list_and_form_cost_the_same_for_any_number_of_findings(visit: Visit, signed_in: SignedIn) -> None:
    client, costs = signed_in(visit.member), []

    for rows in (1, 4):
        for n in range(rows):
            say(visit.find(what_was_seen=f"Draft {n}"), visit.patient)
            EvidenceItem.objects.create(service=visit.scene.service, title=f"Rota {n}", added_by=visit.scene.lead)
        client.get(f"/reviews/{visit.review.pk}/findings/")
        costs.append([cost(client, f"/reviews/{visit.review.pk}/{path}") for path in ("findings/", "findings/new/")])

    assert costs[0] == costs[1]
    assert max(costs[1]) <= 16

"""One review carried by people through the pages, from the decision to the follow-up."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from peerreview.models import Finding, Letter, Note, Review, TeamMember
from peerreview.services import reviews
from surveillance.models import Action, ServiceAssignment
from tests.factories.peerreview import make_visit
from work import jobs
from work.working_days import add_working_days

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def date_parts(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def test_review_carried_through_the_pages(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    manager, lead, member, patient = (signed_in(user) for user in (visit.manager, visit.lead, visit.member, visit.patient))
    service_lead, executive = signed_in(visit.scene.lead), signed_in(visit.scene.executive)
    start = add_working_days(timezone.localdate(), 55)

    # The manager opens the review, with one topic, and sends notice.
    assert f"/decisions/{visit.decision.pk}/review/new/" in manager.get("/reviews/").content.decode()
    sent = {
        "title": "Acute oncology",
        "procedure": visit.procedure.pk,
        "kind": "TARGETED",
        "mode": "HYBRID",
        **date_parts("starts_date", start),
    }
    assert manager.post(f"/decisions/{visit.decision.pk}/review/new/", sent).status_code == 302
    review = Review.objects.get()
    url = f"/reviews/{review.pk}/"
    assert manager.post(f"{url}topics/new/", {"title": "Cover", "indicators": [visit.scene.answers[0].indicator_id]}).status_code == 302
    assert manager.post(f"{url}notice/").status_code == 200  # it names a number to call, and there is none yet
    assert manager.post(f"{url}phone/", {"phone": "0113 496 0100"}).status_code == 302
    assert manager.post(f"{url}notice/").status_code == 302
    assert manager.post(f"{url}topics/send/").status_code == 302
    assert service_lead.post(f"{url}topics/answer/", {"answer": "AGREE"}).status_code == 302
    assert manager.post(f"{url}prepare/").status_code == 302

    # Each member accepts and declares, the service declares, the manager rules; only then do papers open.
    for user, client, role in ((visit.lead, lead, "LEAD"), (visit.member, member, "MEMBER"), (visit.patient, patient, "PATIENT_REVIEWER")):
        assert manager.post(f"{url}team/invite/", {"user": user.pk, "team_role": role}).status_code == 302
        place = TeamMember.objects.get(user=user)
        assert client.post(f"/team/{place.pk}/answer/", {"answer": "ACCEPT"}).status_code == 302
        assert client.post(f"/team/{place.pk}/conflicts/", {f"tie_{visit.scene.service.pk}": "NO"}).status_code == 302
        assert client.get(f"{url}pack/").status_code == 404
        key = f"{place.pk}_{visit.scene.service.pk}"
        assert service_lead.post(f"{url}conflicts/", {f"tie_{key}": "NO"}).status_code == 302
        assert manager.post(f"/team/{place.pk}/ruling/", {"ruling": "CLEAR", "reason": "No tie"}).status_code == 302
        assert client.get(f"{url}pack/").status_code == 200
        assert client.post(f"{url}context/", {"is_read": "1"}).status_code == 302
    assert ServiceAssignment.objects.filter(service=visit.scene.service, role__in=["REVIEWER", "PATIENT_REVIEWER"]).count() == 3
    assert manager.post(f"{url}begin/").status_code == 302

    # Notes, a finding, an immediate risk; the lead reviewer agrees both.
    note = {"text": "Ward walk", "topic": "", "client_id": "7f0e9a52-9d53-4bfc-9d5c-1c5a4a3a1f00"}
    assert member.post(f"{url}visit/", note).status_code == 302
    assert member.post(f"{url}visit/", note).status_code == 302
    assert Note.objects.count() == 1
    said = {
        "category": "CONCERN",
        "service": visit.scene.service.pk,
        "what_was_seen": "No cover",
        "basis": "Rota",
        "topic": review.topics.get().pk,
        "addressed_to": "COMMISSIONER",
        "recommendation": "Fund cover",
        "domains": ["STAKEHOLDER"],
        "shows_STAKEHOLDER": "The commissioner must act",
    }
    assert member.post(f"{url}findings/new/", said).status_code == 302
    assert service_lead.get(f"{url}findings/").content.decode().count("No cover") == 0
    risk = {"service": visit.scene.service.pk, "what": "Unlocked drugs", "where": "Ward 2", "told": "The matron"}
    assert patient.post(f"{url}findings/immediate-risk/", risk).status_code == 302
    reported = Finding.objects.get(category="IMMEDIATE_RISK")
    change = said | {
        "category": "IMMEDIATE_RISK",
        "what_was_seen": "Unlocked drugs",
        "recommendation": "Lock them",
        "version": reported.version,
    }
    assert lead.post(f"/findings/{reported.pk}/change/", change).status_code == 302
    for finding in Finding.objects.all():
        reason = {"reason": "Said in the team's meeting"}
        assert lead.post(f"/findings/{finding.pk}/agree/", {"version": finding.version, **reason}).status_code == 302
    assert service_lead.get(f"{url}findings/").content.decode().count("No cover") > 0
    assert manager.post(f"{url}finish/").status_code == 302

    # The letter goes, and is answered.
    letter = Letter.objects.get()
    assert executive.get(f"/letters/{letter.pk}/").status_code == 404
    assert manager.post(f"/letters/{letter.pk}/send/").status_code == 302
    jobs.run_pending()
    file = executive.get(f"/letters/{letter.pk}/pdf/")
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert executive.post(f"/letters/{letter.pk}/answer/", {"answer": "Locked"}).status_code == 302
    assert {visit.scene.commissioner.email, visit.scene.national.email} <= {
        sent.to[0] for sent in mail.outbox if "Act on an immediate risk" in sent.subject
    }

    # At sign-off places end; actions are drafted from the recommendations.
    reviews.begin_follow_up(review_id=review.pk, by=visit.manager)
    assert lead.get(f"{url}pack/").status_code == 404
    due = timezone.localdate() + dt.timedelta(days=90)
    assert service_lead.post(f"{url}findings/actions/", date_parts("due_date", due)).status_code == 302
    assert set(Action.objects.values_list("what", "addressed_to")) == {("Fund cover", "COMMISSIONER"), ("Lock them", "COMMISSIONER")}
    page = service_lead.get(f"{url}impact/").content.decode()
    assert "The commissioner must act" in page
    assert "7 domains have nothing yet" in page


def test_every_page_opens_for_those_who_work_on_it(signed_in: SignedIn) -> None:
    visit = make_visit(accepted=True)
    visit.carry("VISITING")
    finding, pk = visit.find("SERIOUS_CONCERN"), visit.review.pk
    place, member = visit.place(visit.member).pk, signed_in(visit.member)
    topic = visit.review.topics.get().pk
    for path in ("visit", "findings", "findings/new", "findings/immediate-risk", "impact", "evidence", "pack", "team", "topics", ""):
        assert member.get(f"/reviews/{pk}/{path}/".replace("//", "/")).status_code == 200, path
    manager = signed_in(visit.manager)
    paths = [
        f"/reviews/{pk}/{part}/"
        for part in ("dates", "notice", "prepare", "begin", "finish", "postpone", "cancel", "close", "team/invite", "topics/new")
    ]
    paths += [
        f"/reviews/{pk}/topics/{topic}/",
        f"/reviews/{pk}/topics/{topic}/remove/",
        f"/team/{place}/",
        f"/team/{place}/ruling/",
        f"/team/{place}/end/",
    ]
    paths += [
        f"/team/{place}/stand-by/",
        "/procedures/",
        f"/procedures/{visit.procedure.pk}/",
        "/reviews/",
        f"/findings/{finding.pk}/",
        f"/reviews/{pk}/findings/",
    ]
    paths += [f"/reviews/{pk}/findings/actions/", f"/findings/{finding.pk}/recheck/", f"/findings/{finding.pk}/action/"]
    for path in paths:
        assert manager.get(path).status_code == 200, path
    for path in (f"/findings/{finding.pk}/agree/", f"/findings/{finding.pk}/change/", f"/findings/{finding.pk}/withdraw/"):
        assert signed_in(visit.lead).get(path).status_code == 200, path
    service_lead = signed_in(visit.scene.lead)
    for path in ("/reviews/", "/reviews/request/", f"/reviews/{pk}/", f"/reviews/{pk}/conflicts/", f"/reviews/{pk}/findings/"):
        assert service_lead.get(path).status_code == 200, path

"""A reviewer's own profile, how the hub reads it, and the context card that a service keeps."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from peerreview.models import DateAway, Employment, Procedure, ReviewerProfile, Tie
from peerreview.services import profiles
from surveillance.models import Service
from tests.factories.accounts import OrganisationFactory
from tests.factories.peerreview import Visit, make_visit
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def date_fields(name: str, day: dt.date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


@pytest.fixture
def visit() -> Visit:
    return make_visit()


def test_reviewer_says_what_they_bring(visit: Visit, signed_in: SignedIn) -> None:
    client, specification = signed_in(visit.member), visit.scene.service.specification
    sent = {
        "professions": ["NURSE", "MANAGER"], "place_kinds": ["COAST"], "specialties": "Dialysis", "specifications": [specification.pk],
    }  # fmt: skip

    saved = client.post("/reviewers/me/", sent)
    page = client.get("/reviewers/me/").content.decode()

    profile = ReviewerProfile.objects.get(user=visit.member)
    assert saved.status_code == 302
    assert (profile.profession_codes, profile.place_kinds, profile.specialties) == (["NURSE", "MANAGER"], ["COAST"], "Dialysis")
    assert list(profile.specifications.all()) == [specification]
    assert "Peer reviewer training: in date until " in page
    assert 'value="COAST" checked' in page


def test_reviewer_adds_and_removes_work_ties_and_days_away(visit: Visit, signed_in: SignedIn) -> None:
    client, trust, day = signed_in(visit.member), OrganisationFactory(name="Far Trust"), timezone.localdate() + dt.timedelta(days=30)

    client.post("/reviewers/me/work/", {"organisation": trust.pk} | date_fields("to_date", dt.date(2025, 5, 31)))
    client.post("/reviewers/me/ties/", {"organisation": trust.pk, "rule_code": "CO_AUTHOR", "details": "A paper"})
    client.post("/reviewers/me/away/", date_fields("from_date", day) | date_fields("to_date", day))
    pages = [client.get(f"/reviewers/me/{kind}/").content.decode() for kind in ("work", "ties", "away")]
    for kind, model in (("work", Employment), ("ties", Tie), ("away", DateAway)):
        client.post(f"/reviewers/me/{kind}/", {"remove": model.objects.get().pk})

    assert "Far Trust, until 31 May 2025" in pages[0]
    assert "Far Trust: write or do research with someone there" in pages[1]
    assert f"{day.day} {day:%B %Y}" in pages[2]
    assert [model.objects.count() for model in (Employment, Tie, DateAway)] == [0, 0, 0]
    said = AuditEvent.objects.filter(action__startswith="reviewer.").order_by("pk").values_list("reason", flat=True)
    tie, on = "tie: Far Trust: write or do research with someone there. A paper", f"days away: {day.day} {day:%B %Y}"
    work = "work: Far Trust, until 31 May 2025"
    assert list(said) == [f"Added {work}", f"Added {tie}", f"Added {on}", f"Removed {work}", f"Removed {tie}", f"Removed {on}"]


def test_faults_of_entries_are_said(visit: Visit, signed_in: SignedIn) -> None:
    client, day = signed_in(visit.member), timezone.localdate() + dt.timedelta(days=30)
    before = day - dt.timedelta(days=1)

    page = client.post("/reviewers/me/away/", date_fields("from_date", day) | date_fields("to_date", before)).content.decode()
    empty = client.post("/reviewers/me/ties/", {}).content.decode()

    assert "The last day must be the same as or after the first day" in page
    assert "Select an organisation" in empty
    assert "Select what the tie is" in empty
    with pytest.raises(InvalidTransition, match="The last day away must be"):
        profiles.add_date_away(from_date=day, to_date=before, by=visit.member)


def test_nobody_removes_somebody_elses_entry(visit: Visit, signed_in: SignedIn) -> None:
    entry = DateAway.objects.create(user=visit.member, from_date=dt.date(2030, 1, 1), to_date=dt.date(2030, 1, 2))

    for sent in (str(entry.pk), "x", "9" * 40):
        signed_in(visit.lead).post("/reviewers/me/away/", {"remove": sent})

    assert DateAway.objects.filter(pk=entry.pk).exists()


def test_hub_reads_a_profile_and_a_service_does_not(visit: Visit, signed_in: SignedIn) -> None:
    Tie.objects.create(user=visit.member, organisation=visit.scene.service.provider, rule_code="GONE", details="Only for the hub")
    path = f"/reviewers/{visit.member.pk}/"

    page = signed_in(visit.manager).get(path).content.decode()

    assert "Only for the hub" in page
    assert "another tie" in page
    assert [signed_in(user).get(path).status_code for user in (visit.scene.lead, visit.member, visit.lead)] == [404, 404, 404]
    assert signed_in(visit.manager).get(f"/reviewers/{visit.scene.lead.pk}/").status_code == 404


def test_service_keeps_its_context_card_and_two_edits_meet(visit: Visit, signed_in: SignedIn) -> None:
    client, service = signed_in(visit.scene.lead), visit.scene.service
    path, sent = f"/services/{service.pk}/context/", {"place_kind": "RURAL", "travel": "One road"}

    opened = client.get(path).context["form"].initial["opened"]
    saved = client.post(path, sent | {"opened": opened})
    clash = client.post(path, {"travel": "Two roads", "opened": opened})
    about = client.get(f"/services/{service.pk}/about/").content.decode()

    assert (saved.status_code, clash.status_code) == (302, 409)
    assert "One road" in clash.content.decode()
    assert "Two roads" in clash.content.decode()
    assert Service.objects.values_list("place_kind", "travel").get(pk=service.pk) == ("RURAL", "One road")
    assert "Rural area" in about
    assert "Write the context card that reviewers read" in about


def test_national_lead_says_which_professions_can_fill_a_place(visit: Visit) -> None:
    places = Procedure.objects.get(code="SMALL_NETWORK", status="PUBLISHED").roles_required

    assert [row["professions"] for row in places] == [["DOCTOR", "NURSE", "AHP", "SCIENTIST"], ["NURSE", "AHP", "MANAGER"], []]

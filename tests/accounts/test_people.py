"""People and access: who may invite whom, what takes effect, what passes on when access ends."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import holdings, naming, services
from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.permissions import Role
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory, person
from work.jobs import run_pending
from work.models import Job

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate

# Who may give which role in their own place: written out from the design.
MAY_NAME = {
    Role.NATIONAL_LEAD: set(Role.values),
    Role.HUB_MANAGER: {"HUB_MANAGER", "HUB_OFFICER", "REVIEWER", "PATIENT_REVIEWER"},
    Role.HUB_OFFICER: set(),
    Role.SERVICE_LEAD: {"CONTRIBUTOR"},
    Role.CONTRIBUTOR: set(),
    Role.EXECUTIVE: {"SERVICE_LEAD"},
    Role.NETWORK_LEAD: set(),
    Role.COMMISSIONER: set(),
    Role.REVIEWER: set(),
    Role.PATIENT_REVIEWER: set(),
    Role.REGULATOR: set(),
}


@pytest.mark.parametrize("given", Role.values)
@pytest.mark.parametrize("by_role", Role.values)
def test_role_may_be_given_in_ones_own_organisation(by_role: str, given: str) -> None:
    own = MembershipFactory(role=by_role)
    kind = next(iter(naming.KINDS_OF_ROLE[given]))
    place = own.organisation if own.organisation.kind in naming.KINDS_OF_ROLE[given] else None
    if place is None and by_role == Role.NATIONAL_LEAD:
        place = OrganisationFactory(kind=kind)

    allowed = place is not None and naming.may_name(own.user, given, place)

    assert allowed == (place is not None and given in MAY_NAME[by_role])


@pytest.mark.parametrize("given", Role.values)
@pytest.mark.parametrize("by_role", sorted(set(Role.values) - {Role.NATIONAL_LEAD}))
def test_no_role_may_be_given_in_a_foreign_organisation(by_role: str, given: str) -> None:
    by = person(by_role)
    foreign = [OrganisationFactory(kind=kind) for kind in naming.KINDS_OF_ROLE[given]]

    assert [naming.may_name(by, given, organisation) for organisation in foreign] == [False] * len(foreign)


def test_executive_may_name_the_lead_of_a_hosted_network() -> None:
    trust = OrganisationFactory()
    hosted, other = OrganisationFactory(network=True, host=trust), OrganisationFactory(network=True)
    executive = person(Role.EXECUTIVE, trust)

    assert list(naming.organisations_to_name(executive, Role.NETWORK_LEAD)) == [hosted]
    assert not naming.may_name(executive, Role.NETWORK_LEAD, other)


def test_hub_manager_may_name_reviewers_who_work_in_trusts_of_the_region() -> None:
    hub = OrganisationFactory(hub=True)
    trust, foreign = OrganisationFactory(region=hub), OrganisationFactory()
    manager = person(Role.HUB_MANAGER, hub)

    assert naming.may_name(manager, Role.REVIEWER, trust)
    assert not naming.may_name(manager, Role.REVIEWER, foreign)
    assert not naming.may_name(manager, Role.EXECUTIVE, trust)


def test_role_that_ended_gives_nothing() -> None:
    by = MembershipFactory(role=Role.HUB_MANAGER, ended=True)

    assert naming.roles_to_name(by.user) == []
    assert not naming.may_name(by.user, Role.HUB_OFFICER, by.organisation)


def invite(client: Client, organisation: Organisation, given: str, /, **changes: object) -> object:
    """Send the second step of an invitation."""
    today = TODAY()
    fields = {
        "name": "Sam Lee", "email": "Sam.Lee@example.nhs.uk",
        "from_date_day": today.day, "from_date_month": today.month, "from_date_year": today.year,
    }  # fmt: skip
    return client.post(f"/people/invite/?role={given}&organisation={organisation.pk}", fields | changes)


def test_invitation_makes_a_person_who_chooses_a_password(signed_in, django_capture_on_commit_callbacks) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    client = signed_in(manager.user)

    response = invite(client, manager.organisation, Role.HUB_OFFICER)
    run_pending()

    user = User.objects.get(email="sam.lee@example.nhs.uk")
    membership = user.memberships.get()
    assert response.status_code == 302
    assert "Invitation sent. It works for 7 days." in client.get("/people/").content.decode()
    assert (membership.role, membership.organisation, membership.invited_by) == (Role.HUB_OFFICER, manager.organisation, manager.user)
    assert not user.has_usable_password()
    assert [(message.to, message.subject) for message in mail.outbox] == [([user.email], "Choose your password for QNT Peer Review")]
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body).group(1)
    newcomer = Client()
    page = newcomer.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    newcomer.post(page.request["PATH_INFO"], {"password1": "three random words", "password2": "three random words"})
    assert newcomer.post("/accounts/login/", {"login": "SAM.LEE@example.nhs.uk", "password": "three random words"}).status_code == 302
    assert newcomer.get("/home/").wsgi_request.user == user
    assert "This link does not work any more" in Client().get(link, follow=True).content.decode()


def test_invitation_of_somebody_known_gives_the_role_and_keeps_name_and_password(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    known = UserFactory(email="sam.lee@example.nhs.uk", name="Samira Lee")

    invite(signed_in(manager.user), manager.organisation, Role.REVIEWER)
    run_pending()

    known.refresh_from_db()
    assert (known.name, known.check_password(PASSWORD)) == ("Samira Lee", True)
    assert known.memberships.get().role == Role.REVIEWER
    assert mail.outbox[0].subject == "See your new role in QNT Peer Review"


@pytest.mark.parametrize(
    ("extra", "query"),
    [
        ({"role": "NATIONAL_LEAD"}, None),
        ({"is_staff": "1", "is_superuser": "1", "is_active": "0", "status": "ACTIVE", "role": "HUB_MANAGER"}, None),
        ({}, "NATIONAL_LEAD"),
        ({}, "EXECUTIVE"),
        ({}, "nonsense"),
    ],
)
def test_invitation_gives_no_more_than_the_inviter_may_give(signed_in, extra: dict, query: str | None) -> None:
    executive = MembershipFactory(role=Role.EXECUTIVE)

    invite(signed_in(executive.user), executive.organisation, query or Role.SERVICE_LEAD, **extra)

    given = Membership.objects.exclude(pk=executive.pk)
    assert [row.role for row in given] == ([] if query else [Role.SERVICE_LEAD])
    assert all(row.user.is_active for row in given)


def test_service_refuses_what_the_form_would_not_offer() -> None:
    lead, foreign = person(Role.SERVICE_LEAD), OrganisationFactory()

    with pytest.raises(services.PermissionDenied):
        services.invite_person(
            by=lead, email="a@example.nhs.uk", name="A", role=Role.CONTRIBUTOR, organisation_id=foreign.pk, from_date=TODAY()
        )

    assert not User.objects.filter(email="a@example.nhs.uk").exists()


def test_invitation_with_faults_names_each_and_keeps_what_was_typed(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)

    response = invite(
        signed_in(manager.user), manager.organisation, Role.HUB_OFFICER, email="nonsense", from_date_day="31", from_date_month="2"
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "Error: " in page
    assert "Enter an email address in the correct format" in page
    assert "The first day must be a real date" in page
    assert 'value="nonsense"' in page


def test_same_role_is_not_given_twice(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    officer = person(Role.HUB_OFFICER, manager.organisation, email="sam.lee@example.nhs.uk")

    response = invite(signed_in(manager.user), manager.organisation, Role.HUB_OFFICER)

    assert f"{officer.name} already has this role here." in response.content.decode().replace("&#x27;", "'")
    assert officer.memberships.count() == 1


def test_closed_account_is_not_opened_by_an_invitation(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    UserFactory(email="sam.lee@example.nhs.uk", is_active=False)

    response = invite(signed_in(manager.user), manager.organisation, Role.HUB_OFFICER)

    assert "account is closed" in response.content.decode()
    assert Membership.objects.count() == 1


def test_delegate_acts_between_the_dates_and_leaves_with_the_executive() -> None:
    executive = MembershipFactory(role=Role.EXECUTIVE)
    national = person(Role.NATIONAL_LEAD)
    until = TODAY() + dt.timedelta(days=30)

    given = services.choose_delegate(
        by=executive.user, membership_id=executive.pk, email="d@example.nhs.uk", name="Dee", from_date=TODAY(), to_date=until
    )

    assert (given.role, given.organisation, given.delegate_of, given.to_date) == (Role.EXECUTIVE, executive.organisation, executive, until)
    assert naming.principal_memberships(User.objects.get(pk=given.user_id)) == []
    assert naming.may_end(executive.user, given)
    services.end_access(membership_id=executive.pk, by=national, last_date=TODAY())
    given.refresh_from_db()
    assert given.to_date == TODAY()


def test_nobody_but_an_executive_chooses_a_delegate(signed_in) -> None:
    client = signed_in(person(Role.SERVICE_LEAD))

    assert (client.get("/people/delegate/").status_code, client.post("/people/delegate/").status_code) == (403, 403)


def test_access_ends_and_is_refused_from_the_next_day(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    officer = MembershipFactory(role=Role.HUB_OFFICER, organisation=manager.organisation)
    today = TODAY()

    response = signed_in(manager.user).post(
        f"/people/{officer.pk}/end/", {"last_date_day": today.day, "last_date_month": today.month, "last_date_year": today.year}
    )

    officer.refresh_from_db()
    assert (response.status_code, officer.to_date) == (302, today)
    assert not Membership.objects.active(today + dt.timedelta(days=1)).filter(pk=officer.pk).exists()
    assert AuditEvent.objects.filter(action="membership.ended", target_id=officer.pk, by=manager.user).count() == 1


def test_last_national_lead_cannot_leave() -> None:
    lead = MembershipFactory(role=Role.NATIONAL_LEAD)

    with pytest.raises(services.CannotEndAccess, match="The programme would have no national lead. Choose one first."):
        services.end_access(membership_id=lead.pk, by=lead.user, last_date=TODAY())


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, User, User]]:
    """An app that tells of 3 actions and 1 section."""
    passed: list[tuple[str, User, User]] = []

    def source(membership: Membership) -> list[holdings.Holding]:
        if membership.role != Role.SERVICE_LEAD:
            return []
        return [
            holdings.Holding("action", 3, lambda new, by: passed.append(("actions", new, by))),
            holdings.Holding("section", 1, lambda new, by: passed.append(("section", new, by))),
        ]

    monkeypatch.setattr(holdings, "_SOURCES", [source])
    return passed


def test_what_somebody_holds_must_pass_to_somebody(signed_in, held) -> None:
    executive = MembershipFactory(role=Role.EXECUTIVE)
    lead = MembershipFactory(role=Role.SERVICE_LEAD, organisation=executive.organisation, user__name="Sam Lee")
    successor = person(Role.SERVICE_LEAD, executive.organisation)
    stranger = person(Role.SERVICE_LEAD)
    client, today = signed_in(executive.user), TODAY()
    fields = {"last_date_day": today.day, "last_date_month": today.month, "last_date_year": today.year}

    page = client.get(f"/people/{lead.pk}/end/").content.decode()
    refused = [
        client.post(f"/people/{lead.pk}/end/", fields | extra) for extra in ({}, {"successor": stranger.pk}, {"successor": lead.user_id})
    ]
    accepted = client.post(f"/people/{lead.pk}/end/", fields | {"successor": successor.pk})

    assert "Sam Lee holds 3 actions and 1 section. Choose who takes them." in page
    assert [response.status_code for response in refused] == [200, 200, 200]
    assert accepted.status_code == 302
    assert held == [("actions", successor, executive.user), ("section", successor, executive.user)]


def test_list_shows_ones_own_organisation_only(signed_in) -> None:
    executive = MembershipFactory(role=Role.EXECUTIVE, user__name="Own executive")
    MembershipFactory(role=Role.SERVICE_LEAD, organisation=executive.organisation, user__name="Own lead")
    MembershipFactory(role=Role.SERVICE_LEAD, user__name="Foreign lead")
    MembershipFactory(role=Role.SERVICE_LEAD, organisation=executive.organisation, ended=True, user__name="Former lead")
    client = signed_in(executive.user)

    now, ended = client.get("/people/").content.decode(), client.get("/people/?show=ended").content.decode()

    assert [name in now for name in ("Own executive", "Own lead", "Foreign lead", "Former lead")] == [True, True, False, False]
    assert [name in ended for name in ("Own lead", "Former lead")] == [False, True]


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_costs_the_same_for_one_and_three(signed_in, django_assert_max_num_queries, item_count: int) -> None:
    executive = MembershipFactory(role=Role.EXECUTIVE)
    MembershipFactory.create_batch(item_count, role=Role.SERVICE_LEAD, organisation=executive.organisation)
    client = signed_in(executive.user)
    client.get("/people/")

    with django_assert_max_num_queries(8) as counted:
        client.get("/people/")

    assert len(counted) == 6


def test_page_of_a_foreign_membership_answers_like_a_missing_one(signed_in) -> None:
    foreign = MembershipFactory(role=Role.SERVICE_LEAD)
    client = signed_in(person(Role.EXECUTIVE))

    assert [client.get(f"/people/{pk}/").status_code for pk in (foreign.pk, 999999)] == [404, 404]


def test_invitation_can_be_sent_again_until_the_person_has_signed_in(signed_in) -> None:
    manager = MembershipFactory(role=Role.HUB_MANAGER)
    officer = MembershipFactory(role=Role.HUB_OFFICER, organisation=manager.organisation)
    client, url = signed_in(manager.user), reverse("accounts:membership_invite_again", args=[officer.pk])

    client.post(url)
    officer.user.last_login = timezone.now()
    officer.user.save()
    client.post(url)

    assert Job.objects.filter(kind="mail.invitation").count() == 1


def test_own_details_are_changed_and_nothing_else(signed_in) -> None:
    user = person(Role.CONTRIBUTOR)
    fields = {
        "name": "New Name",
        "job_title": "Nurse",
        "phone": "01",
        "email": "other@example.nhs.uk",
        "is_active": "",
        "role": "NATIONAL_LEAD",
    }

    response = signed_in(user).post("/people/me/", fields)

    before = user.email
    user = User.objects.get(pk=user.pk)
    assert response.status_code == 302
    assert (user.name, user.job_title, user.email, user.is_active, user.roles) == ("New Name", "Nurse", before, True, {Role.CONTRIBUTOR})

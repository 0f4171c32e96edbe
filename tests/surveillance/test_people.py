"""What surveillance tells the people pages, on real services: leadership, actions, sections, and which services may be given."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts import holdings, naming, services
from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission, Role
from surveillance.models import (
    Action,
    IndicatorSet,
    ProgrammeOfCare,
    Round,
    SectionAssignment,
    SelfReport,
    Service,
    ServiceAssignment,
    ServiceSpecification,
)
from tests.factories.accounts import MembershipFactory, OrganisationFactory, person

pytestmark = pytest.mark.django_db


def service_of(trust: Organisation, name: str) -> Service:
    """A service of the trust."""
    programme, _ = ProgrammeOfCare.objects.get_or_create(code="ZZ", name="Illustrative")
    specification = ServiceSpecification.objects.create(number=f"ZZ-{name}", name=name, programme=programme)
    return Service.objects.create(provider=trust, specification=specification, region=trust.region, name=name)


def works_on(membership: Membership, service: Service) -> ServiceAssignment:
    """The membership's person works on the service."""
    since = timezone.localdate() - dt.timedelta(days=30)
    return ServiceAssignment.objects.create(user=membership.user, service=service, role=membership.role, from_date=since)


@pytest.fixture
def trust() -> Organisation:
    """A trust."""
    return OrganisationFactory()


@pytest.fixture
def lead(trust: Organisation) -> Membership:
    """A service lead of the trust."""
    return MembershipFactory(role=Role.SERVICE_LEAD, organisation=trust, user__name="Sam Lee")


@pytest.fixture
def oncology(trust: Organisation, lead: Membership) -> Service:
    """A service that only Sam Lee leads."""
    service = service_of(trust, "Acute oncology")
    works_on(lead, service)
    return service


def test_lead_may_give_only_the_services_that_they_lead(trust: Organisation, lead: Membership, oncology: Service) -> None:
    other = service_of(trust, "Cardiology")
    today = timezone.localdate()
    asked = {"by": lead.user, "email": "c@example.nhs.uk", "name": "Chris", "role": Role.CONTRIBUTOR, "organisation_id": trust.pk}

    with pytest.raises(services.PermissionDenied):
        services.invite_person(**asked, from_date=today, service_ids=[other.pk])
    given = services.invite_person(**asked, from_date=today, to_date=today + dt.timedelta(days=90), service_ids=[oncology.pk])

    assert holdings.service_choices(lead.user, trust) == [(oncology.pk, "Acute oncology")]
    assignment = ServiceAssignment.objects.get(user=given.user)
    assert (assignment.service, assignment.role, assignment.to_date) == (oncology, Role.CONTRIBUTOR, given.to_date)
    assert list(Service.objects.for_user(given.user, Permission.SELF_REPORT_ANSWER)) == [oncology]
    assert holdings.service_names([given]) == {given.pk: ["Acute oncology"]}


def test_lead_ends_contributors_of_their_own_services_only(trust: Organisation, lead: Membership, oncology: Service) -> None:
    own = MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust)
    other = MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust)
    works_on(own, oncology)
    works_on(other, service_of(trust, "Cardiology"))
    executive = person(Role.EXECUTIVE, trust)

    assert (naming.may_end(lead.user, own), naming.may_end(lead.user, other)) == (True, False)
    assert (naming.may_end(executive, own), naming.may_end(executive, other)) == (True, True)


def test_service_is_never_left_without_a_lead(signed_in, trust: Organisation, lead: Membership, oncology: Service) -> None:
    executive = person(Role.EXECUTIVE, trust)
    sentence = "Acute oncology would have no lead. Choose one first."

    page = signed_in(executive).get(f"/people/{lead.pk}/end/").content.decode()
    with pytest.raises(services.CannotEndAccess, match=sentence):
        services.end_access(membership_id=lead.pk, by=executive, last_date=timezone.localdate())
    successor = person(Role.SERVICE_LEAD, trust)
    services.end_access(membership_id=lead.pk, by=executive, last_date=timezone.localdate(), successor_id=successor.pk)

    assert sentence in page
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    leads = ServiceAssignment.objects.active(tomorrow).filter(service=oncology, role=Role.SERVICE_LEAD)
    assert [assignment.user for assignment in leads] == [successor]


def test_actions_are_offered_to_the_successor_and_sections_pass(trust: Organisation, lead: Membership, oncology: Service) -> None:
    executive, today = person(Role.EXECUTIVE, trust), timezone.localdate()
    contributor = MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust, user__name="Chris May")
    works_on(contributor, oncology)
    kept = {"service": oncology, "drafted_by": executive, "due_date": today, "owner": contributor.user, "owner_organisation": trust}
    held = Action.objects.create(what="Write the policy", status="IN_PROGRESS", **kept)
    done = Action.objects.create(what="Name a lead", status="DONE", **kept)
    report = self_report_of(oncology)
    SectionAssignment.objects.create(self_report=report, section="Structure", user=contributor.user)

    words = services.holding_sentence(contributor, holdings.holdings_of(contributor))
    services.end_access(membership_id=contributor.pk, by=executive, last_date=today, successor_id=lead.user_id)

    held.refresh_from_db()
    done.refresh_from_db()
    assert words == "Chris May holds 1 action and 1 section. Choose who takes them."
    assert (held.owner, held.status, held.offer_due_date is not None) == (lead.user, Action.Status.OFFERED, True)
    assert (done.owner, done.status) == (contributor.user, Action.Status.DONE)
    assert [section.user for section in report.section_assignments.all()] == [lead.user]
    assert ServiceAssignment.objects.get(user=contributor.user).to_date == today


def self_report_of(service: Service) -> SelfReport:
    """A self-report in progress."""
    today = timezone.localdate()
    current = Round.objects.create(year=today.year, opens_date=today, closes_date=today, check_by_date=today)
    indicator_set = IndicatorSet.objects.create(code="ZZ", name="Illustrative", specification=service.specification)
    return SelfReport.objects.create(service=service, round=current, indicator_set=indicator_set, status="IN_PROGRESS", due_date=today)


def test_what_another_role_here_still_holds_does_not_pass(trust: Organisation, oncology: Service) -> None:
    executive = person(Role.EXECUTIVE, trust)
    contributor = MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust)
    MembershipFactory(role=Role.SERVICE_LEAD, organisation=trust, user=contributor.user)
    Action.objects.create(
        service=oncology, what="Write", status="ACCEPTED", drafted_by=executive, due_date=timezone.localdate(), owner=contributor.user,
        owner_organisation=trust,
    )  # fmt: skip

    assert holdings.holdings_of(contributor) == []


def test_role_of_one_trust_ends_without_touching_another(trust: Organisation, oncology: Service) -> None:
    both: User = MembershipFactory(role=Role.CONTRIBUTOR, organisation=trust).user
    elsewhere = MembershipFactory(role=Role.CONTRIBUTOR, user=both)
    here = both.memberships.get(organisation=trust)
    works_on(here, oncology)
    kept = works_on(elsewhere, service_of(elsewhere.organisation, "Cardiology"))

    services.end_access(membership_id=here.pk, by=person(Role.EXECUTIVE, trust), last_date=timezone.localdate() - dt.timedelta(days=1))

    both = User.objects.get(pk=both.pk)
    kept.refresh_from_db()
    assert kept.to_date is None
    assert list(Service.objects.for_user(both, Permission.SELF_REPORT_ANSWER)) == [kept.service]

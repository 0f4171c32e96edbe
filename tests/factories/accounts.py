"""Organisations, people and roles: each factory makes the least valid row."""

import datetime as dt

import factory
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Role

PASSWORD = "correct horse battery"
LONG_AGO = dt.date(2020, 1, 1)  # before any day on which a test plays

# Where each role belongs.
KIND_OF_ROLE = {
    Role.NATIONAL_LEAD: Organisation.Kind.NATIONAL,
    Role.HUB_MANAGER: Organisation.Kind.REGION,
    Role.HUB_OFFICER: Organisation.Kind.REGION,
    Role.SERVICE_LEAD: Organisation.Kind.PROVIDER,
    Role.CONTRIBUTOR: Organisation.Kind.PROVIDER,
    Role.EXECUTIVE: Organisation.Kind.PROVIDER,
    Role.NETWORK_LEAD: Organisation.Kind.NETWORK,
    Role.COMMISSIONER: Organisation.Kind.ICB,
    Role.REVIEWER: Organisation.Kind.REGION,
    Role.PATIENT_REVIEWER: Organisation.Kind.REGION,
    Role.REGULATOR: Organisation.Kind.REGULATOR,
}


class OrganisationFactory(factory.django.DjangoModelFactory):
    """A provider; traits ``national``, ``in_region`` kinds and so on give the other kinds."""

    class Meta:
        model = Organisation

    class Params:
        national = factory.Trait(kind=Organisation.Kind.NATIONAL, region=None)
        hub = factory.Trait(kind=Organisation.Kind.REGION, region=None)
        board = factory.Trait(kind=Organisation.Kind.ICB)
        network = factory.Trait(kind=Organisation.Kind.NETWORK)
        regulator = factory.Trait(kind=Organisation.Kind.REGULATOR, region=None)

    kind = Organisation.Kind.PROVIDER
    code = factory.Sequence(lambda n: f"ZZ{n:03}")
    name = factory.LazyAttribute(lambda made: f"Illustrative {Organisation.Kind(made.kind).label.lower()} {made.code}")
    region = factory.SubFactory("tests.factories.accounts.OrganisationFactory", hub=True)
    is_illustrative = True


class UserFactory(factory.django.DjangoModelFactory):
    """A person without a role, who signs in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person.{n}@example.nhs.uk")

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **fields: object) -> User:
        return model_class.objects.create_user(password=fields.pop("password", PASSWORD), **fields)


class MembershipFactory(factory.django.DjangoModelFactory):
    """A role in force for long, on whatever day a test plays, in an organisation of the kind that the role belongs to."""

    class Meta:
        model = Membership

    class Params:
        ended = factory.Trait(to_date=factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=1)))
        future = factory.Trait(from_date=factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=7)))

    user = factory.SubFactory(UserFactory)
    role = Role.SERVICE_LEAD
    from_date = LONG_AGO

    @factory.lazy_attribute
    def organisation(self) -> Organisation:
        kind = KIND_OF_ROLE[self.role]
        has_region = kind in {Organisation.Kind.PROVIDER, Organisation.Kind.ICB, Organisation.Kind.NETWORK}
        return OrganisationFactory(kind=kind) if has_region else OrganisationFactory(kind=kind, region=None)


def person(role: str, organisation: Organisation | None = None, **fields: object) -> User:
    """A person who holds ``role`` in ``organisation`` (one of the right kind is made when none is given)."""
    where = {"organisation": organisation} if organisation else {}
    return MembershipFactory(role=role, user=UserFactory(**fields), **where).user


def session_of(user: User) -> str:
    """The key of a new session in which this person is signed in, as a browser keeps it in its cookie."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)

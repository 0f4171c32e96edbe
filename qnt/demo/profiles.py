"""What the demonstration's reviewers say of themselves: professions, what they know, where they worked, ties, days away."""

import datetime as dt

from accounts.models import User
from peerreview.models import ReviewerProfile
from peerreview.services import profiles
from qnt.demo.clock import moment
from qnt.demo.organisations import Places
from qnt.demo.people import People

PROFESSIONS = {
    "Consultant physician": "DOCTOR", "Nurse consultant": "NURSE", "Dietitian": "AHP", "Pharmacist": "SCIENTIST",
    "Service manager": "MANAGER", "Physiotherapist": "AHP",
}  # fmt: skip
KNOWN = (("CITY", "TOWN"), ("COAST", "RURAL"), ("TOWN",), ("RURAL", "TOWN"))
FORMER_TRUST, TIED_TRUST = 1, 5  # trusts where the first stand-by worked, and with which the second has a tie
DAYS_AWAY = (20, 34)


def make_profiles(places: Places, people: People, *, today: dt.date) -> None:
    """Every reviewer's profile, a former employment, a tie and days away, in the words of the people themselves."""
    everybody = [*people.reviewers.values(), *people.pool, *people.stand_bys]
    with moment(today - dt.timedelta(days=400), 10):
        for n, user in enumerate(everybody):
            _save(places, user, n)
        first, second, third = people.stand_bys
        profiles.add_work(
            organisation_id=places.providers[FORMER_TRUST].pk, from_date=today - dt.timedelta(days=2200),
            to_date=today - dt.timedelta(days=500), by=first,
        )  # fmt: skip
        profiles.add_tie(
            organisation_id=places.providers[TIED_TRUST].pk, rule_code="CO_AUTHOR", details="Two papers on dialysis at home.", by=second
        )
    with moment(today - dt.timedelta(days=20), 10):
        start, end = (today + dt.timedelta(days=days) for days in DAYS_AWAY)
        profiles.add_date_away(from_date=start, to_date=end, by=third)


def _save(places: Places, user: User, n: int) -> None:
    profile = ReviewerProfile.objects.get(user=user)
    known = {places.services[n % len(places.services)].specification_id, places.services[0].specification_id} if n % 3 else set()
    content = profiles.ProfileContent(
        professions=[PROFESSIONS.get(profile.professions, "NURSE")], specialties=profile.specialties, specification_ids=sorted(known),
        place_kinds=KNOWN[n % len(KNOWN)], home_region_id=profile.home_region_id,
        visit_region_ids=[region.pk for region in places.regions if region.pk != profile.home_region_id],
    )  # fmt: skip
    profiles.save_profile(content=content, by=user)

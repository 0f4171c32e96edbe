"""Which days people can make: who is asked, what each said, and what speaks against a date."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import DateAnswer, DateAway, DateOption, Review, TeamMember
from peerreview.queries.milestones import notice_fault
from peerreview.queries.sides import hosts
from surveillance.models import Service
from surveillance.queries.parties import provider_id_of
from surveillance.queries.people import executives_of, lead_ids_by_service, leads_of
from work.items import day_words
from work.working_days import bank_holidays

POLL_STATUSES = (Review.Status.PROPOSED, Review.Status.PLANNED, Review.Status.POSTPONED)
Answer = DateAnswer.Answer


@dataclass(frozen=True)
class Asked:
    """A person who is asked, and in which part: "lead reviewer", "service lead", "executive"."""

    user: User
    part: str


@dataclass
class OptionRow:
    """One date with what everybody said of it, and what speaks against it in sentences."""

    option: DateOption
    said: dict[str, list[User]] = field(default_factory=dict)
    silent: list[User] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    words: str = ""

    @property
    def counts(self) -> str:
        """In words: "3 yes, 1 if needed, 1 no, 2 have not answered"."""
        parts = [f"{len(self.said[answer])} {Answer(answer).label.lower()}" for answer in Answer.values]
        silent = len(self.silent)
        parts.append("everybody has answered" if not silent else f"{silent} {'has' if silent == 1 else 'have'} not answered")
        return ", ".join(parts)

    @property
    def yes(self) -> list[User]:
        return self.said[Answer.YES]

    @property
    def if_needed(self) -> list[User]:
        return self.said[Answer.IF_NEEDED]

    @property
    def no(self) -> list[User]:
        return self.said[Answer.NO]


def is_poll_open(review: Review) -> bool:
    """Whether people are asked about dates of this review now."""
    return review.poll_due_date is not None and review.status in POLL_STATUSES


def asked_members(review: Review) -> list[TeamMember]:
    """Places on the team that are asked for or taken, and not ruled out."""
    return list(review.team.standing().select_related("user").order_by("pk"))


def asked_people(review: Review) -> list[Asked]:
    """The team, the leads and the executives of the services, each once."""
    found = {member.user_id: Asked(member.user, member.get_team_role_display().lower()) for member in asked_members(review)}
    for service in review.services.all():
        for part, people in (("service lead", leads_of(service)), ("executive", executives_of(service))):
            for person in people:
                found.setdefault(person.pk, Asked(person, part))
    return list(found.values())


def is_asked(review: Review, user: User) -> bool:
    """Whether ``user`` is one of those asked."""
    return review.team.standing().filter(user=user).exists() or hosts(review, user)


def answers_by(review: Review, user: User) -> dict[int, str]:
    """What ``user`` said, by the ids of the dates."""
    return dict(DateAnswer.objects.filter(option__review=review, user=user).values_list("option", "answer"))


def poll_rows(review: Review, asked: list[Asked]) -> list[OptionRow]:
    """Each date with everybody's answer and its warnings; four statements however many are asked."""
    people = [one.user for one in asked]
    by_id = {person.pk: person for person in people}
    away = list(DateAway.objects.filter(user__in=people).select_related("user").order_by("user__name", "from_date"))
    rows = []
    for option in review.date_options.prefetch_related("answers"):
        said: dict[str, list[User]] = {answer: [] for answer in Answer.values}
        answered = {answer.user_id: answer.answer for answer in option.answers.all()}
        for person in people:
            if person.pk in answered:
                said[answered[person.pk]].append(by_id[person.pk])
        silent = [person for person in people if person.pk not in answered]
        rows.append(OptionRow(option, said, silent, option_warnings(review, option, away)))
    return rows


def option_warnings(review: Review, option: DateOption, away: list[DateAway]) -> list[str]:
    """What speaks against a date: bank holidays, reviewers away, too short a notice."""
    holidays = sorted(day for day in bank_holidays() if option.starts_date <= day <= option.ends_date)
    warnings = [f"{day_words(day)} is a bank holiday" for day in holidays]
    absent = dict.fromkeys(one.user.name for one in away if one.from_date <= option.ends_date and one.to_date >= option.starts_date)
    warnings += [f"{name} is away" for name in absent]
    return [*warnings, *filter(None, [notice_fault(review.procedure, option.starts_date)])]


def away_words(review: Review) -> list[str]:
    """When those who would visit are away, in sentences, from today on; two statements."""
    people = [member.user_id for member in asked_members(review)]
    coming = DateAway.objects.filter(user__in=people, to_date__gte=timezone.localdate()).select_related("user")
    return [
        f"{one.user.name} is away {'on' if one.from_date == one.to_date else 'from'} {_days(one)}"
        for one in coming.order_by("from_date", "user__name")
    ]


def _days(one: DateAway) -> str:
    return day_words(one.from_date) if one.from_date == one.to_date else f"{day_words(one.from_date)} to {day_words(one.to_date)}"


def own_warnings(user: User, options: list[DateOption]) -> dict[int, list[str]]:
    """What somebody who is asked is reminded of, by the ids of the dates: bank holidays and their own days away; one statement."""
    away, holidays = list(DateAway.objects.filter(user=user)), bank_holidays()
    found = {}
    for option in options:
        days = sorted(day for day in holidays if option.starts_date <= day <= option.ends_date)
        notes = [f"{day_words(day)} is a bank holiday" for day in days]
        if any(one.from_date <= option.ends_date and one.to_date >= option.starts_date for one in away):
            notes.append("You said that you are away")
        found[option.pk] = notes
    return found


def silent_people(rows: list[OptionRow]) -> list[User]:
    """Who has not answered for every date, each once, in the order in which they are asked."""
    found = {person.pk: person for row in rows for person in row.silent}
    return list(found.values())


def silence_words(rows: list[OptionRow], asked: list[Asked], due: dt.date, today: dt.date) -> str:
    """How many have not answered; once the day has passed, that there was no answer by it. Silence is no answer, never a yes."""
    silent = {person.pk for person in silent_people(rows)}
    names = ", ".join(f"{one.user.name} ({one.part})" for one in asked if one.user.pk in silent)
    if not silent:
        return "Everybody has answered."
    if today > due:
        return f"No answer by {day_words(due)} from {names}. This counts as no answer, not as yes or no."
    return f"{len(silent)} of {people_words(len(asked))} {'has' if len(silent) == 1 else 'have'} not answered yet: {names}."


def people_words(count: int) -> str:
    """Gives "1 person", "3 people"."""
    return "1 person" if count == 1 else f"{count} people"


def silent_by_review(reviews: Iterable[Review]) -> dict[int, list[User]]:
    """By review id, who of those asked has not answered for every date; eight statements however many reviews.

    The reviews carry their services.
    """
    by_pk = {review.pk: review for review in reviews}
    if not by_pk:
        return {}
    asked: dict[int, dict[int, None]] = {pk: {} for pk in by_pk}
    for review_id, user_id in TeamMember.objects.standing().filter(review__in=by_pk).order_by("pk").values_list("review", "user"):
        asked[review_id][user_id] = None
    services = [service for review in by_pk.values() for service in review.services.all()]
    leads, executives = lead_ids_by_service(services), _executive_ids(services)
    for pk, review in by_pk.items():
        for service in review.services.all():
            asked[pk] |= dict.fromkeys((*leads.get(service.pk, ()), *executives.get(provider_id_of(service) or 0, ())))
    wanted = Counter(DateOption.objects.filter(review__in=by_pk).values_list("review", flat=True))
    said = Counter(DateAnswer.objects.filter(option__review__in=by_pk).values_list("option__review", "user"))
    silent = {pk: [user_id for user_id in people if said[pk, user_id] < wanted[pk]] for pk, people in asked.items()}
    users = User.objects.in_bulk({user_id for people in silent.values() for user_id in people})
    return {pk: [users[user_id] for user_id in people] for pk, people in silent.items()}


def _executive_ids(services: Iterable[Service]) -> dict[int, list[int]]:
    """People who answer for each provider of these services, by the provider's id."""
    providers = {provider_id_of(service) for service in services} - {None}
    held = Membership.objects.active().filter(organisation__in=providers, role=Role.EXECUTIVE, user__is_active=True)
    found: dict[int, list[int]] = {}
    for provider_id, user_id in held.order_by("user__name", "user").values_list("organisation", "user"):
        found.setdefault(provider_id, []).append(user_id)
    return found

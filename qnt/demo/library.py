"""What follows publication: cards named beside findings, themes of several services, readers who follow the library. Illustrative."""

import datetime as dt

from accounts.models import User
from peerreview.models import Finding
from qnt.demo import texts
from qnt.demo.clock import moment, working_day
from qnt.demo.reviews import Reviews
from reports.models import LearningCard, Report, Subscription, Theme
from reports.services import naming, subscriptions, themes
from reports.subscription_tokens import token_of

S = Theme.Status
MEMBERS = 4  # findings in a theme, each of another service
# Title, what is systemic, the finding that recurs, who owns it (by group of people), how far it has come, what was done.
THEMES = (
    (
        "Audits without an owner",
        "Audits that several services owe stop when one person leaves. No service can pay for an audit office alone; one for each region "
        "would finish them.",
        "CONCERN",
        "commissioners",
        S.DONE,
        "Three integrated care boards pay for one audit office from April. It has finished two of the audits. (Illustrative)",
    ),
    (
        "Meeting the team before admission",
        "Families ask to meet the team before admission. Where it is offered, a network arranges it for all of its units.",
        "FURTHER_CONSIDERATION",
        "network_leads",
        S.ACCEPTED,
        "",
    ),
    (
        "Learning that reaches every shift",
        "Services that keep short accounts of incidents reach every shift; others have no time set aside for it.",
        "GOOD_PRACTICE",
        "nationals",
        S.OFFERED,
        "",
    ),
    ("Half-year audits", "The same audits are half done each year.", "CONCERN", "", S.DRAFT, ""),
)
# Addresses that nobody has: the domain is kept for examples. What they follow, and whether they confirmed.
READERS: tuple[tuple[str, dict[str, list[str]], bool], ...] = (
    ("reader.one@library.example", {}, True),
    ("reader.two@library.example", {"category": ["GOOD_PRACTICE"]}, True),
    ("reader.three@library.example", {}, False),
)


def follow_publication(told: Reviews, *, today: dt.date) -> None:
    """Name a card, carry the themes, and let three readers ask for emails."""
    _name_card(told)
    for n, plan in enumerate(THEMES):
        _carry_theme(told, n, plan, today - dt.timedelta(days=60 - n))
    for email, facets, is_confirmed in READERS:
        with moment(working_day(today - dt.timedelta(days=10)), 13):
            subscriptions.ask_for_emails(email=email, facets=facets)
            if is_confirmed:
                subscriptions.confirm_emails(token=token_of(Subscription.objects.get(email=email)))


def _name_card(told: Reviews) -> None:
    """The first shared card beside the first finding that may still take one."""
    card = LearningCard.objects.filter(status=LearningCard.Status.SHARED).order_by("pk").first()
    signed = Report.objects.filter(status__in=Report.SIGNED).values("review")
    open_findings = (
        Finding.objects.agreed().filter(category=Finding.Category.CONCERN, review__purpose="COMPLIANCE").exclude(review__in=signed)
    )
    finding = open_findings.exclude(service=card.service_id if card else 0).select_related("service").order_by("pk").first()
    if card and finding:
        naming.name_card(finding_id=finding.pk, card_id=card.pk, by=told.officer(finding.service))


def _carry_theme(told: Reviews, n: int, plan: tuple[str, str, str, str, S, str], day: dt.date) -> None:
    title, systemic, category, owners, reached, done = plan
    writer, owner = told.people.nationals[0], _owner(told, owners, n)
    seen = next(text.seen for text in texts.SHORT_FINDINGS if text.category == category)
    found = Finding.objects.agreed().filter(what_was_seen=seen, review__purpose="COMPLIANCE").order_by("service", "pk")
    with moment(working_day(day), 10):
        theme = themes.write_theme(title=title, systemic=systemic, purpose="COMPLIANCE", region=None, by=writer)
        themes.add_findings(theme_id=theme.pk, finding_ids=[finding.pk for finding in found[:MEMBERS]], by=writer)
    if owner is None:
        return
    offered = working_day(day + dt.timedelta(days=50 if reached == S.OFFERED else 2))
    with moment(offered, 11):
        place = owner.memberships.order_by("pk").get()
        themes.offer_theme(
            theme_id=theme.pk, owner_id=owner.pk, organisation_id=place.organisation_id, due_date=day + dt.timedelta(days=150), by=writer
        )
    if reached in {S.ACCEPTED, S.DONE}:
        with moment(working_day(offered + dt.timedelta(days=4)), 9):
            themes.answer_offer(theme_id=theme.pk, accepts=True, by=owner)
    if reached == S.DONE:
        with moment(working_day(offered + dt.timedelta(days=45)), 9):
            themes.report_done(theme_id=theme.pk, done=done, by=owner)


def _owner(told: Reviews, group: str, n: int) -> User | None:
    people: list[User] = getattr(told.people, group) if group else []
    return people[-1] if people and n else people[0] if people else None

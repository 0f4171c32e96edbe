"""What teams found on earlier visits, the letters that went, and the actions that followed."""

import datetime as dt
from typing import TYPE_CHECKING

from peerreview.models import Finding, FindingAction, FindingTag, Letter
from peerreview.queries.milestones import days_after
from qnt.demo.earlier import words
from qnt.demo.earlier.moments import at, later
from qnt.demo.earlier.visits import Held
from qnt.demo.texts import FindingText
from surveillance.models import Action, ActionEvent, Service
from work.working_days import add_working_days

if TYPE_CHECKING:
    from qnt.demo.reviews import Reviews

WEEK = dt.timedelta(days=7)
MOST_DAYS = 100  # working days after the visit by which an action is due


def find(told: "Reviews", held: Held) -> list[Finding]:
    """Write what the team agreed on the second day: good practice, two shortfalls, a point, and now and then something grave."""
    plan = held.plan
    n = plan.service + (0 if plan.is_last_year else 2)
    wanted = [words.PRAISE[n % 3], words.SHORTFALLS[n % 4], words.SHORTFALLS[(n + 1 + plan.hub) % 4], words.POINTS[n % 3]]
    if n % 4 == 1:
        wanted.append(words.GRAVE)
    made = [_finding(held, text) for text in dict.fromkeys(wanted)]
    for finding, text in zip(made, dict.fromkeys(wanted), strict=True):
        FindingTag.objects.bulk_create(
            FindingTag(finding=finding, domain=domain, shows=shows, tagged_by=held.team[0], tagged_at=finding.agreed_at)
            for domain, shows in text.tags
        )
        if text is words.GRAVE:
            _letter(told, held, finding)
    return made


def _finding(held: Held, text: FindingText) -> Finding:
    lead, day = held.team[0], at(held.ends, 15)
    return Finding.objects.create(
        review=held.review, service=held.service, category=text.category, status=Finding.Status.AGREED, what_was_seen=text.seen,
        basis=text.basis, indicator=held.indicators[(text.indicator - 1) % len(held.indicators)], addressed_to=text.addressed_to,
        recommendation=text.recommendation, recorded_by=lead, recorded_at=at(held.plan.day, 15), agreed_by=lead, agreed_at=day,
    )  # fmt: skip


def _letter(told: "Reviews", held: Held, finding: Finding) -> None:
    """To the chief executive; a hub that is slow sends it some days after its day."""
    procedure, manager = held.review.procedure, told.manager(held.service)
    due = days_after(procedure, "SERIOUS_LETTER", held.ends)
    sent = add_working_days(held.ends, 4) if held.plan.holds(held.plan.habits.letters) else add_working_days(due, 5)
    Letter.objects.create(
        finding=finding, to_name="Chief executive", due_date=due, response_due_date=days_after(procedure, "SERIOUS_RESPONSE", sent),
        sent_at=at(sent), sent_by=manager, text=f"What the team saw: {finding.what_was_seen}\n\nWhat the team recommends: "
        f"{finding.recommendation}", answered_at=at(add_working_days(sent, 9)), answered_by=manager, answer=words.LETTER_ANSWERED,
    )  # fmt: skip


def act(told: "Reviews", held: Held, findings: list[Finding], *, today: dt.date) -> None:
    """An action for each shortfall: offered, accepted, done in time or late, verified by the hub."""
    for n, finding in enumerate(one for one in findings if one.category in Finding.NEEDS_RECOMMENDATION):
        action = _action(told, held, finding, n, today)
        FindingAction.objects.create(finding=finding, action=action)
        _tell_history(action)


def _action(told: "Reviews", held: Held, finding: Finding, n: int, today: dt.date) -> Action:
    is_board = finding.addressed_to == Finding.AddressedTo.COMMISSIONER
    service, plan, officer = held.service, held.plan, told.officer(held.service)
    board = told.people.commissioners[told.places.icbs.index(service.icb)]
    drafted, due = add_working_days(held.ends, 4), add_working_days(held.ends, MOST_DAYS - 20 * (n % 2))
    is_kept = plan.holds(plan.habits.kept if not is_board else plan.habits.kept - 15)
    done = later(due, -6 if is_kept else 15, most=today - dt.timedelta(days=6))
    is_blocked = not is_kept and n == 1
    return Action.objects.create(
        service=service, addressed_to=finding.addressed_to, what=words.ACTION, indicator=finding.indicator, baseline="Not met",
        target="Met",
        status=Action.Status.VERIFIED, drafted_by=officer, drafted_at=at(drafted), owner=board if is_board else told.lead(service),
        owner_organisation=service.icb if is_board else service.provider, due_date=due, offered_at=at(drafted, 11),
        offer_due_date=add_working_days(drafted, 10), accepted_at=at(add_working_days(drafted, 3)), domains=["DIRECTIVE"],
        blocked_reason=words.BLOCKED if is_blocked else "", done_at=at(done), done_note=words.DONE, verified_by=officer,
        verified_at=at(later(done, 4, most=today - dt.timedelta(days=1))),
    )  # fmt: skip


def act_alone(told: "Reviews", service: Service, day: dt.date, *, today: dt.date) -> None:
    """An action that a service began because its own people wanted it."""
    lead, done = told.lead(service), later(day, 50, most=today - dt.timedelta(days=6))
    action = Action.objects.create(
        service=service, what=words.OWN_ACTION, status=Action.Status.VERIFIED, drafted_by=lead, drafted_at=at(day), owner=lead,
        owner_organisation=service.provider, due_date=add_working_days(day, 60), offered_at=at(day, 11),
        offer_due_date=add_working_days(day, 10), accepted_at=at(day, 12), domains=["ORGANISATIONAL"], done_at=at(done),
        done_note=words.DONE, verified_by=told.officer(service), verified_at=at(later(done, 4, most=today - dt.timedelta(days=1))),
    )  # fmt: skip
    _tell_history(action)


def _tell_history(action: Action) -> None:
    """The lines of an action's page, as the services write them."""
    owner, officer = action.owner, action.verified_by
    lines = [
        ("Drafted", action.drafted_by, action.drafted_at, ""), (f"Offered to {owner}", action.drafted_by, action.offered_at, ""),
        ("Accepted", owner, action.accepted_at, ""),
        *([("Blocked: needs money or staff", owner, action.accepted_at + WEEK, action.blocked_reason)] if action.blocked_reason else []),
        ("Marked as done", owner, action.done_at, action.done_note), ("Verified", officer, action.verified_at, ""),
    ]  # fmt: skip
    ActionEvent.objects.bulk_create(ActionEvent(action=action, what=what, by=by, at=moment, note=note) for what, by, moment, note in lines)


def put_right(findings: list[Finding], *, closed: dt.date) -> None:
    """The hub found everything put right before the review was closed; good practice ends agreed."""
    open_ones = [one.pk for one in findings if one.category != Finding.Category.GOOD_PRACTICE]
    Finding.objects.filter(pk__in=open_ones).update(status=Finding.Status.CLOSED, closed_at=at(closed), closed_reason=words.PUT_RIGHT)

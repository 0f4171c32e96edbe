"""Actions as pages show them: who holds one, whether it needs an owner, the groups of a plan, what happens next."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from accounts.models import Membership, User
from accounts.permissions import Permission
from surveillance.clocks import due_date
from surveillance.models import Action, PlanAgreement, Service, SurveillanceDecision
from surveillance.models.actions import ActionQuerySet
from surveillance.queries.decisions import first_action_due_date
from surveillance.queries.holders import (
    chooser_words,
    commissioner_of,
    drafter_of,
    drafter_words,
    executive_of,
    hub_manager_of,
    lead_commissioner_of,
    owner_of,
)
from surveillance.queries.parties import acts_for_hub, acts_for_lead_commissioner, acts_for_provider
from surveillance.reach import may
from work.items import NextStep, day_words

Status = Action.Status
# In these somebody must hold the action; a draft has no owner yet, and what is done waits for the hub.
HELD = (Status.OFFERED, Status.ACCEPTED, Status.IN_PROGRESS, Status.RETURNED, Status.BLOCKED)
UNDER_WAY = (Status.ACCEPTED, Status.IN_PROGRESS, Status.RETURNED)
GROUPS = ("Needs an owner", "Late", "Blocked", "In progress", "To verify", "Verified")


# Who holds it ---------------------------------------------------------------------------------------------------------
def owner_is_gone(today: dt.date | None = None) -> Q:
    """Actions whose owner no longer works at the organisation for which they took it."""
    working = Membership.objects.active(today).filter(
        user=OuterRef("owner"), organisation=OuterRef("owner_organisation"), user__is_active=True
    )
    return Q(owner__isnull=False) & ~Q(Exists(working))


def needs_owner(today: dt.date | None = None) -> Q:
    """Actions that nobody holds: declined, not answered in time, or the owner is gone. It falls to the one who must choose."""
    day = today or timezone.localdate()
    unanswered = Q(status=Status.OFFERED, offer_due_date__lt=day)
    return Q(status=Status.DECLINED) | unanswered | (Q(status__in=HELD) & (Q(owner=None) | owner_is_gone(day)))


def with_holding(actions: ActionQuerySet) -> ActionQuerySet:
    """The same actions with ``is_unheld``: nobody holds it and somebody must choose."""
    return actions.annotate(is_unheld=ExpressionWrapper(needs_owner(), output_field=BooleanField()))


def is_unheld(action: Action) -> bool:
    """Whether nobody holds the action; read from the row when the query has worked it out."""
    known = getattr(action, "is_unheld", None)
    return Action.objects.filter(needs_owner(), pk=action.pk).exists() if known is None else bool(known)


def is_late(action: Action) -> bool:
    """Whether the action's day has passed while it still has to be carried out."""
    return action.status not in (Status.VERIFIED, Status.DONE, Status.DRAFT) and action.due_date < timezone.localdate()


def status_label(action: Action) -> str:
    """The word of the tag; an action whose owner has accepted is not yet started."""
    return "Not yet started" if action.status == Status.ACCEPTED else action.get_status_display()


def holder_words(action: Action) -> str:
    """Owner, role, organisation, as far as the row knows them."""
    if action.owner is None:
        return "No one holds this yet."
    organisation = f", {action.owner_organisation.name}" if action.owner_organisation else ""
    title = f", {action.owner.job_title}" if action.owner.job_title else ""
    return f"{action.owner.name}{title}{organisation}"


# Plan -----------------------------------------------------------------------------------------------------------------
@dataclass
class PlanGroup:
    """One table of the plan."""

    title: str
    actions: list[Action] = field(default_factory=list)


def group_of(action: Action) -> str:
    """The table of the plan in which an action stands: the first of ``GROUPS`` that fits; a draft needs an owner."""
    if action.status == Status.DRAFT or is_unheld(action):
        return "Needs an owner"
    if is_late(action):
        return "Late"
    names = {Status.BLOCKED: "Blocked", Status.DONE: "To verify", Status.VERIFIED: "Verified"}
    return names.get(Status(action.status), "In progress")


def plan_of(service: Service, *, for_paper: bool = False) -> list[PlanGroup]:
    """A service's actions in the tables of its plan; empty tables are left out. ``for_paper`` reads their steps too."""
    groups = {title: PlanGroup(title) for title in GROUPS}
    actions = with_holding(Action.objects.filter(service=service)).for_display()
    if for_paper:
        actions = actions.select_related("decision__round", "verified_by").prefetch_related("steps__done_by")
    for action in actions:
        groups[group_of(action)].actions.append(action)
    return [group for group in groups.values() if group.actions]


@dataclass(frozen=True)
class ActionsSummary:
    """How far a service's plan is."""

    total: int
    verified: int
    late: int
    blocked: int
    needs_owner: int
    to_verify: int
    in_progress: int

    @property
    def words(self) -> str:
        """ "6 of 9 verified", or that there is nothing."""
        return f"{self.verified} of {self.total} verified" if self.total else "No actions yet"


def actions_summary(service: Service) -> ActionsSummary:
    """Counts of a service's plan, in one statement."""
    actions = list(with_holding(Action.objects.filter(service=service)))
    groups = [group_of(action) for action in actions]
    return ActionsSummary(
        total=len(actions),
        verified=groups.count("Verified"),
        late=sum(is_late(action) for action in actions),
        blocked=sum(action.status == Status.BLOCKED for action in actions),
        needs_owner=groups.count("Needs an owner"),
        to_verify=groups.count("To verify"),
        in_progress=groups.count("In progress"),
    )


def open_agreement(service: Service) -> PlanAgreement | None:
    """The agreement of the plan that is still to be given."""
    return service.plan_agreements.filter(hub_at=None).first()


def plan_is_agreed(service: str) -> Q:
    """Rows whose service, named by its path, has an agreed plan: by the executive, then by the hub, and no action asks for it again."""
    rows = PlanAgreement.objects.filter(service=OuterRef(service))
    return Q(Exists(rows.filter(executive_at__isnull=False, hub_at__isnull=False))) & ~Q(Exists(rows.filter(hub_at=None)))


# Who may do what ------------------------------------------------------------------------------------------------------
def may_draft(user: User, service: Service, addressed_to: str) -> bool:
    """Whether this person may draft an action: the hub either kind, a service lead the provider's."""
    if acts_for_hub(user, Permission.ACTION_DRAFT, service):
        return True
    return addressed_to == Action.AddressedTo.PROVIDER and may(user, Permission.ACTION_DRAFT, service)


def may_assign(user: User, action: Action) -> bool:
    """Whether this person chooses the owner when nobody holds it: the executive, or the lead commissioner for its own."""
    acts = acts_for_lead_commissioner if action.addressed_to == Action.AddressedTo.COMMISSIONER else acts_for_provider
    return acts(user, Permission.ACTION_ASSIGN, action.service)


def may_choose_owner(user: User, action: Action) -> bool:
    """Whether this person may offer the action: a draft by those who draft, what nobody holds by those who must choose."""
    if action.status == Status.DRAFT:
        return may_draft(user, action.service, action.addressed_to) or may_assign(user, action)
    return may_assign(user, action)


def owns(user: User, action: Action) -> bool:
    """Whether this person is the one named owner."""
    return action.owner_id == user.pk and user.has_permission(Permission.ACTION_OWN)


def may_change_steps(user: User, action: Action) -> bool:
    """Whether this person adds, ticks and removes steps: the owner, and for the provider's actions the lead of the service."""
    if owns(user, action):
        return True
    is_providers = action.addressed_to == Action.AddressedTo.PROVIDER
    return is_providers and user.has_permission(Permission.ACTION_OWN) and may(user, Permission.ACTION_DRAFT, action.service)


def may_verify(user: User, action: Action) -> bool:
    """Whether this person may verify for the hub; the owner is told so by the service, not hidden from."""
    return acts_for_hub(user, Permission.ACTION_VERIFY, action.service)


def may_answer_block(user: User, action: Action) -> bool:
    """Whether this person answers blocks for the lead commissioner."""
    return acts_for_lead_commissioner(user, Permission.ACTION_ASSIGN, action.service)


# What happens next ----------------------------------------------------------------------------------------------------
def verify_due_date(action: Action) -> dt.date:
    """By when the hub verifies an action that is done."""
    return due_date("verify", timezone.localdate(action.done_at))


def choose_due_date(action: Action) -> dt.date:
    """By when an owner is chosen for an action that nobody holds: never later than the action itself is due."""
    if action.status in (Status.DECLINED, Status.OFFERED) and action.offer_due_date:
        is_silence_noted = action.owner_id is None
        day = action.offer_due_date if is_silence_noted else due_date("choose_owner", action.offer_due_date)
        return min(day, action.due_date)
    return min(action.offer_due_date or action.due_date, action.due_date)  # set again when its owner left


def action_next_step(action: Action) -> NextStep:
    """What happens next with an action, who holds it, by when."""
    service, status = action.service, Status(action.status)
    if status == Status.DRAFT:
        return NextStep("Offer this action to one owner", drafter_words(service, action.addressed_to), action.due_date)
    if is_unheld(action):
        return NextStep(
            unheld_sentence(action), f"No one holds this yet. {chooser_words(action)} must choose someone.", choose_due_date(action)
        )
    if status == Status.OFFERED:
        return NextStep("Accept this action, or decline it with a reason", owner_of(action), action.offer_due_date)
    if status == Status.DONE:
        hub = hub_manager_of(service)
        return NextStep("Verify this action", hub.words if hub else service.region.name, verify_due_date(action))
    if status == Status.VERIFIED:
        done = timezone.localdate(action.verified_at)
        return NextStep("Nothing. This action is verified.", "Nobody", note=f"Verified on {day_words(done)}")
    if status == Status.BLOCKED:
        return _blocked_step(action)
    return NextStep("Carry out this action and mark it as done", owner_of(action), action.due_date)


def _blocked_step(action: Action) -> NextStep:
    buyer = lead_commissioner_of(action.service)
    name = buyer.name if buyer else "The lead commissioner"
    if action.block_answer == Action.BlockAnswer.CANNOT:
        hub = hub_manager_of(action.service)
        what = f"{name} cannot fund this. The hub takes it to the next decision with the risk stated."
        return NextStep(what, hub.words if hub else action.service.region.name, action.due_date)
    person = commissioner_of(action.service)
    return NextStep("Answer the block: fund it, advise, or say it cannot be done", person.words if person else name, action.block_due_date)


def unheld_sentence(action: Action) -> str:
    """Why nobody holds the action."""
    if action.status == Status.DECLINED:
        return "The action was declined. Choose an owner."
    if action.owner and action.status != Status.OFFERED:
        return f"{action.owner.name} no longer works here. Choose a new owner."
    if action.status == Status.OFFERED:
        return "The offer was not answered in time. Choose an owner."
    return "The owner no longer works here. Choose a new owner."


def plan_next_step(service: Service) -> NextStep | None:
    """What happens next with a service's plan; None when there is no plan and no decision that asks for one."""
    agreement = open_agreement(service)
    if agreement and agreement.executive_at is None:
        holder = executive_of(service)
        return NextStep("Agree the action plan", holder.words if holder else f"The executive of {service.holder.name}", agreement.due_date)
    if agreement:
        hub = hub_manager_of(service)
        return NextStep("Agree the action plan for the hub", hub.words if hub else service.region.name, agreement.due_date)
    unfinished = with_holding(Action.objects.filter(service=service).unfinished()).for_display().order_by("due_date", "pk").first()
    if unfinished:
        step = action_next_step(unfinished)
        return NextStep(f"{step.what}: {unfinished.what}", step.holder, step.due, step.note)
    decision = decision_asking_for_actions(service)
    if decision and not decision.actions.exists():
        return NextStep("Draft the first action", drafter_words(service, _first_side(decision)), first_action_due_date(decision))
    return None


def decision_asking_for_actions(service: Service) -> SurveillanceDecision | None:
    """The live decision that asks the provider or the commissioner to act."""
    asks = Q(needs_provider_action=True) | Q(needs_commissioner_action=True)
    return service.decisions.live().filter(asks).select_related("round").first()


def _first_side(decision: SurveillanceDecision) -> str:
    """To whom the first action of a decision falls: the provider where it has to act."""
    return Action.AddressedTo.PROVIDER if decision.needs_provider_action else Action.AddressedTo.COMMISSIONER


def empty_plan_sentence(service: Service) -> str:
    """What an empty plan says: that the decision asks for nothing, or who must draft the first action by when."""
    decision = decision_asking_for_actions(service)
    if decision is None:
        asked = service.decisions.live().exists()
        return "No actions. This decision asks for none." if asked else "No actions. No decision asks for any yet."
    drafter = drafter_of(service, _first_side(decision))
    who = drafter.user.name if drafter else drafter_words(service, _first_side(decision))
    return f"No actions yet. {who} must draft the first by {day_words(first_action_due_date(decision))}."


def row_holder(action: Action) -> str:
    """The owner in a table: name and organisation, or that no one holds it."""
    if action.owner is None or action.status == Status.DRAFT:
        return "No one holds this yet"
    if is_unheld(action) and action.status != Status.OFFERED:
        return f"{action.owner.name} no longer works here"
    if is_unheld(action):
        return f"{action.owner.name} did not answer in time"
    organisation = f", {action.owner_organisation.name}" if action.owner_organisation else ""
    return f"{action.owner.name}{organisation}"


# What a person can press on an action's page --------------------------------------------------------------------------
@dataclass(frozen=True)
class Press:
    """A button of the page: its words, its route, and whether it goes straight there (a form) or opens a page (a link)."""

    label: str
    route: str
    is_form: bool = False


def acts_of(user: User, action: Action) -> tuple[Press | None, list[Press]]:
    """The one primary act of this person by the action's state, and the secondary ones."""
    acts = _owner_acts(user, action) or _hub_acts(user, action)
    if not acts and may_choose_owner(user, action) and (action.status == Status.DRAFT or is_unheld(action)):
        acts = [Press("Offer this action" if action.status == Status.DRAFT else "Choose an owner", "action_owner")]
    if not acts and action.status == Status.BLOCKED and not action.block_answer and may_answer_block(user, action):
        acts = [Press("Answer the block", "action_block_answer")]
    primary, others = (acts[0], acts[1:]) if acts else (None, [])
    if may_draft(user, action.service, action.addressed_to) and user.has_permission(Permission.ACTION_DRAFT):
        if action.status == Status.DRAFT:
            others = [*others, Press("Change this action", "action_change")]
        elif action.status not in (Status.DONE, Status.VERIFIED):
            others = [*others, Press("Move the due date", "action_due_date")]
    return primary, others


def _owner_acts(user: User, action: Action) -> list[Press]:
    if not owns(user, action) or is_unheld(action):
        return []
    done, block = Press("Mark as done", "action_done"), Press("Say it is blocked", "action_block")
    start = Press("Start", "action_start", is_form=True)
    by_status = {
        Status.OFFERED: [Press("Accept", "action_accept", is_form=True), Press("Decline", "action_decline")],
        Status.ACCEPTED: [start, done, block],
        Status.IN_PROGRESS: [done, block],
        Status.RETURNED: [done, start, block],
        Status.BLOCKED: [Press("Go on without it", "action_start", is_form=True)],
    }
    return by_status.get(Status(action.status), [])


def _hub_acts(user: User, action: Action) -> list[Press]:
    if action.status != Status.DONE or not may_verify(user, action) or action.owner_id == user.pk:
        return []
    return [Press("Verify", "action_verify", is_form=True), Press("Send back", "action_return")]

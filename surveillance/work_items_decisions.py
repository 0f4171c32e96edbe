"""What waits for a person about decisions, actions and plans. A constant number of statements, whatever the number of rows.

The national team holds every right of a hub, but the hubs hold the work: its list leaves theirs out.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db.models import Case, Exists, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, Role
from surveillance.models import Action, PlanAgreement, Position, Service, SurveillanceDecision
from surveillance.queries import actions as action_queries
from surveillance.queries import decisions as decision_queries
from surveillance.queries.holders import Holder, holders_by_organisation, lead_commissioners_by_service, own_words
from surveillance.queries.older_figures import waits_on_older_figures
from surveillance.queries.parties import as_hub, as_lead_commissioner, as_provider
from work.items import WorkItem

RELATED = ("service__provider", "service__network__host", "service__region")
Source = Callable[[User], Iterable[WorkItem]]


def work_items_decisions(user: User) -> list[WorkItem]:
    """Everything about decisions, actions and plans that waits for ``user``, or that they wait for."""
    sources: list[tuple[Permission, Source]] = [
        (Permission.DECISION_PROPOSE, _decisions_to_propose),
        (Permission.DECISION_DECIDE, _decisions_to_take),
        (Permission.DECISION_VIEW, _positions),
        (Permission.ACTION_VIEW, _own_actions),
        (Permission.ACTION_DRAFT, _drafts),
        (Permission.ACTION_VERIFY, _actions_to_verify),
        (Permission.ACTION_VERIFY, _late_blocks),
        (Permission.ACTION_ASSIGN, _actions_without_owner),
        (Permission.ACTION_ASSIGN, _blocks),
        (Permission.PLAN_AGREE, _plans),
    ]
    return [item for permission, source in sources if user.has_permission(permission) for item in source(user)]


def _item(
    user: User, kind: str, task: str, row: SurveillanceDecision | Action | PlanAgreement, due: dt.date | None, status: str, url: str, *,
    plural: str = "", list_url: str = "", holder: str = "", is_mine: bool = True, reference: str = "", holder_ids: tuple[int, ...] = (),
    outside: str = "",
) -> WorkItem:  # fmt: skip
    service = row.service
    return WorkItem(
        kind=kind, task=task, url=url, service=str(service), due=due, status=_late_or(status, due) if is_mine else status,
        holder=holder or _own(user, service), is_mine=is_mine, plural=plural, list_url=list_url,
        reference=reference or f"{kind}:{row.pk}", holder_ids=holder_ids, outside=f"{outside}: {service}" if outside else "",
    )  # fmt: skip


def _late_or(status: str, due: dt.date | None) -> str:
    return "Late" if due is not None and due < timezone.localdate() else status


def _own(user: User, service: Service) -> str:
    places = (service.provider_id, service.region_id, service.network_id, service.network.host_id if service.network else None)
    return own_words(user, Role.values, places)


def _decision_url(decision: SurveillanceDecision) -> str:
    return reverse("surveillance:decision_detail", args=[decision.pk])


def _action_url(action: Action) -> str:
    return reverse("surveillance:action_detail", args=[action.pk])


def _actions_url(shown: str) -> str:
    return f"{reverse('surveillance:action_list')}?show={shown}"


# Decisions ------------------------------------------------------------------------------------------------------------
def _decisions_to_propose(user: User) -> Iterable[WorkItem]:
    """Accepted self-reports of the hub without a decision."""
    reports = decision_queries.reports_to_decide_on(user, with_national=False).select_related("round", *RELATED)
    for report in reports:
        url = reverse("surveillance:self_report_decision", args=[report.pk])
        yield WorkItem(
            kind="decision.propose", task="Propose a decision", url=url, service=str(report.service), due=report.round.check_by_date,
            status=_late_or("Not yet started", report.round.check_by_date), holder=_own(user, report.service),
            plural="Propose {count} decisions", list_url=reverse("surveillance:decision_list"), reference=f"decision.propose:{report.pk}",
        )  # fmt: skip


def _decisions_to_take(user: User) -> Iterable[WorkItem]:
    """Decisions whose figures moved, proposals that take no more positions, and decisions whose review is due."""
    mine = SurveillanceDecision.objects.filter(as_hub(user, Permission.DECISION_DECIDE, "service__", with_national=False))
    review_due = Q(status=SurveillanceDecision.Status.REVIEW_DUE)
    ready = Q(status=SurveillanceDecision.Status.PROPOSED) & ~decision_queries.waits_for_position()
    list_url = reverse("surveillance:decision_list")
    moved = waits_on_older_figures()
    for decision in (
        mine.filter(ready | review_due | moved).annotate(has_moved=Case(When(moved, then=True), default=False)).select_related(*RELATED)
    ):
        if decision.has_moved:
            yield _item(
                user, "decision.older_figures", "Decide again, or keep the decision", decision, None, "Review due", _decision_url(decision),
                plural="Decide again, or keep {count} decisions", list_url=list_url,
            )  # fmt: skip
            continue
        if decision.status == SurveillanceDecision.Status.REVIEW_DUE:
            yield _item(
                user, "decision.review", "Decide again", decision, decision.review_date, "Review due", _decision_url(decision),
                plural="Decide {count} services again", list_url=f"{list_url}?status=REVIEW_DUE",
            )  # fmt: skip
            continue
        due = decision_queries.decide_due_date(decision)
        yield _item(
            user, "decision.decide", "Bring the decision into force", decision, due, "Proposed", _decision_url(decision),
            plural="Bring {count} decisions into force", list_url=f"{list_url}?status=PROPOSED",
        )  # fmt: skip


def _positions(user: User) -> list[WorkItem]:
    """Positions that this person may give, and those that the proposals of this person still wait for."""
    path = "decision__service__"
    mine = Q(party=Position.Party.QNT) & as_hub(user, Permission.DECISION_DECIDE, path, with_national=False)
    mine |= Q(party=Position.Party.PROVIDER) & as_provider(user, Permission.POSITION_RECORD, path)
    mine |= Q(pk__in=decision_queries.commissioner_position(user).values("pk"))
    wanted = mine | Q(decision__proposed_by=user)
    waiting = Position.objects.filter(
        wanted, view=Position.View.WAITING, due_date__gte=timezone.localdate(), decision__status=SurveillanceDecision.Status.PROPOSED
    )
    given = {position.pk for position in waiting.filter(mine)}
    rows = list(waiting.select_related("organisation", "decision", *(f"decision__{name}" for name in RELATED)))
    executives = holders_by_organisation(Role.EXECUTIVE, [row.organisation_id for row in rows if row.pk not in given])
    buyers = holders_by_organisation(Role.COMMISSIONER, [row.organisation_id for row in rows if row.pk not in given])
    items = []
    for row in rows:
        is_mine = row.pk in given
        person = (executives if row.party == Position.Party.PROVIDER else buyers).get(row.organisation_id or 0)
        other = person.words if person else str(row.organisation or row.get_party_display())
        is_notice = is_mine and row.decision.is_by_notice and row.party != Position.Party.QNT
        task = "Give your position" if is_mine else f"Position of {row.organisation or row.get_party_display()}"
        if is_notice:
            items.append(_notice(user, row))
            continue
        items.append(
            _item(
                user,
                "decision.position" if is_mine else "decision.position_awaited",
                task,
                row.decision,
                row.due_date,
                "Position needed",
                _decision_url(row.decision),
                plural="Give {count} positions" if is_mine else "{count} positions",
                list_url=f"{reverse('surveillance:decision_list')}?status=PROPOSED",
                holder="" if is_mine else other,
                is_mine=is_mine,
                reference=f"position:{row.pk}",
                holder_ids=(person.user.pk,) if person and not is_mine else (),
            )  # fmt: skip
        )
    return items


def _notice(user: User, row: Position) -> WorkItem:
    """A notice of option 1 that this person may object to."""
    return _item(
        user, "decision.notice", "Read the notice of option 1", row.decision, row.due_date, "Position needed", _decision_url(row.decision),
        plural="Read {count} notices of option 1", list_url=f"{reverse('surveillance:decision_list')}?status=PROPOSED&option=1",
        reference=f"position:{row.pk}",
    )  # fmt: skip


# Actions --------------------------------------------------------------------------------------------------------------
def _own_actions(user: User) -> Iterable[WorkItem]:
    """Actions to accept or to carry out, and own blocks that the commissioner must answer."""
    status = Action.Status
    mine = action_queries.with_holding(Action.objects.filter(owner=user, status__in=action_queries.HELD)).select_related(*RELATED)
    actions = list(mine)
    buyers = lead_commissioners_by_service(action.service_id for action in actions if action.status == status.BLOCKED)
    for action in actions:
        if action_queries.is_unheld(action):
            continue
        if action.status == status.OFFERED:
            task, due, label, plural = "Accept or decline an action", action.offer_due_date, "Offered", "Accept or decline {count} actions"
            yield _item(
                user, "action.accept", task, action, due, label, _action_url(action), plural=plural, list_url=_actions_url("mine"),
                reference=f"action:{action.pk}:answer",
            )  # fmt: skip
        elif action.status == status.BLOCKED:
            yield from _own_block(user, action, buyers.get(action.service_id))
        else:
            task, label = f"Carry out: {_short(action.what)}", action_queries.status_label(action)
            yield _item(
                user, "action.carry_out", task, action, action.due_date, label, _action_url(action), plural="Carry out {count} actions",
                list_url=_actions_url("mine"), outside="Carry out an action",
            )  # fmt: skip


def _own_block(user: User, action: Action, buyer: Holder | None) -> Iterable[WorkItem]:
    if action.block_answer == Action.BlockAnswer.CANNOT:
        return
    yield _item(
        user, "action.block_awaited", "Answer to your blocked action", action, action.block_due_date, "Blocked", _action_url(action),
        plural="{count} answers to blocked actions", list_url=_actions_url("blocked"),
        holder=buyer.words if buyer else "The lead commissioner", is_mine=False,
        reference=f"action:{action.pk}:block", holder_ids=(buyer.user.pk,) if buyer else (),
    )  # fmt: skip


def _drafts(user: User) -> Iterable[WorkItem]:
    """Actions that this person drafted and still has to offer, and offers that wait for an answer; first actions to draft."""
    drafted = Action.objects.filter(drafted_by=user, status__in=[Action.Status.DRAFT, Action.Status.OFFERED]).exclude(owner=user)
    for action in drafted.select_related("owner", "owner_organisation", *RELATED):
        if action.status == Action.Status.DRAFT:
            yield _item(
                user, "action.offer", "Offer an action to one owner", action, action.due_date, "Draft", _action_url(action),
                plural="Offer {count} actions", list_url=_actions_url("needs_owner"),
            )  # fmt: skip
        elif action.owner and action.offer_due_date and action.offer_due_date >= timezone.localdate():
            yield _item(
                user, "action.answer_awaited", f"Answer of {action.owner.name} to an action", action, action.offer_due_date, "Offered",
                _action_url(action), plural="{count} answers to offered actions", holder=action_queries.holder_words(action), is_mine=False,
                reference=f"action:{action.pk}:answer", holder_ids=(action.owner.pk,),
            )  # fmt: skip
    yield from _first_actions(user)
    yield from _first_actions_of_the_hub(user)


def _first_actions(user: User) -> Iterable[WorkItem]:
    """Live decisions of services that this person leads which ask the provider to act while no action is drafted."""
    if Role.SERVICE_LEAD not in user.roles:
        return
    led = user.assignments.filter(role=Role.SERVICE_LEAD, from_date__lte=timezone.localdate())
    led = led.filter(Q(to_date=None) | Q(to_date__gte=timezone.localdate()))
    actions = Action.objects.filter(decision=OuterRef("pk"), addressed_to=Action.AddressedTo.PROVIDER)
    asking = SurveillanceDecision.objects.live().filter(service__in=led.values("service"), needs_provider_action=True)
    for decision in asking.exclude(Exists(actions)).select_related(*RELATED):
        url = f"{reverse('surveillance:action_new', args=[decision.service_id])}?decision={decision.pk}"
        due = decision_queries.first_action_due_date(decision)
        yield _item(
            user, "action.draft", "Draft the first action", decision, due, "Not yet started", url,
            plural="Draft the first action for {count} services", list_url=reverse("surveillance:decision_list"),
        )  # fmt: skip


def _first_actions_of_the_hub(user: User) -> Iterable[WorkItem]:
    """Decisions in force in the hub's region without the action that the hub drafts: a commissioner's, or a network's own service's."""
    region = as_hub(user, Permission.ACTION_DRAFT, "service__", with_national=False)
    drafted = Action.objects.filter(decision=OuterRef("pk"))
    boards = Q(needs_commissioner_action=True) & ~Q(Exists(drafted.filter(addressed_to=Action.AddressedTo.COMMISSIONER)))
    networks = Q(needs_provider_action=True, service__network__isnull=False) & ~Q(Exists(drafted))
    for decision in SurveillanceDecision.objects.standing().filter(region, boards | networks).select_related(*RELATED):
        url = f"{reverse('surveillance:action_new', args=[decision.service_id])}?decision={decision.pk}"
        what = "commissioner’s action" if decision.needs_commissioner_action else "first action"
        yield _item(
            user, "action.draft_by_hub", f"Draft the {what}", decision, decision_queries.first_action_due_date(decision), "Not yet started",
            url, plural="Draft actions for {count} services", list_url=f"{reverse('surveillance:decision_list')}?status=IN_FORCE",
        )  # fmt: skip


def _actions_to_verify(user: User) -> Iterable[WorkItem]:
    """Actions of the hub's services that are said to be done; never this person's own."""
    mine = Action.objects.filter(as_hub(user, Permission.ACTION_VERIFY, "service__", with_national=False), status=Action.Status.DONE)
    for action in mine.exclude(owner=user).select_related(*RELATED):
        yield _item(
            user, "action.verify", "Verify an action", action, action_queries.verify_due_date(action), "Done but not verified",
            _action_url(action), plural="Verify {count} actions", list_url=_actions_url("to_verify"),
        )  # fmt: skip


def _late_blocks(user: User) -> Iterable[WorkItem]:
    """Blocks in the hub's region that the lead commissioner did not answer in time: the hub asks after them."""
    region = as_hub(user, Permission.ACTION_VERIFY, "service__", with_national=False)
    late = Action.objects.filter(region, status=Action.Status.BLOCKED, block_answer="", block_due_date__lt=timezone.localdate())
    actions = list(late.exclude(owner=user).select_related(*RELATED))
    buyers = lead_commissioners_by_service(action.service_id for action in actions)
    for action in actions:
        buyer = buyers.get(action.service_id)
        yield _item(
            user, "action.block_late", "Answer to a blocked action", action, action.block_due_date, "Late", _action_url(action),
            plural="{count} answers to blocked actions", list_url=_actions_url("blocked"),
            holder=buyer.words if buyer else "The lead commissioner", is_mine=False,
            reference=f"action:{action.pk}:block", holder_ids=(buyer.user.pk,) if buyer else (),
        )  # fmt: skip


def _actions_without_owner(user: User) -> Iterable[WorkItem]:
    """Actions that nobody holds and for which this person must choose someone."""
    permission, side = Permission.ACTION_ASSIGN, Action.AddressedTo
    mine = Q(addressed_to=side.PROVIDER) & as_provider(user, permission, "service__")
    mine |= Q(addressed_to=side.COMMISSIONER) & as_lead_commissioner(user, permission, "service__")
    unheld = Action.objects.filter(mine).filter(action_queries.needs_owner()).select_related("owner", *RELATED)
    for action in unheld:
        label = "Declined" if action.status == Action.Status.DECLINED else "Not yet started"
        yield _item(
            user, "action.choose_owner", "Choose an owner for an action", action, action_queries.choose_due_date(action), label,
            _action_url(action), plural="Choose owners for {count} actions", list_url=_actions_url("needs_owner"),
        )  # fmt: skip


def _blocks(user: User) -> Iterable[WorkItem]:
    """Blocks that this person answers for the lead commissioner."""
    mine = Action.objects.filter(
        as_lead_commissioner(user, Permission.ACTION_ASSIGN, "service__"), status=Action.Status.BLOCKED, block_answer=""
    )
    for action in mine.select_related(*RELATED):
        yield _item(
            user, "action.answer_block", "Answer the block", action, action.block_due_date, "Blocked",
            reverse("surveillance:action_block_answer", args=[action.pk]), plural="Answer {count} blocked actions",
            list_url=_actions_url("blocked"), reference=f"action:{action.pk}:block",
        )  # fmt: skip


# Plans ----------------------------------------------------------------------------------------------------------------
def _plans(user: User) -> Iterable[WorkItem]:
    """Plans to agree: the executive's turn, then the hub's."""
    executive = Q(executive_at=None) & as_provider(user, Permission.PLAN_AGREE, "service__")
    hub = Q(executive_at__isnull=False) & as_hub(user, Permission.PLAN_AGREE, "service__", with_national=False)
    for agreement in PlanAgreement.objects.filter(executive | hub, hub_at=None).select_related(*RELATED):
        url = reverse("surveillance:action_plan", args=[agreement.service_id])
        yield _item(
            user, "plan.agree", "Agree the action plan", agreement, agreement.due_date, "Not yet started", url,
            plural="Agree {count} action plans", list_url=reverse("surveillance:action_list"),
        )  # fmt: skip


def _short(text: str, length: int = 80) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"

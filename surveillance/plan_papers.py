"""A service's action plan on paper and as a workbook. Every text of people stays text."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.templatetags.qnt_tags import long_datetime, month_date
from rendering.markup import SafeHtml, escape
from rendering.pdf import Section, document_html
from rendering.sheets import Definition, Sheet
from surveillance.canonical import canonical_json, sha256_of
from surveillance.models import Action, Service
from surveillance.queries import actions as queries
from surveillance.queries.decisions import decision_in_force

KICKER = "Action plan"
LONG = 1_200  # characters from which a row may go on over the page; a shorter one is kept whole
COLUMNS = ("Action and its steps", "Owner and due date", "Status", "Indicator and impact")
SHEET_COLUMNS = (
    "Group", "Action", "Who must act", "Owner", "Organisation", "Due", "Status", "Late", "From", "Indicator", "Baseline", "Target",
    "Impact domains", "Blocked because", "Answer to the block", "What the answer says", "Sent back because", "What shows it", "Verified by",
    "Verified on",
)  # fmt: skip
DEFINITIONS = (
    Definition("Group", "Where the action stands in the plan: the first of its tables that fits, as on the page."),
    Definition("Late", "The due date has passed and the action is neither done nor verified."),
    Definition("Baseline", "Where the indicator stood when the action was drafted."),
    Definition("Verified", "The hub saw what shows that the action is done. Nobody verifies an action that they own."),
)


@dataclass
class Plan:
    """A service's plan as it stands: its tables, steps by action, and who agreed it."""

    service: Service
    groups: list[queries.PlanGroup]
    summary: queries.ActionsSummary
    facts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[str, Action]]:
        """Each action with the title of its table."""
        return [(group.title, action) for group in self.groups for action in group.actions]


def read_plan(service: Service) -> Plan:
    """The plan of a service that comes from ``for_display``; steps and names are read in few statements."""
    plan = Plan(service, queries.plan_of(service, for_paper=True), queries.actions_summary(service))
    decision = decision_in_force(service)
    agreed = service.plan_agreements.filter(hub_at__isnull=False).select_related("executive", "hub").first()
    waiting = queries.open_agreement(service)
    plan.facts = [
        ("Service", service.name),
        ("Organisation", service.holder.name),
        ("Region", service.region.name),
        ("Decision in force", f"{decision.options_words[0].upper()}{decision.options_words[1:]}" if decision else "None"),
        ("Progress", f"{plan.summary.words}, {plan.summary.late} late, {plan.summary.blocked} blocked"),
        ("Agreed", _agreed_words(agreed)),
    ]  # fmt: skip
    if waiting:
        plan.facts.append(("Still to be agreed", _waiting_words(waiting)))
    return plan


def _agreed_words(agreed: Any) -> str:
    if agreed is None:
        return "Not yet by provider and hub"
    provider, hub = month_date(timezone.localdate(agreed.executive_at)), month_date(timezone.localdate(agreed.hub_at))
    return f"By {agreed.executive.name} on {provider}, by {agreed.hub.name} for the hub on {hub}"


def _waiting_words(waiting: Any) -> str:
    by = "by the hub" if waiting.executive_at else "by the provider, then by the hub"
    return f"As it is now, {by}, by {month_date(waiting.due_date)}"


def paper_name(service: Service, ending: str) -> str:
    """What the file is called."""
    return f"action-plan-{service.pk}.{ending}"


# PDF ------------------------------------------------------------------------------------------------------------------
def plan_html(service: Service, *, now: dt.datetime) -> tuple[str, str]:
    """The document of the plan, and the hash of what it prints."""
    plan = read_plan(service)
    sections = [_section(group) for group in plan.groups]
    sections = sections or [Section("Actions", SafeHtml(f"<p>{escape(queries.empty_plan_sentence(service))}</p>"))]
    content_hash = sha256_of(canonical_json({"facts": plan.facts, "sections": [[one.title, str(one.html)] for one in sections]}))
    title = f"Action plan: {service.name}"
    html = document_html(
        title=title, short_title=f"{title}, {service.holder.name}", subtitle=[service.holder.name],
        facts=[*plan.facts, ("As it stood", long_datetime(now))], file_name=paper_name(service, "pdf"), date_text=month_date(now),
        content_hash=content_hash, sections=sections, illustrative=service.is_illustrative, kicker=KICKER,
    )  # fmt: skip
    return html, content_hash


def _section(group: queries.PlanGroup) -> Section:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS)
    rows = "".join(_row(action) for action in group.actions)
    table = f'<table class="actions"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return Section(group.title, SafeHtml(table), page_break=False)


def _row(action: Action) -> str:
    said = [action.what, *_said(action), *_step_words(action)]
    late = ["Late"] if queries.is_late(action) else []
    cells = [
        _paragraphs([queries.row_holder(action), f"Due {month_date(action.due_date)}"]),
        _paragraphs([*late, queries.status_label(action)]),
        _paragraphs(_measures(action)),
    ]
    is_long = sum(len(text) for text in said) > LONG
    start = '<tr class="long">' if is_long else "<tr>"
    return f'{start}<th scope="row">{_paragraphs(said)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _said(action: Action) -> list[str]:
    """What people wrote that the plan needs: a block and its answer, why it came back, what shows that it is done."""
    labelled = [
        ("For the commissioner", action.addressed_to == Action.AddressedTo.COMMISSIONER),
        (f"Blocked: {action.blocked_reason}", action.blocked_reason and action.status == Action.Status.BLOCKED),
        (f"Answer: {action.get_block_answer_display()}. {action.block_note}", action.block_answer),
        (f"Sent back: {action.returned_reason}", action.returned_reason and action.status == Action.Status.RETURNED),
        (f"What shows it: {action.done_note}", action.done_note),
    ]
    return [text for text, is_said in labelled if is_said]


def _measures(action: Action) -> list[str]:
    lines = [f"{action.indicator.number} {action.indicator.title}"] if action.indicator else ["No indicator"]
    if action.baseline or action.target:
        lines += [f"Baseline: {action.baseline or 'no data'}", f"Target: {action.target or 'none set'}"]
    return [*lines, ", ".join(action.domain_labels)] if action.domains else lines


def _step_words(action: Action) -> list[str]:
    lines = []
    for step in action.steps.all():
        day = f"done {month_date(timezone.localdate(step.done_at))}" if step.done_at else "not done"
        due = f", for {month_date(step.due_date)}" if step.due_date and not step.done_at else ""
        lines.append(f"Step: {step.what}: {day}{due}")
    return lines


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{'<br>'.join(escape(line) for line in text.splitlines())}</p>" for text in texts)


# Workbook -------------------------------------------------------------------------------------------------------------
def plan_sheets(service: Service) -> tuple[list[Sheet], list[Definition], list[str]]:
    """The sheets of the plan's workbook, what its words mean, and notes."""
    plan = read_plan(service)
    steps = [
        [
            action.what,
            step.what,
            step.due_date,
            "Done" if step.done_at else "Not done",
            _day(step.done_at),
            step.done_by.name if step.done_by else "",
        ]
        for _, action in plan.rows
        for step in action.steps.all()
    ]
    sheets = [
        Sheet("Actions", SHEET_COLUMNS, [_sheet_row(group, action) for group, action in plan.rows], (16, 60, 14, 24, 30)),
        Sheet("Steps", ("Action", "Step", "Day", "Status", "Done on", "Done by"), steps, (60, 50)),
    ]
    notes = [f"{label}: {value}" for label, value in plan.facts]
    return (
        sheets,
        list(DEFINITIONS),
        ["Illustrative: this service and its actions are invented.", *notes] if service.is_illustrative else notes,
    )


def _sheet_row(group: str, action: Action) -> list[Any]:
    decision = (
        f"The {action.decision.round.year} decision" if action.decision else "No decision: a recommendation, or the service's own plan"
    )
    return [
        group, action.what, action.get_addressed_to_display(), action.owner.name if action.owner else "No one holds this yet",
        action.owner_organisation.name if action.owner_organisation else "", action.due_date, queries.status_label(action),
        "Yes" if queries.is_late(action) else "No", decision,
        f"{action.indicator.number} {action.indicator.title}" if action.indicator else "No indicator",
        action.baseline, action.target, ", ".join(action.domain_labels), action.blocked_reason, action.get_block_answer_display(),
        action.block_note, action.returned_reason, action.done_note, action.verified_by.name if action.verified_by else "",
        _day(action.verified_at),
    ]  # fmt: skip


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None

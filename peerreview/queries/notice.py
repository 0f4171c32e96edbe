"""What the notice of a visit says to the chief executive: why, when, what is asked, who comes, whom to ask."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from accounts.models import User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Review
from peerreview.procedure_parts import days_words
from peerreview.queries.milestones import milestones_of
from peerreview.queries.pathway import steps_of
from peerreview.queries.topic_agreement import noun
from surveillance.models import Service, SurveillanceDecision
from surveillance.queries.holders import Holder, executive_of
from work.items import counted, day_words

HOST_HOLDERS = ("Service lead", "Executive")
MODE_SENTENCES = {
    Review.Mode.ON_SITE: "The team comes to you.",
    Review.Mode.VIRTUAL: "The team meets you by video. Nobody travels.",
    Review.Mode.HYBRID: "Part of the team comes to you and part joins by video.",
}


@dataclass(frozen=True)
class Part:
    """A heading of the notice with its paragraphs, and a list beneath."""

    heading: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """The whole notice, as its page and its PDF show it."""

    title: str
    recipients: tuple[str, ...]
    salutation: str
    parts: tuple[Part, ...]
    signature: tuple[str, ...]

    @property
    def markdown(self) -> str:
        """The body as markdown, for the PDF."""
        blocks = []
        for part in self.parts:
            points = "\n".join(f"- {point}" for point in part.points)
            blocks += [f"# {part.heading}", *part.paragraphs, *([points] if points else [])]
        return "\n\n".join(blocks)


def notice_of(review: Review) -> Notice:
    """What the notice says as things stand now."""
    services = [step.service for step in steps_of(review)]
    recipients, salutation = _recipients(services)
    kind = "review for learning" if review.is_learning else "peer review"
    parts = (_why(review), _when(review), _what_is_asked(review), _help(review), _team(review), _contact(review))
    signature = tuple(filter(None, [review.visit_lead.name if review.visit_lead else "", f"{review.region.name} hub"]))
    return Notice(f"Notice of a {kind}: {services_words(services)}", recipients, salutation, parts, signature)


def services_words(services: list[Service]) -> str:
    """The services of a review with who runs them: each with its own where they are run by several."""
    holders = {service.holder.name for service in services}
    if len(holders) == 1:
        return f"{' and '.join(service.name for service in services)}, {holders.pop()}"
    return "; ".join(f"{service.name}, {service.holder.name}" for service in services)


def may_read_notice(review: Review, user: User) -> bool:
    """Whether ``user``, who may read the review, may read its notice: where it quotes a decision, they must be able to read that.

    The team of the visit reads no decision; one statement at most.
    """
    if review.decision_id is None:
        return True
    return SurveillanceDecision.objects.for_user(user, Permission.DECISION_VIEW).filter(pk=review.decision_id).exists()


def _recipients(services: list[Service]) -> tuple[tuple[str, ...], str]:
    """The executive of each provider once, and how they are greeted."""
    lines, holders = [], {}
    for service in services:
        holder = executive_of(service)
        holders[holder.user.pk if holder else -service.pk] = holder
        lines += [holder.user.name if holder else "Chief executive", _answering_name(service, holder)]
    one = next(iter(holders.values())) if len(holders) == 1 else None
    greeting = f"Dear {one.user.name}" if one else "Dear colleagues" if len(holders) > 1 else "Dear chief executive"
    return tuple(dict.fromkeys(lines)), greeting


def _answering_name(service: Service, holder: Holder | None) -> str:
    return holder.organisation.name if holder else service.holder.name


def _why(review: Review) -> Part:
    """The decision's reason in words, or the risk, the sample, the request."""
    if review.is_learning:
        asked = f"Your service asked for this review on {month_date(review.opened_at)}."
        return Part(
            "Why there is a review",
            (asked, *_paragraphs(review.requested_reason), render_to_string("peerreview/_learning_sentence.html").strip()),
        )
    decision = review.decision
    if review.origin == Review.Origin.DECISION and decision:
        on = f" on {month_date(decision.in_force_at)}" if decision.in_force_at else ""
        first = f"A decision that asks for a peer review came into force{on}. The risk was judged {decision.risk_words}."
        return Part("Why there is a review", (first, *_paragraphs(decision.rationale)))
    first = "A risk led to this review." if review.origin == Review.Origin.RISK else "The random sample chose this service."
    return Part("Why there is a review", (first, *_paragraphs(review.requested_reason)))


def _when(review: Review) -> Part:
    if review.starts_date is None or review.ends_date is None:
        return Part("When it takes place", ("No date is set.",))
    days = (review.ends_date - review.starts_date).days + 1
    first, last = day_words(review.starts_date), day_words(review.ends_date)
    dates = f"on {first}" if days == 1 else f"from {first} to {last}"
    lines = [f"The visit takes place {dates}. It takes {counted(days, 'day')}.", MODE_SENTENCES[Review.Mode(review.mode)]]
    if review.short_notice_reason:
        lines.append(f"This is shorter notice than the procedure asks for. Why: {review.short_notice_reason}")
    return Part("When it takes place", tuple(lines))


def _what_is_asked(review: Review) -> Part:
    """What falls to the service and its executive, by when; from the procedure's milestones."""
    host = [row for row in milestones_of(review) if row.holder in HOST_HOLDERS and row.due and not row.is_done]
    points = [f"{row.label}, by {month_date(row.due)} ({row.holder.lower()})" for row in host]
    invited = [entry for entry in review.procedure.milestones if entry["anchor"] == "INVITED" and entry["holder"] in HOST_HOLDERS]
    points = [f"{entry['label']}, {days_words(entry)} ({str(entry['holder']).lower()})" for entry in invited] + points
    most = counted(review.procedure.topics_max_count, noun(review).removesuffix("s"))
    about = "these alone" if review.is_learning else "these and key indicators alone"
    first = f"We agree at most {most} with you. We ask for documents about {about}, and for none that are filed already."
    return Part("What we ask of you", (first,), tuple(points))


def _help(review: Review) -> Part:
    return Part("What help we need", _paragraphs(review.help_needed) or ("We need no help beyond this.",))


def _team(review: Review) -> Part:
    roles = review.procedure.roles_required
    size = sum(int(entry["count"]) for entry in roles)
    people = "1 person visits." if size == 1 else f"{size} people visit."
    names = "You are told their names and asked whether you know them before any paper opens to them."
    return Part("Who comes", (f"{people} {names}",), tuple(f"{entry['count']} x {entry['label']}" for entry in roles))


def _contact(review: Review) -> Part:
    lead = review.visit_lead
    if lead is None:
        return Part("Whom to ask", (f"Ask the {review.region.name} hub.",))
    phone = f" During the visit call {review.visit_phone}." if review.visit_phone else ""
    return Part("Whom to ask", (f"{lead.name} arranges the visit: {lead.email}.{phone}",))


def _paragraphs(text: str) -> tuple[str, ...]:
    """What somebody wrote, paragraph by paragraph."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())

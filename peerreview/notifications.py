"""Mails of peer review: the act first, one link, no finding or comment inside."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Membership, User
from accounts.permissions import Role
from peerreview.models import Finding, Letter, Review, TeamMember
from peerreview.queries.teams import conflict_answer_due, hub_managers, lead_reviewer
from surveillance.queries.holders import lead_commissioner_of, people_in_role
from surveillance.queries.people import executives_of, leads_of
from work import mail
from work.items import day_words
from work.models import ReminderSent


def not_yet_told(key: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` who did not get the notice called ``key``, each once."""
    told = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    return list({person.pk: person for person in people if person.pk not in told}.values())


def host_people(review: Review) -> list[User]:
    """Leads and executives of the services under review."""
    return [person for service in review.services.all() for person in (*leads_of(service), *executives_of(service))]


def service_leads(review: Review) -> list[User]:
    """Leads of the services under review."""
    return [person for service in review.services.all() for person in leads_of(service)]


def arrangers(review: Review) -> list[User]:
    """Who arranges the review: the one named, and for COMPLIANCE the hub's managers."""
    named = [review.visit_lead] if review.visit_lead else []
    return named if review.is_learning else [*named, *hub_managers([review.region_id])]


def people_told_of_danger(finding: Finding) -> list[User]:
    """Who must know of a confirmed immediate risk on the same day: lead commissioner, integrated care board, national leads."""
    service = finding.service
    buyer = lead_commissioner_of(service)
    boards = {buyer.pk if buyer else None, service.holder.icb_id} - {None}
    commissioners = [person for board in boards for person in people_in_role(Role.COMMISSIONER, board)]
    national = Membership.objects.active().filter(role=Role.NATIONAL_LEAD, user__is_active=True).select_related("user").order_by("pk")
    return [*commissioners, *(membership.user for membership in national), *executives_of(service)]


def people_told_of_report(finding: Finding) -> list[User]:
    """Who must look at a reported immediate risk at once: the lead reviewer and the hub."""
    lead = lead_reviewer(finding.review)
    return [*([lead.user] if lead else []), *arrangers(finding.review)]


def send_invitation(member: TeamMember, people: Iterable[User]) -> int:
    """Ask a reviewer to join a team."""
    subject = f"Accept or decline a place on a peer review by {day_words(member.answer_due_date)}"
    return mail.send(
        to=people, subject=subject, template="review_invitation", path=_member_path(member), member=member, review=member.review
    )


def send_ruling(member: TeamMember, people: Iterable[User]) -> int:
    """Tell a reviewer that the hub ruled."""
    subject = f"Read the ruling on your place on the peer review {member.review.title}"
    return mail.send(to=people, subject=subject, template="review_ruled", path=_member_path(member), member=member, review=member.review)


def send_declined(member: TeamMember, people: Iterable[User]) -> int:
    """Tell the hub that a reviewer declined."""
    subject = f"Find another reviewer for {member.review.title}"
    path = reverse("peerreview:review_team", args=[member.review_id])
    return mail.send(to=people, subject=subject, template="review_declined", path=path, member=member, review=member.review)


def send_conflict_question(review: Review, people: Iterable[User]) -> int:
    """Ask the service whether it knows the reviewers."""
    member = review.team.order_by("-invited_at").first()
    due = conflict_answer_due(member) if member else None
    subject = f"Say whether you know the reviewers of {review.title}" + (f" by {day_words(due)}" if due else "")
    path = reverse("peerreview:review_conflicts", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_conflict_question", path=path, review=review, due=due)


def send_review_notice(review: Review, people: Iterable[User]) -> int:
    """Give the service notice of the visit."""
    subject = f"Prepare for the peer review {review.title}"
    return mail.send(to=people, subject=subject, template="review_notice", path=_review_path(review), review=review)


def send_request(review: Review, people: Iterable[User]) -> int:
    """Tell the hub manager that a service asks for a review for learning."""
    subject = f"Plan a review for learning: {review.title}"
    return mail.send(to=people, subject=subject, template="review_requested", path=_review_path(review), review=review)


def send_risk_reported(finding: Finding, people: Iterable[User]) -> int:
    """Tell the lead reviewer and the hub of a reported immediate risk."""
    subject = f"Confirm an immediate risk at {finding.service.name} now"
    path = reverse("peerreview:finding_detail", args=[finding.pk])
    return mail.send(to=people, subject=subject, template="finding_risk_reported", path=path, finding=finding, service=finding.service)


def send_immediate_risk(finding: Finding, people: Iterable[User]) -> int:
    """Tell commissioners, national leads and the executive that the team confirmed a risk; the link is the service."""
    subject = f"Act on an immediate risk at {finding.service.name}"
    path = f"/services/{finding.service_id}/"
    return mail.send(to=people, subject=subject, template="finding_immediate_risk", path=path, finding=finding, service=finding.service)


def send_letter_notice(letter: Letter, people: Iterable[User]) -> int:
    """Tell the executive and the lead that a letter waits for their answer."""
    service = letter.finding.service
    subject = f"Answer a letter about {service.name}" + (f" by {day_words(letter.response_due_date)}" if letter.response_due_date else "")
    return mail.send(to=people, subject=subject, template="letter_sent", path=_letter_path(letter), letter=letter, service=service)


def send_letter_answered(letter: Letter, people: Iterable[User]) -> int:
    """Tell the hub that the answer is there."""
    service = letter.finding.service
    return mail.send(
        to=people,
        subject=f"Read the answer to your letter about {service.name}",
        template="letter_answered",
        path=_letter_path(letter),
        letter=letter,
        service=service,
    )


def _review_path(review: Review) -> str:
    return reverse("peerreview:review_detail", args=[review.pk])


def _member_path(member: TeamMember) -> str:
    return reverse("peerreview:team_member_detail", args=[member.pk])


def _letter_path(letter: Letter) -> str:
    return reverse("peerreview:letter_detail", args=[letter.pk])

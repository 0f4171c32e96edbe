"""Mails and lines of the daily summary of peer review: the act first, one link, no finding or comment inside."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission, Role
from peerreview.calendar_files import cancellation, invitation
from peerreview.models import Finding, Letter, PatientView, Procedure, ProcedureComment, Review, TeamMember
from peerreview.queries.evidence_asks import day_of_evidence
from peerreview.queries.invitations import sent_with, sessions_of
from peerreview.queries.teams import conflict_answer_due, hub_managers, lead_reviewer, left_words
from peerreview.queries.topic_agreement import day_of_topics, noun
from surveillance.queries.holders import lead_commissioner_of, people_in_role
from surveillance.queries.people import executives_of, leads_of
from work import digest, mail
from work.items import day_words
from work.models import ReminderSent

REQUEST, CANCELLED = "text/calendar; method=REQUEST", "text/calendar; method=CANCEL"


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
    """Who must know of a confirmed immediate risk on the same day, each once however many of these they are.

    Who arranges the visit and the hub's managers (in both tracks: danger is excepted), the lead commissioner, the integrated
    care boards that buy the service or where it is, national leads, the executive.
    """
    service, review = finding.service, finding.review
    buyer, boards_buying = lead_commissioner_of(service), service.commissionings.active().filter(organisation__kind=Organisation.Kind.ICB)
    boards = {buyer.pk if buyer else None, service.holder.icb_id, *boards_buying.values_list("organisation", flat=True)} - {None}
    commissioners = [person for board in sorted(boards) for person in people_in_role(Role.COMMISSIONER, board)]
    national = Membership.objects.active().filter(role=Role.NATIONAL_LEAD, user__is_active=True).select_related("user").order_by("pk")
    hub = [*([review.visit_lead] if review.visit_lead else []), *hub_managers([review.region_id])]
    return [*hub, *commissioners, *(membership.user for membership in national), *executives_of(service)]


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


def send_stand_by(member: TeamMember, people: Iterable[User]) -> int:
    """Ask a stand-by to declare conflicts of interest, so that they can join at once."""
    subject = f"Declare conflicts of interest as a stand-by for {member.review.title}"
    return mail.send(to=people, subject=subject, template="review_stand_by", path=_member_path(member), member=member, review=member.review)


def note_ruling(member: TeamMember) -> None:
    """A line for a reviewer of a compliance review: the hub ruled."""
    sentence = f"The hub ruled on conflicts of interest for your place on {member.review.title}."
    digest.note([member.user], sentence=sentence, key=f"review_ruled:{member.pk}:{member.ruled_at:%Y%m%d%H%M%S}")


def send_ruling(member: TeamMember, people: Iterable[User]) -> int:
    """Tell a reviewer of a review for learning that the hub ruled: its news stay out of the summary of the other track."""
    subject = f"Read the ruling on your place on the peer review {member.review.title}"
    return mail.send(to=people, subject=subject, template="review_ruled", path=_member_path(member), member=member, review=member.review)


def send_declined(member: TeamMember, people: Iterable[User]) -> int:
    """Tell the hub that a reviewer declined or did not answer, and who was invited instead."""
    moved = TeamMember.objects.filter(moved_up_for=member).select_related("user").first()
    subject = f"Read who was invited for {member.review.title}" if moved else f"Find another reviewer for {member.review.title}"
    path = reverse("peerreview:review_team", args=[member.review_id])
    return mail.send(
        to=people, subject=subject, template="review_declined", path=path, member=member, review=member.review, left=left_words(member),
        moved=moved,
    )  # fmt: skip


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


def send_topics(review: Review, people: Iterable[User]) -> int:
    """Ask the service to agree the focus topics, or to say what should change."""
    due, what = day_of_topics(review), noun(review)
    subject = f"Agree the {what} of {review.title}" + (f" by {day_words(due)}" if due else "")
    path = reverse("peerreview:topics_answer", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_topics", path=path, review=review, due=due, what=what)


def send_topics_comment(review: Review, people: Iterable[User]) -> int:
    """Tell who arranges the review that the service asks for a change of the topics."""
    subject = f"Read what the service says about the {noun(review)} of {review.title}"
    path = reverse("peerreview:review_topics", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_topics_comment", path=path, review=review, what=noun(review))


def send_evidence_request(review: Review, people: Iterable[User]) -> int:
    """Tell the service that documents are asked for, at first and when some are added."""
    due = day_of_evidence(review)
    subject = f"Answer the evidence request of {review.title}" + (f" by {day_words(due)}" if due else "")
    path = reverse("peerreview:evidence_request", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_evidence_request", path=path, review=review, due=due)


def send_evidence_reminder(review: Review, people: Iterable[User]) -> int:
    """Remind the service of documents that wait for an answer."""
    due = day_of_evidence(review)
    subject = f"Answer the evidence request of {review.title}" + (f" by {day_words(due)}" if due else "")
    path = reverse("peerreview:evidence_request", args=[review.pk])
    return mail.send(to=people, subject=subject, template="review_evidence_reminder", path=path, review=review, due=due)


def send_invitations(review: Review, people: Iterable[User], *, sequence: int) -> int:
    """Send each person their sessions, changed ones and cancelled ones: a calendar file a session."""
    timetable, at, sent = reverse("peerreview:review_timetable", args=[review.pk]), timezone.now(), 0
    sessions, told = {session.pk: session for session in sessions_of(review)}, sent_with(review.pk, sequence)
    for person in people:
        own = [one for one in told if one.user_id == person.pk]
        asked = [sessions[one.session_id] for one in own if not one.is_cancelled and one.session_id in sessions]
        asked.sort(key=lambda session: (session.day.date, session.starts_at, session.pk))
        may_open = Review.objects.for_user(person, Permission.REVIEW_VIEW).filter(pk=review.pk).exists()
        path = timetable if may_open else reverse("home")  # a contributor comes to a session, and opens no page of the review
        url = settings.SITE_URL + path
        files = [
            (f"{n}.ics", invitation(one, review, person, sequence=sequence, at=at, url=url), REQUEST) for n, one in enumerate(asked, 1)
        ]
        gone = [one for one in own if one.is_cancelled]
        files += [
            (f"cancelled-{n}.ics", cancellation(one.session_id, one.starts, review, person, sequence=sequence, at=at), CANCELLED)
            for n, one in enumerate(sorted(gone, key=lambda one: one.starts), 1)
        ]
        verb = "Keep these times free for" if sequence == 1 else "See the changed times of"
        subject = f"{verb} {review.title}"
        sent += mail.send(
            to=[person], subject=subject, template="visit_invitations", path=path, files=files, review=review, asked=asked, gone=gone
        )
    return sent


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


def note_risk_changed(finding: Finding) -> None:
    """A line for the hub: the lead reviewer does not hold a reported risk for immediate. A review for learning has no line."""
    if finding.review.is_learning:
        return
    sentence = f"The lead reviewer changed the category of a risk reported at {finding.service.name}. Its page says why."
    digest.note(arrangers(finding.review), sentence=sentence, key=f"finding_risk_changed:{finding.pk}")


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


def send_view_unsafe(view: PatientView, people: Iterable[User]) -> int:
    """Tell those who arrange the review that a view should be read today; of what it says, nothing."""
    subject = f"Read a view of patients and carers of {view.service.name} today"
    path = reverse("peerreview:review_views", args=[view.review_id])
    return mail.send(to=people, subject=subject, template="view_unsafe", path=path, service=view.service)


def _review_path(review: Review) -> str:
    return reverse("peerreview:review_detail", args=[review.pk])


def _member_path(member: TeamMember) -> str:
    return reverse("peerreview:team_member_detail", args=[member.pk])


def _letter_path(letter: Letter) -> str:
    return reverse("peerreview:letter_detail", args=[letter.pk])


def note_procedure_published(procedure: Procedure) -> None:
    """A line for everybody who commented on it: it is published, and each comment shows its reply."""
    comments = ProcedureComment.objects.filter(procedure=procedure)
    people = User.objects.filter(is_active=True, pk__in=comments.values("made_by")).order_by("pk")
    sentence = f"Version {procedure.version} of the procedure {procedure.name} is published. You commented on it."
    digest.note(people, sentence=sentence, key=f"procedure_published:{procedure.pk}")

"""Mails and lines of the daily summary about reports: the act first, one link, never a finding or a word of the report."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from peerreview.queries.teams import lead_reviewer
from reports.models import AccuracyPoint, LearningCard, LibraryEntry, Publication, QualityCheck, Report, Revision, Subscription, Theme
from reports.queries.people import commissioning_people, service_people
from reports.subscription_tokens import token_of
from surveillance.queries.people import leads_of
from work import digest, mail
from work.items import counted, day_words
from work.models import ReminderSent

MOST_NAMED = 20
TITLE_LENGTH = 180  # a line of the summary has 250 characters


def not_yet_told(key: str, people: Iterable[User]) -> list[User]:
    """Those of ``people`` who did not get the notice called ``key``, each once."""
    told = set(ReminderSent.objects.filter(key=key).values_list("user", flat=True))
    return list({person.pk: person for person in people if person.pk not in told}.values())


def people_to_answer(report: Report) -> list[User]:
    """Everybody of a party that still has accuracy answers to send."""
    parties = set(report.accuracy_points.filter(sent_at=None).values_list("party", flat=True))
    people = service_people(report) if AccuracyPoint.Party.SERVICE in parties else []
    return people + (commissioning_people(report) if AccuracyPoint.Party.COMMISSIONER in parties else [])


def people_who_decide(report: Report) -> list[User]:
    """The lead reviewer and the drafter."""
    lead = lead_reviewer(report.review)
    return [*([lead.user] if lead else []), report.drafter]


def send_quality_check(check: QualityCheck, people: Iterable[User]) -> int:
    """Ask for a quality check; gives how many mails were sent."""
    subject = f"Check the report “{check.report.title}” by {day_words(check.due_date)}"
    return mail.send(
        to=people, subject=subject, template="report_quality_check", path=reverse("reports:report_quality_check", args=[check.report_id]),
        report=check.report, due_date=check.due_date,
    )  # fmt: skip


def send_accuracy(report: Report, people: Iterable[User]) -> int:
    """Ask for the accuracy answers."""
    due = day_words(report.accuracy_due_date) if report.accuracy_due_date else ""
    subject = f"Check the facts in the report “{report.title}” by {due}"
    return mail.send(
        to=people, subject=subject, template="report_accuracy", path=reverse("reports:report_accuracy", args=[report.pk]), report=report
    )


def send_accuracy_answered(report: Report, people: Iterable[User]) -> int:
    """Say that accuracy answers came in."""
    subject = f"Decide on the accuracy answers about “{report.title}”"
    return mail.send(
        to=people,
        subject=subject,
        template="report_accuracy_answered",
        path=reverse("reports:report_accuracy", args=[report.pk]),
        report=report,
    )


def note_published(publication: Publication, people: Iterable[User]) -> None:
    """The same once anyone can read it."""
    sentence = f"The report “{publication.report.title[:TITLE_LENGTH]}” is published: anyone can read it."
    digest.note(people, sentence=sentence, key=f"report_published:{publication.pk}")


def send_issued(report: Report, people: Iterable[User], *, revision: Revision | None = None, is_reminder: bool = False) -> int:
    """Say that the signed report, or a new version of it, can be read, and what happens next; or once more to who has not opened it.

    What changed is read on the page: what people wrote stands in no mail.
    """
    subject = f"Read the {revision.name if revision else 'signed-off report'} “{report.title}”"
    return mail.send(
        to=people, subject=subject, template="report_issued", path=reverse("reports:report_read", args=[report.pk]), report=report,
        is_reminder=is_reminder, is_learning=report.review.is_learning, revision=revision, is_public=_is_public(report),
    )  # fmt: skip


def _is_public(report: Report) -> bool:
    return report.publications.public().exists()


def send_issued_to_team(report: Report, people: Iterable[User], *, revision: Revision | None = None) -> int:
    """Say to the team that the report is signed off, that its access ended, and where it can be read once it is public.

    Of a new version only that there is one: the access ended with the first.
    """
    subject = f"See what happens next with the {revision.name if revision else 'signed-off report'} “{report.title}”"
    return mail.send(
        to=people, subject=subject, template="report_issued_to_team", path=reverse("reports:library"), report=report,
        is_learning=report.review.is_learning, revision=revision, is_public=_is_public(report),
    )  # fmt: skip


def send_published(publication: Publication, people: Iterable[User]) -> int:
    """Say that anyone can read the report."""
    report = publication.report
    subject = f"Read the published report “{report.title}”"
    return mail.send(
        to=people,
        subject=subject,
        template="report_published",
        path=reverse("reports:library_report", args=[report.address]),
        report=report,
    )


def note_card_asked(card: LearningCard) -> None:
    """A line of the summary of the source's leads; of a review for learning nothing: no mail mixes the two tracks."""
    if not card.review.is_learning:
        sentence = f"Say whether others may read the learning card about {card.service.name}"
        digest.note(leads_of(card.service), sentence=sentence, key=f"learning_card:{card.pk}:{card.version}")


def send_subscription_confirmation(row: Subscription) -> int:
    """Ask whoever reads the mail whether they want emails about new reports."""
    subject, path = "Confirm that you want emails about peer review reports", reverse("reports:subscription", args=[token_of(row)])
    return mail.send(to=[row.email], subject=subject, template="library_confirm", path=path)


def send_library_news(row: Subscription, entries: list[LibraryEntry]) -> int:
    """Name the reports that were published since the last mail: titles and trusts, nothing of what they say."""
    token = token_of(row)
    leave = settings.SITE_URL + reverse("reports:subscription_leave", args=[token])
    return mail.send(
        to=[row.email], subject=f"Read {counted(len(entries), 'new peer review report')}", template="library_news",
        path=reverse("reports:subscription", args=[token]), entries=entries[:MOST_NAMED], more_count=max(0, len(entries) - MOST_NAMED),
        headers={"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )  # fmt: skip


def send_theme_offered(theme: Theme) -> int:
    """Ask the named person to take on a theme; the mail says nothing of what it holds."""
    due = day_words(theme.answer_due_date) if theme.answer_due_date else ""
    return mail.send(
        to=[theme.owner] if theme.owner else [], subject=f"Accept or decline a theme by {due}", template="theme_offered",
        path=reverse("reports:theme_answer", args=[theme.pk]), theme=theme,
    )  # fmt: skip


def note_theme(theme: Theme, what: str) -> None:
    """A line of its writer's summary: what its owner did; of the learning track nothing, since no mail mixes the two."""
    if theme.owner and not theme.is_learning:
        digest.note([theme.written_by], sentence=f"{theme.owner.name} {what}.", key=f"theme:{theme.pk}:{theme.version}")

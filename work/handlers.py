"""Jobs of this app and of accounts, which stands below the job machinery: daily summaries, reminders by hand, news of a role."""

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import Membership, User
from work import digest, jobs, mail, reminding
from work.jobs import RunningJob, job_kind


def announce_role(membership: Membership) -> None:
    """Queue the mail that tells a person of their new role. Asking again later sends again: the key holds the moment."""
    moment = f"{membership.invited_at:%Y%m%d%H%M%S%f}"
    jobs.enqueue("mail.invitation", key=f"{membership.pk}-{moment}", requested_by=None, membership_id=membership.pk)


@job_kind("mail.invitation", queue="interactive", time_limit_seconds=60)
def send_invitation(job: RunningJob, *, membership_id: int) -> None:
    """Mail a link to choose a password, or only the news to somebody who has one.

    The link is worked out from the person's present password, so that it works once; it ends after 7 days.
    """
    membership = Membership.objects.select_related("user", "organisation", "invited_by").get(pk=membership_id)
    user = membership.user
    is_new = not user.has_usable_password()
    path = reverse("home")
    if is_new:
        key = default_token_generator.make_token(user)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    mail.send(
        to=[user],
        subject="Choose your password for QNT Peer Review" if is_new else "See your new role in QNT Peer Review",
        template="invitation" if is_new else "invitation_role",
        path=path,
        membership=membership,
        days=settings.PASSWORD_RESET_TIMEOUT // 86400,
    )
    job.lease.complete(sentence="Invitation sent")


@job_kind("mail.digest", queue="bulk", time_limit_seconds=1800)
def send_digests(job: RunningJob, *, user_ids: list[int], day: str) -> None:
    """Send the daily summaries of up to 100 people; running it again sends to those who did not get theirs."""
    sent = 0
    for done, went in enumerate(digest.send_summaries(user_ids, dt.date.fromisoformat(day)), start=1):
        sent += went
        job.progress(done, len(user_ids), f"Daily summaries: {done} of {len(user_ids)} people")
    job.lease.complete(sentence=f"{sent} daily summaries sent")


@job_kind("mail.reminder_by_hand", time_limit_seconds=60)
def send_reminder_by_hand(job: RunningJob, *, reference: str, sender_id: int, holder_ids: list[int]) -> None:
    """Remind those who still hold a thing, in the words of their own list; who has done it meanwhile hears nothing."""
    sender = User.objects.get(pk=sender_id)
    for holder in User.objects.filter(pk__in=holder_ids, is_active=True).order_by("pk"):
        item = reminding.item_of(holder, reference)
        if item:
            words = item.outside or f"{item.task}: {item.service}"
            mail.send(to=[holder], subject=words, template="reminder_by_hand", path=item.url, sender=sender, item=item)

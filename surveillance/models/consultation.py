"""What people are asked to comment on before it is published: an indicator set, a procedure; and what they say of it."""

import datetime as dt

from django.db import models

from accounts.clock import now
from accounts.models import User
from work.status import MovesByTable


class Consulted(MovesByTable, models.Model):
    """A version that may be in consultation between two days. Its ``Status`` has DRAFT and IN_CONSULTATION.

    ``noun`` is how sentences name it; ``audit_name`` begins the names of its audit events.
    """

    noun = ""
    audit_name = ""

    consultation_from_date = models.DateField(null=True, blank=True)
    consultation_to_date = models.DateField(null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def takes_comments(self, day: dt.date) -> bool:
        """Whether people may comment on that day."""
        last = self.consultation_to_date
        return bool(self.status == self.Status.IN_CONSULTATION) and last is not None and day <= last


class Comment(models.Model):
    """What somebody says of a version in consultation, and the one reply to it."""

    text = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

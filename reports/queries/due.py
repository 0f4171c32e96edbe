"""By when a signed report, and a new version of one, is finished and decided on: the one rule for pages, work lists and the sign-off."""

import datetime as dt

from django.utils import timezone

from peerreview.models import Review
from reports.models import Report, Revision
from work.working_days import add_working_days

PUBLICATION_DAYS = 10
REVISION_DAYS = 10  # our default, as for a decision on publication


def publication_day(review: Review, signed_at: dt.datetime) -> dt.date | None:
    """By when publication is decided; for learning no day is set: consent is free, and silence publishes nothing."""
    if review.is_learning:
        return None
    procedure = review.procedure
    days = procedure.working_days("PUBLICATION") if procedure.has_milestone("PUBLICATION") else PUBLICATION_DAYS
    return add_working_days(timezone.localdate(signed_at), days)


def decide_by(report: Report, revision: Revision | None) -> dt.date | None:
    """By when publication is decided now: of a signed new version counted from its own sign-off, else what was set for the report.

    A new version whose publication was stopped has the review date that was set then.
    ``revision`` is the current one, with ``signed_version__sign_off`` and the review's procedure loaded where many are read.
    """
    if revision is not None and revision.signed_version is not None:
        return revision.review_date or publication_day(report.review, revision.signed_version.sign_off.signed_at)
    return report.publication_due_date


def revision_day(revision: Revision) -> dt.date:
    """By when an open new version is finished and signed off."""
    return add_working_days(timezone.localdate(revision.opened_at), REVISION_DAYS)

"""Job kinds of option 1 in bulk: proposing for each service, and the one notice to each organisation."""

import datetime as dt

from surveillance.models import SelfReport
from surveillance.notifications.decisions import people_of_organisation, send_option_1_notice
from surveillance.queries.option_1 import notices_of
from surveillance.services.notices import record_told_of_many
from surveillance.services.option_1 import KIND, NOTICE_KIND, ask_for_notices, notice_key, propose_by_notice
from work.jobs import JobFailed, RunningJob, job_kind
from work.models import ReminderSent
from work.over_many import Thing, do_each


@job_kind(KIND, queue="bulk", time_limit_seconds=1800, label="Option 1 proposed by notice")
def propose_for_many(job: RunningJob, *, self_report_ids: list[int], likelihood: int, consequence: int, review_date: str) -> None:
    """Propose option 1 for each; what the rules or somebody else hold against it is a line with its reason."""
    by, day = job.job.requested_by, dt.date.fromisoformat(review_date)
    if by is None:
        raise JobFailed("Nobody asked for this.")
    reports = SelfReport.objects.filter(pk__in=self_report_ids).for_display().order_by("service__name", "pk")
    things = [Thing(report.pk, str(report.service), f"/self-reports/{report.pk}/") for report in reports]

    def act(self_report_id: int) -> None:
        propose_by_notice(self_report_id=self_report_id, likelihood=likelihood, consequence=consequence, review_date=day, by=by)

    do_each(job, things, act, working="Proposing option 1")
    ask_for_notices()


@job_kind(NOTICE_KIND, queue="interactive", time_limit_seconds=120)
def mail_notice(job: RunningJob, *, organisation_id: int) -> None:
    """Tell an organisation's people of the notices that they were not told of, in one mail that lists the services."""
    decisions = notices_of(organisation_id)
    keys = {decision.pk: notice_key(organisation_id, decision.pk) for decision in decisions}
    told = set(ReminderSent.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    new = [decision for decision in decisions if keys[decision.pk] not in told]
    people = people_of_organisation(organisation_id)
    send_option_1_notice(new, people)
    record_told_of_many(keys=[keys[decision.pk] for decision in new], people=people, lease=job.lease)

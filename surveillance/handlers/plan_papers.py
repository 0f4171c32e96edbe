"""Job kind of a plan on paper: the PDF of a service's actions."""

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from rendering.pdf import Metadata
from surveillance import plan_papers
from surveillance.handlers.papers import render_paper
from surveillance.models import Service
from work.jobs import JobFailed, RunningJob, job_kind


@job_kind("action_plan.pdf", queue="interactive", time_limit_seconds=180, label="Action plan (PDF)")
def make_plan(job: RunningJob, *, service_id: int) -> None:
    """Make the PDF of a service's plan for the person who asked, as far as they may still read it."""
    user = User.objects.filter(pk=job.job.requested_by_id or 0, is_active=True).first()
    visible = Service.objects.for_user(user, Permission.ACTION_VIEW) if user else Service.objects.none()
    service = visible.for_display().select_related("network__host").filter(pk=service_id).first()
    if service is None:
        raise JobFailed("You cannot read this action plan any more.")
    html, content_hash = plan_papers.plan_html(service, now=timezone.now())
    render_paper(job, html, plan_papers.paper_name(service, "pdf"), Metadata(subject=plan_papers.KICKER, identifier=content_hash))

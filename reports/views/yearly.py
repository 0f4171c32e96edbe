"""A service's annual report, and the overview of a programme: chosen on a page, made by a job, kept in "Your files"."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import JobProgress
from accounts.permissions import Permission
from reports.forms.yearly import OverviewForm
from reports.queries.annual import annual_services, annual_years
from reports.services import yearly as services
from surveillance.models import Service
from work.models import Job
from work.views import progress_of

MOST_JOBS = 3


@access(Permission.SERVICE_SUMMARY_VIEW, kind="service")
def annual_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """The years of which a service has an annual report; POST asks for one."""
    visible = Service.objects.for_user(request.user, Permission.SERVICE_VIEW).for_display()
    service = get_object_or_404(visible, pk=pk)
    require(annual_services(request.user).filter(pk=service.pk).exists())
    years = annual_years(service)
    if request.method == "POST":
        year = next((year for year in years if str(year) == request.POST.get("year")), None)
        if year is None:
            raise Http404
        services.request_annual(service_id=service.pk, year=year, by=request.user)
        return redirect("reports:annual_report", pk=service.pk)
    keys = [services.annual_key(service, year, request.user) for year in years]
    progress = _running(request, services.ANNUAL, key__in=keys)
    context = {"service": service, "years": years, "progress": progress, "back_url": f"/services/{service.pk}/reports/"}
    return render(request, "reports/annual_report.html", context)


@access(Permission.REPORT_DRAFT)
def programme_overview(request: SignedInRequest) -> HttpResponse:
    """Choose a programme and years; POST asks for the overview."""
    form = OverviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.request_overview(**form.chosen(), by=request.user)
        return redirect(reverse("reports:programme_overview"))
    context = {"form": form, "progress": _running(request, services.OVERVIEW)}
    return render(request, "reports/programme_overview.html", context)


def _running(request: SignedInRequest, kind: str, **which: object) -> list[JobProgress]:
    """This person's newest jobs of a kind, unless their files are gone again."""
    jobs = Job.objects.for_user(request.user).filter(kind=kind, **which)[:MOST_JOBS]
    return [progress_of(job) for job in jobs if job.status != Job.Status.DONE or job.result_file]

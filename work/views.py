"""Pages of jobs ("Your files", progress, retry) and of bank holidays."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SIGNED_IN, SignedInRequest, access
from accounts.components import JobProgress
from accounts.permissions import Permission
from work import jobs, services
from work.forms import BankHolidayForm
from work.models import BankHoliday, Job


@access(SIGNED_IN, methods="GET")
def job_list(request: SignedInRequest) -> HttpResponse:
    """ "Your files": what jobs made for this person, kept for 7 days."""
    mine = Job.objects.for_user(request.user).exclude(kind__startswith="mail.")
    page = Paginator(mine, 50).get_page(request.GET.get("page"))
    rows = [{"job": job, "label": jobs.label_of(job)} for job in page.object_list]
    return render(request, "work/job_list.html", {"page_obj": page, "rows": rows, "kept_days": settings.JOB_RESULT_DAYS})


def progress_of(job: Job) -> JobProgress:
    """A job as the progress component shows it; pages of other apps that wait for a job use it too."""
    return JobProgress(
        heading=jobs.label_of(job),
        status=job.status,
        fragment_url=reverse("work:job_progress", args=[job.pk]),
        done=job.progress_count,
        total=job.total_count,
        words=job.sentence,
        result_url=reverse("work:job_file", args=[job.pk]) if job.result_file else "",
        result_label=job.result_name,
        error=f"{job.error} Try again." if job.error else "",
        retry_url=reverse("work:job_retry", args=[job.pk]),
        request_id=job.request_id,
    )


@access(SIGNED_IN, methods="GET", kind="job")
def job_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One job with its progress; works by reloading when there is no JavaScript."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    return render(request, "work/job_detail.html", {"job": job, "progress": progress_of(job)})


@access(SIGNED_IN, methods="GET", kind="job")
def job_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The progress fragment that htmx polls; the last one stops polling."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    return render(request, "work/_job_progress.html", {"job": job, "progress": progress_of(job)})


@access(SIGNED_IN, methods="POST", kind="job")
def job_retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start a failed job again."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    jobs.retry_job(job_id=job.pk, by=request.user)
    return redirect("work:job_detail", pk=job.pk)


@access(SIGNED_IN, methods="GET", kind="job")
def job_file(request: SignedInRequest, pk: int) -> FileResponse:
    """Download what a job made, always as an attachment."""
    job = get_object_or_404(Job.objects.for_user(request.user).exclude(result_file=""), pk=pk)
    path = Path(settings.MEDIA_ROOT, job.result_file)
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@access(Permission.BANK_HOLIDAY_MANAGE)
def bank_holiday_list(request: SignedInRequest) -> HttpResponse:
    """The table of bank holidays, with a form to add one."""
    form = BankHolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        holiday = services.add_bank_holiday(**form.cleaned_data, by=request.user)
        messages.success(request, f"{holiday.name} added")
        return redirect("work:bank_holiday_list")
    holidays = BankHoliday.objects.filter(date__gte=timezone.localdate().replace(month=1, day=1))
    return render(request, "work/bank_holiday_list.html", {"form": form, "holidays": holidays})


@access(Permission.BANK_HOLIDAY_MANAGE, kind="bank_holiday")
def bank_holiday_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what will go, then remove it."""
    holiday = get_object_or_404(BankHoliday, pk=pk)
    if request.method == "POST":
        services.remove_bank_holiday(holiday_id=holiday.pk, by=request.user)
        messages.success(request, f"{holiday.name} removed")
        return redirect("work:bank_holiday_list")
    return render(request, "work/bank_holiday_remove.html", {"holiday": holiday})

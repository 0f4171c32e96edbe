"""Pages of jobs ("Your files", progress, retry), of bank holidays, of the calendar; reminders by hand."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import PUBLIC, SIGNED_IN, SignedInRequest, access
from accounts.components import JobProgress
from accounts.permissions import Permission
from work import calendar as feeds
from work import jobs, reminding, services
from work.forms import BankHolidayForm
from work.models import BankHoliday, CalendarFeed, Job
from work.status import InvalidTransition

RELOAD = "?then=reload"


@access(SIGNED_IN, methods="GET")
def job_list(request: SignedInRequest) -> HttpResponse:
    """ "Your files": what jobs made for this person, kept for 7 days."""
    mine = Job.objects.for_user(request.user).exclude(kind__startswith="mail.")
    page = Paginator(mine, 50).get_page(request.GET.get("page"))
    rows = [{"job": job, "label": jobs.label_of(job)} for job in page.object_list]
    return render(request, "work/job_list.html", {"page_obj": page, "rows": rows, "kept_days": settings.JOB_RESULT_DAYS})


def progress_of(job: Job, *, then_reload: bool = False) -> JobProgress:
    """A job as the progress component shows it; pages of other apps that wait for a job use it too.

    ``then_reload`` loads the page anew when the job has ended, where the page itself shows what came of it.
    """
    return JobProgress(
        heading=jobs.label_of(job),
        status=job.status,
        fragment_url=reverse("work:job_progress", args=[job.pk]) + (RELOAD if then_reload else ""),
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
    """One job with its progress, and what became of each thing of a job over many; works by reloading without JavaScript."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    lines = Paginator(job.lines.all(), 50).get_page(request.GET.get("page"))
    context = {"job": job, "progress": progress_of(job, then_reload=not job.is_finished), "page_obj": lines}
    return render(request, "work/job_detail.html", context)


@access(SIGNED_IN, methods="GET", kind="job")
def job_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The progress fragment that htmx polls; the last one stops polling."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    then_reload = request.GET.get("then") == "reload"
    response = render(request, "work/_job_progress.html", {"job": job, "progress": progress_of(job, then_reload=then_reload)})
    if then_reload and job.is_finished:
        response["HX-Refresh"] = "true"
    return response


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


# Reminders by hand ------------------------------------------------------------------------------------------------------
@access(SIGNED_IN, methods="POST")
def reminder_send(request: SignedInRequest) -> HttpResponse:
    """Remind the holder of a thing that this person waits for; what is not on their list reads like what is done."""
    try:
        item = reminding.send_reminder(reference=request.POST.get("reference", ""), by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Reminder sent: {item.task}, {item.service}")
    return redirect("home")


# The calendar -----------------------------------------------------------------------------------------------------------
@access(SIGNED_IN)
def calendar(request: SignedInRequest) -> HttpResponse:
    """What the calendar is; making an address, which is shown this once and kept nowhere.

    The answer to the POST is the page itself: to redirect, the secret would have to be kept until the next request.
    """
    if not request.user.roles:
        return render(request, "no_access.html")
    address = ""
    if request.method == "POST":
        token = services.make_calendar_address(by=request.user)
        address = settings.SITE_URL + reverse("work:calendar_feed", args=[token])
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "work/calendar.html", {"feed": feed, "address": address})


@access(SIGNED_IN, methods="POST")
def calendar_off(request: SignedInRequest) -> HttpResponse:
    """Turn the calendar's address off."""
    if services.turn_calendar_off(by=request.user):
        messages.success(request, "Your calendar address is turned off")
    return redirect("work:calendar")


@access(PUBLIC, methods="GET")
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a private address. Whatever is wrong with the address, it answers 404."""
    owner = feeds.owner_of(token)
    if owner is None:
        raise Http404
    now = timezone.now()
    if feeds.is_read_too_often(owner, now):
        return HttpResponse("Too many requests.", status=429, content_type="text/plain", headers={"Retry-After": str(feeds.KEEP_SECONDS)})
    items = feeds.own_dates(owner)
    headers = {
        "ETag": feeds.etag_of(items), "Cache-Control": f"private, max-age={feeds.KEEP_SECONDS}", "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer", "Content-Disposition": 'inline; filename="qnt-peer-review.ics"',
    }  # fmt: skip
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(feeds.calendar_text(items, now=now), content_type="text/calendar; charset=utf-8", headers=headers)

"""A service's action plan to print, keep or work on elsewhere: a PDF made by a job, and a workbook."""

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from rendering.sheets import save_workbook
from surveillance import plan_papers
from surveillance.services import papers as services
from surveillance.views.actions import visible_service
from work.models import Job
from work.views import progress_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@access(Permission.ACTION_VIEW, kind="service")
def action_plan_paper(request: SignedInRequest, service_pk: int) -> HttpResponse:
    """The plan as a PDF: POST asks for it, GET says how far it is."""
    service = visible_service(request, service_pk)
    if request.method == "POST":
        services.request_plan(service_id=service.pk, by=request.user)
        return redirect("surveillance:action_plan_paper", service_pk=service.pk)
    job = Job.objects.for_user(request.user).filter(kind="action_plan.pdf", key=services.paper_key(service.pk, request.user)).first()
    progress = None if job is None or (job.status == Job.Status.DONE and not job.result_file) else progress_of(job)
    return render(request, "surveillance/action_plan_paper.html", {"service": service, "progress": progress})


@access(Permission.ACTION_VIEW, methods="GET", kind="service")
def action_plan_sheet(request: SignedInRequest, service_pk: int) -> FileResponse:
    """The plan as a workbook."""
    service = visible_service(request, service_pk)
    sheets, definitions, notes = plan_papers.plan_sheets(service)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.xlsx")
        save_workbook(path, sheets, title=f"Action plan: {service.name}, {service.holder.name}", definitions=definitions, notes=notes)
        file = path.open("rb")
    name = plan_papers.paper_name(service, "xlsx")
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)

"""The regional pack: a page, one sheet of paper made by a job, and a file of every row."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access
from accounts.components import JobProgress
from accounts.models import Organisation
from accounts.permissions import Permission
from reports.queries.packs import CSV_COLUMNS, pack_regions, pack_rows, region_pack
from reports.services import packs as services
from surveillance.views.exports import streamed
from work.models import Job
from work.views import progress_of

MOST_ON_PAGE = (50, 50, 50)


def _chosen(request: SignedInRequest, regions: list[Organisation]) -> Organisation | None:
    """The region that the address or form names, else the only one; a foreign one is a missing page."""
    code = request.POST.get("region") or request.GET.get("region")
    if code:
        return get_object_or_404(pack_regions(request.user), code=code)
    return regions[0] if len(regions) == 1 else None


@access(Permission.REPORT_DRAFT)
def region_pack_detail(request: SignedInRequest) -> HttpResponse:
    """A region's pack as it stands now; POST asks for the PDF."""
    regions = list(pack_regions(request.user))
    region = _chosen(request, regions)
    if request.method == "POST" and region:
        services.request_pack(region_id=region.pk, by=request.user)
        return redirect(f"{reverse('reports:region_pack_detail')}?region={region.code}")
    pack = region_pack(region, most=MOST_ON_PAGE) if region else None
    progress = _progress(request, region) if region else None
    return render(request, "reports/region_pack.html", {"regions": regions, "region": region, "pack": pack, "progress": progress})


@access(Permission.REPORT_DRAFT, methods="GET")
def region_pack_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """Every row of the pack."""
    region = _chosen(request, list(pack_regions(request.user)))
    if region is None:
        raise Http404
    return streamed(f"surveillance-pack-{region.code}.csv", CSV_COLUMNS, pack_rows(region))


def _progress(request: SignedInRequest, region: Organisation) -> JobProgress | None:
    """The newest job of this person for this region, unless its file is gone again."""
    job = Job.objects.for_user(request.user).filter(kind=services.KIND, key=services.pack_key(region, request.user)).first()
    return None if job is None or (job.status == Job.Status.DONE and not job.result_file) else progress_of(job)

"""The register of training to download, behind the same filters as its page."""

import tempfile
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse

from accounts.access import SignedInRequest, access
from accounts.permissions import Permission
from peerreview import training_papers as papers
from peerreview.forms.training import RegisterFilter
from peerreview.queries import training_register as queries
from rendering.sheets import save_workbook
from surveillance.views.action_papers import XLSX
from surveillance.views.exports import streamed


def _lines(request: SignedInRequest) -> list[queries.Line]:
    lines = queries.register_of(request.user)
    return RegisterFilter(request.GET, lines=lines).narrow(lines)


@access(Permission.TRAINING_VIEW, methods="GET")
def training_register_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """A row for each person and course."""
    return streamed("training.csv", papers.COLUMNS, papers.register_rows(_lines(request)))


@access(Permission.TRAINING_VIEW, methods="GET")
def training_register_xlsx(request: SignedInRequest) -> FileResponse:
    """The register, its counts by hub, and what each word means, as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "training.xlsx")
        save_workbook(path, papers.register_sheets(_lines(request)), title="Register of training", definitions=papers.DEFINITIONS)
        file = path.open("rb")
    return FileResponse(file, as_attachment=True, filename="training.xlsx", content_type=XLSX)

"""The page on which a service says whether the report of its review for learning is published."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.views.common import posted
from reports import content
from reports.forms.publication import ConsentForm
from reports.models import Consent, Report
from reports.queries.consents import consents_seen
from reports.queries.rights import consenting_services, sign_off_of, why_not_publish
from reports.queries.steps import report_next_step
from reports.services import consents
from reports.views.shared import page_context, sections_context, visible_report
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.REPORT_CONSENT, kind="report")
def report_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the public version as it would stand, then say whether it is published; nobody has to answer, and there is no day."""
    report = visible_report(request, pk)
    mine = list(consenting_services(request.user, report))
    require(bool(mine), "Only the service under review says whether the report of a review for learning is published.")
    form, has_changed = ConsentForm(posted(request), initial={"version": report.version}), False
    if request.method == "POST" and form.is_valid():
        try:
            return _answer(request, report, form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        except SomeoneElseChanged as changed:
            has_changed = True
            form = ConsentForm(initial=form.cleaned_data | {"version": getattr(changed.current, "version", None)})
            report = visible_report(request, pk)
    signed, why_not = sign_off_of(report), why_not_publish(request.user, report)
    is_open = signed is not None and report.status in Report.TO_PUBLISH
    frozen = content.content_of(signed.version) if signed and is_open else None
    context = page_context(
        report, step=report_next_step(report), signed=signed, is_open=is_open, why_not=why_not, has_changed=has_changed,
        page_has_errors=has_changed, consents=consents_seen(request.user, report), mine=mine,
        form=form if (is_open and not why_not) or form.is_bound else None,
        restricted_count=content.restricted_count(frozen) if frozen else 0,
        **(sections_context(content.public_part(frozen)) if frozen else {}),
    )  # fmt: skip
    return render(request, "reports/report_consent.html", context, status=409 if has_changed else 200)


def _answer(request: SignedInRequest, report: Report, form: ConsentForm) -> HttpResponse:
    """Record what a valid form says. Raises InvalidTransition, SomeoneElseChanged."""
    data = form.cleaned_data
    agrees = data["answer"] == Consent.Answer.PUBLISH
    published = consents.answer_consent(
        report_id=report.pk, agrees=agrees, reason=data["reason"], version=data["version"], by=request.user
    )  # fmt: skip
    waits = "Answer saved. The report is published when every service under review agrees."
    kept = "Answer saved. The report is not published."
    messages.success(request, "Report published" if published else waits if agrees else kept)
    return redirect("reports:report_detail", pk=report.pk)

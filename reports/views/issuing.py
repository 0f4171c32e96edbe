"""Who was issued a signed report: as what, when, when they opened it, who could not be reached; and a reminder to the others."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import counted, month_date
from reports.models import Receipt, Report
from reports.queries.issuing import OPEN_WITHIN_DAYS, earlier_receipts, issued_receipts, not_reached, open_by
from reports.queries.revisions import revision_of
from reports.queries.rights import acts_for_hub, sign_off_of
from reports.queries.steps import report_next_step
from reports.services import issuing
from reports.views.shared import page_context, visible_report
from work.status import InvalidTransition


@access(Permission.REPORT_DRAFT, kind="report")
def report_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody who was issued the newest signed version; POST reminds those who have not opened it, once a day."""
    report = visible_report(request, pk)
    require(acts_for_hub(request.user, Permission.REPORT_VIEW, report))
    if request.method == "POST":
        try:
            count = issuing.remind_unopened(report_id=report.pk, by=request.user)
        except InvalidTransition as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Reminder sent to {count} {'person' if count == 1 else 'people'}")
        return redirect("reports:report_issue", pk=report.pk)
    today = timezone.localdate()
    rows = [_row(one) | {"is_late": one.opened_at is None and open_by(one) < today} for one in issued_receipts(report)]
    waiting = [row for row in rows if not row["is_team"] and not row["is_opened"]]
    signed = sign_off_of(report)
    context = page_context(
        report, rows=rows, step=report_next_step(report), signed=signed,
        revision=revision_of(signed.version_id) if signed else None, earlier=_earlier(report),
        missing=not_reached(report) if report.is_signed else [],
        waiting_count=len(waiting), late_count=sum(1 for row in waiting if row["is_late"]), days=OPEN_WITHIN_DAYS,
        asked_count=sum(1 for row in rows if not row["is_team"]), reminded_at=issuing.reminded_today(report),
    )  # fmt: skip
    return render(request, "reports/report_issue.html", context)


def _row(receipt: Receipt) -> dict[str, object]:
    return {"receipt": receipt, "is_opened": receipt.opened_at is not None, "is_team": receipt.capacity in (Receipt.Capacity.TEAM, "")}


def _earlier(report: Report) -> list[dict[str, object]]:
    """Earlier versions that were issued: each with its sign-off, its receipts and how many opened it."""
    versions: dict[int, list[Receipt]] = {}
    for receipt in earlier_receipts(report):
        versions.setdefault(receipt.version_id, []).append(receipt)
    return [_version(receipts) for receipts in versions.values()]


def _version(receipts: list[Receipt]) -> dict[str, object]:
    rows, version = [_row(one) for one in receipts], receipts[0].version
    asked = [row for row in rows if not row["is_team"]]
    opened, signed = sum(1 for row in asked if row["is_opened"]), version.sign_off
    words = f"Version {version.number}, signed off by {signed.signed_by.name} on {month_date(signed.signed_at)}"
    words = f"{words}: {opened} of {counted(len(asked), 'person,people')} opened it"
    return {"words": words, "caption": f"People who were issued version {version.number}", "rows": rows}

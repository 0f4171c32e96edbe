"""Pages of one section: its words with a preview, two people's edits of it, the data that changed, its history."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import clock_time
from reports import content
from reports.forms.sections import ChooseTextForm, SectionForm
from reports.models import Report, ReportSection
from reports.outline import may_be_public
from reports.queries import readings as reading_queries
from reports.queries.drafts import has_changed_data, mark_of_text, text_from_data
from reports.queries.revisions import words_are_open
from reports.queries.rights import acts_for_hub, is_staff_side
from reports.queries.sections import history_of
from reports.queries.steps import report_next_step
from reports.services import drafting
from reports.views.readings import comment_context
from reports.views.shared import page_context, visible_report
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

Visibility = ReportSection.Visibility


@access(Permission.REPORT_VIEW, kind="report")
def report_section(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """One section: its words to edit with a preview, or its block to read, and its mark; for the team a comment."""
    report, section = _section(request, pk, section_pk)
    drafts = acts_for_hub(request.user, Permission.REPORT_DRAFT, report)
    may_edit = drafts and words_are_open(report)
    if request.method == "POST":
        require(drafts)
        if "keep_asked" in request.POST:
            return _settle_clash(request, report, section)
    initial = {"text": section.text, "visibility": section.visibility, "version": section.version}
    form = SectionForm(request.POST or None, initial=initial, section=section)
    is_preview = request.method == "POST" and "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not is_preview:
        data = form.cleaned_data
        try:
            _save(request, section, data)
        except SomeoneElseChanged:
            return _clash_page(request, report, _fresh(section), data)
        except InvalidTransition as error:
            form.add_error(None, f"{error} Your text is below and was not saved.")
            may_edit = True
        else:
            messages.success(request, f"{section.title} saved")
            return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    context = _section_context(request, report, section, typed=request.POST.get("text", "") if is_preview else None)
    context |= {"form": form if may_edit or is_preview else None, "is_preview": is_preview}
    return render(request, "reports/report_section.html", context)


def _section(request: SignedInRequest, pk: int, section_pk: int) -> tuple[Report, ReportSection]:
    """The report and one of its sections for those who see drafts: 404 out of scope, 403 for others in scope."""
    report = visible_report(request, pk)
    require(is_staff_side(request.user, report))
    section = get_object_or_404(report.sections.select_related("saved_by", "marked_by"), pk=section_pk)
    section.report = report
    return report, section


def _fresh(section: ReportSection) -> ReportSection:
    return ReportSection.objects.select_related("saved_by", "marked_by", "report").get(pk=section.pk)


def _section_context(request: SignedInRequest, report: Report, section: ReportSection, *, typed: str | None) -> dict[str, Any]:
    facts = content.section_facts(section, report.review)
    if typed is not None and not section.block:
        facts["text"] = typed
    is_draft = report.status == Report.Status.DRAFT
    changed = is_draft and has_changed_data(section, text_from_data(section))
    readings = reading_queries.readings_of(report)
    context = page_context(
        report, step=report_next_step(report), section=section, preview=content.section_html(facts), data_changed=changed,
        may_be_public=may_be_public(section.code),
        changed=reading_queries.changed_since_read(report, [section], readings).get(section.code) if is_draft else None,
    )  # fmt: skip
    return context | comment_context(request, report, section, readings)


def _save(request: SignedInRequest, section: ReportSection, data: dict[str, Any]) -> ReportSection:
    return drafting.save_section(
        section_id=section.pk, text=data.get("text", ""), visibility=data.get("visibility") or None, version=data["version"],
        by=request.user,
    )  # fmt: skip


def _last_change(section: ReportSection) -> tuple[str, str]:
    """Who changed the section last, its words or its mark, and at what time."""
    moments = [(section.saved_at, section.saved_by), (section.marked_at, section.marked_by)]
    at, who = max(((at, who) for at, who in moments if at), key=lambda moment: moment[0], default=(None, None))
    return (who.name if who else "Someone else"), clock_time(at) if at else ""


def _clash_page(
    request: SignedInRequest, report: Report, current: ReportSection, data: dict[str, Any], form: ChooseTextForm | None = None, *,
    is_again: bool = False,
) -> HttpResponse:  # fmt: skip
    """Both texts, one under the other, and the choice which to keep."""
    who, at = _last_change(current)
    mine, wanted = data.get("text", ""), data.get("visibility") or current.visibility
    form = form or _keep_form(None, current, who, mine, wanted)
    context = page_context(
        report, section=current, who=who, at=at, form=form, is_again=is_again,
        saved=Version(f"Saved now, by {who}", current.text, [("Who can read it", current.get_visibility_display())]),
        yours=Version("Yours, not saved", mine, [("Who can read it", Visibility(wanted).label)]),
    )  # fmt: skip
    return render(request, "reports/section_clash.html", context, status=409)


def _keep_form(posted: Any, current: ReportSection, who: str, mine: str, visibility: str) -> ChooseTextForm:
    choices = [("THEIRS", f"Keep {who}’s"), ("MINE", "Use mine")] + ([] if current.block else [("BOTH", "Write one from both")])
    typed = {"version": str(current.version), "visibility": visibility}
    initial = {"mine": mine, "both": f"{current.text}\n\n{mine}"}
    return ChooseTextForm(posted, choices=choices, typed=typed, initial=initial)


def _settle_clash(request: SignedInRequest, report: Report, section: ReportSection) -> HttpResponse:
    """What was chosen between two people's edits; the text that is not kept stays in the history."""
    who, _ = _last_change(section)
    wanted = request.POST.get("visibility", "")
    data: dict[str, Any] = {"text": request.POST.get("mine", ""), "visibility": wanted if wanted in Visibility.values else ""}
    form = _keep_form(request.POST, section, who, data["text"], data["visibility"])
    if not form.is_valid():
        return _clash_page(request, report, section, data, form)
    keep, version = form.cleaned_data["keep"], form.cleaned_data["version"]
    if keep == "THEIRS":
        messages.success(request, f"{who}’s text is kept. Yours was not saved.")
        return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    chosen = data | {
        "text": form.cleaned_data["both"] if keep == "BOTH" else data["text"],
        "version": int(version) if version.isdigit() else 0,
    }
    try:
        _save(request, section, chosen)
    except SomeoneElseChanged:
        return _clash_page(request, report, _fresh(section), chosen, is_again=True)
    except InvalidTransition as error:
        form.add_error(None, f"{error} Your text is below and was not saved.")
        return _clash_page(request, report, section, data, form)
    messages.success(request, f"Saved at {clock_time(timezone.now())}. {who}’s text is kept in the history.")
    return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)


@access(Permission.REPORT_DRAFT, kind="report")
def report_section_data(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """ "The data changed since you edited this": both texts, and the choice; nothing is overwritten by itself."""
    report, section = _section(request, pk, section_pk)
    require(acts_for_hub(request.user, Permission.REPORT_DRAFT, report))
    now, is_clash = text_from_data(section), False
    form = _data_form(request.POST or None, section, now)
    if request.method == "POST" and form.is_valid():
        keep, data = form.cleaned_data["keep"], form.cleaned_data
        text = {"MINE": section.text, "THEIRS": now, "BOTH": data["both"]}[keep]
        try:
            drafting.settle_section_data(
                section_id=section.pk, text=text, opened_mark=data["opened_mark"], by=request.user,
                version=int(data["version"]) if data["version"].isdigit() else 0,
            )  # fmt: skip
        except SomeoneElseChanged:
            section, is_clash = _fresh(section), True
            section.report = report
            form = _data_form(None, section, now, both=data["both"] if keep == "BOTH" else "")
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{section.title} saved")
            return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    is_open = report.status == Report.Status.DRAFT and has_changed_data(section, now)
    if not (is_open or form.is_bound or is_clash):
        return redirect("reports:report_section", pk=report.pk, section_pk=section.pk)
    context = page_context(
        report, step=report_next_step(report), section=section, form=form, is_again=is_clash,
        before=Version("What the data wrote before", section.drafted_text), after=Version("What the data writes now", now),
    )  # fmt: skip
    return render(request, "reports/report_section_data.html", context, status=409 if is_clash else 200)


def _data_form(posted: Any, section: ReportSection, now: str, *, both: str = "") -> ChooseTextForm:
    choices = [("MINE", "Keep mine"), ("THEIRS", "Take the new words"), ("BOTH", "Write from both")]
    typed = {"version": str(section.version), "opened_mark": mark_of_text(now)}
    return ChooseTextForm(posted, choices=choices, typed=typed, initial={"both": both or f"{section.text}\n\n{now}"})


@access(Permission.REPORT_VIEW, methods="GET", kind="report")
def report_section_history(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """Every saving of a section: who, when, what changed, and who marked it."""
    report, section = _section(request, pk, section_pk)
    return render(
        request,
        "reports/report_section_history.html",
        page_context(report, step=report_next_step(report), section=section, entries=history_of(section)),
    )

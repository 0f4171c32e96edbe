"""Pages of letters: text with clocks, changing, sending, answering, the PDF."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from peerreview.forms.common import ActForm
from peerreview.forms.findings import LetterAnswerForm, LetterForm
from peerreview.models import Letter, Review
from peerreview.queries.letters import answer_clock, letter_clock
from peerreview.queries.next_steps import letter_next_step
from peerreview.queries.teams import arranges
from peerreview.services import letters as services
from peerreview.views.common import act, posted
from surveillance.queries.holders import executive_of, hub_manager_of
from surveillance.queries.parties import acts_for_provider
from surveillance.queries.people import leads_of
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition


@access(Permission.FINDING_VIEW, methods="GET", kind="letter")
def letter_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A letter: its text, its two clocks, its answer, its PDF."""
    letter = _visible_letter(request, pk)
    service = letter.finding.service
    manager, executive = hub_manager_of(service), executive_of(service)
    step = letter_next_step(
        letter, manager.words if manager else f"{service.region.name} hub", executive.words if executive else letter.to_name
    )
    may_send = _may_send(request, letter)
    context = {
        "letter": letter, "finding": letter.finding, "review": letter.finding.review, "service": service, "step": step,
        "may_send": may_send and letter.sent_at is None, "may_answer": _may_answer(request, letter),
        "is_illustrative": service.is_illustrative, "letter_clock": letter_clock(letter), "answer_clock": answer_clock(letter),
    }  # fmt: skip
    return render(request, "peerreview/letter_detail.html", context)


@access(Permission.LETTER_SEND, kind="letter")
def letter_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the words before sending."""
    letter = _sendable_letter(request, pk)
    form = LetterForm(posted(request), initial={"text": letter.text, "version": letter.version})
    detail = reverse("peerreview:letter_detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_letter(letter_id=pk, text=data["text"], version=data["version"], by=request.user)
        except SomeoneElseChanged as clash:
            saved = Version("Saved now", clash.current.text)
            context = {
                "saved": saved,
                "yours": Version("Yours, not saved", data["text"]),
                "caption": letter.finding.review.title,
                "back_url": detail,
            }
            sent = request.POST.copy()
            sent["version"] = str(clash.current.version)
            context |= {
                "kept": [(name, sent[name]) for name in ("text", "version")],
                "keep_url": reverse("peerreview:letter_change", args=[pk]),
            }
            return render(request, "peerreview/clash.html", context, status=409)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Letter saved")
            return redirect(detail)
    return render(
        request, "peerreview/act.html", {"form": form, "review": letter.finding.review, "title": "Change the letter", "back_url": detail}
    )


@access(Permission.LETTER_SEND, kind="letter")
def letter_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask once more, then send."""
    letter = _sendable_letter(request, pk)
    detail = reverse("peerreview:letter_detail", args=[pk])
    return act(
        request, form=ActForm(posted(request), submit_label=f"Send letter to {letter.to_name}"), done="Letter sent", then=detail,
        template="peerreview/letter_send.html", call=lambda data: services.send_letter(letter_id=pk, by=request.user),
        context={"letter": letter, "review": letter.finding.review, "service": letter.finding.service, "back_url": detail},
    )  # fmt: skip


@access(Permission.FINDING_VIEW, kind="letter")
def letter_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the answer: the executive or the lead, or the hub manager when it came another way."""
    letter = _visible_letter(request, pk)
    require(_may_act(request, letter))
    detail = reverse("peerreview:letter_detail", args=[pk])
    return act(
        request, form=LetterAnswerForm(posted(request)), done="Answer recorded", then=detail, template="peerreview/act.html",
        call=lambda data: services.record_letter_answer(letter_id=pk, answer=data["answer"], by=request.user),
        context={"review": letter.finding.review, "title": "Answer the letter", "lines": [], "back_url": detail},
    )  # fmt: skip


@access(Permission.FINDING_VIEW, methods="GET", kind="letter")
def letter_pdf(request: SignedInRequest, pk: int) -> FileResponse:
    """The letter as a file, always as an attachment."""
    letter = _visible_letter(request, pk)
    path = Path(settings.MEDIA_ROOT, letter.pdf_path) if letter.pdf_path else None
    if path is None or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="application/pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _visible_letter(request: SignedInRequest, pk: int) -> Letter:
    visible = Letter.objects.for_user(request.user, Permission.FINDING_VIEW).for_display()
    return get_object_or_404(visible.select_related("finding__review__procedure", "answered_by"), pk=pk)


def _sendable_letter(request: SignedInRequest, pk: int) -> Letter:
    letter = _visible_letter(request, pk)
    require(_may_send(request, letter))
    return letter


def _may_send(request: SignedInRequest, letter: Letter) -> bool:
    reviews = Review.objects.for_user(request.user, Permission.LETTER_SEND)
    return request.user.has_permission(Permission.LETTER_SEND) and reviews.filter(pk=letter.finding.review_id).exists()


def _may_act(request: SignedInRequest, letter: Letter) -> bool:
    service = letter.finding.service
    if acts_for_provider(request.user, Permission.FINDING_VIEW, service) or leads_of(service).filter(pk=request.user.pk).exists():
        return True
    return _may_send(request, letter) and arranges(letter.finding.review, request.user)


def _may_answer(request: SignedInRequest, letter: Letter) -> bool:
    return letter.sent_at is not None and letter.answered_at is None and _may_act(request, letter)

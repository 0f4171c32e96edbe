"""The visit form: notes by a person with or without a signal, what a device asks before it sends, and the file of one's notes."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.middleware import wants_json
from accounts.permissions import Permission
from peerreview.forms.visit import NoteForm
from peerreview.models import Note, Review
from peerreview.queries.teams import has_read_context, is_on_team
from peerreview.queries.visit_form import notes_of, session_on_or_next, timetable_of
from peerreview.services.notes import NOTING, save_note
from peerreview.views import device
from peerreview.views.common import posted, review_context, visible_review
from peerreview.views.visit_parts import visit_parts
from peerreview.visit_files import VisitFile, VisitItem
from work.status import InvalidTransition


def visited_review(request: SignedInRequest, pk: int) -> Review:
    """The review for those who visit it; 404 out of scope, 403 for others in scope."""
    review = visible_review(request, pk)
    require(is_on_team(review, request.user))
    prefetch_related_objects([review], "topics__indicators")
    return review


@access(Permission.REVIEW_CAPTURE, kind="review")
def review_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write notes; the same note sent twice is saved once. A device that sends what waited on it is answered in JSON."""
    if refusal := device.of_another(request):
        return refusal
    review = visited_review(request, pk)
    sessions = timetable_of(review)
    form = NoteForm(posted(request), review=review, sessions=sessions, next_session=session_on_or_next(sessions, timezone.now()))
    if request.method == "POST" and wants_json(request):
        return _keep(request, review, form)
    if request.method == "POST" and form.is_valid():
        try:
            save_note(review_id=pk, by=request.user, **form.as_arguments())
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Note saved")
            return redirect("peerreview:review_visit", pk=pk)
    return render(request, "peerreview/review_visit.html", _context(request, review, form, sessions))


def _context(request: SignedInRequest, review: Review, form: NoteForm, sessions: list[Any]) -> dict[str, Any]:
    """The page. It has no warning before the session ends: what is typed is kept on the device, and the page says when to sign in."""
    page = review_context(request, review, "review_visit") | visit_parts(request, review)
    is_noting, has_read = review.status in NOTING, has_read_context(review, request.user)
    return page | {
        "form": form, "notes": notes_of(review, request.user), "sessions": sessions, "topics": review.topics.all(),
        "may_note": is_noting and has_read, "must_read": is_noting and not has_read,
        "session_seconds_left": 0,
    }  # fmt: skip


def _keep(request: SignedInRequest, review: Review, form: NoteForm) -> HttpResponse:
    if not form.is_valid():
        return device.faulty(form)
    try:
        note = save_note(review_id=review.pk, by=request.user, **form.as_arguments())
    except InvalidTransition as error:
        return device.refused(str(error))
    return device.kept(note.client_id, note.received_at, html=render_note(request, note))


def render_note(request: HttpRequest, note: Note) -> str:
    """A note as the list shows it."""
    return render_to_string("peerreview/_visit_note.html", {"note": note}, request)


@access(Permission.REVIEW_CAPTURE, methods="GET", kind="review")
def visit_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is signed in, and a token to send with: asked by a page that was kept on a device, whose own token is an old one."""
    visited_review(request, pk)
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


@access(Permission.REVIEW_CAPTURE, methods="GET", kind="review")
def visit_notes(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person's own notes as the file that the upload takes back; a page with JavaScript adds what waits on the device."""
    review = visited_review(request, pk)
    notes = reversed(notes_of(review, request.user))
    items = tuple(VisitItem("note", note.client_id, note.written_at, _fields_of(note)) for note in notes)
    content = VisitFile(review.pk, review.title, request.user.pk, request.user.name, items).as_json(timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="visit-notes-{review.pk}.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _fields_of(note: Note) -> dict[str, str]:
    places = {"topic": note.topic_id, "indicator": note.indicator_id, "session": note.session_id}
    return {"text": note.text} | {name: str(pk or "") for name, pk in places.items()}


@access(Permission.REVIEW_CAPTURE, methods="GET", kind="review")
def visit_manifest(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a phone needs to install the visit form: its name, its address, its icons."""
    review = visited_review(request, pk)
    address = reverse("peerreview:review_visit", args=[review.pk])
    return JsonResponse(
        {
            "id": address, "name": f"Visit: {review.title}", "short_name": "Visit", "start_url": address, "scope": f"/reviews/{review.pk}/",
            "display": "standalone", "lang": "en-GB", "background_color": "#f0f4f5", "theme_color": "#005eb8", "icons": device.icons(),
        },
        content_type="application/manifest+json",
    )  # fmt: skip

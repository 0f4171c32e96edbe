"""Pages of the timetable: read it, arrange it by buttons, send it to people's calendars, take one's own file, record what was given."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.models import User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import clock_time
from peerreview.calendar_files import own_calendar
from peerreview.forms.common import ActForm
from peerreview.forms.timetable import DEFAULT_MINUTES, GivenForm, SessionForm, session_facts, session_initial
from peerreview.models import Review, Session
from peerreview.queries import invitations as sendings
from peerreview.queries import timetable as queries
from peerreview.services import session_invitations, timetable
from peerreview.views.clashes import SAVED, YOURS, clash_page
from peerreview.views.common import act, arranged_review, posted, review_context, visible_review
from surveillance.services.clash import SomeoneElseChanged
from work.items import counted
from work.status import InvalidTransition

MOVES = {"earlier": -1, "later": 1}


@access(Permission.REVIEW_VIEW, kind="review")
def review_timetable(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of each day, and what they lack; POST moves one, back to the session that was moved."""
    review = visible_review(request, pk)
    context = review_context(request, review, "review_timetable")
    if request.method == "POST":
        require(context["plans"])
        way = next((name for name in MOVES if name in request.POST), None)
        if way and request.POST[way].isascii() and request.POST[way].isdigit() and len(request.POST[way]) < 19:
            return _move(request, review, way, int(request.POST[way]))
    days = queries.days_of(review)
    may_change = context["plans"] and review.status in queries.ARRANGING
    context |= _facts(review, days) | {
        "days": days, "may_change": may_change, "moved": _moved_words(request, days),
        "headers": "Time|Session|Place or link|People" + ("|Order|Act" if may_change else ""),
        "next": queries.next_session(review, days),
        "is_mine": any(request.user in session.people.all() for session in queries.sessions_in(days)),
    }  # fmt: skip
    if context["works_on"]:
        people = queries.people_to_ask(review) if review.status in queries.ARRANGING else []
        context |= _checks(review, days, people)
        if context["plans"]:
            context |= _sending(review, days, people, may_change=may_change)
    return render(request, "peerreview/review_timetable.html", context)


def _facts(review: Review, days: list[queries.DayRow]) -> dict[str, Any]:
    sessions = queries.sessions_in(days)
    return {
        "sessions": sessions, "informal": queries.informal_words(review, sessions), "given": queries.given_words(review, sessions),
        "has_template": bool(review.procedure.timetable),
        "may_record": review.status in Review.HELD and any(session.is_informal for session in sessions),
    }  # fmt: skip


def _checks(review: Review, days: list[queries.DayRow], people: list[User]) -> dict[str, Any]:
    """What those who arrange it and the team should look at; nothing here stops anything."""
    place = queries.place_words(review, queries.sessions_in(days)) if review.status in queries.ARRANGING else ""
    return {"checks": [*queries.clash_words(days), *([place] if place else []), *queries.left_words(review, days, people)]}


def _sending(review: Review, days: list[queries.DayRow], people: list[User], *, may_change: bool) -> dict[str, Any]:
    """To how many people invitations went, and how many do not know of the last changes."""
    sent, outstanding = sendings.sent_to(review), sendings.Outstanding()
    if may_change:
        outstanding = sendings.outstanding_of(review, sent, sessions=queries.sessions_in(days), people=people)
    return {"invited_count": len(sendings.holders_of(sent.values())), "waiting_count": len(outstanding.people_ids)}


def _moved_words(request: SignedInRequest, days: list[queries.DayRow]) -> str:
    moved = request.GET.get("moved", "")
    for row in [row for day in days for row in day.sessions]:
        if str(row.session.pk) == moved:
            return f"{row.session.title} now takes place from {row.time_words}"
    return ""


def _move(request: SignedInRequest, review: Review, way: str, session_pk: int) -> HttpResponse:
    address = reverse("peerreview:review_timetable", args=[review.pk])
    try:
        timetable.move_session(review_id=review.pk, session_id=session_pk, steps=MOVES[way], by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
        return redirect(address)
    return redirect(f"{address}?{urlencode({'moved': session_pk})}#session-{session_pk}")


@access(Permission.REVIEW_PLAN, methods="POST", kind="review")
def timetable_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fill an empty timetable from the procedure's."""
    review = arranged_review(request, pk)
    try:
        left = timetable.start_from_procedure(review_id=review.pk, by=request.user)
    except InvalidTransition as error:
        messages.error(request, str(error))
    else:
        without = f". {counted(left, 'session')} of further days left out: this visit has fewer days" if left else ""
        messages.success(request, f"Started from the procedure's timetable{without}")
    return redirect("peerreview:review_timetable", pk=pk)


def _session_form(request: SignedInRequest, review: Review, **kwargs: Any) -> SessionForm:
    days = [(row.day.pk, row.day.date) for row in queries.days_of(review)]
    people = queries.people_to_ask(review)
    if session := kwargs.pop("session", None):
        people = list({person.pk: person for person in (*people, *session.people.all())}.values())
    return SessionForm(posted(request), days=days, people=people, **kwargs)


@access(Permission.REVIEW_PLAN, kind="review")
def session_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a session; it begins when the last one of the first day that has room ends."""
    review = arranged_review(request, pk)
    last = Session.objects.filter(day__review=review).order_by("-day__date", "-ends_at").first()
    begins = last.ends_at if last else review.procedure.day_starts_at
    initial = {"day": str(last.day_id) if last else "", "minutes": DEFAULT_MINUTES, "starts_at": f"{begins:%H:%M}"}
    form = _session_form(request, review, initial=initial)
    form.submit_label = "Add session"
    back = reverse("peerreview:review_timetable", args=[pk])
    return act(
        request, form=form, done="Session added", then=back, template="peerreview/act.html",
        call=lambda data: timetable.add_session(review_id=pk, content=form.content, by=request.user, client_id=form.sent_id),
        context={"review": review, "title": "Add a session", "lines": _day_lines(review), "back_url": back},
    )  # fmt: skip


def _day_lines(review: Review) -> list[str]:
    return [] if review.days.exists() else ["Set the dates of the visit first: a session needs a day."]


@access(Permission.REVIEW_PLAN, kind="review")
def session_change(request: SignedInRequest, pk: int, session_pk: int) -> HttpResponse:
    """Change a session; the others stay where they are. A clash shows both and saves neither."""
    review = arranged_review(request, pk)
    session = get_object_or_404(Session.objects.filter(day__review=review), pk=session_pk)
    form = _session_form(request, review, session=session, initial=session_initial(session))
    back = f"{reverse('peerreview:review_timetable', args=[pk])}#session-{session.pk}"
    try:
        return act(
            request, form=form, done="Session saved", then=back, template="peerreview/act.html",
            call=lambda data: timetable.change_session(
                review_id=pk, session_id=session.pk, content=form.content, by=request.user, version=data["version"]
            ),
            context={"review": review, "title": "Change a session", "lines": [], "back_url": back},
        )  # fmt: skip
    except SomeoneElseChanged as clash:
        return _clash(request, review, clash.current, form)


def _clash(request: SignedInRequest, review: Review, saved: Any, form: SessionForm) -> HttpResponse:
    return clash_page(
        request, review=review, saved=Version(SAVED, facts=session_facts(saved)), yours=Version(YOURS, facts=form.facts()),
        back_url=reverse("peerreview:review_timetable", args=[review.pk]), mark=("version", saved.version),
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def session_remove(request: SignedInRequest, pk: int, session_pk: int) -> HttpResponse:
    """Say what will go, then remove it."""
    review = arranged_review(request, pk)
    session = get_object_or_404(Session.objects.filter(day__review=review).select_related("day"), pk=session_pk)
    back = reverse("peerreview:review_timetable", args=[pk])
    lines = [
        f"This takes “{session.title}” at {clock_time(session.starts_at)} out of the timetable. The other sessions stay where they are."
    ]
    if review.invitations_sent_at:
        lines.append("Send an update afterwards, so that it leaves the calendars of those who were invited.")
    return act(
        request, form=ActForm(posted(request), submit_label="Remove session", submit_kind="warning"), done="Session removed", then=back,
        template="peerreview/act.html", call=lambda data: timetable.remove_session(review_id=pk, session_id=session.pk, by=request.user),
        context={"review": review, "title": "Remove a session", "lines": lines, "back_url": back},
    )  # fmt: skip


@access(Permission.REVIEW_PLAN, kind="review")
def timetable_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send invitations, or what has changed since."""
    review = arranged_review(request, pk)
    outstanding = sendings.outstanding_of(review, sendings.sent_to(review))
    people, back = len(outstanding.people_ids), reverse("peerreview:review_timetable", args=[pk])
    noun = "update" if review.invitations_sent_at else "invitations"
    sessions = {session for session, _ in outstanding.requests}
    gone = len({session for session, _ in outstanding.cancels} - sessions)
    lines = [f"{_people(people)} {'gets' if people == 1 else 'get'} a mail with calendar files for their own sessions."]
    if gone:
        lines.append(f"{counted(gone, 'session')} leave{'s' if gone == 1 else ''} somebody's calendar.")
    lines.append("Mails and calendars say when, where and which session, and nothing else.")
    return act(
        request, form=ActForm(posted(request), submit_label=f"Send {noun}"), done=f"{noun.capitalize()} sent to {_people(people)}",
        then=back, template="peerreview/act.html", call=lambda data: session_invitations.send_invitations(review_id=pk, by=request.user),
        context={
            "review": review, "title": f"Send {noun}", "lines": lines if people else ["There is nothing to send."], "back_url": back,
            "hide_form": not people and request.method != "POST",
        },
    )  # fmt: skip


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


@access(Permission.REVIEW_PLAN, kind="review")
def timetable_given(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record how many minutes of informal exchange were really given."""
    review = arranged_review(request, pk)
    sessions = [session for session in sendings.sessions_of(review) if session.is_informal]
    form, back = GivenForm(posted(request), review=review, sessions=sessions), reverse("peerreview:review_timetable", args=[pk])
    lines = [queries.informal_words(review, sessions)] if sessions else ["The timetable has no informal exchange."]
    return act(
        request, form=form, done="Minutes saved", then=back, template="peerreview/act.html",
        call=lambda data: timetable.record_given_minutes(review_id=pk, minutes=form.minutes, by=request.user),
        context={"review": review, "title": "Informal exchange really given", "lines": lines, "back_url": back, "hide_form": not sessions},
    )  # fmt: skip


@access(Permission.REVIEW_VIEW, methods="GET", kind="review")
def timetable_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own sessions as a calendar file."""
    review = visible_review(request, pk)
    own = [session for session in sendings.sessions_of(review) if request.user in session.people.all()]
    url = request.build_absolute_uri(reverse("peerreview:review_timetable", args=[pk]))
    response = HttpResponse(own_calendar(own, review, at=timezone.now(), url=url), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="visit-{review.pk}.ics"'
    return response

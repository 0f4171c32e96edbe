"""Context notes of a year: write, change, remove; publishing a year; counting it again."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access import SignedInRequest, access, require
from accounts.components import Version
from accounts.permissions import Permission
from qnt.programme import services
from qnt.programme.choice import Choice, choice_of
from qnt.programme.forms import NoteForm
from qnt.programme.models import ContextNote
from qnt.programme.queries import state_of
from surveillance.services.clash import SomeoneElseChanged
from work.status import InvalidTransition

ENGLAND = "0"


def _back(year: int) -> str:
    return f"{reverse('programme_logic_model')}?year={year}"


def _regions(choice: Choice) -> list[tuple[str, str]]:
    """Where the person may write: England and every hub, or the own hubs."""
    if choice.is_national:
        return [(ENGLAND, "England"), *((str(pk), name) for pk, name in choice.hubs.items())]
    return [(str(pk), choice.hubs[pk]) for pk in choice.reach.regions if pk in choice.hubs]


@access(Permission.PROGRAMME_VIEW)
def programme_note_new(request: SignedInRequest) -> HttpResponse:
    """Add a note to the year that the address names."""
    choice = choice_of(request.user, request.GET)
    regions = _regions(choice)
    form = NoteForm(request.POST if request.method == "POST" else None, regions=regions)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        region = said.get("region") if "region" in form.fields else int(regions[0][0])
        services.write_note(
            client_id=said["client_id"] or uuid.uuid4(), year=choice.year, region_id=region or None, domain=said["domain"],
            text=said["text"], by=request.user,
        )  # fmt: skip
        messages.success(request, "Note saved")
        return redirect(_back(choice.year))
    context = {"form": form, "title": f"Add a note to {choice.year}", "back_url": _back(choice.year)}
    return render(request, "programme/note_form.html", context)


def _own_note(request: SignedInRequest, pk: int) -> ContextNote:
    """The note where this person reads it, else 404; 403 where others write it."""
    notes = ContextNote.objects.filter(removed_at=None).select_related("region", "written_by")
    visible = notes.filter(pk__in=ContextNote.objects.for_user(request.user, Permission.PROGRAMME_VIEW).values("pk"))
    note = get_object_or_404(visible, pk=pk)
    require(ContextNote.objects.written_by(request.user).filter(pk=pk).exists(), "Only the national team changes notes on England.")
    return note


@access(Permission.PROGRAMME_VIEW, kind="context_note")
def programme_note_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a note; two edits that met show both."""
    note = _own_note(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None, regions=[], note=note)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.change_note(note_id=pk, domain=said["domain"], text=said["text"], version=said["version"], by=request.user)
        except SomeoneElseChanged as clash:
            return _clash(request, clash, form)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Note saved")
            return redirect(_back(note.year))
    context = {"form": form, "note": note, "title": f"Change a note on {note.year}", "back_url": _back(note.year)}
    return render(request, "programme/note_form.html", context)


def _clash(request: SignedInRequest, clash: SomeoneElseChanged, form: NoteForm) -> HttpResponse:
    note, said = ContextNote.objects.get(pk=clash.current.pk), form.cleaned_data
    labels = dict(ContextNote.Domain.choices)
    context = {
        "note": note, "saved": Version("Saved now", f"{note.get_domain_display()}: {note.text}"),
        "yours": Version("Yours, not saved", f"{labels[said['domain']]}: {said['text']}"),
        "kept": [("domain", said["domain"]), ("text", said["text"]), ("version", note.version)], "back_url": _back(note.year),
    }  # fmt: skip
    return render(request, "programme/note_clash.html", context, status=409)


@access(Permission.PROGRAMME_VIEW, kind="context_note")
def programme_note_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then take the note out of its year."""
    note = _own_note(request, pk)
    if request.method == "POST":
        try:
            services.remove_note(note_id=pk, by=request.user)
        except InvalidTransition as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Note removed")
        return redirect(_back(note.year))
    return render(request, "programme/note_remove.html", {"note": note, "back_url": _back(note.year)})


# Years ----------------------------------------------------------------------------------------------------------------
@access(Permission.PROGRAMME_VIEW, methods="POST")
def programme_count(request: SignedInRequest) -> HttpResponse:
    """Ask for the year to be counted again."""
    choice = choice_of(request.user, request.GET)
    state = state_of(choice.year)
    if state and state.is_published:
        messages.error(request, services.ALREADY.format(year=choice.year))
    else:
        services.ask_to_count(choice.year, by=request.user)
        messages.success(request, "The figures are being counted. Open this page again in a minute to see them.")
    return redirect(reverse("programme_domains") + choice.query)


@access(Permission.PROGRAMME_MANAGE, kind="programme_year")
def programme_year_publish(request: SignedInRequest, year: int) -> HttpResponse:
    """Say what publishing a year does, then freeze its figures; it cannot be undone."""
    state = state_of(year)
    error = ""
    if request.method == "POST":
        try:
            services.publish_year(year=year, by=request.user)
        except InvalidTransition as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"The figures of {year} are published")
            return redirect(f"{reverse('programme_domains')}?year={year}")
    back = f"{reverse('programme_domains')}?year={year}"
    context = {"year": year, "state": state, "error": error or services.why_not_published(year), "back_url": back}
    return render(request, "programme/year_publish.html", context)

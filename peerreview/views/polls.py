"""Pages of the asking about dates: for those who arrange the visit, and for each person who is asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from peerreview.forms.planning import ChooseDateForm, PollAnswerForm, PollForm, option_words
from peerreview.models import Review, TeamMember
from peerreview.queries import polls
from peerreview.queries.milestones import notice_fault
from peerreview.queries.next_steps import arranger_words
from peerreview.queries.sides import hosts
from peerreview.services import polls as services
from peerreview.views.common import arranged_review, posted, visible_review
from peerreview.views.planning import planning_clash
from surveillance.services.clash import SomeoneElseChanged
from work.items import NextStep, day_words
from work.status import InvalidTransition


@access(Permission.REVIEW_PLAN, kind="review")
def review_poll(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who can make which date, and the choice of one."""
    review = arranged_review(request, pk)
    asked = polls.asked_people(review)
    rows = polls.poll_rows(review, asked)
    is_open = polls.is_poll_open(review) and bool(rows)
    short = {row.option.pk: fault for row in rows if (fault := notice_fault(review.procedure, row.option.starts_date))}
    form = ChooseDateForm(posted(request), rows=rows, short=short, initial={"version": review.version}) if is_open else None
    if form and request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {name: data[name] for name in ("short_notice_reason", "version")}
        try:
            services.choose_date(review_id=review.pk, option_id=int(data["option"]), by=request.user, **chosen)
        except SomeoneElseChanged as clash:
            return planning_clash(request, clash, back="review_poll", yours=[("Date", dict(form.fields["option"].choices)[data["option"]])])
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Dates of the visit set")
            return redirect("peerreview:review_detail", pk=review.pk)
    context = {"review": review, "form": form, "rows": rows, "is_open": is_open, "may_ask": review.status in polls.POLL_STATUSES}
    if is_open and review.poll_due_date:
        today = timezone.localdate()
        context["silence"] = polls.silence_words(rows, asked, review.poll_due_date, today)
        context["step"] = _step(review, rows)
        for row in rows:
            row.words = option_words(row.option)
    return render(request, "peerreview/review_poll.html", context)


def _step(review: Review, rows: list[polls.OptionRow]) -> NextStep:
    """What the asking waits for: answers until their day, then the choice."""
    silent = polls.silent_people(rows)
    if silent and review.poll_due_date and review.poll_due_date >= timezone.localdate():
        who = silent[0].name if len(silent) == 1 else polls.people_words(len(silent))
        return NextStep("People say which dates they can make", who, review.poll_due_date)
    return NextStep("Choose a date of the visit", arranger_words(review), review.poll_due_date)


@access(Permission.REVIEW_PLAN, kind="review")
def review_poll_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose dates and ask people about them."""
    review = arranged_review(request, pk)
    form = PollForm(posted(request), initial=_proposed(review))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.ask_about_dates(
                review_id=review.pk, options=form.options, due_date=data["due_date"], by=request.user, version=data["version"]
            )
        except SomeoneElseChanged as clash:
            days = ", ".join(day_words(starts) for starts, _ in form.options)
            return planning_clash(request, clash, back="review_poll_new", yours=[("Dates", days)])
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            count = len(polls.asked_people(review))
            messages.success(request, f"{polls.people_words(count)} asked about {len(form.options)} dates")
            return redirect("peerreview:review_poll", pk=review.pk)
    away = polls.away_words(review)
    return render(request, "peerreview/review_poll_new.html", {"form": form, "review": review, "away": away})


def _proposed(review: Review) -> dict[str, object]:
    """The dates that are asked about now, to change them."""
    options = list(review.date_options.all()) if polls.is_poll_open(review) else []
    days = {f"date_{n}": option.starts_date for n, option in enumerate(options, start=1)}
    return {"version": review.version, "days_count": 1, "due_date": review.poll_due_date if options else None, **days}


@access(Permission.REVIEW_VIEW, kind="review")
def review_poll_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """A lead or an executive says which dates they can make."""
    review = visible_review(request, pk)
    require(hosts(review, request.user))
    return _answer(request, review, reverse("peerreview:review_detail", args=[review.pk]))


@access(Permission.REVIEW_VIEW, kind="team_member")
def team_member_dates(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer says which dates they can make, also before their papers open."""
    visible = TeamMember.objects.for_user(request.user, Permission.REVIEW_VIEW)
    member = get_object_or_404(visible.select_related("review__procedure", "review__visit_lead", "review__region"), pk=pk)
    require(member.user_id == request.user.pk)
    return _answer(request, member.review, reverse("peerreview:team_member_detail", args=[member.pk]))


def _answer(request: SignedInRequest, review: Review, back_url: str) -> HttpResponse:
    """The page of one person who is asked; nobody else's answers stand on it."""
    options = list(review.date_options.all()) if polls.is_poll_open(review) else []
    said = polls.answers_by(review, request.user)
    form = None
    if options:
        warnings = polls.own_warnings(request.user, options)
        form = PollAnswerForm(
            posted(request), options=options, warnings=warnings, initial={f"option_{pk}": answer for pk, answer in said.items()}
        )
        if request.method == "POST" and form.is_valid():
            try:
                services.answer_dates(review_id=review.pk, answers=form.answers, by=request.user)
            except InvalidTransition as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Your answers are sent")
                return redirect(request.path)
    has_answered = bool(options) and all(option.pk in said for option in options)
    mine = NextStep("You say which dates you can make", request.user.name, review.poll_due_date)
    step = NextStep("The hub chooses a date", arranger_words(review), review.poll_due_date) if has_answered else mine
    context = {"review": review, "form": form, "back_url": back_url, "has_answered": has_answered, "step": step if options else None}
    return render(request, "peerreview/review_poll_answer.html", context)

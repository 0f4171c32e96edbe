"""Challenges: one short page for whoever answers, the list and the decision for the national lead, a service's own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.permissions import Permission
from surveillance.forms.challenges import AnswerChallengesForm, ChallengeFilterForm, ChallengeForm, LiftSuspensionForm
from surveillance.models import Answer, Indicator, IndicatorChallenge, InvalidTransition
from surveillance.queries import challenges as queries
from surveillance.queries.self_reports import page_number_of
from surveillance.services import challenges as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.suspension import RULE
from surveillance.views.answers import posted, visible_report
from surveillance.views.consultation import visible_set
from work.models import Job

Status = IndicatorChallenge.Status
CHANGED = "Someone else changed this indicator after you opened the page. Read how it stands now. Your text is below."


@access(Permission.INDICATOR_CHALLENGE, kind="self_report")
def answer_challenge(request: SignedInRequest, pk: int, answer_pk: int) -> HttpResponse:
    """Say that an indicator is out of date; a second visit shows what was said, and the answer when it has come."""
    report = visible_report(request, pk)
    answer = _answer_to_challenge(request, pk, answer_pk)
    form = ChallengeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.raise_challenge(answer_id=answer.pk, self_report_id=pk, reason=form.cleaned_data["reason"], by=request.user)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            owner = queries.owner_words(answer.indicator.indicator_set)
            messages.success(request, f"Thank you. {owner} will answer before the next version. Your answer still counts.")
            return redirect("surveillance:answer_challenge", pk=pk, answer_pk=answer_pk)
    told = answer.indicator.challenges.filter(service=report.service_id).select_related("made_by", "replied_by").order_by("-made_at", "-pk")
    context = {
        "report": report, "answer": answer, "indicator": answer.indicator, "form": form, "told": list(told),
        "is_open": any(one.status == Status.OPEN for one in told), "owner": queries.owner_words(answer.indicator.indicator_set),
        "section_number": page_number_of(answer),
    }  # fmt: skip
    return render(request, "surveillance/answer_challenge.html", context)


def _answer_to_challenge(request: SignedInRequest, pk: int, answer_pk: int) -> Answer:
    """404 out of scope; 403 where the answer can be read but belongs to somebody else's section."""
    related = ("indicator__indicator_set__published_by", "indicator__indicator_set__drafted_by", "self_report")
    mine = Answer.objects.for_user(request.user, Permission.INDICATOR_CHALLENGE).select_related(*related)
    answer = mine.filter(pk=answer_pk, self_report=pk).first()
    if answer:
        return answer
    if not Answer.objects.for_user(request.user, Permission.SELF_REPORT_VIEW).filter(pk=answer_pk, self_report=pk).exists():
        raise Http404
    raise PermissionDenied("This section is not given to you. The service lead can give it to you.")


@access(Permission.INDICATOR_SET_MANAGE, methods="GET")
def indicator_challenge_list(request: SignedInRequest) -> HttpResponse:
    """Every indicator that was challenged, with how many challenges stand where; filtered by the address."""
    form = ChallengeFilterForm(request.GET)
    form.is_valid()
    chosen, found = form.cleaned_data, queries.challenged_indicators()
    if chosen.get("status"):
        found = found.filter(pk__in=IndicatorChallenge.objects.filter(status=chosen["status"]).values("indicator"))
    if chosen.get("indicator_set"):
        found = found.filter(indicator_set=chosen["indicator_set"])
    if chosen.get("number"):
        found = found.filter(number__icontains=chosen["number"])
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {"page_obj": page, "form": form, "totals": queries.totals_words(), "is_filtered": any(chosen.values())}
    return render(request, "surveillance/indicator_challenge_list.html", context)


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_challenge")
def indicator_challenge_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What services say of one indicator, what the round answered, and the decision."""
    visible = IndicatorChallenge.objects.for_user(request.user, Permission.INDICATOR_SET_MANAGE)
    challenge = get_object_or_404(visible.select_related("indicator__indicator_set__specification"), pk=pk)
    indicator = challenge.indicator
    told = queries.told_of(indicator)
    opened = [one for one in told if one.status == Status.OPEN]
    form = AnswerChallengesForm(posted(request), opened=opened, indicator=indicator)
    if request.method == "POST" and form.is_valid():
        try:
            answered = services.answer_challenges(**form.answer, by=request.user)
        except SomeoneElseChanged:
            form.refuse_older(CHANGED, indicator.revision)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _done(len(answered), form.answer["decision"], indicator))
            return redirect("surveillance:indicator_challenge_detail", pk=pk)
    context = {
        "challenge": challenge, "indicator": indicator, "told": told, "opened": opened, "form": form, "rule": RULE,
        "distribution": queries.distribution_of(indicator), "job": rescoring_job(request, indicator),
    }  # fmt: skip
    return render(request, "surveillance/indicator_challenge_detail.html", context)


def _done(count: int, decision: str, indicator: Indicator) -> str:
    answered = f"{count} challenges answered." if count > 1 else "Challenge answered."
    if decision != Status.UPHELD:
        return f"{answered} The services are told."
    return f"{answered} Indicator {indicator.number} is suspended, and the scores are being written again."


def rescoring_job(request: SignedInRequest, indicator: Indicator) -> Job | None:
    """The job that writes the scores again, while it is not over, for the person who asked for it."""
    mine = Job.objects.for_user(request.user).filter(kind="challenges.rescore", arguments__indicator_id=indicator.pk)
    return mine.exclude(status=Job.Status.DONE).first()


@access(Permission.INDICATOR_CHALLENGE, methods="GET")
def indicator_challenge_mine(request: SignedInRequest) -> HttpResponse:
    """Challenges by this person's services, with the answers."""
    page = Paginator(queries.challenges_of_services(request.user), 50).get_page(request.GET.get("page"))
    return render(request, "surveillance/indicator_challenge_mine.html", {"page_obj": page})


@access(Permission.INDICATOR_SET_MANAGE, kind="indicator_set")
def indicator_suspension_lift(request: SignedInRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Let a suspended indicator count again, with a reason."""
    indicator_set = visible_set(request, pk)
    require(request.user.has_permission(Permission.INDICATOR_SET_MANAGE))
    indicator = get_object_or_404(Indicator, pk=indicator_pk, indicator_set=indicator_set)
    form = LiftSuspensionForm(posted(request), initial={"revision": indicator.revision})
    if request.method == "POST" and form.is_valid():
        try:
            services.lift_suspension(indicator_id=indicator.pk, by=request.user, **form.cleaned_data)
        except SomeoneElseChanged:
            form.refuse_older(CHANGED, indicator.revision)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Indicator {indicator.number} counts again. The scores are being written again.")
            return redirect("surveillance:indicator_set_detail", pk=pk)
    context = {"indicator_set": indicator_set, "indicator": indicator, "form": form, "job": rescoring_job(request, indicator)}
    return render(request, "surveillance/indicator_suspension_lift.html", context)

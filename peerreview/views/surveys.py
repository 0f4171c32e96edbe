"""The survey behind a personal link, without an account; and its results for the hub."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.access import PUBLIC, SignedInRequest, access
from accounts.models import Organisation
from accounts.permissions import Permission
from peerreview.forms.surveys import SurveyForm, SurveyResultsForm
from peerreview.models import Review
from peerreview.queries import survey_results as queries
from peerreview.services import surveys as services
from surveillance.reach import reach_of
from work.status import InvalidTransition


@access(PUBLIC, kind="survey")
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions for whoever holds the link; a used or closed link says so, an unknown one is not found."""
    invitation = services.find_invitation(token)
    if invitation is None:
        raise Http404
    form = SurveyForm(request.POST if request.method == "POST" else None, questions=services.questions_of(invitation.review))
    if sentence := services.why_closed(invitation):
        return _unkept(render(request, "peerreview/survey_closed.html", {"invitation": invitation, "sentence": sentence}))
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_survey(token=token, answers=form.answers)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            return _unkept(redirect("peerreview:survey_answer", token=token))
    context = {"form": form, "invitation": invitation, "review": invitation.review}
    return _unkept(render(request, "peerreview/survey_answer.html", context))


def _unkept(response: HttpResponse) -> HttpResponse:
    """No browser keeps a page that holds answers, signed in or not."""
    patch_cache_control(response, no_store=True, private=True)
    return response


@access(Permission.REVIEW_PLAN, methods="GET")
def survey_results(request: SignedInRequest) -> HttpResponse:
    """Results of the surveys by half-year, hub and procedure, the tracks apart, never of fewer than 5 answers."""
    regions = _regions(request)
    halves = queries.halves_until(timezone.localdate(), [region.pk for region in regions])
    form = SurveyResultsForm(
        request.GET or None, halves=[(half.code, half.label) for half in halves], regions=[(str(one.pk), one.name) for one in regions]
    )
    chosen = form.cleaned_data if form.is_valid() else {}
    half = next((one for one in halves if one.code == chosen.get("half")), queries.newest_that_counts(halves))
    region = next((one for one in regions if str(one.pk) == chosen.get("region")), regions[0])
    tracks = [
        ("Compliance reviews", queries.results(region_id=region.pk, half=half, purpose=Review.Purpose.COMPLIANCE)),
        ("Reviews for learning", queries.results(region_id=region.pk, half=half, purpose=Review.Purpose.IMPROVEMENT)),
    ]
    context = {"form": form, "half": half, "region": region, "tracks": tracks, "headers": queries.HEADERS, "fewest": queries.FEWEST}
    return render(request, "peerreview/survey_results.html", context)


def _regions(request: SignedInRequest) -> list[Organisation]:
    """The hubs whose reviews this person plans; every one for the national team, those with reviews first."""
    where = reach_of(request.user, Permission.REVIEW_PLAN)
    has_reviews = Exists(Review.objects.filter(region=OuterRef("pk")))
    hubs = Organisation.objects.filter(kind=Organisation.Kind.REGION).order_by(has_reviews.desc(), "name", "pk")
    return list(hubs if where.is_national else hubs.filter(pk__in=where.regions))

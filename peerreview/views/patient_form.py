"""The public form for views of patients and carers: one question a page, without account, cookie, session or script."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from accounts.access import PUBLIC, access
from peerreview.forms.patient_views import ANSWERS, TEXT_LENGTH, OneQuestionForm, ViewForm
from peerreview.models import PatientView, ViewsLink
from peerreview.queries.milestones import milestone_date
from peerreview.queries.patient_views import closed_date, is_open
from peerreview.services.patient_views import TooManyViews, give_view
from work.status import InvalidTransition

STEPS = ANSWERS
CHECK, START = "check", "start"
SALT = "patient-view-form"
FORM_SECONDS = 24 * 3600  # a form left open overnight is checked once more before it is sent
MOST_CARRIED = 2 * TEXT_LENGTH  # what is too long is carried whole for its error, but nothing is carried without end
BUSY = "We cannot take more answers for a few minutes. Your text is still here."
STALE = "This page was open for a long time. Check your answers and send them again."


@dataclass
class Sheet:
    """What one person has answered so far. It travels in the form's own fields, so the site keeps nothing until it is sent."""

    link: ViewsLink
    answers: dict[str, str]
    form_id: uuid.UUID
    is_fresh: bool
    is_changing: bool = False

    @classmethod
    def read(cls, link: ViewsLink, posted: QueryDict) -> "Sheet":
        """The sheet that was posted; a form without our signature gets a new one and is asked to be sent again."""
        answers = {name: posted.get(name, "")[:MOST_CARRIED] for name in ANSWERS}
        form_id, is_fresh = uuid.uuid4(), False
        try:
            signed = signing.loads(str(posted.get("form", "")), salt=SALT)
            if signed["link"] == link.pk:
                form_id = uuid.UUID(signed["form"])
                signing.loads(str(posted["form"]), salt=SALT, max_age=FORM_SECONDS)
                is_fresh = True
        except signing.BadSignature:
            pass
        return cls(link, answers, form_id, is_fresh, posted.get("changing") == "yes")

    @property
    def signed(self) -> str:
        """The form's number with our signature and the time: what a form must carry to be taken."""
        return signing.dumps({"link": self.link.pk, "form": self.form_id.hex}, salt=SALT)

    @property
    def client_id(self) -> uuid.UUID:
        """Made from the form and what it says: the same form sent twice is one view, but on a shared tablet nobody's is lost."""
        return uuid.uuid5(self.form_id, "\n".join(f"{name}: {self.answers[name].strip()}" for name in ANSWERS))


# No CSRF token: it would set a cookie. The act is anonymous and rests on nothing that a browser sends by itself, so there is no
# one's authority to borrow; sending the same form again changes nothing. The form carries our signature, good for a day.
@csrf_exempt
@access(PUBLIC, kind="views_link")
def views_form(request: HttpRequest, token: str) -> HttpResponse:
    """Start page, four questions, check page and sending, at one address: what was answered is posted along."""
    link = _link(token)
    sheet = Sheet.read(link, request.POST)
    if not is_open(link):
        return _page(request, sheet, "views_closed", closed_on=closed_date(link), is_early=_is_early(link))
    go, step = request.POST.get("go", ""), request.POST.get("step", START)
    if request.method != "POST" or go == START:
        return _page(request, sheet, "views_start")
    if go == "send":
        return _send(request, sheet)
    if go in STEPS:
        sheet.is_changing = True
        return _ask(request, sheet, go)
    if go == "back":
        return _show(request, sheet, _before(step, sheet))
    if step in STEPS:
        form = OneQuestionForm(sheet.answers, name=step)
        if not form.is_valid():
            return _ask(request, sheet, step, form)
    return _show(request, sheet, _after(step, sheet))


@access(PUBLIC, methods="GET", kind="views_link")
def views_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What happens with a view that was sent."""
    link = _link(token)
    review = link.review
    day = None if review.is_learning else milestone_date(review, "PUBLICATION", facts={})
    answer = _private(render(request, "peerreview/views_thanks.html", _facts(link) | {"published_by": day, "review": review}))
    answer["Clear-Site-Data"] = '"cache"'  # "Back" on a shared tablet shows nobody the last person's words
    return answer


def _link(token: str) -> ViewsLink:
    found = ViewsLink.objects.select_related("review__procedure", "service__provider", "service__network")
    return get_object_or_404(found, token=token.lower())


def _facts(link: ViewsLink) -> dict[str, Any]:
    """What every public page says: the service, whom to ask, and where reports are. Nothing else of the review."""
    return {"link": link, "service": link.service, "library_address": f"{settings.SITE_URL}/library/"}


def _private(response: HttpResponse) -> HttpResponse:
    """No search engine lists it, no other site learns its address, nothing between keeps it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _page(request: HttpRequest, sheet: Sheet, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    facts = _facts(sheet.link) | {"sheet": sheet, "carried": sheet.answers} | context
    return _private(render(request, f"peerreview/{template}.html", facts, status=status))


def _ask(request: HttpRequest, sheet: Sheet, step: str, form: OneQuestionForm | None = None) -> HttpResponse:
    form = form or OneQuestionForm(initial=sheet.answers, name=step)
    carried = {name: text for name, text in sheet.answers.items() if name != step}
    return _page(request, sheet, "views_question", form=form, field=form[step], step=step, carried=carried)


def _show(request: HttpRequest, sheet: Sheet, step: str) -> HttpResponse:
    if step == START:
        return _page(request, sheet, "views_start")
    return _check(request, sheet) if step == CHECK else _ask(request, sheet, step)


def _check(request: HttpRequest, sheet: Sheet, form: ViewForm | None = None, *, status: int = 200) -> HttpResponse:
    shown, who = ViewForm(), dict(PatientView.Who.choices)
    rows = [(name, shown[name].label, who.get(text, "") if name == "who" else text) for name, text in sheet.answers.items()]
    sheet.is_changing = False
    return _page(request, sheet, "views_check", rows=rows, form=form, status=status)


def _send(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Keep the view and say thank you; whatever stands against it, the text stays on the page."""
    form = ViewForm(sheet.answers)
    if not form.is_valid():
        faulty = next((name for name in ANSWERS if name in form.errors), "")
        sheet.is_changing = bool(faulty)
        return _ask(request, sheet, faulty, OneQuestionForm(sheet.answers, name=faulty)) if faulty else _check(request, sheet, form)
    if not sheet.is_fresh:
        form.add_error(None, STALE)
        return _check(request, sheet, form)
    try:
        give_view(link_id=sheet.link.pk, client_id=sheet.client_id, said=form.said)
    except TooManyViews:
        form.add_error(None, BUSY)
        answer = _check(request, sheet, form, status=429)
        answer["Retry-After"] = str(settings.VIEWS_LIMIT_MINUTES * 60)
        return answer
    except InvalidTransition:  # closed while it was being filled in
        return _page(request, sheet, "views_closed", closed_on=closed_date(_link(sheet.link.token)), is_early=False)
    return _private(redirect("peerreview:views_thanks", token=sheet.link.token))


def _before(step: str, sheet: Sheet) -> str:
    if sheet.is_changing:
        return CHECK
    order = (START, *STEPS, CHECK)
    return order[max(order.index(step) - 1, 0)] if step in order else START


def _after(step: str, sheet: Sheet) -> str:
    order = (START, *STEPS, CHECK)
    if sheet.is_changing or step not in order:
        return CHECK if sheet.is_changing else STEPS[0]
    return order[min(order.index(step) + 1, len(order) - 1)]


def _is_early(link: ViewsLink) -> bool:
    """Whether the link has not opened yet."""
    return link.closed_at is None and closed_date(link) is None and not is_open(link) and is_open(link, link.opens_date)

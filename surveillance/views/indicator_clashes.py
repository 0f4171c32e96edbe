"""Two people's edits of a set's facts or of an indicator: both texts, and the choice which to keep."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.components import Version
from accounts.templatetags.qnt_tags import month_date, whole_percent
from surveillance.forms.indicators import IndicatorForm, IndicatorSetForm, KeepOneForm
from surveillance.models import Indicator, IndicatorSet
from surveillance.queries.indicator_sets import LastChange, last_change
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.indicator_sets import facts_mark

CHOICES = ("THEIRS", "MINE", "BOTH")


@dataclass(frozen=True)
class Clash:
    """What the page of two edits shows. ``typed`` is the form as it was sent, with the mark of what is saved now."""

    thing: str
    indicator_set: IndicatorSet
    url: str
    last: LastChange
    saved: Version
    yours: Version
    typed: dict[str, str]


def choice_of(request: SignedInRequest) -> str:
    """What was chosen between two edits; empty for a form that is sent for the first time."""
    choice = request.POST.get("keep", "") if request.method == "POST" else ""
    return choice if choice in CHOICES else ""


def refuse_unanswered(request: SignedInRequest, current: IndicatorSet | Indicator) -> None:
    """Raises SomeoneElseChanged when the page of two edits was sent without a choice: then it asks again."""
    if "keep_asked" in request.POST and not choice_of(request):
        raise SomeoneElseChanged(current)


def clash_page(request: SignedInRequest, clash: Clash) -> HttpResponse:
    """ "Someone else changed this": both texts, nothing lost. "Again" when it changed once more while somebody chose."""
    is_unanswered = "keep_asked" in request.POST and not choice_of(request)
    data = {**clash.typed, "keep_asked": "1", "keep": ""} if is_unanswered else None
    form = KeepOneForm(data, name=clash.last.name, typed=clash.typed)
    form.form_action = clash.url
    context = {"clash": clash, "form": form, "indicator_set": clash.indicator_set, "is_again": bool(choice_of(request))}
    return render(request, "surveillance/indicator_clash.html", context, status=409)


def _typed(form: Any, **current: str) -> dict[str, str]:
    """What was sent, by field name, with the mark of the text that is saved now in place of the old one."""
    left_out = {"csrfmiddlewaretoken", "keep", "keep_asked", *current}
    return {name: value for name, value in form.data.items() if name not in left_out} | current


def set_clash(draft: IndicatorSet, form: IndicatorSetForm, clash: SomeoneElseChanged) -> Clash:
    """Two edits of a set's facts."""
    yours = IndicatorSet(**{"code": draft.code, **form.facts})
    url = reverse("surveillance:indicator_set_change", args=[draft.pk])
    last = last_change(draft)
    return Clash("set", draft, url, last, saved_set(draft), _set_version("Yours, not saved", yours), _typed(form, opened=facts_mark(draft)))


def saved_set(draft: IndicatorSet) -> Version:
    """The facts as they are saved now."""
    return _set_version(f"Saved now, by {last_change(draft).name}", draft)


def _set_version(heading: str, indicator_set: IndicatorSet) -> Version:
    facts = [
        ("Code", indicator_set.code),
        ("Name", indicator_set.name),
        ("Service specification", str(indicator_set.specification)),
        ("Good practice level", whole_percent(indicator_set.threshold_percent)),
        ("Visit level", whole_percent(indicator_set.visit_level_percent)),
        ("Jump limit", f"{indicator_set.jump_limit_points} points"),
        ("Illustrative", _yes(indicator_set.is_illustrative)),
        ("Official NHS England set", _yes(indicator_set.is_nhs_england)),
        ("What changed", indicator_set.change_note or "Nothing said"),
    ]
    return Version(heading, indicator_set.provenance, facts)


def indicator_clash(draft: IndicatorSet, form: IndicatorForm, clash: SomeoneElseChanged) -> Clash:
    """Two edits of an indicator."""
    current = cast("Indicator", clash.current)
    url = reverse("surveillance:indicator_change", args=[draft.pk, current.pk])
    yours = _indicator_version("Yours, not saved", Indicator(**form.facts))
    typed = _typed(form, revision=str(current.revision))
    return Clash("indicator", draft, url, last_change(current), saved_indicator(current), yours, typed)


def saved_indicator(indicator: Indicator) -> Version:
    """The indicator as it is saved now."""
    return _indicator_version(f"Saved now, by {last_change(indicator).name}", indicator)


def _indicator_version(heading: str, indicator: Indicator) -> Version:
    facts = [
        ("Number", indicator.number),
        ("Section", indicator.section),
        ("Type", indicator.get_type_display()),
        ("How it is answered", indicator.get_answer_kind_display()),
        ("Target", indicator.target_words or "No target"),
        ("Key indicator", _yes(indicator.is_key)),
        ("Evidence wanted", indicator.evidence_wanted or "None named"),
        ("Guideline", indicator.guideline or "None named"),
        ("Where it comes from", indicator.provenance or "Not said"),
        ("Review by", month_date(indicator.review_by) if indicator.review_by else "No date"),
    ]
    return Version(heading, "\n".join(part for part in (indicator.title, indicator.description) if part), facts)


def _yes(value: bool) -> str:
    return "Yes" if value else "No"

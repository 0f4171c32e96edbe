"""Who answers each section of a self-report, and by when."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import SignedInRequest, access, require
from accounts.models import User
from accounts.permissions import Permission
from surveillance import reach
from surveillance.forms.section_people import SectionPeopleForm
from surveillance.models import InvalidTransition, SelfReport
from surveillance.queries.people import answerers_of, leads_of
from surveillance.queries.self_reports import sections_of
from surveillance.services import section_people as services
from surveillance.services.clash import SomeoneElseChanged
from surveillance.services.section_people import Given
from surveillance.views.answers import posted, visible_report
from work.items import day_words


@access(Permission.SELF_REPORT_SEND, kind="self_report")
def self_report_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lead chooses who answers each section and by when; what another lead saved meanwhile is shown, never overwritten."""
    report = visible_report(request, pk)
    require(reach.may(request.user, Permission.SELF_REPORT_SEND, report.service))
    facts: dict[str, Any] = {
        "report": report, "sections": list(dict.fromkeys(section.title for section in sections_of(report))),
        "people": list(answerers_of(report.service)), "now": services.given_sections(report),
    }  # fmt: skip
    form = SectionPeopleForm(posted(request), **facts)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_sections(self_report_id=report.pk, wanted=form.chosen, shown=form.cleaned_data["shown"], by=request.user)
        except SomeoneElseChanged:
            return _clash(request, facts)
        except InvalidTransition as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved who answers each section")
            return redirect("surveillance:self_report_detail", pk=report.pk)
    leads = set(leads_of(report.service).values_list("pk", flat=True))
    context = {"report": report, "form": form, "has_contributor": any(person.pk not in leads for person in facts["people"])}
    return render(request, "surveillance/self_report_people.html", context)


def _clash(request: SignedInRequest, facts: dict[str, Any]) -> HttpResponse:
    """What is saved now, and below it this person's own choices: sending them again is choosing them knowingly."""
    facts = facts | {"now": services.given_sections(facts["report"])}
    again = request.POST.copy()
    again["shown"] = services.fingerprint(facts["now"])
    names = dict(User.objects.filter(pk__in={pk for one in facts["now"].values() for pk in one.user_ids}).values_list("pk", "name"))
    saved = [(section, _words(facts["now"].get(section, Given()), names, facts["report"])) for section in facts["sections"]]
    context = {"report": facts["report"], "form": SectionPeopleForm(again, **facts), "saved": saved}
    return render(request, "surveillance/self_report_people.html", context, status=409)


def _words(one: Given, names: dict[int, str], report: SelfReport) -> str:
    """ "Sam Lee and Ann Bell, by Friday 16 July 2027": who has a section now."""
    if not one.user_ids:
        return "Nobody"
    people = sorted(names[pk] for pk in one.user_ids if pk in names)
    return f"{' and '.join(people)}, by {day_words(one.due_date or report.due_date)}"

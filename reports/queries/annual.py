"""A service's year: what its annual report is made of, for one reader; compliance only."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from accounts.templatetags.qnt_tags import month_date
from peerreview.models import Review
from reports.content import content_of
from reports.models import LearningCard, Report, Uptake
from reports.papers.frozen import all_findings, categories_of
from reports.queries.publications import status_words
from reports.queries.rights import readable_version
from surveillance.models import Action, SelfReport, Service, SurveillanceDecision
from surveillance.models.services import ServiceQuerySet
from surveillance.services.summaries import read_summary

Facts = dict[str, Any]
# Who may read everything in the report: the aggregated report, decisions and the plan.
NEEDED = (Permission.SERVICE_SUMMARY_VIEW, Permission.DECISION_VIEW, Permission.ACTION_VIEW, Permission.REPORT_VIEW)
DECIDED = ("IN_FORCE", "REVIEW_DUE", "SUPERSEDED", "ENDED")
SHOWN_REPORTS = (Report.Status.SIGNED_OFF, Report.Status.PUBLISHED, Report.Status.WITHHELD)


def annual_services(user: User) -> ServiceQuerySet:
    """Services whose annual report this person may have: those on which they hold every permission that it needs."""
    services = Service.objects.for_user(user, NEEDED[0])
    for permission in NEEDED[1:]:
        services = services.filter(pk__in=Service.objects.for_user(user, permission).values("pk"))
    return services


def annual_years(service: Service) -> list[int]:
    """Years of which the self-report was accepted, the newest first."""
    accepted = SelfReport.objects.filter(service=service, status=SelfReport.Status.ACCEPTED, summary__isnull=False)
    return list(accepted.order_by("-round__year").values_list("round__year", flat=True))


def annual_facts(service: Service, year: int, reader: User) -> Facts:
    """What the report of a year says, in JSON's own types. Raises SelfReport.DoesNotExist without an accepted self-report."""
    accepted = SelfReport.objects.filter(service=service, round__year=year, status=SelfReport.Status.ACCEPTED, summary__isnull=False)
    report = accepted.select_related("summary", "round", "indicator_set").get()
    return {
        "service": {"name": service.name, "holder": service.holder.name, "specification": str(service.specification)},
        "year": year,
        "is_illustrative": service.is_illustrative or service.holder.is_illustrative,
        "summary": read_summary(report.summary),
        "decisions": [_decision(one) for one in _decisions(service, year)],
        "reviews": [_review(one, service, reader) for one in _reviews(service, year, reader)],
        "actions": [_action(one) for one in _actions(service, year)],
        "learning": _learning(service, year, reader) if reader.has_permission(Permission.LEARNING_VIEW) else None,
    }


def _decisions(service: Service, year: int) -> QuerySet[SurveillanceDecision]:
    """Decisions on the year's round that came into force."""
    found = SurveillanceDecision.objects.filter(service=service, round__year=year, status__in=DECIDED, in_force_at__isnull=False)
    return found.prefetch_related("positions__organisation").order_by("in_force_at", "pk")


def _decision(decision: SurveillanceDecision) -> Facts:
    options = decision.options_words
    return {
        "options": f"{options[:1].upper()}{options[1:]}",
        "status": decision.get_status_display(),
        "risk": decision.risk_words,
        "why": decision.rationale,
        "from": month_date(decision.in_force_at),
        "review_date": month_date(decision.review_date),
        "positions": [
            [position.get_party_display(), position.organisation.name if position.organisation else "", position.get_view_display()]
            for position in sorted(decision.positions.all(), key=lambda one: one.pk)
        ],
    }


def _reviews(service: Service, year: int, reader: User) -> QuerySet[Report]:
    """Signed reports of compliance reviews that visited the service in the year, as far as the reader may read them."""
    visible = Report.objects.for_user(reader, Permission.REPORT_VIEW).filter(status__in=SHOWN_REPORTS)
    visible = visible.filter(review__purpose=Review.Purpose.COMPLIANCE, review__services=service, review__starts_date__year=year)
    return visible.select_related("review").order_by("review__starts_date", "pk")


def _review(report: Report, service: Service, reader: User) -> Facts:
    """A review with its findings about this service, from the signed version."""
    version = readable_version(reader, report)
    content: Facts = content_of(version) if version else {"cover": {"visit_dates": ""}, "sections": []}
    findings = [one for one in all_findings(content) if one["service"] in ("", service.name)]
    return {
        "title": report.title,
        "visit": content["cover"]["visit_dates"],
        "status": status_words(report),
        "version": version.number if version else None,
        "counts": [[label, sum(1 for one in findings if one["code"] == code)] for code, label in categories_of(content).items()],
        "findings": [[one["reference"], one["category"], one["seen"], one["recommendation"]] for one in findings],
    }


def _actions(service: Service, year: int) -> QuerySet[Action]:
    """The plan of the year: drafted by its end, and not yet verified when it began."""
    begins, ends = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    actions = Action.objects.of_compliance().filter(service=service, drafted_at__date__lt=ends).exclude(status=Action.Status.DRAFT)
    actions = actions.filter(Q(verified_at=None) | Q(verified_at__date__gte=begins))
    return actions.select_related("owner_organisation", "indicator").order_by("due_date", "pk")


def _action(action: Action) -> Facts:
    return {
        "what": action.what,
        "owner": action.owner_organisation.name if action.owner_organisation else "No one holds this yet",
        "due": month_date(action.due_date),
        "status": action.get_status_display(),
        "indicator": action.indicator.number if action.indicator else "",
        "moves": " to ".join(text for text in (action.baseline, action.target) if text),
    }


def _learning(service: Service, year: int, reader: User) -> Facts:
    """Learning cards of the service's compliance reviews that others may read, what came of them, and what it took from others."""
    cards = LearningCard.objects.for_user(reader, Permission.LEARNING_VIEW).filter(
        service=service, status=LearningCard.Status.SHARED, review__purpose=Review.Purpose.COMPLIANCE, answered_at__year__lte=year
    )
    taken = Uptake.objects.filter(
        service=service, card__status=LearningCard.Status.SHARED, card__review__purpose=Review.Purpose.COMPLIANCE, said_at__year=year
    )
    steps = list(Uptake.objects.filter(card__in=cards).values_list("card", "step"))
    return {
        "shared": [
            [card.title, *(sum(1 for pk, step in steps if pk == card.pk and step == wanted) for wanted in ("TRYING", "ADOPTED"))]
            for card in cards.order_by("pk")
        ],
        "taken": [
            [one.card.title, one.card.service.holder.name, one.get_step_display(), one.why]
            for one in taken.select_related("card__service__provider", "card__service__network").order_by("pk")
        ],
    }

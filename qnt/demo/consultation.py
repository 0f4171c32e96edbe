"""Indicator sets on their way: one in consultation with comments and replies, a draft, and challenges with every answer."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from qnt.demo.clock import moment
from qnt.demo.indicators import INVENTED, as_facts, facts_of
from qnt.demo.organisations import Places
from qnt.demo.people import People
from surveillance.models import IndicatorChallenge, IndicatorSet, SelfReport, Service
from surveillance.services import challenges, consultation, indicator_sets, indicators

NEXT_REVIEW = dt.date(2029, 3, 31)
# Number to what version 2 asks instead; a number with None is withdrawn.
RENAL: dict[str, dict[str, object] | None] = {
    "ILL-REN-003": {"title": "Operational policy agreed, dated within 12 months and read by all staff"},
    "ILL-REN-006": {"target": Decimal(65)},
    "ILL-REN-012": None,
    "ILL-REN-018": {"title": "Every death within 90 days of starting dialysis reviewed by the team"},
}
RENAL_NEW = {
    "number": "ILL-REN-019",
    "title": "Patients who dialyse at home",
    "description": "Patients on home haemodialysis or peritoneal dialysis, of all patients on dialysis.",
    "answer_kind": "PERCENTAGE",
    "target": Decimal(20),
    "comparator": "AT_LEAST",
}
TRAUMA: dict[str, dict[str, object] | None] = {
    "ILL-MTC-007": {"title": "Rehabilitation coordinator seven days a week, and a prescription within 48 hours"}
}
COMMENTS = (
    # who, number ("" for the whole set), what, reply
    ("lead", "ILL-REN-006", "Our two satellites cannot reach 65% before 2029. Could smaller sites be counted together?",
     "Yes: the figure is for the service as a whole. We shall say so in the description."),
    ("officer", "ILL-REN-006", "Last year this was read in three ways. Say which qualification counts.", ""),
    ("contributor", "ILL-REN-019", "We support this. Please count people who dialyse in a shared house as well.", ""),
    ("reviewer", "ILL-REN-003", "Reading is not the same as knowing. Ask what changed because of it.", ""),
    ("lead", "", "18 indicators are about right. Do not let it grow.", "Agreed. One goes for each that comes."),
)  # fmt: skip
S = IndicatorChallenge.Status
# Place in the list of services, number, why, the answer, the reply. Neonatal services alone have a suspended indicator.
CHALLENGES = (
    (14, "ILL-NEO-012", "Cots are now shared across the region, so a transfer is no longer a failure.", S.UPHELD,
     "You are right. It leaves the scores of this round."),
    (0, "ILL-REN-012", "The integrated care board reviews transport, not the service.", S.NEXT_VERSION, "It goes in version 2."),
    (4, "ILL-REN-014", "The rate should be split by type of access.", S.KEPT, "The total stays as it was, so that years compare."),
    (6, "ILL-REN-015", "The median hides patients who were never referred.", S.OPEN, ""),
    (10, "ILL-REN-015", "Surgery is on another site, which keeps the dates.", S.OPEN, ""),
)  # fmt: skip


def carry_consultation(places: Places, people: People, *, today: dt.date) -> None:
    """All of it, through the services that the pages call."""
    renal = _next_version("ILL-REN", RENAL, people.nationals[1], new=RENAL_NEW)
    _next_version("ILL-MTC", TRAUMA, people.nationals[1])
    _consult(renal, places, people, today=today)
    for place, number, why, answer, reply in CHALLENGES:
        _challenge(places.services[place], number, why, people, today=today)
        if answer != S.OPEN:
            _answer(number, answer, reply, people.nationals[0], today=today)


def _next_version(
    code: str, changes: dict[str, dict[str, object] | None], by: User, *, new: dict[str, object] | None = None
) -> IndicatorSet:
    """A draft of the next version of a published set: indicators changed, withdrawn and added."""
    old = IndicatorSet.objects.filter(code=code, status=IndicatorSet.Status.PUBLISHED).latest("version")
    draft = indicator_sets.make_new_version(set_id=old.pk, by=by)
    for number, change in changes.items():
        indicator = draft.indicators.get(number=number)
        if change is None:
            indicators.remove_indicator(indicator_id=indicator.pk, by=by)
        else:
            facts = facts_of(indicator) | {"review_by": NEXT_REVIEW} | change
            indicators.change_indicator(indicator_id=indicator.pk, facts=as_facts(facts), by=by, revision=indicator.revision)
    if new:
        last = draft.indicators.order_by("position").last()
        indicators.add_indicator(
            set_id=draft.pk, facts=as_facts({"section": last.section, "type": last.type, "provenance": INVENTED, **new}), by=by
        )
    return draft


def _consult(draft: IndicatorSet, places: Places, people: People, *, today: dt.date) -> None:
    with moment(today - dt.timedelta(days=16), 9):
        consultation.open_consultation(set_id=draft.pk, last_date=today + dt.timedelta(days=12), by=people.nationals[1])
    who = {
        "lead": people.leads[places.services[0].pk], "officer": people.officers[0], "contributor": people.contributors[0],
        "reviewer": people.reviewers["active"],
    }  # fmt: skip
    numbers = dict(draft.indicators.values_list("number", "pk"))
    for n, (name, number, text, reply) in enumerate(COMMENTS):
        with moment(today - dt.timedelta(days=12 - n), 11):
            made = consultation.add_comment(set_id=draft.pk, indicator_id=numbers.get(number), text=text, by=who[name])
        if reply:
            with moment(today - dt.timedelta(days=5), 14):
                consultation.reply_to_comment(comment_id=made.pk, set_id=draft.pk, reply=reply, by=people.nationals[1])


def _challenge(service: Service, number: str, why: str, people: People, *, today: dt.date) -> None:
    report = SelfReport.objects.filter(service=service, round__year=today.year).get()
    answer = report.answers.get(indicator__number=number)
    with moment(today - dt.timedelta(days=9), 10):
        challenges.raise_challenge(answer_id=answer.pk, self_report_id=report.pk, reason=why, by=people.leads[service.pk])


def _answer(number: str, answer: str, reply: str, by: User, *, today: dt.date) -> None:
    is_upheld = answer == S.UPHELD
    with moment(today - dt.timedelta(days=3), 10):
        challenges.answer_challenges(
            challenge_ids=list(IndicatorChallenge.objects.open().filter(indicator__number=number).values_list("pk", flat=True)),
            decision=answer, reply=reply, by=by, suspend_from=today - dt.timedelta(days=3) if is_upheld else None,
            suspend_reason="cots are shared across the region" if is_upheld else "",
        )  # fmt: skip

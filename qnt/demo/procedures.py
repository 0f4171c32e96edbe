"""Procedures on their way: one in consultation with comments and a reply, one published after a consultation, one draft."""

import datetime as dt

from accounts.models import User
from peerreview.models import Procedure
from peerreview.models.procedures import Row
from peerreview.procedure_parts import MILESTONES, TEAM, TIMETABLE, Part, row_of
from peerreview.services import procedure_consultation as consultation
from peerreview.services import procedures
from peerreview.services.procedure_publishing import publish_procedure
from qnt.demo.clock import moment
from qnt.demo.organisations import Places
from qnt.demo.people import People

COMMENTS = (
    # who, part ("" for the procedure as a whole), what, reply
    ("lead", "milestones", "20 working days for the evidence is better than 15: our policies are agreed once a month.", ""),
    ("officer", "team", "Say that one of the reviewers comes from another region. In a small specialty everybody knows everybody.",
     "Conflicts of interest cover this, but we shall add it to the words of the place."),
    ("reviewer", "timetable", "The talks over lunch are where I learn most. Keep the longer lunch.", ""),
    ("lead", "", "Much better than a day of being asked for folders.", "Thank you. That is the idea."),
)  # fmt: skip


def carry_procedures(places: Places, people: People, *, today: dt.date) -> None:
    """All of it, through the services that the pages call."""
    by = people.nationals[1]
    _publish_virtual(people.reviewers["active"], by, today=today)
    with moment(today - dt.timedelta(days=12), 10):
        small = _next_version("SMALL_NETWORK", by)
        _change(small, MILESTONES, "EVIDENCE", by, working_days=-20)
        facts = {"label": "Context card of the service read by the team", "holder": "Lead reviewer", "anchor": "VISIT", "working_days": -10}
        procedures.add_row(procedure_id=small.pk, part=MILESTONES, facts=facts, by=by)
        _change(small, TEAM, "PLACE_2", by, label="Reviewer (nurse, allied health professional or manager), 1 of another region")
        _change(small, TIMETABLE, "SESSION_5", by, minutes=60)
        _general(small, by, informal_minutes=120)
        consultation.open_consultation(procedure_id=small.pk, last_date=today + dt.timedelta(days=18), by=by)
    who = {"lead": people.leads[places.services[0].pk], "officer": people.officers[0], "reviewer": people.reviewers["active"]}
    for n, (name, part, text, reply) in enumerate(COMMENTS):
        with moment(today - dt.timedelta(days=9 - n), 11):
            made = consultation.add_comment(procedure_id=small.pk, part=part, text=text, by=who[name])
        if reply:
            with moment(today - dt.timedelta(days=4), 14):
                consultation.reply_to_comment(comment_id=made.pk, procedure_id=small.pk, reply=reply, by=by)
    with moment(today - dt.timedelta(days=3), 10):
        _change(_next_version("RAPID", by), MILESTONES, "NOTICE", by, working_days=-15)


def _publish_virtual(commenting: User, by: User, *, today: dt.date) -> None:
    """Version 2 of the virtual review, confirmed: reviews that began with version 1 keep it."""
    with moment(today - dt.timedelta(days=60), 10):
        virtual = _next_version("VIRTUAL", by)
        _change(virtual, TIMETABLE, "SESSION_3", by, minutes=45)
        _general(virtual, by, informal_minutes=75)
        consultation.open_consultation(procedure_id=virtual.pk, last_date=today - dt.timedelta(days=40), by=by)
    with moment(today - dt.timedelta(days=50), 10):
        made = consultation.add_comment(
            procedure_id=virtual.pk, part="timetable", text="The open call is too short by video: people need time to begin.", by=commenting
        )
    with moment(today - dt.timedelta(days=39), 10):
        consultation.reply_to_comment(comment_id=made.pk, procedure_id=virtual.pk, reply="It is 45 minutes now.", by=by)
    with moment(today - dt.timedelta(days=30), 10):
        publish_procedure(procedure_id=virtual.pk, change_note="More time for open talk by video, as reviewers asked.", by=by)


def _next_version(code: str, by: User) -> Procedure:
    return procedures.make_new_version(procedure_id=Procedure.objects.get(code=code, status="PUBLISHED").pk, by=by)


def _change(draft: Procedure, part: Part, code: str, by: User, **changed: object) -> None:
    draft.refresh_from_db()
    row: Row = row_of(draft, part, code) or {}
    facts = {name: value for name, value in (row | changed).items() if name != "code"}
    procedures.change_row(procedure_id=draft.pk, part=part, code=code, facts=facts, by=by)


def _general(draft: Procedure, by: User, *, informal_minutes: int) -> None:
    draft.refresh_from_db()
    procedures.change_general(
        procedure_id=draft.pk,
        facts={
            "name": draft.name, "purpose": draft.purpose, "topics_max_count": draft.topics_max_count,
            "informal_minutes": informal_minutes, "day_starts_at": draft.day_starts_at,
        },
        by=by,
    )  # fmt: skip

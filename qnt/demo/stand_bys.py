"""A stand-by who is cleared before anybody declines, so that they can join at once."""

import datetime as dt

from accounts.models import User
from peerreview.models import TeamMember
from peerreview.services import team
from qnt.demo.clock import moment, working_day


def clear_stand_by(member: TeamMember, *, lead: User, manager: User, day: dt.date) -> None:
    """Both sides declare, and the manager rules."""
    for service in member.review.services.all():
        with moment(working_day(day + dt.timedelta(days=2)), 9):
            for side, by in (("REVIEWER", member.user), ("SERVICE", lead)):
                team.declare_conflict(member_id=member.pk, side=side, service_id=service.pk, has_conflict=False, by=by)
    with moment(working_day(day + dt.timedelta(days=5)), 10):
        team.rule_on_conflict(member_id=member.pk, ruling="CLEAR", reason="Neither side knows of a tie.", by=manager)

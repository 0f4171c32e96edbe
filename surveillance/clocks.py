"""How many working days somebody has. Defaults of ours, to be confirmed; ``SURVEILLANCE_CLOCKS`` in the settings changes them."""

import datetime as dt

from django.conf import settings

from work.working_days import add_working_days

DEFAULTS: dict[str, int] = {
    "position": 10,
    "decide": 5,  # to bring a decision into force, after the positions are due
    "first_action": 20,
    "offer": 10,
    "choose_owner": 10,
    "block_answer": 10,
    "verify": 10,
    "plan_agreement": 20,
}


def due_date(clock: str, start: dt.date) -> dt.date:
    """The day by which ``clock`` runs out when it starts on ``start``."""
    days = DEFAULTS | getattr(settings, "SURVEILLANCE_CLOCKS", {})
    return add_working_days(start, days[clock])

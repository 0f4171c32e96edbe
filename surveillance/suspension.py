"""When a suspended indicator leaves the count of a self-report, and the words that say so: plain Python, no database.

Our rule, to be confirmed. An indicator that is suspended from a day leaves met and applicable from that day on, in

* every self-report of a round that hubs were still checking on that day or later (the round's ``check_by_date``), so that
  services of one round are always compared on the same indicators; and
* every self-report that is declared on that day or later, whatever its round.

Self-reports of rounds that were over by then keep their scores. A date in the past therefore reaches back exactly as far as
the person who set it meant it to.
"""

import datetime as dt

from accounts.templatetags.qnt_tags import month_date

RULE = (
    "A suspended indicator leaves the scores of every self-report of a round that hubs still check on the day you choose, "
    "and of every self-report declared on that day or later. Rounds that were over by then keep their scores."
)


def is_reached(suspended_from: dt.date, *, check_by_date: dt.date, declared_date: dt.date | None) -> bool:
    """Whether a suspension from this day concerns a self-report; one that is not declared yet can only be declared later."""
    return declared_date is None or suspended_from <= max(check_by_date, declared_date)


def is_out_of_count(suspended_from: dt.date | None, *, check_by_date: dt.date, declared_date: dt.date | None, today: dt.date) -> bool:
    """Whether the indicator has left the count of a self-report by ``today``."""
    if suspended_from is None or suspended_from > today:
        return False
    return is_reached(suspended_from, check_by_date=check_by_date, declared_date=declared_date)


def reason_of_suspension(number: str, suspended_from: dt.date, reason: str) -> str:
    """What a score says of it: "Indicator 10-1A-301 suspended from 3 May 2027: the guideline was withdrawn." """
    return f"Indicator {number} suspended from {month_date(suspended_from)}: {_sentence(reason)}"


def reason_of_lifting(day: dt.date, reason: str) -> str:
    """What an indicator keeps when it counts again."""
    return f"Suspension lifted on {month_date(day)}: {_sentence(reason)}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."

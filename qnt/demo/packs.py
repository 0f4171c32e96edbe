"""A pack of every published report, issued to the regulator by the national team; its file is made by the worker."""

import datetime as dt
import uuid

from qnt.demo.clock import moment, working_day
from qnt.demo.organisations import Places
from qnt.demo.people import People
from reports.services import issues

CLIENT_ID = uuid.uuid5(uuid.NAMESPACE_URL, "pack-for-the-regulator")


def issue_pack(places: Places, people: People, *, today: dt.date) -> None:
    """One pack for England, a week ago."""
    with moment(working_day(today - dt.timedelta(days=7)), 11):
        issues.issue_pack(region_id=None, issued_to_id=places.regulator.pk, client_id=CLIENT_ID, by=people.nationals[0])

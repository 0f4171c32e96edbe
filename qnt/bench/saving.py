"""Saving one answer, in a usual set and in the largest: it may not matter how large the set is."""

import json

from django.db import connection
from django.urls import reverse

from qnt.bench.browser import Browser
from qnt.bench.data import COMMENT, World
from qnt.bench.registry import Limits, Pair, benchmark, on_both
from surveillance.models import Answer, SelfReport

FLOOR = "UPDATE of the row in SQL, with its commit"
WHY_SAVE = (
    "Seven statements are session, person, roles, BEGIN, the row locked with its scope and status, UPDATE, COMMIT. On SQLite a commit does "
    "not wait for the disk, so the ratio is what a request costs in Python; on PostgreSQL both sides wait."
)


class Saving:
    """One answer that is saved again and again, by a request or by hand; both raise its version."""

    def __init__(self, report: SelfReport, browser: Browser) -> None:
        answer = Answer.objects.filter(self_report=report, indicator__answer_kind="YES_NO_NA").order_by("-indicator__position").first()
        if answer is None:
            raise RuntimeError("The set has no question that is answered by Yes or No.")
        self.browser, self.pk, self.version = browser, answer.pk, answer.version
        self.address = reverse("surveillance:answer_detail", args=[report.pk, answer.pk])

    def by_request(self) -> None:
        """Through the whole stack, on the JSON contract."""
        fields = {"value": "YES", "comment": f"{COMMENT} {self.version}", "version": self.version}
        self.version = json.loads(self.browser.post_json(self.address, fields).content)["version"]

    def by_hand(self) -> None:
        """The same columns of the same row, committed by itself."""
        self.version += 1
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE surveillance_answer SET value = %s, comment = %s, version = %s WHERE id = %s",
                ["YES", f"{COMMENT} {self.version}", self.version, self.pk],
            )


def pair_of(report: SelfReport, world: World) -> Pair:
    """A request over an UPDATE by hand."""
    saving = Saving(report, Browser(world.lead))
    return Pair(saving.by_request, saving.by_hand)


LIMITS = Limits(ratio={"sqlite": 600, "postgresql": 40}, statements=7, peak_mib=2, because=WHY_SAVE)


@benchmark("save_answer_31", subject="Save one answer, set of 31", floor=FLOOR, limits=LIMITS)
def save_answer_31(world: World) -> Pair:
    return pair_of(world.small, world)


@benchmark("save_answer_300", subject="Save one answer, set of 300", floor=FLOOR, limits=LIMITS, same_statements_as="save_answer_31")
def save_answer_300(world: World) -> Pair:
    return pair_of(world.large, world)


@benchmark(
    "save_answer_300_to_31",
    subject="Save one answer, set of 300",
    floor="the same in a set of 31",
    limits=Limits(ratio=on_both(1.5), statements=7, peak_mib=2, because="A save reads one row, so ten times the set may cost nothing."),
)
def save_answer_300_to_31(world: World) -> Pair:
    browser = Browser(world.lead)
    return Pair(Saving(world.large, browser).by_request, Saving(world.small, browser).by_request)

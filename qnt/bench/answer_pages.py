"""The two pages on which answers are read: a question page of 30 with its forms, and all answers of 300."""

from django.template import Context, Template
from django.urls import reverse

from qnt.bench.browser import Browser
from qnt.bench.data import SECTION_LENGTH, World
from qnt.bench.registry import Limits, Pair, Side, benchmark, on_both
from surveillance.models import Answer, SelfReport

BARE_LOOP = Template(
    "{% for answer in answers %}<tr><td>{{ answer.indicator.number }}</td><td>{{ answer.indicator.title }}</td>"
    "<td>{{ answer.value }}</td><td>{{ answer.reason }}</td><td>{{ answer.comment }}</td></tr>{% endfor %}"
)
FLOOR = "a bare loop template over the same rows in memory"


def bare_loop(report: SelfReport, count: int) -> Side:
    """Renders number, title, value, reason and comment of rows that are read already."""
    answers = list(Answer.objects.filter(self_report=report).select_related("indicator").order_by("indicator__position")[:count])
    return lambda: BARE_LOOP.render(Context({"answers": answers}))


@benchmark(
    "question_page_30",
    subject="Question page of 30",
    floor=FLOOR,
    limits=Limits(
        ratio=on_both(500),
        statements=15,
        peak_mib=8,
        because="Each question has a form of up to six fields with labels, hints and errors; the floor prints five texts a row.",
    ),
)
def question_page_30(world: World) -> Pair:
    browser, address = Browser(world.lead), reverse("surveillance:self_report_section", args=[world.large.pk, 1])
    return Pair(lambda: browser.get(address), bare_loop(world.large, SECTION_LENGTH))


@benchmark(
    "answer_list_300",
    subject="All answers of 300",
    floor=FLOOR,
    limits=Limits(
        ratio=on_both(40),
        statements=12,
        peak_mib=8,
        because="The page reads its 300 rows, which the floor has already, and says each answer in words.",
    ),
)
def answer_list_300(world: World) -> Pair:
    browser, address = Browser(world.lead), reverse("surveillance:answer_list", args=[world.large.pk])
    return Pair(lambda: browser.get(address), bare_loop(world.large, world.large.answers.count()))

"""Components: the one table of tints, markup like the fixtures, and what our own parts say."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from accounts.components import (
    SAME_MEANING,
    TINTS,
    JobProgress,
    NextStep,
    Piece,
    Step,
    Task,
    Version,
    compare_texts,
    risk_words,
    sort_columns,
    tint_of,
)
from qnt.views.components import ExampleFilter
from tests.nhsuk.html_tree import find_all, text_of, tree

FIXTURES = Path(__file__).resolve().parents[2] / "node_modules/nhsuk-frontend/dist/nhsuk/components"

# The tint table of the page design, written out a second time on purpose.
DESIGN = {
    "blue": "Not yet started, Offered, Invited, Position needed, Re-check due",
    "white": "In progress, Draft, Planned, Preparing, Visiting, Reporting, Follow-up",
    "yellow": "With executive, With the hub, Being checked, Proposed, Done but not verified, Review due, Quality check, "
    "Factual accuracy check, Signed off",
    "green": "Accepted, In force, Verified, Published, Cleared",
    "orange": "Query to answer, Sent back, Declined, Blocked, Postponed, Withheld",
    "red": "Late, Not declared, Immediate risk, Failed, There is a problem",
    "grey": "Closed, Replaced, Withdrawn, Cancelled, Retired, Ended",
}


def drawn(source: str, query: str = "", **context: Any) -> str:
    """``source`` as a template with our tags loaded."""
    request = RequestFactory().get(f"/services/?{query}")
    return Template("{% load nhsuk_components %}" + source).render(Context(context | {"request": request}))


def fixture(component: str, name: str) -> str:
    """The first fixture of that name."""
    fixtures = json.loads((FIXTURES / component / "fixtures.json").read_text())["fixtures"]
    return next(one["html"] for one in fixtures if one["name"] == name)


def test_tints_are_those_of_the_design() -> None:
    assert {tint: ", ".join(labels) for tint, labels in TINTS.items()} == DESIGN


def test_every_other_name_of_a_status_has_a_tint() -> None:
    assert {label for label in SAME_MEANING if tint_of(label) not in TINTS} == set()


def test_every_stored_status_has_a_tint() -> None:
    """A new status needs a meaning before pages can show it."""
    fields = [field for model in apps.get_models() for field in model._meta.fields if field.name in ("status", "scan_state")]
    labels = {str(label) for field in fields for _, label in field.choices or ()}

    assert {label for label in labels if not has_tint(label)} == set()


def has_tint(label: str) -> bool:
    try:
        return bool(tint_of(label))
    except LookupError:
        return False


def test_unknown_status_has_no_tint() -> None:
    with pytest.raises(LookupError):
        tint_of("Purple")


def test_count_of_answers_is_being_worked_on() -> None:
    assert drawn('{% tag "8 of 12 answered" %}').strip() == '<strong class="nhsuk-tag nhsuk-tag--white">8 of 12 answered</strong>'


def test_task_list_like_the_fixture_with_our_statuses() -> None:
    titles = ["Exercise", "Personal health", "Family health history", "Smoking history", "Blood test"]
    statuses = ["Completed", "Completed", "Not yet started", "Not yet started", "Cannot start yet"]
    urls = ["#/task/exercise", "#/task/personal-health", "#/task/family-health-history", "#/task/smoking-history", ""]
    tasks = [Task(title, status, url) for title, status, url in zip(titles, statuses, urls, strict=True)]
    tasks[2] = Task(titles[2], statuses[2], urls[2], "Details of your parents, brothers and sisters")

    ours = drawn("{% task_list tasks %}", tasks=tasks)

    assert tree(ours) == tree(fixture("task-list", "default").replace("Incomplete", "Not yet started"))


@pytest.mark.parametrize(
    ("source", "component", "name"),
    [
        ('{% breadcrumbs "Home" "#" "NHS services" "#" "Hospitals" "#" %}', "breadcrumb", "default"),
        ('{% action_link "Find your nearest A&E" "#/find" %}', "action-link", "default"),
        ('{% panel "Booking complete" %}We have sent you a confirmation email{% endpanel %}', "panel", "default"),
        ('{% button "Save and continue" %}', "button", "default"),
        ('{% notification_banner "The patient record was updated." %}', "notification-banner", "default"),
        ('{% notification_banner "Email sent to example@email.com" "success" %}', "notification-banner", "with success variant"),
        (
            "{% inset %}<p>You can report any suspected side effect using the Yellow Card safety scheme</p>{% endinset %}",
            "inset-text",
            "default",
        ),
        (
            '{% details "How to find your NHS number" %}You can find your NHS number by logging in to the NHS App or on any document '
            "the NHS has sent you.{% enddetails %}",
            "details",
            "default",
        ),
        (
            '{% warning_callout level=3 %}<p class="nhsuk-card__description">For safety, tell your doctor or pharmacist if you\'re taking '
            "any other medicines, including herbal medicines, vitamins or supplements.</p>{% endwarning_callout %}",
            "warning-callout",
            "default",
        ),
    ],
)
def test_component_drawn_like_the_fixture(source: str, component: str, name: str) -> None:
    assert tree(drawn(source)) == tree(fixture(component, name))


def test_back_link_like_the_fixture_inside_a_landmark() -> None:
    ((tag, _, inside),) = tree(drawn('{% back_link "#" %}'))

    assert (tag, inside) == ("nav", tree(fixture("back-link", "default")))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            NextStep("The hub checks it", "Lee Wong, hub manager, North", clock_words="Due Friday 30 July 2027, 3 working days left"),
            "What happens next The hub checks it Who holds it Lee Wong, hub manager, North "
            "By when Due Friday 30 July 2027, 3 working days left",
        ),
        (
            NextStep("An owner accepts", chooser="Ann Bell", due=datetime.date(2027, 7, 30)),
            "What happens next An owner accepts Who holds it No one holds this yet. Ann Bell must choose someone. "
            "By when Due Friday 30 July 2027",
        ),
    ],
)
def test_next_step_says_what_who_and_when(step: NextStep, said: str) -> None:
    assert text_of(drawn("{% next_step step %}", step=step)) == said


def test_timeline_marks_the_current_step_in_words() -> None:
    steps = [Step("Report", "done", datetime.date(2027, 7, 30)), Step("Check", "current", "Due 30 September 2027"), Step("Decide")]

    ours = drawn('{% timeline steps "The cycle" %}', steps=steps)

    current = [attrs.get("aria-current") for attrs in find_all(ours, "li")]
    assert current == [None, "step", None]
    assert text_of(ours) == "1 Report Done 30 July 2027 2 Check You are here Due 30 September 2027 3 Decide"


def test_table_cells_know_their_column() -> None:
    source = '{% table "Scores" "Service|Score:numeric|Act:hidden" %}{% row %}{% cell %}A{% endcell %}{% cell %}9{% endcell %}'
    source += "{% cell %}{{ hostile }}{% endcell %}{% endrow %}{% endtable %}"

    ours = drawn(source, hostile="<b>x</b>")

    cells = [(attrs["class"], attrs.get("scope")) for tag in ("th", "td") for attrs in find_all(ours, tag)]
    assert cells == [
        ("nhsuk-table__header", "col"),
        ("nhsuk-table__header nhsuk-table__header--numeric", "col"),
        ("nhsuk-table__header", "col"),
        ("nhsuk-table__header", "row"),
        ("nhsuk-table__cell nhsuk-table__cell--numeric", None),
        ("nhsuk-table__cell", None),
    ]
    assert "&lt;b&gt;x&lt;/b&gt;" in ours


def test_sorted_column_says_so_and_turns_round() -> None:
    request = RequestFactory().get("/services/?sort=name&region=N&page=3")

    columns = sort_columns(request, {"name": "Service", "score": "Score", "_status": "Status"}, numeric=["score"])

    assert [(column.label, column.is_numeric, column.sort, column.sort_url) for column in columns] == [
        ("Service", False, "ascending", "?sort=-name&region=N"),
        ("Score", True, "", "?sort=score&region=N"),
        ("Status", False, "", ""),
    ]


@pytest.mark.parametrize(
    ("number", "links", "count"),
    [
        (1, ["?region=N&page=2"], "Showing 1 to 50 of 571 services"),
        (2, ["?region=N&page=1", "?region=N&page=3"], "Showing 51 to 100 of 571 services"),
        (12, ["?region=N&page=11"], "Showing 551 to 571 of 571 services"),
    ],
)
def test_pagination_keeps_the_filters(number: int, links: list[str], count: str) -> None:
    page = Paginator(range(571), 50).page(number)

    ours = drawn('{% pagination page "services" %}', query="region=N", page=page)

    assert [attrs["href"] for attrs in find_all(ours, "a")] == links
    assert text_of(ours).startswith(count)


@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_one_page_has_neither_links_nor_a_count(count: int) -> None:
    ours = drawn('{% pagination page "services" %}', page=Paginator(range(count), 50).page(1))

    assert (text_of(ours), find_all(ours, "a")) == ("", [])


def test_filters_that_are_on_can_be_removed_one_by_one() -> None:
    query = "region=NORTH&option=1&option=2&page=4&option=99"
    form = ExampleFilter(RequestFactory().get(f"/?{query}").GET)

    ours = drawn("{% filter_panel form %}", query=query, form=form)

    assert text_of(ours).startswith("Filters (3 on)")
    assert [attrs["href"] for attrs in find_all(ours, "a")] == [
        "?option=1&option=2&option=99",
        "?region=NORTH&option=2&option=99",
        "?region=NORTH&option=1&option=99",
        "/services/",
    ]


@pytest.mark.parametrize(
    ("status", "asks_again", "said"),
    [
        ("QUEUED", True, "Making the PDF Waiting to start You can leave this page. Refresh"),
        ("RUNNING", True, "Making the PDF Waiting to start You can leave this page. Refresh"),
        ("DONE", False, "Making the PDF Done."),
        ("FAILED", False, "Making the PDF This did not work after 3 tries."),
    ],
)
def test_job_progress_asks_again_until_it_is_over(status: str, asks_again: bool, said: str) -> None:
    ours = drawn("{% job_progress job %}", job=JobProgress("Making the PDF", status, "/jobs/1/progress/"))

    assert ("hx-get" in find_all(ours, "div")[0], text_of(ours)) == (asks_again, said)


def test_job_progress_counts_in_a_native_bar() -> None:
    ours = drawn("{% job_progress job %}", job=JobProgress("PDF", "RUNNING", "/jobs/1/", 1200, 4000, "1,200 of 4,000"))

    (bar,) = find_all(ours, "progress")
    assert (bar["value"], bar["max"]) == ("1200", "4000")


def test_comparison_names_what_was_added_and_removed() -> None:
    pieces = compare_texts("Agreed on 3 May 2026.", "Agreed on 14 May 2027, in use.")

    assert pieces == [
        Piece("Agreed on "),
        Piece("3 ", "Removed"),
        Piece("14 ", "Added"),
        Piece("May "),
        Piece("2026.", "Removed"),
        Piece("2027, in use.", "Added"),
    ]


def test_comparison_drawn_in_words() -> None:
    ours = drawn(
        "{% compare_versions saved yours %}",
        saved=Version("Saved now, by Sam Lee", "Old text"),
        yours=Version("Yours, not saved", "New text"),
    )

    assert text_of(ours) == "Saved now, by Sam Lee Old text Yours, not saved Removed: Old Added: New text"


@pytest.mark.parametrize(
    ("likelihood", "consequence", "words"),
    [
        (1, 3, "low (1 x 3 = 3)"),
        (2, 3, "moderate (2 x 3 = 6)"),
        (4, 2, "high (4 x 2 = 8)"),
        (3, 4, "high (3 x 4 = 12)"),
        (3, 5, "extreme (3 x 5 = 15)"),
        (5, 5, "extreme (5 x 5 = 25)"),
    ],
)
def test_risk_said_in_words(likelihood: int, consequence: int, words: str) -> None:
    assert risk_words(likelihood, consequence) == words


def test_risk_grid_writes_this_decision_in_one_cell() -> None:
    ours = drawn("{% risk_grid 3 4 %}")

    marked = [attrs["class"] for attrs in find_all(ours, "td") if "--this" in attrs["class"]]
    assert len(find_all(ours, "td")) == 25
    assert marked == ["nhsuk-table__cell app-risk__cell app-risk__cell--high app-risk__cell--this"]
    assert "12 high This decision" in text_of(ours)


@pytest.mark.parametrize(
    ("key", "said"),
    [("Due date", "due date"), ("ILL-1 Named lead", "ILL-1 Named lead"), ("F1: Concern", "F1: Concern"), ("A patient", "a patient")],
)
def test_change_link_of_a_summary_row_names_its_row_as_it_is_written(key: str, said: str) -> None:
    row = drawn('{% summary_list %}{% summary_row key url="/x/" %}Yes{% endsummary_row %}{% endsummary_list %}', key=key)

    assert text_of(row) == f"{key} Yes Change {said}"

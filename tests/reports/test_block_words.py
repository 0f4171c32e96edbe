"""What blocks say in print: counts in words, nothing twice, no second heading over a table that has one."""

import pytest

from reports.blocks import block_html


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "No recommendation was made."), (1, "1 recommendation was made; it stands with its finding."),
     (2, "2 recommendations were made; each stands with its finding.")],
)  # fmt: skip
def test_recommendations_are_counted_in_words(count: int, words: str) -> None:
    html = block_html("actions", {"recommendation_count": count, "actions": [], "without_action": []}, is_print=True)

    assert f"<p>{words}</p>" in html


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "This action was agreed with the organisation that carries it out."),
     (2, "These 2 actions were agreed with the organisations that carry them out.")],
)  # fmt: skip
def test_agreed_plan_is_counted_in_words(count: int, words: str) -> None:
    action = dict.fromkeys(("reference", "finding", "recommendation", "what", "owner", "due"), "Words")

    assert words in block_html("plan_annex", {"actions": [action] * count, "left_out_count": 0}, is_print=True)


def test_question_that_is_its_topic_is_printed_once() -> None:
    topic = {"title": "What makes a handover safe?", "question": "What makes a handover safe?", "numbers": [], "findings": []}

    assert block_html("topics", {"topics": [topic]}, is_print=True).count("handover safe") == 1


def test_table_under_its_own_heading_shows_no_second_one() -> None:
    days = [{"date": "18 May 2027", "sessions": [{"time": "midday to 1pm", "title": "Lunch", "place": ""}]}]

    html = block_html("timetable", {"days": days, "steps": [["Visit began", "18 May 2027"]]}, is_print=True)

    assert html.count("<caption") == html.count("nhsuk-u-visually-hidden") == 2
    assert "Midday to 1pm" in html

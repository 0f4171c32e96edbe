"""Traffic lights: the rule at its edges, and the gravest of several."""

import pytest

from reports.lights import GRAVEST, WORDS, Rule, gravest, light_of

RULE = Rule(version=1, red_immediate_risks=1, amber_serious_concerns=1, amber_concerns=3)


@pytest.mark.parametrize(
    ("counts", "light"),
    [
        (None, "NONE"),
        ({}, "GREEN"),
        ({"GOOD_PRACTICE": 9, "FURTHER_CONSIDERATION": 9}, "GREEN"),
        ({"CONCERN": 2}, "GREEN"),
        ({"CONCERN": 3}, "AMBER"),
        ({"SERIOUS_CONCERN": 1}, "AMBER"),
        ({"IMMEDIATE_RISK": 1}, "RED"),
        ({"IMMEDIATE_RISK": 1, "SERIOUS_CONCERN": 5}, "RED"),
    ],
)
def test_light_follows_the_rule_at_its_edges(counts, light):
    assert light_of(counts, RULE) == light


def test_another_version_of_the_rule_gives_another_light():
    mild = Rule(version=2, red_immediate_risks=2, amber_serious_concerns=2, amber_concerns=9)

    assert [light_of({"IMMEDIATE_RISK": 1}, rule) for rule in (RULE, mild)] == ["RED", "GREEN"]


def test_gravest_light_wins_and_each_has_its_word():
    assert [gravest(list(lights)) for lights in (["GREEN", "RED", "AMBER"], ["GREEN", "NONE"], ["NONE"], [])] == [
        "RED",
        "GREEN",
        "NONE",
        "NONE",
    ]
    assert set(WORDS) == set(GRAVEST)


def test_rule_says_its_numbers_in_words():
    assert RULE.sentences == [
        "Red: act now, for 1 immediate risk or more.",
        "Amber: look closer, for 1 serious concern or more, or 3 concerns or more.",
        "Green: no serious shortfall, for fewer than that.",
        "No light, where no published report shows its findings.",
    ]

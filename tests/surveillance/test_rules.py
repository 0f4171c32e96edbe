"""What the rules propose: a table of figures against options, also exactly at each level."""

from dataclasses import replace
from decimal import Decimal

import pytest

from surveillance import facts, rules
from surveillance.rules import Figures, KpiAgain, Option, Rule, Setting

ROUTINE, PROVIDER, VISIT = Option.ROUTINE, Option.PROVIDER_ACTION, Option.PEER_REVIEW


def figures(met: int, applicable: int, *, threshold: str = "80.0", visit_level: str = "50.0", risks: int = 0, **more: object) -> Figures:
    return Figures(met, applicable, Decimal(threshold), Decimal(visit_level), open_immediate_risk_count=risks, **more)


@pytest.mark.parametrize(
    ("given", "options", "needs_action_first"),
    [
        (figures(24, 24), {ROUTINE}, False),
        (figures(23, 24), {PROVIDER}, False),
        (figures(8, 10), {PROVIDER}, False),  # exactly at the good practice level
        (figures(79, 100), {PROVIDER}, True),
        (figures(799, 1000), {PROVIDER}, True),  # 79.9 % is shown as 79 %, and is under 80 %
        (figures(5, 10), {PROVIDER}, True),  # exactly at the visit level
        (figures(4, 10), {PROVIDER, VISIT}, True),
        (figures(0, 10), {PROVIDER, VISIT}, True),
        (figures(0, 0), {PROVIDER}, False),
        (figures(0, 0, is_declared=False), {PROVIDER}, False),
        (figures(24, 24, risks=1), {PROVIDER, VISIT}, False),
        (figures(23, 24, risks=2), {PROVIDER, VISIT}, False),
        (figures(1, 3, visit_level="33.3"), {PROVIDER}, True),  # 33.33 % is not under 33.3 %
        (figures(1, 3, visit_level="33.4"), {PROVIDER, VISIT}, True),
        (figures(24, 24, threshold="100.0"), {ROUTINE}, False),
        (figures(23, 24, threshold="100.0"), {PROVIDER}, True),
        (figures(24, 24, is_drawn=True), {VISIT}, False),
        (figures(24, 24, changed_by_hub_count=2), {ROUTINE}, False),
        (figures(24, 24, changed_by_hub_count=3), {VISIT}, False),
        (figures(24, 24, late_action_count=2), {ROUTINE}, False),
        (figures(24, 24, late_action_count=3), {PROVIDER}, False),
        (figures(24, 24, kpis_again=(KpiAgain("QPI 1", 1),)), {ROUTINE}, False),
        (figures(24, 24, kpis_again=(KpiAgain("QPI 1", 2),)), {PROVIDER}, False),
    ],
)
def test_propose_by_figures(given: Figures, options: set[Option], needs_action_first: bool) -> None:
    proposal = rules.propose(given)

    assert proposal.options == options
    assert proposal.needs_provider_action_first is needs_action_first
    assert proposal.rule_version == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (figures(24, 24), "24 of 24 met (100%). Every indicator that applies is met: option 1, routine surveillance (rule 1)."),
        (figures(21, 24), "21 of 24 met (87%). Under 100%: option 2, provider action (rule 2)."),
        (
            figures(18, 24),
            "18 of 24 met (75%). Under the good practice level of 80%: option 2, provider action (rule 3)."
            " It comes into force only with at least one provider action.",
        ),
        (
            figures(11, 24, risks=1, key_not_met=("10-1A-301 Cover",)),
            "11 of 24 met (45%). Under the visit level of 50%, 1 immediate risk is open and key indicator not met (10-1A-301 Cover):"
            " option 2, provider action and option 3, peer review (rule 4, rule 5 and rule 6)."
            " It comes into force only with at least one provider action.",
        ),
        (
            figures(0, 0),
            "No indicator could be measured. Nothing shows that every indicator is met: option 2, provider action (rule 2).",
        ),
        (
            figures(0, 0, is_declared=False),
            "No self-report was declared. The service did not declare: option 2, provider action (rule 9).",
        ),
        (
            figures(24, 24, kpis_again=(KpiAgain("QPI 1 Time to theatre", 3),), is_drawn=True),
            "24 of 24 met (100%). Every indicator that applies is met, the same KPI not met for 2 years running (QPI 1 Time to theatre)"
            " and drawn in the random sample: option 2, provider action and option 3, peer review (rule 1, rule 7 and rule 11).",
        ),
    ],
)
def test_propose_says_why(given: Figures, sentence: str) -> None:
    assert rules.propose(given).sentence == sentence


def changed(rule: Rule, setting: Setting) -> rules.Rules:
    return replace(rules.SHIPPED, version=2, settings={**rules.SHIPPED.settings, rule: setting})


def test_own_level_of_a_version_stands_before_the_set_s() -> None:
    strict = changed(Rule.UNDER_VISIT_LEVEL, Setting(frozenset({PROVIDER, VISIT}), Decimal(90)))

    proposal = rules.propose(figures(21, 24), strict)

    assert (proposal.options, proposal.rule_version) == ({PROVIDER, VISIT}, 2)
    assert "Under the visit level of 90%" in proposal.sentence


def test_rule_that_is_off_proposes_nothing() -> None:
    off = changed(Rule.SAMPLE, Setting(frozenset()))

    assert rules.propose(figures(24, 24, is_drawn=True), off).options == {ROUTINE}


def test_without_any_rule_surveillance_is_routine() -> None:
    proposal = rules.propose(figures(1, 24), rules.Rules(3, {}))

    assert (proposal.options, proposal.sentence) == (
        {ROUTINE},
        "1 of 24 met (4%). No rule asks for more: option 1, routine surveillance.",
    )


def test_open_immediate_risks_are_added_over_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "_SOURCES", [])
    facts.register_open_immediate_risks(lambda ids: {1: 1, 2: 0})
    facts.register_open_immediate_risks(lambda ids: {1: 2})

    found = facts.open_immediate_risks([1, 2, 3])

    assert found == {1: 3}

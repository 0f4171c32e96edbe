"""The lists of answers that pages link to with their counts: one rule for the task list, the executive and the check page."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from surveillance.doubts import doubts_of
from surveillance.models import Answer, IndicatorSet, SelfReport
from surveillance.queries.last_year import is_changed, to_confirm
from surveillance.queries.self_reports import is_left

LONG_UNCHANGED_YEARS = 3


@dataclass(frozen=True)
class AnswerList:
    """Answers of one kind: ``name`` as ``?show=`` has it, ``label`` as links say it."""

    name: str
    label: str
    answers: list[Answer]


Rule = Callable[[Answer, dict[str, Answer]], bool]
RULES: dict[str, tuple[str, Rule]] = {
    "unanswered": ("Unanswered", lambda answer, before: is_left(answer)),
    "to_confirm": ("To confirm", lambda answer, before: is_left(answer) and to_confirm(answer, before)),
    "changed": ("Changed since last year", is_changed),
    "not_met": ("Not met", lambda answer, before: answer.met is False),
    "without_evidence": ("Without evidence", lambda answer, before: not has_evidence(answer)),
    "not_applicable": ("Not applicable", lambda answer, before: answer.value == Answer.NA),
    "unchanged": (
        f"Confirmed unchanged for {LONG_UNCHANGED_YEARS} years or more",
        lambda answer, before: answer.confirmed_years_count >= LONG_UNCHANGED_YEARS,
    ),
    "checks": ("Checks", lambda answer, before: bool(answer_doubts(answer, before))),
}
FOR_ANSWERING = ("unanswered", "to_confirm", "changed", "not_met", "without_evidence")
FOR_DECLARING = ("changed", "not_met", "without_evidence", "not_applicable", "unchanged", "checks")


def has_evidence(answer: Answer) -> bool:
    """Whether a document is linked; from the light answers' column, or from what was fetched along."""
    known = getattr(answer, "has_evidence", None)
    return bool(answer.evidence.all()) if known is None else bool(known)


def answer_doubts(answer: Answer, before: dict[str, Answer]) -> list[str]:
    """What a saved answer makes one ask, in sentences; blocks nothing. ``self_report`` must be there with its set."""
    levels = answer.self_report.indicator_set or IndicatorSet()
    earlier = before.get(answer.indicator.number)
    return doubts_of(
        answer.indicator, answer, earlier=earlier, has_evidence=has_evidence(answer), jump_limit_points=levels.jump_limit_points
    )


def list_of(name: str, answers: list[Answer], before: dict[str, Answer]) -> AnswerList:
    """The answers of one list, in the order of the set. Raises KeyError for a name that there is not."""
    label, rule = RULES[name]
    return AnswerList(name, label, [answer for answer in answers if rule(answer, before)])


def lists_to_declare(answers: list[Answer], before: dict[str, Answer]) -> list[AnswerList]:
    """The lists that an executive reads before declaring; what has no document is called so."""
    lists = lists_of(FOR_DECLARING, answers, before)
    return [replace(one, label="No evidence") if one.name == "without_evidence" else one for one in lists]


def lists_of(names: tuple[str, ...], answers: list[Answer], before: dict[str, Answer]) -> list[AnswerList]:
    """Several lists of the same answers."""
    return [list_of(name, answers, before) for name in names]


def with_report(answers: list[Answer], report: SelfReport) -> list[Answer]:
    """The same answers, each knowing its self-report without a further statement."""
    for answer in answers:
        answer.self_report = report
    return answers

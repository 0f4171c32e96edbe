"""What a second declaration does to the hub's checks: those of answers that changed since the one before are dropped."""

import json
from typing import Any

from surveillance.models import Assessment, Declaration, SelfReport, Stage
from surveillance.services.scores import drop_score


def drop_overtaken_checks(report: SelfReport, answers: list[dict[str, Any]]) -> int:
    """Drop what the hub held of answers that are not declared as they were before; gives how many checks went.

    ``answers`` are those of the declaration about to be written; call it inside its transaction. Checks of unchanged answers
    are kept. The validated score goes as well, and that of a peer review: both are written again when the hub accepts.
    """
    before = Declaration.objects.filter(self_report=report).order_by("-declared_at", "-pk").first()
    if before is None:
        return 0
    declared = {answer["id"]: _facts(answer) for answer in json.loads(before.content)["answers"]}
    changed = [answer["id"] for answer in answers if declared.get(answer["id"]) != _facts(answer)]
    drop_score(report, Stage.VALIDATED)
    drop_score(report, Stage.PEER_REVIEWED)
    dropped, _ = Assessment.objects.filter(answer__in=changed, answer__self_report=report, stage=Stage.VALIDATED).delete()
    return dropped


def _facts(answer: dict[str, Any]) -> dict[str, Any]:
    """What the hub looked at: everything that is declared of an answer but how often it was saved."""
    return {name: value for name, value in answer.items() if name != "version"}

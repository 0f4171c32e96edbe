"""Canaries: a text in each object that no public page or document may print, so that tests can look for leaks."""

from peerreview.models import Finding, PatientView, Review
from reports.models import Report, ReportSection
from surveillance.models import Action, Answer, SelfReport, SurveillanceDecision

WORD = "Canary"


def canary(kind: str, number: int) -> str:
    """The text that object ``number`` of ``kind`` carries."""
    return f"{WORD} {kind} {number:04d}: not for the public."


def canaries() -> dict[str, dict[int, str]]:
    """The canary of each object that carries one, by kind and pk, read back from the rows."""
    return {
        "self_report": _read(Answer.objects.filter(comment__startswith=WORD).values_list("self_report", "comment"))
        | _read(SelfReport.objects.filter(sent_back_reason__startswith=WORD).values_list("pk", "sent_back_reason")),
        "decision": _read(SurveillanceDecision.objects.filter(rationale__contains=WORD).values_list("pk", "rationale")),
        "action": _read(Action.objects.filter(done_note__contains=WORD).values_list("pk", "done_note"))
        | _read(Action.objects.filter(blocked_reason__contains=WORD).values_list("pk", "blocked_reason")),
        "review": _read(Review.objects.filter(notes__text__contains=WORD).values_list("pk", "notes__text")),
        "finding": _read(Finding.objects.filter(basis__contains=WORD).values_list("pk", "basis")),
        "patient_view": _read(PatientView.objects.filter(good__contains=WORD).values_list("pk", "good")),
        "report": _read(Report.objects.filter(sections__text__contains=WORD).values_list("pk", "sections__text")),
        "restricted_text": _read(ReportSection.objects.filter(text__contains=WORD).values_list("pk", "text")),
    }


def _read(pairs: object) -> dict[int, str]:
    """The canary's own sentence out of each text."""
    return {pk: text[text.index(WORD) :].split("\n")[0] for pk, text in pairs}

"""The tables of surveillance, one file an idea."""

from surveillance.models.actions import Action, ActionEvent, ActionStep, PlanAgreement
from surveillance.models.challenges import IndicatorChallenge
from surveillance.models.collation import IndicatorFigure, RoundCount
from surveillance.models.decisions import DecisionComment, Position, SurveillanceDecision
from surveillance.models.evidence import DOMAIN_MEANINGS, EvidenceItem, EvidenceVersion, ImpactDomain
from surveillance.models.indicators import Indicator, IndicatorComment, IndicatorSet
from surveillance.models.meetings import Meeting, MeetingAttendee, MeetingItem
from surveillance.models.rounds import Round, RoundExclusion, RoundSet
from surveillance.models.rules import DecisionRules, DrawnService
from surveillance.models.self_reports import (
    Answer,
    AnswerRevision,
    Assessment,
    Declaration,
    Query,
    Score,
    SectionAssignment,
    SelfReport,
    ServiceSummary,
    Stage,
)
from surveillance.models.services import (
    Commissioning,
    NetworkMember,
    PlaceKind,
    ProgrammeOfCare,
    Service,
    ServiceAssignment,
    ServiceSpecification,
)
from surveillance.models.spreadsheets import SpreadsheetUpload
from work.status import InvalidTransition

__all__ = [
    "DOMAIN_MEANINGS", "Action", "ActionEvent", "ActionStep", "Answer", "AnswerRevision", "Assessment", "Commissioning", "DecisionComment",
    "DecisionRules", "Declaration", "DrawnService", "EvidenceItem", "EvidenceVersion", "ImpactDomain", "Indicator", "IndicatorChallenge",
    "IndicatorComment", "IndicatorFigure", "IndicatorSet", "InvalidTransition", "Meeting", "MeetingAttendee", "MeetingItem",
    "NetworkMember", "PlaceKind", "PlanAgreement", "Position", "ProgrammeOfCare", "Query", "Round", "RoundCount", "RoundExclusion",
    "RoundSet", "Score", "SectionAssignment", "SelfReport", "Service", "ServiceAssignment", "ServiceSpecification", "ServiceSummary",
    "SpreadsheetUpload", "Stage", "SurveillanceDecision",
]  # fmt: skip

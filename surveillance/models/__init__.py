"""The tables of surveillance, one file an idea."""

from surveillance.models.actions import Action, ActionEvent, PlanAgreement
from surveillance.models.decisions import Position, SurveillanceDecision
from surveillance.models.evidence import DOMAIN_MEANINGS, EvidenceItem, EvidenceVersion, ImpactDomain
from surveillance.models.indicators import Indicator, IndicatorSet
from surveillance.models.rounds import Round, RoundSet
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
    ProgrammeOfCare,
    Service,
    ServiceAssignment,
    ServiceSpecification,
)
from work.status import InvalidTransition

__all__ = [
    "DOMAIN_MEANINGS", "Action", "ActionEvent", "Answer", "AnswerRevision", "Assessment", "Commissioning", "Declaration",
    "EvidenceItem", "EvidenceVersion", "ImpactDomain", "Indicator", "IndicatorSet", "InvalidTransition", "NetworkMember",
    "PlanAgreement", "Position", "ProgrammeOfCare", "Query", "Round", "RoundSet", "Score", "SectionAssignment", "SelfReport", "Service",
    "ServiceAssignment", "ServiceSpecification", "ServiceSummary", "Stage", "SurveillanceDecision",
]  # fmt: skip

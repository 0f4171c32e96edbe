"""The tables of peer review, one file an idea."""

from peerreview.models.afterwards import FindingAgreement, FindingRecheck, ImpactEvidence, ProgressCheck
from peerreview.models.findings import EvidenceTag, Finding, FindingAction, FindingTag, Letter, Note
from peerreview.models.judgements import Judgement, JudgementPanel
from peerreview.models.learning import Exchange, Learnt, Pledge, Side
from peerreview.models.patient_views import PatientView, ViewsLink
from peerreview.models.planning import DateAnswer, DateOption, PlanChange
from peerreview.models.preparation import EvidenceAsk
from peerreview.models.procedures import Procedure, ProcedureComment
from peerreview.models.reviews import FocusTopic, Review, ReviewService, Session, VisitDay
from peerreview.models.surveys import SurveyInvitation, SurveyResponse, Wave
from peerreview.models.teams import ConflictDeclaration, DateAway, Employment, Profession, ReviewerProfile, TeamMember, Tie
from peerreview.models.training import AUDIENCE_OF_ROLE, Audience, Course, TrainingRecord

__all__ = [
    "AUDIENCE_OF_ROLE", "Audience", "ConflictDeclaration", "Course", "DateAnswer", "DateAway", "DateOption", "Employment", "EvidenceAsk",
    "EvidenceTag", "Exchange", "Finding", "FindingAction", "FindingAgreement", "FindingRecheck", "FindingTag", "FocusTopic",
    "ImpactEvidence", "Judgement", "JudgementPanel", "Learnt", "Letter", "Note", "PatientView", "PlanChange", "Pledge", "Procedure",
    "ProcedureComment", "Profession", "ProgressCheck", "Review", "ReviewService", "ReviewerProfile", "Session", "Side",
    "SurveyInvitation", "SurveyResponse", "TeamMember", "Tie", "TrainingRecord", "ViewsLink", "VisitDay", "Wave",
]  # fmt: skip

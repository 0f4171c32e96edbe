"""The tables of peer review, one file an idea."""

from peerreview.models.findings import EvidenceTag, Finding, FindingAction, FindingTag, Letter, Note
from peerreview.models.procedures import Procedure
from peerreview.models.reviews import FocusTopic, Review, ReviewService, Session, VisitDay
from peerreview.models.teams import ConflictDeclaration, ReviewerProfile, TeamMember

__all__ = [
    "ConflictDeclaration", "EvidenceTag", "Finding", "FindingAction", "FindingTag", "FocusTopic", "Letter", "Note", "Procedure", "Review",
    "ReviewService", "ReviewerProfile", "Session", "TeamMember", "VisitDay",
]  # fmt: skip

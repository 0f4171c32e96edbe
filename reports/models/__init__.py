"""The tables of reports, one file an idea."""

from reports.models.cards import LearningCard, NamedCard, Uptake
from reports.models.checks import AccuracyPoint, QualityCheck, SignOff
from reports.models.files import VersionFile
from reports.models.library import LibraryEntry, LibraryFacet, Subscription
from reports.models.packs import LightRule, PackIssue
from reports.models.publication import Consent, Publication, Receipt
from reports.models.readings import ReadingComment, TeamReading
from reports.models.reports import Report, ReportSection, ReportVersion
from reports.models.revisions import Revision
from reports.models.themes import Theme, ThemeFinding

__all__ = [
    "AccuracyPoint", "Consent", "LearningCard", "LibraryEntry", "LibraryFacet", "LightRule", "NamedCard", "PackIssue", "Publication",
    "QualityCheck", "ReadingComment", "Receipt", "Report", "ReportSection", "ReportVersion", "Revision", "SignOff", "Subscription",
    "TeamReading", "Theme", "ThemeFinding", "Uptake", "VersionFile",
]  # fmt: skip

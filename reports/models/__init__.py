"""The tables of reports, one file an idea."""

from reports.models.checks import AccuracyPoint, QualityCheck, SignOff
from reports.models.publication import Publication, Receipt
from reports.models.reports import Report, ReportSection, ReportVersion

__all__ = ["AccuracyPoint", "Publication", "QualityCheck", "Receipt", "Report", "ReportSection", "ReportVersion", "SignOff"]

"""The tables of the site's own app: the programme's."""

from qnt.programme.annual.models import AnnualPublication, AnnualReport, AnnualSection
from qnt.programme.models import ContextNote, ProgrammeFact, ProgrammeYear

__all__ = ["AnnualPublication", "AnnualReport", "AnnualSection", "ContextNote", "ProgrammeFact", "ProgrammeYear"]

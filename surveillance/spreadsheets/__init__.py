"""A self-report as a workbook: written to be filled in without a connection, and read back. Knows no page.

What leaves comes back the same: texts that a program would run are marked and unmarked, numbers stay numbers, and each row
carries a print of what it held, so that a row nobody touched is known as such, whichever program saved the file.
"""

from surveillance.spreadsheets.cells import Row, Value
from surveillance.spreadsheets.reading import Workbook, WorkbookRefused, read_workbook
from surveillance.spreadsheets.writing import write_workbook

__all__ = ["Row", "Value", "Workbook", "WorkbookRefused", "read_workbook", "write_workbook"]

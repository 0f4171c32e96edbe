"""One figure as a line of a file: in which table, of which group, by which definition, in which year."""

from dataclasses import dataclass
from decimal import Decimal

from qnt.programme.definitions import Definition
from qnt.programme.figures import Figure
from rendering.csv import Cell

COLUMNS = ("table", "group", "measure", "title", "definition_version", "year", "n", "number", "figure")


@dataclass(frozen=True)
class Row:
    """A figure in its table: of which group (a domain, a hub, a kind, a side), by which definition, in which year."""

    table: str
    group: str
    definition: Definition
    year: int
    figure: Figure

    @property
    def cells(self) -> list[Cell]:
        """As a line of a file; how many there are is left out where the figure is, and where it is of nothing."""
        number = None if self.figure.number is None else Decimal(self.figure.number).quantize(Decimal("0.1"), rounding="ROUND_FLOOR")
        n = self.figure.n or None if self.figure.is_shown else None
        one = self.definition
        return [self.table, self.group, one.code, one.title, one.version, self.year, n, number, self.figure.words]

"""Charts as SVG text: one drawing for the page and for the PDF, with its numbers as a sentence and as a table.

No script, no inline style, no colour that carries meaning alone.
"""

from rendering.charts.chart import Chart
from rendering.charts.distribution import distribution_chart
from rendering.charts.funnel import FunnelPoint, funnel_chart
from rendering.charts.heat_map import HeatCell, heat_map
from rendering.charts.months import month_bars
from rendering.charts.sides import SidesLine, sides_chart
from rendering.charts.spread import LEAST_BOXED, SpreadLine, spread_chart
from rendering.charts.stacked import StackedRow, stacked_bars
from rendering.charts.trend import Beside, TrendPoint, trend_chart

__all__ = [
    "LEAST_BOXED",
    "Beside",
    "Chart",
    "FunnelPoint",
    "HeatCell",
    "SidesLine",
    "SpreadLine",
    "StackedRow",
    "TrendPoint",
    "distribution_chart",
    "funnel_chart",
    "heat_map",
    "month_bars",
    "sides_chart",
    "spread_chart",
    "stacked_bars",
    "trend_chart",
]

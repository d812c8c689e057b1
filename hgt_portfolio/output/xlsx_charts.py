"""Native Excel charts that read in black and white: lines by dash and marker, columns by pattern."""

from __future__ import annotations

import re
from typing import Any

from hgt_portfolio.output.xlsx_layout import CHART_POINTS, Area, Layout
from hgt_portfolio.table import Chart, Plot

_NAME = re.compile(r"\[([^\[\]!]+)!(\w+)\]")
_FONT = {"name": "宋体", "size": 8}

LINES: tuple[dict[str, Any], ...] = (
    {"line": {"color": "#000000", "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}},
    {
        "line": {"color": "#000000", "width": 2.25},
        "marker": {"type": "circle", "size": 6, "fill": {"color": "#000000"}, "border": {"color": "#000000"}},
    },
    {
        "line": {"color": "#7F7F7F", "width": 1.5, "dash_type": "round_dot"},
        "marker": {"type": "diamond", "size": 6, "fill": {"color": "#FFFFFF"}, "border": {"color": "#595959"}},
    },
)
COLUMNS: tuple[dict[str, Any], ...] = (
    {
        "pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#595959", "bg_color": "#FFFFFF"},
        "border": {"color": "#000000"},
    },
    {"fill": {"color": "#404040"}, "border": {"color": "#000000"}},
)
MARGIN_PIXELS = 12
PIXELS_A_POINT = 96 / 72


def add_charts(workbook: Any, page: Any, layout: Layout, areas: dict[str, Area], pixels: float) -> None:
    """Put a sheet's charts two abreast below its blocks."""
    width = sum(round(hanzi * pixels + 7) for hanzi in layout.widths[: layout.visible])
    for place, chart in enumerate(layout.sheet.charts):
        row = layout.charts + place // 2
        page.set_row(row, CHART_POINTS)
        drawn = _chart(workbook, chart, areas)
        drawn.set_size(
            {"width": width // 2 - MARGIN_PIXELS, "height": round(CHART_POINTS * PIXELS_A_POINT) - MARGIN_PIXELS}
        )
        page.insert_chart(row, 0, drawn, {"x_offset": place % 2 * (width // 2) + 4, "y_offset": 6})


def _chart(workbook: Any, chart: Chart, areas: dict[str, Area]) -> Any:
    drawn = workbook.add_chart({"type": chart.plot.value})
    looks = LINES if chart.plot is Plot.LINE else COLUMNS
    for place, (name, values) in enumerate(chart.series):
        series: dict[str, Any] = {
            "name": name,
            "categories": _data(chart.categories, areas),
            "values": _data(values, areas),
        }
        if chart.plot is not Plot.LINE:
            series["gap"] = 60
        if chart.plot is not Plot.LINE and len(chart.series) == 1:
            series["data_labels"] = {"value": True, "num_format": chart.number_format, "font": _FONT}
        drawn.add_series(series | looks[place % len(looks)])
    drawn.set_title({"name": chart.title, "name_font": {"name": "黑体", "size": 12, "bold": False}, "overlay": False})
    drawn.set_legend({"position": "bottom", "font": _FONT, "none": len(chart.series) == 1})
    axis: dict[str, Any] = {
        "num_font": _FONT,
        "num_format": chart.number_format,
        "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
    }
    named = {"name": chart.axis, "name_font": _FONT | {"bold": False}} if chart.axis else {}
    drawn.set_y_axis(
        axis | named if chart.plot is not Plot.BAR else {"num_font": _FONT, "reverse": True, "interval_unit": 1}
    )
    drawn.set_x_axis({"num_font": _FONT, "interval_unit": 1} if chart.plot is not Plot.BAR else axis)
    drawn.show_hidden_data()
    drawn.show_blanks_as("gap")
    return drawn


def _data(name: str, areas: dict[str, Area]) -> list[Any]:
    """Give a column's data cells as xlsxwriter names them: sheet, first and last row and column."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"图表数据应写作 [表!列]，收到 {name}")
    area = areas[found[1]]
    column = area.columns[found[2]]
    return [area.sheet, area.first, column, area.last, column]

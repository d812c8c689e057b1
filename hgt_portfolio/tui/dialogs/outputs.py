"""What the export dialog can write: each with its label, its file's name, the files it makes and how it makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hgt_portfolio.exports import Progress
from hgt_portfolio.figures import Point
from hgt_portfolio.tui.desk import Desk, Frame, Shown

QUARTERLY = "季度汇总工作簿"
BULLETIN = "通报和底稿"
BRIEF = "一页纸"
EVALUATION = "年度评估（所选季度的年度：评估表和评估报告）"
DUTY_ALL = "责任清单（全部单位，下达版和台账版）"
FORMS_ALL = "发出填报表（全部单位）"
FORMS_SILENT = "发出填报表（只给未填报的单位）"
NOTICES_ALL = "督办单（今天，全部单位）"
HANDOVER = "交接清册"
FORMATS = (("Excel 工作簿", ".xlsx"), ("CSV", ".csv"), ("Word 文档", ".docx"))


def _nothing(_desk: Desk, _point: Point, _paths: Sequence[Path]) -> str:
    return ""


@dataclass(frozen=True)
class Output:
    """One thing to export at a quarter: ``name`` of its file (empty: a folder), the ``files`` it makes, ``write``.

    ``left`` says which units got no file, and why.
    """

    label: str
    name: Callable[[int], str]
    files: Callable[[Desk, int, Path], list[Path]]
    write: Callable[[Desk, Point, Path, Progress], list[Path]]
    left: Callable[[Desk, Point, Sequence[Path]], str] = _nothing


def _folder(_period: int) -> str:
    return ""


def this_screen(shown: Shown, frame: Frame, label: str, suffix: str) -> Output:
    """Make the output of what a screen shows, read at the screen's own point."""
    from hgt_portfolio.exports import file_safe
    from hgt_portfolio.exports.shown import export_shown, shown_files

    def files(_desk: Desk, _period: int, target: Path) -> list[Path]:
        # The names of the tables are known only once they are read: what is replaced is found by the pattern.
        found = sorted(target.parent.glob(f"{target.stem}_*.csv")) if target.suffix == ".csv" else []
        return [*shown_files(target, [""]), *found]

    def write(desk: Desk, _point: Point, target: Path, progress: Progress) -> list[Path]:
        progress("读取台账", 0, 2)
        tables = shown.read(frame)
        progress("写入文件", 1, 2)
        return export_shown(desk.figures, frame.point, shown.name, tables, target)

    name = f"{file_safe(shown.name)}_{frame.point.day}{suffix}"
    return Output(f"本屏所示：{shown.name}（{label}）", lambda _period: name, files, write)


def outputs_of(units: list[str], project: str | None) -> Iterator[Output]:
    """Give every other output: the quarter's, each unit's 责任清单, and the chosen project's file."""
    from hgt_portfolio.exports import documents, quarterly_name

    yield Output(QUARTERLY, quarterly_name, _one(quarterly_name), _quarterly)
    yield Output(BULLETIN, documents.bulletin_name, _bulletin_files, _bulletin)
    yield Output(BRIEF, documents.brief_name, _one(documents.brief_name), _brief)
    yield Output(EVALUATION, _folder, _evaluation_files, _evaluation)
    yield Output(DUTY_ALL, _folder, _duty_files(units), _duty(None), _left(_duty_of, "没有牵头或配合的项目"))
    yield Output(FORMS_ALL, _folder, _no_files, _forms(), _left(_form_of, "没有需填报的项目"))
    yield Output(FORMS_SILENT, _folder, _no_files, _forms(silent=True), _left(_form_of, "没有还需填报的项目"))
    yield Output(NOTICES_ALL, _folder, _notice_files(units), _notices)
    if project is not None:
        yield Output(f"项目档案：#{project}", _folder, _dossier_files(project), _dossier(project))
    yield Output(HANDOVER, _folder, _handover_files, _handover)
    for unit in units:
        yield Output(duty_label(unit), _folder, _duty_files([unit]), _duty(unit))
    for unit in units:
        yield Output(forms_label(unit), _folder, _no_files, _forms(unit))


def duty_label(unit: str) -> str:
    """Name the output of one unit's 责任清单, which holds both versions."""
    return f"责任清单：{unit}（下达版和台账版）"


def forms_label(unit: str) -> str:
    """Name the output of one unit's 进度填报表."""
    return f"发出填报表：{unit}"


def _left(name: Callable[[Desk, Point, str], str], why: str) -> Callable[[Desk, Point, Sequence[Path]], str]:
    def said(desk: Desk, point: Point, paths: Sequence[Path]) -> str:
        written = {path.name for path in paths}
        without = [unit.name for unit in desk.figures.units(point) if name(desk, point, unit.name) not in written]
        return f"没有文件的单位（{why}）：{'、'.join(without)}。" if without else ""

    return said


def _duty_of(_desk: Desk, point: Point, unit: str) -> str:
    from hgt_portfolio.exports import duty_name

    return duty_name(unit, point.period)


def _form_of(desk: Desk, point: Point, unit: str) -> str:
    from hgt_portfolio.returns.quarter import Quarter
    from hgt_portfolio.returns.sending import form_name

    return form_name(Quarter.at(desk.figures, point.period), unit)


def _whole(target: Path, name: str) -> Path:
    return target / name if target.is_dir() else target


def _one(name: Callable[[int], str]) -> Callable[[Desk, int, Path], list[Path]]:
    return lambda _desk, period, target: [_whole(target, name(period))]


def _quarterly(desk: Desk, point: Point, target: Path, progress: Progress) -> list[Path]:
    from hgt_portfolio.exports import export_quarterly

    return [export_quarterly(desk.figures, point, target, rules=desk.rules, progress=progress)]


def _bulletin_files(_desk: Desk, period: int, target: Path) -> list[Path]:
    from hgt_portfolio.exports.documents import bulletin_name, paper_name

    path = _whole(target, bulletin_name(period))
    return [path, path.with_name(paper_name(path.name))]


def _bulletin(desk: Desk, point: Point, target: Path, _progress: Progress) -> list[Path]:
    from hgt_portfolio.exports.documents import export_bulletin

    return export_bulletin(desk.figures, point, target)


def _brief(desk: Desk, point: Point, target: Path, _progress: Progress) -> list[Path]:
    from hgt_portfolio.exports.documents import export_brief

    return [export_brief(desk.figures, point, target, desk.point())]


def _evaluation_files(_desk: Desk, period: int, target: Path) -> list[Path]:
    from hgt_portfolio.exports.evaluating import evaluation_names

    return [target / name for name in evaluation_names(period // 12)]


def _evaluation(desk: Desk, point: Point, target: Path, progress: Progress) -> list[Path]:
    from hgt_portfolio.exports.evaluating import export_evaluation
    from hgt_portfolio.reports.evaluation_data import evaluation_point

    # The indicators of a year are filed after its last quarter's close.
    year = evaluation_point(desk.figures, point.year, desk.known_at)
    return export_evaluation(desk.figures, year, target, progress=progress)


def _duty_files(units: list[str]) -> Callable[[Desk, int, Path], list[Path]]:
    from hgt_portfolio.exports import duty_name

    return lambda _desk, period, target: [target / duty_name(unit, period) for unit in units]


def _duty(unit: str | None) -> Callable[[Desk, Point, Path, Progress], list[Path]]:
    def write(desk: Desk, point: Point, target: Path, progress: Progress) -> list[Path]:
        from hgt_portfolio.exports import export_duty

        return export_duty(desk.figures, point, target, unit=unit, rules=desk.rules, progress=progress)

    return write


def _no_files(_desk: Desk, _period: int, _target: Path) -> list[Path]:
    """Give no form: one that says something is never replaced, the others need no asking."""
    return []


def _forms(unit: str | None = None, *, silent: bool = False) -> Callable[[Desk, Point, Path, Progress], list[Path]]:
    def write(desk: Desk, point: Point, target: Path, _progress: Progress) -> list[Path]:
        from hgt_portfolio.returns.quarter import Quarter
        from hgt_portfolio.returns.sending import write_forms

        return write_forms(desk.figures, target, Quarter, point.period, unit=unit, silent=silent)

    return write


def _notice_files(units: list[str]) -> Callable[[Desk, int, Path], list[Path]]:
    from hgt_portfolio.exports.supervision import supervision_name

    return lambda desk, _period, target: [target / supervision_name(unit, desk.point().day) for unit in units]


def _notices(desk: Desk, _point: Point, target: Path, _progress: Progress) -> list[Path]:
    from hgt_portfolio.exports.supervision import export_supervision

    return export_supervision(desk.figures, desk.point(), target)


def _both(target: Path, name: str) -> list[Path]:
    return [target / f"{name}.docx", target / f"{name}.xlsx"]


def _dossier_files(no: str) -> Callable[[Desk, int, Path], list[Path]]:
    def files(desk: Desk, _period: int, target: Path) -> list[Path]:
        from hgt_portfolio.exports.dossier import dossier_name

        return _both(target, dossier_name(no, desk.figures.position(desk.point(), no).name))

    return files


def _handover_files(desk: Desk, _period: int, target: Path) -> list[Path]:
    from hgt_portfolio.exports.dossier import handover_name

    return _both(target, handover_name(desk.point().day))


def _dossier(no: str) -> Callable[[Desk, Point, Path, Progress], list[Path]]:
    def write(desk: Desk, _point: Point, target: Path, _progress: Progress) -> list[Path]:
        from hgt_portfolio.exports.dossier import export_dossier

        return export_dossier(desk.figures, desk.point(), no, target)

    return write


def _handover(desk: Desk, _point: Point, target: Path, _progress: Progress) -> list[Path]:
    from hgt_portfolio.exports.dossier import export_handover, places_of

    point = desk.point()
    return export_handover(desk.figures, point, places_of(desk.figures, desk.settings, desk.exports), target)

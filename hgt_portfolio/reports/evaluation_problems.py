"""七、存在问题 and 八、下步建议 of the yearly evaluation: what the rows show, what it asks for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hgt_portfolio.document import Block, Paragraph, Span, body, heading, subheading
from hgt_portfolio.reports.bulletin_problems import NUMERALS, by_unit, named, units_of
from hgt_portfolio.reports.bulletin_problems import counted as grounded
from hgt_portfolio.reports.evaluation_data import TABLES, Evaluation
from hgt_portfolio.reports.evaluation_figures import (
    finding_count,
    inconsistencies,
    indicators,
    items,
    lines,
    special,
)
from hgt_portfolio.reports.evaluation_indicators import (
    MOST_LISTED,
    below_standard,
    disagreeing,
    listed,
    measured,
    names,
    unfiled,
    unkept,
    unmet,
    untold,
    valued,
)
from hgt_portfolio.reports.evaluation_work import overdue_items, special_words
from hgt_portfolio.rules.funds import FUND_RULES
from hgt_portfolio.terms import Attainment

Told = Callable[[Evaluation], Iterator[Paragraph]]


def problems_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 七、存在问题: only what there is."""
    yield heading("七、存在问题")
    told = [(title, written) for title, make in _PROBLEMS if (written := list(make(evaluation)))]
    if not told:
        yield body("没有不达标的约束性指标，没有逾期、未填报的项目和超期未销号的督办事项。")
    for numeral, (title, written) in zip(NUMERALS, told, strict=False):
        yield subheading(f"（{numeral}）{title}")
        yield from written


def _unmet(evaluation: Evaluation) -> Iterator[Paragraph]:
    for catalogue in TABLES:
        rows = evaluation.judged[catalogue]
        if found := unmet(rows, binding=True):
            number = indicators(f"{catalogue}.binding", f"{catalogue}约束性指标不达标", found, rows)
            short = (line for one in found for line in one.lines if line.met_standard is Attainment.UNMET)
            told = "、".join(f"{line.name}（{valued(line)}，指标值{measured(line, line.standard)}）" for line in short)
            yield body(f"{catalogue}约束性指标不达标", number, f"项：{told}。")
        if others := [one for one in unmet(rows) if one not in found]:
            number = indicators(f"{catalogue}.expected", f"{catalogue}参考性指标不达标", others, rows)
            yield body(f"{catalogue}参考性指标不达标", number, f"项：{names(others)}。")
    if low := below_standard(evaluation):
        number = lines("below_standard", "已达目标而低于指标值的指标（含分项）", low, len(evaluation.lines))
        told = "、".join(
            f"{line.name}（{line.code}，目标{measured(line, line.target)}，指标值{measured(line, line.standard)}）"
            for line in low
        )
        yield body("已达到《规划》目标、仍低于指标值的", number, f"项，原因是《规划》目标低于指标值：{told}。")


def _text(evaluation: Evaluation) -> Iterator[Paragraph]:
    if evaluation.inconsistencies:
        every, of_tables = inconsistencies(evaluation)
        yield body(
            "《规划》文本内部不一致的", every, "处，其中涉及指标表的", of_tables, "处，评估时的处理见附件“规划不一致”。"
        )


def _late(evaluation: Evaluation) -> Iterator[Paragraph]:
    quarter = evaluation.quarter
    if named(quarter, "overdue"):
        yield body("项目逾期未完工", grounded(quarter, "overdue"), f"项，涉及{units_of(named(quarter, 'overdue'))}。")
    if named(quarter, "suspended"):
        yield body("停工", grounded(quarter, "suspended"), "项：", *by_unit(quarter, "suspended"))
    if quarter.in_force.doc is not None and named(quarter, "red"):
        yield body(f"按{quarter.in_force.label}，红灯", grounded(quarter, "red"), "项：", *by_unit(quarter, "red"))
    if late := overdue_items(evaluation):
        number = items("overdue", "超期未销号的督办事项", late, evaluation.items)
        yield body("督办事项超期未销号", number, f"项，涉及{'、'.join(dict.fromkeys(one.unit for one in late))}。")


def _promised(evaluation: Evaluation) -> Iterator[Paragraph]:
    """Say how many commitments are not reached, and of how many nothing was filed: their names stand above."""
    rows = evaluation.commitments
    short, silent = unkept(rows), untold(rows)
    spans: list[Span] = []
    if short:
        number = indicators("commitment.unmet", "尚未达到的任务承诺", short, rows)
        spans += ["对当年有要求的任务承诺尚未达到", number, "项"]
    if silent and len(silent) < len(rows):
        number = indicators("commitment.unfiled", "未填报的任务承诺", silent, rows)
        spans += ["；" if short else "任务承诺", "未填报", number, "项"]
    if spans:
        yield body(*spans, "，见第三部分。")


def _money(evaluation: Evaluation) -> Iterator[Paragraph]:
    """Say what the rules of funds found, project by project where they are few, and where 专项资金 fell short."""
    for rule in FUND_RULES:
        number = finding_count(evaluation, rule.name)
        if number.known:
            found = [row.position for row in evaluation.funded if row.position.no in number.rows]
            told = "、".join(position.name for position in found)
            where = f"，为{told}" if len(found) <= MOST_LISTED else f"，涉及{units_of(found)}"
            yield body(f"{rule.name}（{rule.words}）", number, f"项{where}，金额和情况见附件“资金监督”。")
    this = next((one for one in evaluation.special if one.year == evaluation.year), None)
    if this is not None and this.change is not None and this.change <= 0:
        yield body(*special_words(evaluation))
    if this is not None and this.paid_fen is not None and this.paid_fen > this.amount_fen:
        yield body(f"{this.year}年生态文明发展专项资金支付超过安排", special(this, over=True), "。")


def _silent(evaluation: Evaluation) -> Iterator[Paragraph]:
    quarter = evaluation.quarter
    rows = [one for catalogue in TABLES for one in evaluation.judged[catalogue]]
    if named(quarter, "silent"):
        units = units_of(named(quarter, "silent"))
        yield body(f"{quarter.label}进度尚未填报", grounded(quarter, "silent"), f"项，涉及{units}。")
    if found := unfiled(rows):
        number = indicators("unfiled", "未填报的指标", found, rows)
        told = listed(found, "：") if len(found) < len(rows) else "项，即全部指标。"
        yield body("指标当年实际值未填报或填报不全", number, told)


def _twice(evaluation: Evaluation) -> Iterator[Paragraph]:
    if found := disagreeing(evaluation):
        rows = [line for lines_of in found for line in lines_of]
        number = lines("disagreeing", "两个体系填报值不同的同名指标（含分项）", rows, len(evaluation.lines))
        told = "；".join(
            f"{pair[0].name}（{'、'.join(f'{line.code}为{valued(line)}' for line in pair)}）" for pair in found
        )
        yield body("两个指标体系中同名同单位、当年填报值不同的", number, f"条，须核对口径：{told}。")


_PROBLEMS: tuple[tuple[str, Told], ...] = (
    ("指标不达标", _unmet),
    ("任务承诺未达到", _promised),
    ("规划文本不一致", _text),
    ("项目和督办事项滞后", _late),
    ("资金监督发现", _money),
    ("填报不一致", _twice),
    ("填报不全", _silent),
)


def suggestions_part(evaluation: Evaluation) -> Iterator[Block]:
    """Write 八、下步建议: what follows from the rows, in their order."""
    yield heading("八、下步建议")
    told = [spans for make in _SUGGESTIONS if (spans := tuple(make(evaluation)))]
    if not told:
        yield body("建议各责任单位继续按《规划》和年度计划推进，按期填报。")
    for numeral, spans in zip(NUMERALS, told, strict=False):
        yield body(f"{numeral}是" if len(told) > 1 else "", *spans)


def _meet(evaluation: Evaluation) -> Iterator[Span]:
    if found := [one for catalogue in TABLES for one in unmet(evaluation.judged[catalogue], binding=True)]:
        yield f"对不达标的约束性指标（{names(found)}）逐项分析原因，明确责任单位和年度目标。"


def _revise(evaluation: Evaluation) -> Iterator[Span]:
    if low := below_standard(evaluation):
        told = "、".join(dict.fromkeys(line.name for line in low))
        yield f"对《规划》目标低于指标值的{told}，研究是否按程序调整目标。"


def _file(evaluation: Evaluation) -> Iterator[Span]:
    quarter = evaluation.quarter
    rows = [one for catalogue in TABLES for one in evaluation.judged[catalogue]]
    found, promised, silent = unfiled(rows), untold(evaluation.commitments), named(quarter, "silent")
    parts: list[tuple[Span, ...]] = []
    if found:
        parts.append(("补报未填报或填报不全的指标", indicators("unfiled", "未填报的指标", found, rows), "项"))
    if promised:
        number = indicators("commitment.unfiled", "未填报的任务承诺", promised, evaluation.commitments)
        parts.append(("补报未填报的任务承诺", number, "项"))
    if silent:
        told = f"督促{units_of(silent)}补报{quarter.label}"
        parts.append((told, grounded(quarter, "silent"), "项的进度"))
    for place, spans in enumerate(parts):
        yield from ("；" if place else "", *spans)
    if parts:
        yield "。"


def _finish(evaluation: Evaluation) -> Iterator[Span]:
    quarter = evaluation.quarter
    late, unsaid = named(quarter, "overdue"), named(quarter, "unverified")
    if late:
        yield from (f"督促{units_of(late)}对逾期的", grounded(quarter, "overdue"), "项说明原因、明确完工时间")
    if unsaid:
        yield f"{'；' if late else ''}核实已到完工期限、未报送完工情况的"
        yield from (grounded(quarter, "unverified"), "项")
    if late or unsaid:
        yield "。"


def _resume(evaluation: Evaluation) -> Iterator[Span]:
    quarter = evaluation.quarter
    if stopped := named(quarter, "suspended"):
        yield from (f"督促{units_of(stopped)}对停工的", grounded(quarter, "suspended"), "项说明原因、明确复工时间。")


def _keep(evaluation: Evaluation) -> Iterator[Span]:
    rows = evaluation.commitments
    if short := unkept(rows):
        number = indicators("commitment.unmet", "尚未达到的任务承诺", short, rows)
        yield from ("对尚未达到的任务承诺", number, "项逐项明确措施和完成时间。")


def _settle(evaluation: Evaluation) -> Iterator[Span]:
    if late := overdue_items(evaluation):
        number = items("overdue", "超期未销号的督办事项", late, evaluation.items)
        yield from (
            "对超期未销号的督办事项",
            number,
            f"项督促{'、'.join(dict.fromkeys(one.unit for one in late))}办结。",
        )


def _check(evaluation: Evaluation) -> Iterator[Span]:
    rules = [rule.name for rule in FUND_RULES if finding_count(evaluation, rule.name).known]
    if rules:
        yield f"对资金监督发现的{'、'.join(rules)}，逐项核对。"


def _grow(evaluation: Evaluation) -> Iterator[Span]:
    year = evaluation.year
    this = next((one for one in evaluation.special if one.year == year), None)
    if this is not None and this.change is not None and this.change <= 0:
        yield "按《规划》关于专项资金逐年增加的要求，研究安排下一年度生态文明发展专项资金。"


_SUGGESTIONS: tuple[Callable[[Evaluation], Iterator[Span]], ...] = (
    _meet,
    _revise,
    _keep,
    _finish,
    _resume,
    _settle,
    _check,
    _grow,
    _file,
)

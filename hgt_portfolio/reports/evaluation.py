"""年度评估报告: the yearly evaluation of the plan for 区委、区政府, every number of it traceable."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hgt_portfolio.document import Block, Document, Paragraph, body, heading, note
from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.months import day_words
from hgt_portfolio.reports.bulletin import PROPERTY_KIND, PROPERTY_KNOWN_AT, PROPERTY_PERIOD, stock
from hgt_portfolio.reports.bulletin_figures import whole
from hgt_portfolio.reports.bulletin_funds import fund_words
from hgt_portfolio.reports.evaluation_data import Evaluation, read_evaluation
from hgt_portfolio.reports.evaluation_indicators import commitments, commitments_part, indicators_part
from hgt_portfolio.reports.evaluation_indicators import overall as indicators_overall
from hgt_portfolio.reports.evaluation_problems import problems_part, suggestions_part
from hgt_portfolio.reports.evaluation_work import (
    done_briefly,
    funds_part,
    projects_part,
    supervision_part,
)
from hgt_portfolio.rules.point import moment_text, office_day, office_time
from hgt_portfolio.terms import DISCLAIMER

EVALUATION = "年度评估报告"
ADDRESSEE = "区委、区政府"


def evaluation_document(evaluation: Evaluation) -> Document:
    """Make the 评估报告 of a year, as a draft for 区委、区政府 to consider."""
    quarter, moment = evaluation.quarter, evaluation.point.known_at
    return Document(
        title=f"关于{evaluation.year}年度规划实施情况的\n评估报告（送审稿）",
        blocks=(body(*_opening(evaluation)), *(block for part in PARTS for block in part(evaluation))),
        created=office_time(moment).replace(tzinfo=None),
        addressee=ADDRESSEE,
        attachments=(f"规划实施年度评估（{evaluation.year}年）",),
        signer=quarter.office,
        dated=office_day(moment),
        demo=quarter.demo,
        properties={
            PROPERTY_KIND: EVALUATION,
            PROPERTY_PERIOD: str(evaluation.year),
            PROPERTY_KNOWN_AT: moment_text(moment),
        },
    )


def evaluated(figures: Figures, point: Point) -> Document:
    """Make the 评估报告 of a point's year."""
    return evaluation_document(read_evaluation(figures, point))


def _opening(evaluation: Evaluation) -> Iterator[str]:
    """Say what was evaluated and up to when."""
    quarter = evaluation.quarter
    yield f"按照《{quarter.plan_title}》（{quarter.doc_no}，以下简称《规划》）关于每年评估规划指标完成情况的要求，"
    yield f"我办对《规划》{evaluation.year}年度实施情况进行了评估。"
    if not evaluation.over:
        yield f"以下情况截至{day_words(evaluation.point.day)}，年度未结束。"
    yield "现将有关情况报告如下。"


def _overall(evaluation: Evaluation) -> Iterator[Paragraph]:
    """Write 一、总体情况: indicators, projects, funds and commitments."""
    yield heading("一、总体情况")
    yield from indicators_overall(evaluation)
    yield body(*stock(evaluation.quarter, whole(evaluation.quarter)), *done_briefly(evaluation))
    if funds := [*fund_words(evaluation.quarter)]:
        yield body(*funds)
    if evaluation.commitments:
        yield body(*commitments(evaluation))


def _notes(evaluation: Evaluation) -> Iterator[Paragraph]:
    """Write the notes: how things are judged, and what the figures are not."""
    told = (
        "达标为对照指标体系的指标值，达到目标为对照《规划》目标值，两者分别判断；不能用数比较的由人工判定，没有填报或没有判定的为未定；"
        "一项指标有分项的，任一分项不达标即不达标。",
        f"{evaluation.year}年对照的是{evaluation.target}年目标；“未填报”不作0计，也不计入达标或不达标。",
        DISCLAIMER.replace("本表", "本报告投资数"),
    )
    for number, text in enumerate(told, 1):
        yield note("注：" if number == 1 else "", f"{number}.{text}")


PARTS: tuple[Callable[[Evaluation], Iterator[Block]], ...] = (
    _overall,
    indicators_part,
    commitments_part,
    projects_part,
    funds_part,
    supervision_part,
    problems_part,
    suggestions_part,
    _notes,
)
"""The parts of the report in order."""

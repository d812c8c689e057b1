"""What filing a form would record, and what it changes, in words."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from hgt_portfolio.figures import Position
from hgt_portfolio.ledger import Outcome
from hgt_portfolio.tui import wording


def outlook(outcome: Outcome, verb: str) -> list[Text]:
    """Say what would be recorded, and what it changes."""
    lines = [wording.words(f"将记为 {outcome.title}")]
    if outcome.before is not None and outcome.after is not None:
        lines.append(effect(outcome.before, outcome.after, verb))
    return lines


def effect(before: Position, after: Position, verb: str) -> Text:
    """Say what a filing changes: each figure before and after, the amounts in 万元 on a line of their own.

    Light and deadline are judged on the period's last day, which may be another day than the lists': it is said.
    """
    head = f"{verb}后  "
    said = Text.assemble((head, "bold"))
    _append(said, "本季", wording.amount(before.quarter), wording.amount(after.quarter))
    _append(said, "本年", wording.amount(before.ytd), wording.amount(after.ytd))
    said.rstrip()
    said.append(" 万元")
    if after.quarter is None and after.quarter_note:
        said.append(f"（本季：{after.quarter_note}）")
    said.append("\n" + " " * cell_len(head))
    _append(said, "完成率", wording.rate(before.year_rate), wording.rate(after.year_rate))
    _append(said, "预警灯", before.light, after.light)
    _append(said, "期限", before.deadline_state, after.deadline_state)
    said.append(f"（截至 {after.day}）")
    return said


def _append(said: Text, name: str, was: str, becomes: str) -> None:
    changes = was != becomes
    said.append(f"{name} ").append(f"{was} -> {becomes}" if changes else was, "bold" if changes else "").append("  ")

"""Validated inputs of closing a quarter and of setting right what a closed one printed."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from hgt_portfolio.model.inputs import Input, MaybeName, Period, Text, Words


class CloseInput(Input):
    """定稿 of a quarter: its 文号 and who reviewed and signed it.

    ``known_at`` (microseconds) is the moment its files were made at; without files it is the moment of the close.
    """

    period: Period
    doc: MaybeName = None
    reviewer: MaybeName = None
    signer: MaybeName = None
    known_at: int | None = None


class ErratumInput(Input):
    """A mistake found after signing: its cause and whose it is.

    With ``subject``, ``old`` and ``new`` it is in the text; without them it is every figure restated since, each with
    the reason it was restated for, and by default its own unit's.
    """

    period: Period
    cause: Words
    who: MaybeName = None
    found: date
    doc: MaybeName = None
    subject: Text = None
    old: Text = None
    new: Text = None

    @model_validator(mode="after")
    def _whole(self) -> ErratumInput:
        given = {self.subject is None, self.old is None, self.new is None}
        if len(given) > 1:
            raise ValueError("更正文字须同时写明更正事项、原文和更正后的文字")
        if self.subject is not None and self.who is None:
            raise ValueError("更正文字须写明责任人")
        if self.old is not None and self.old == self.new:
            raise ValueError("原文和更正后的文字相同，没有要更正的")
        return self

"""定稿 of quarters, and 更正说明 of what closed ones printed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from hgt_portfolio import __version__
from hgt_portfolio.figures import ask_for, closing_of, read_positions, rules_at
from hgt_portfolio.figures.closings import figures_digest, restatements, total_restatements
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once, validated
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.closing import ClosingFile, Erratum
from hgt_portfolio.model.inputs_closing import CloseInput, ErratumInput
from hgt_portfolio.model.office import Closing
from hgt_portfolio.months import Month, last_day, last_quarter_end, month_text, quarter_text
from hgt_portfolio.rules.checks import error
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import ActionKind

_SAME = (
    "的数与定稿（或上次更正说明）时相同，没有可更正的。请先更正填报（hgt report 序号 --period … --reason 原因）；"
    "只是文字有误的，请用 --item、--old、--new 写明。"
)


class Closings(Door):
    """Closes quarters, and sets right what closed ones printed."""

    def moment(self) -> int:
        """Give the moment (microseconds) that files made now know up to: the clock's, never before the last action."""
        with self.store.read() as session:
            return max(self._clock() if self._clock else time.time_ns() // 1000, _last_action(session))

    @once
    def close(
        self,
        period: Month,
        doc: str | None = None,
        *,
        reviewer: str | None = None,
        signer: str | None = None,
        known_at: int | None = None,
        rules: str | None = None,
        files: Mapping[str, bytes] | None = None,
        dry_run: bool = False,
    ) -> Outcome:
        """定稿 a quarter with its files by name: its figures are those known at ``known_at``, by default now.

        ``rules`` names the rule set its lights are judged by. Refused where anything was recorded since that moment:
        the files would not show it.
        """
        values = {"period": period, "doc": doc, "reviewer": reviewer, "signer": signer, "known_at": known_at}
        given = validated(CloseInput, **values)
        with self._action(ActionKind.CLOSE, dry_run=dry_run) as draft:
            self._closable(draft.session, period)
            moment = draft.at - 1 if known_at is None else known_at
            if _last_action(draft.session) > moment:
                raise Refused([error("known_at", "做文件的时候台账里又有了新的记录，没有定稿。请再运行一次。")])
            # What the files know ends before the close itself.
            draft.at = max(draft.at, moment + 1)
            point = Point(last_day(period), period, moment)
            judged_by = rules_at(draft.session, point, rules or self._rules, self.default_rules)
            digest = figures_digest(read_positions(draft.session, ask_for(draft.session, point, judged_by)))
            draft.add(
                Closing,
                **given.model_dump(exclude={"known_at"}),
                known_at=moment,
                rules=judged_by.name,
                digest=digest,
                program=__version__,
            )
            hashes = {name: hashlib.sha256(content).hexdigest() for name, content in (files or {}).items()}
            for name, content in (files or {}).items():
                draft.add(ClosingFile, name=name, sha256=hashes[name], content=content)
            draft.after = given.model_dump(exclude={"period"}, exclude_none=True)
            draft.after |= {"period": quarter_text(period), "known_at": moment, "digest": digest, "files": hashes}
            return done(draft, f"定稿 {quarter_text(period)}", None)

    @once
    def erratum(self, given: ErratumInput) -> Outcome:
        """Record what a closed quarter printed wrong: a passage of its text, or every figure restated since."""
        with self._action(ActionKind.ERRATUM, given.cause) as draft:
            session, label = draft.session, quarter_text(given.period)
            closing = closing_of(session, given.period)
            if closing is None:
                raise Refused([error("period", f"{label} 还没有定稿：错了直接更正填报即可，不用更正说明。")])
            said = given.model_dump(include={"period", "cause", "who", "found", "doc"})
            if given.subject is not None:
                draft.add(Erratum, item=given.subject, old=given.old, new=given.new, **said)
            else:
                since = max(closing.known_at, _last_erratum(session, given.period))
                for row in restatements(session, given.period, since, draft.at, closing.rules):
                    causes = dict.fromkeys((*(cause.text for cause in row.causes), given.cause))
                    said |= {"cause": "；".join(causes), "who": given.who or row.unit}
                    draft.add(Erratum, project_id=row.id, item=row.item, old=row.old, new=row.new, **said)
                said |= {"cause": given.cause, "who": given.who or "各有关单位"}
                for total in total_restatements(session, given.period, since, draft.at) if draft.rows else ():
                    draft.add(Erratum, item=total.item, old=total.old, new=total.new, **said)
            if not draft.rows:
                raise Refused([error("period", f"{label} {_SAME}")])
            return done(draft, f"更正说明 {label}，{len(draft.rows[Erratum])} 处", given)

    def _closable(self, session: Session, period: Month) -> None:
        """Refuse what cannot be closed."""
        if period % 3 != 2:
            raise Refused([error("period", f"{month_text(period)} 不是季度末，请写成 2024Q3 的样式。")])
        if closing_of(session, period) is not None:
            raise Refused([error("period", f"{quarter_text(period)} 已经定稿。")])
        if period > last_quarter_end(self.today):
            raise Refused([error("period", f"{quarter_text(period)} 还没有结束，不能定稿。")])


def _last_action(session: Session) -> int:
    return session.execute(select(func.max(Action.at))).scalar() or 0


def _last_erratum(session: Session, period: Month) -> int:
    """Give the moment of the period's last 更正说明 about figures; 0 where there is none."""
    figured = select(func.max(Erratum.recorded_at)).where(
        col(Erratum.period) == period, col(Erratum.project_id).is_not(None), col(Erratum.revoked_at).is_(None)
    )
    return session.execute(figured).scalar() or 0


def resting_on_close(session: Session, target: Action) -> Action | None:
    """Give the newest standing action that rests on a close: a 更正说明 of its quarter or the close of a later one."""
    period = session.execute(select(col(Closing.period)).where(col(Closing.action_id) == target.id)).scalar()
    if period is None:
        return None
    rests = [
        select(col(Erratum.action_id)).where(col(Erratum.period) == period, col(Erratum.revoked_at).is_(None)),
        select(col(Closing.action_id)).where(
            col(Closing.period) > period, col(Closing.action_id) > target.id, col(Closing.revoked_at).is_(None)
        ),
    ]
    newest = select(Action).where(or_(*(col(Action.id).in_(rest) for rest in rests)))
    return session.execute(newest.order_by(col(Action.id).desc()).limit(1)).scalar()

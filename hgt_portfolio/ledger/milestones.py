"""节点 and 子项 of projects."""

from __future__ import annotations

from hgt_portfolio.figures.milestones import standing_milestones, standing_sub_items
from hgt_portfolio.ledger.door import Door, Outcome, Refused, done, once, refuse, weighed
from hgt_portfolio.model.inputs_milestones import MilestoneInput, SubItemInput
from hgt_portfolio.model.milestone import Milestone
from hgt_portfolio.model.project import SubItem
from hgt_portfolio.months import last_quarter_end, month_of, month_text
from hgt_portfolio.rules.checks import error, warning
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import ActionKind


class Milestones(Door):
    """Sets milestones, and says what of a project's sub-items is done."""

    @once
    def milestone(self, given: MilestoneInput, *, dry_run: bool = False) -> Outcome:
        """Set, meet or drop a milestone; what is not given stays as it stands."""
        with self._action(ActionKind.MILESTONE, dry_run=dry_run) as draft:
            position = self._target(draft, given.no, month_of(self.today))
            rows = {row.name: row for _, row in standing_milestones(draft.session, draft.at, given.no)}
            before = rows.pop(given.name, None)
            if before is None and (given.planned is None or given.dropped):
                said = "不用取消" if given.dropped else "新增须写明计划月"
                raise Refused([error("name", f"#{given.no} 没有名为“{given.name}”的节点，{said}。")])
            if given.met is not None and given.met > self.today:
                raise Refused([error("met", f"完成日期 {given.met} 还没有到。")])
            facts = {name: getattr(given, name) for name in _FACTS}
            if before is not None:
                kept = {name: getattr(before, name) for name in _FACTS}
                facts = {name: kept[name] if value is None else value for name, value in facts.items()}
                if facts == kept and not given.dropped:
                    raise Refused([error("name", f"#{given.no} 节点“{given.name}”与现有的相同，没有改动。")])
                draft.before = before.model_dump(mode="json", exclude_none=True)
            total = (facts["weight"] or 0) + sum(row.weight or 0 for row in rows.values())
            if total > 100 and not given.dropped:
                raise Refused([error("weight", f"#{given.no} 各节点权重合计 {total}，超过 100。")])
            draft.add(Milestone, project_id=position.id, name=given.name, dropped=int(given.dropped), **facts)
            return done(draft, f"{_done_to(given, facts)} #{given.no} {position.name}：{given.name}", given)

    @once
    def sub_item(self, given: SubItemInput) -> Outcome:
        """File how many of a group's sub-items were done by a day; fewer than before wants a reason."""
        with self._action(ActionKind.SUB_ITEM, given.reason) as draft:
            position = self._target(draft, given.no, month_of(given.day))
            at = Point(given.day, last_quarter_end(given.day), draft.at)
            rows = {row.name: row for _, row in standing_sub_items(draft.session, at, given.no)}
            standing = rows.get(given.name)
            if standing is None:
                there = f"已有：{'、'.join(rows)}" if rows else "它没有子项"
                raise Refused([error("name", f"#{given.no} 没有名为“{given.name}”的子项；{there}。")])
            if given.day > self.today:
                raise Refused([error("day", f"日期 {given.day} 还没有到。")])
            if given.done > standing.total:
                raise Refused([error("done", f"{given.name}共 {standing.total} 个子项，不能完成 {given.done} 个。")])
            if standing.done is not None and given.done < standing.done:
                fewer = f"{given.name}由 {standing.done} 个减为 {given.done} 个，请写明原因。"
                refuse(weighed([warning("done", fewer)], given.reason))
            draft.before = standing.model_dump(mode="json", exclude_none=True)
            kept = standing.model_dump(include={"project_id", "name", "position", "total", "source"})
            draft.add(SubItem, **kept, done=given.done, effective=given.day)
            return done(draft, f"子项 #{given.no} {position.name}：{given.name} {given.done}/{standing.total}", given)


_FACTS = ("planned", "weight", "met", "evidence")


def _done_to(given: MilestoneInput, facts: dict[str, object]) -> str:
    """Say what was done to a milestone."""
    if given.dropped:
        return "取消节点"
    return f"节点完成 {given.met}" if given.met else f"节点 {month_text(int(str(facts['planned'])))}"

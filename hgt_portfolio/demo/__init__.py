"""Made-up progress (演示) in a ledger of its own: the same arguments give the same figures, and nothing is real."""

from __future__ import annotations

from datetime import date

from hgt_portfolio.demo.clock import Ticking
from hgt_portfolio.demo.course import OPERATOR, Progress, course_of
from hgt_portfolio.demo.doings import LOADED, doings, quarters_until
from hgt_portfolio.demo.systems import system_doings
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.plan import read_plan
from hgt_portfolio.store import Store


def make_demo(store: Store, until: date, progress: Progress) -> int:
    """Fill an empty ledger with the plan and its made-up progress up to a day; gives the number of actions.

    Everything goes through the ledger's own methods, on a clock that is set to the day of each.
    """
    clock = Ticking()
    plan = read_plan()
    courses = [course_of(row, plan.start, plan.horizon_end) for row in plan.rows]
    planned = [*doings(courses, until), *system_doings(courses, quarters_until(until), until)]
    planned = sorted((doing for doing in planned if doing.day <= until), key=lambda doing: doing.day)

    def writer(day: date) -> Ledger:
        clock.set(day)
        return Ledger(store, OPERATOR, today=day, clock=clock)

    writer(LOADED).load(plan, demo=True)
    for done, doing in enumerate(planned, 1):
        doing.act(writer(doing.day), *doing.given)
        progress(f"演示 {doing.day:%Y-%m}", done, len(planned))
    return len(planned) + 1

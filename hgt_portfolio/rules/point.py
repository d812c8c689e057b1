"""The two points in time and the moment of knowledge at which every figure is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from hgt_portfolio.months import Month, first_day, last_day, month_of, quarter_end

OFFICE_TIME = timezone(timedelta(hours=8), "北京时间")
"""The office's clock: China has one time and no summer time."""

FILING_DAYS = 15
"""Days after a period's end within which it is to be filed, where the office has set no dates of its own."""


@dataclass(frozen=True)
class Point:
    """A day D, a period P (a month) and a moment of knowledge T (microseconds since 1970 UTC).

    Status and deadlines are judged on D; money, pace and filing at P. Units are those of ``units_on`` where given,
    else of D: an earlier point to compare with follows a unit's successor. What was to be filed for it is awaited
    until ``asked_on``, the day of the point it is compared with.
    """

    day: date
    period: Month
    known_at: int
    units_on: date | None = None
    asked_on: date | None = None

    @property
    def year(self) -> int:
        """The year of P: 本年."""
        return self.period // 12

    @property
    def quarter_base(self) -> Month:
        """The last month of the quarter before P's: 本季度 counts from it."""
        return quarter_end(self.period) - 3

    @property
    def year_base(self) -> Month:
        """The December before P's year: 本年 counts from it."""
        return self.year * 12 - 1

    @property
    def elapsed(self) -> int:
        """Whole months of the year gone by at P, 1–12."""
        return self.period - self.year_base

    @property
    def over(self) -> Month:
        """The last month that is over on D (its last day counts as over)."""
        return month_of(self.day + timedelta(days=1)) - 1

    @property
    def judged_on(self) -> date:
        """The day filing is judged on: the later of D, the day asked on and the day of T."""
        return max(self.day, self.asked_on or self.day, office_day(self.known_at))

    def at(self, period: Month) -> Point:
        """Give the end of another period to compare with: known at the same moment, with the units of this one."""
        asked_on = max(self.day, self.asked_on or self.day)
        return replace(self, day=last_day(period), period=period, units_on=self.units_day, asked_on=asked_on)

    @property
    def units_day(self) -> date:
        """The day whose units stand."""
        return self.units_on or self.day


def filing_period(day: date) -> Month:
    """Give the quarter that is filed on a day: from its last month on the running one, else the one before."""
    running = quarter_end(month_of(day))
    return running if month_of(day) == running else running - 3


def filing_window(period: Month) -> tuple[date, date]:
    """Give the default 填报起止日 of a period."""
    return first_day(period), last_day(period) + timedelta(days=FILING_DAYS)


def office_time(moment: int) -> datetime:
    """Give a moment in the office's time."""
    return (
        datetime.fromtimestamp(moment // 1_000_000, UTC).astimezone(OFFICE_TIME).replace(microsecond=moment % 1_000_000)
    )


def office_day(moment: int) -> date:
    """Give the office's calendar day of a moment."""
    return office_time(moment).date()


def moment_text(moment: int) -> str:
    """Write a moment as ISO text in the office's time, to the microsecond."""
    return office_time(moment).isoformat(timespec="microseconds")


def moment_words(moment: int) -> str:
    """Write a moment for people, to the second of the office's time; ``moment_of`` reads it as that second's end."""
    return f"{office_time(moment):%Y-%m-%d %H:%M:%S}"


def moment_of(text: str) -> int:
    """Read a moment: an ISO time (the office's time where it names none), or a day, meaning its end.

    A time without decimals means the end of its second. Raises ``ValueError`` with a sentence.
    """
    try:
        if len(text) <= 10:
            return _microseconds(datetime.combine(date.fromisoformat(text), datetime.max.time(), OFFICE_TIME))
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"数据时点“{text}”读不出来：请写成 2024-10-20 或 2024-10-20T09:30:00+08:00。") from error
    if "." not in text:
        given = given.replace(microsecond=999_999)
    return _microseconds(given if given.tzinfo else given.replace(tzinfo=OFFICE_TIME))


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

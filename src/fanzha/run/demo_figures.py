"""Made-up numbers from outside of the demo's operators, so that rates per million subscribers show."""

from datetime import datetime

from fanzha.command.statistics.outside_values import OutsideEntry, enter_value
from fanzha.command.statistics.periods import recent_months
from fanzha.command.web.roles import Kind
from fanzha.run.demo_province import DemoProvince

#: Numbers of the largest operator; each further one has a third less.
NUMBERS = {
    "subscribers": 6_800_000, "active_lines": 7_100_000, "real_name_lines": 7_099_200, "card_openings": 84_000,
    "iot_cards": 900_000,
}  # fmt: skip
MONTHS = 3


def enter_numbers(province: DemoProvince, now: datetime) -> None:
    """Enter the numbers of the last months for each carrier and MVNO."""
    kinds = (Kind.CARRIER, Kind.MVNO)
    operators = [row for row in province.organizations.values() if row.kind in kinds]
    for place, operator in enumerate(operators):
        for month in recent_months(now, MONTHS):
            for name, number in NUMBERS.items():
                value = round(number * (2 / 3) ** place)
                enter_value(operator, OutsideEntry(name, month.key, value, "made-up number 虚构数据"), None, now)

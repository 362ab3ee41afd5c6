"""The sum of audited forms: values add up, percentages come from the sums, ranks do not add up."""

from decimal import Decimal

import pytest
from tests.command.people import World
from tests.command.statistics.forms_made import audited
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.form_sums import add_up_forms
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


@pytest.mark.django_db
def test_percentages_come_from_the_sums(month: World) -> None:
    audited(month), audited(month, owner="mvno")
    with scoped_to(month.viewer("administration", Role.ANALYST)):
        total = add_up_forms("public_reports", MONTH)
    rows = {field.name: (whole, values) for field, whole, values in total.rows}
    count, last = rows["count"][0], rows["last_month"][0]
    assert count == sum(value or Decimal(0) for value in rows["count"][1]) and count
    assert rows["month_on_month"][0] == (None if not last else round(count / last * 100, 2))
    assert rows["rate"][0] is None and len(total.instances) == 2

"""A file of another centre: each row is a report once, or rejected with its column and reason."""

import pytest
from tests.command.imports.factories import handed_in
from tests.command.people import World
from tests.command.reports.reports_made import REPORTED

from fanzha.command.imports.uploads import read_rejects
from fanzha.command.reports.import_tables import InvalidReport, read_submission
from fanzha.command.reports.models import Report
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
HEADER = "受理编号,举报类别,被举报号码,举报内容,已转账,损失金额\n"
CELLS = dict.fromkeys(("number", "category", "thing", "text", "contact", "paid", "nuisance", "loss", "happened_at"), "")


def test_rows_are_used_or_rejected_with_the_reason(world: World) -> None:
    text = (
        f"{HEADER}A-1,诈骗电话,{REPORTED},,是,500\nA-2,短信,,请立即付款,,\n"
        f"A-3,未知,{REPORTED},,,\nA-4,电话,,,,\nA-5,电话,{REPORTED},,,many\n"
    )
    job = handed_in(world, "public_reports", text, name="centre")
    assert (job.read, job.used, job.rejected) == (5, 2, 3)
    with unscoped("test"):
        rows = sorted(Report.objects.values_list("channel", "grade", "loss", "value"))
    assert rows == [("feed", "fraud", None, ""), ("feed", "paid", 500, REPORTED)]
    assert [reject["column"] for reject in read_rejects(job.ref)] == ["category", "", "loss"]


def test_a_number_is_used_once(world: World) -> None:
    for more in ("", "B-2,电话,+8617000000022,,,\n"):
        handed_in(world, "public_reports", f"{HEADER}B-1,电话,{REPORTED},,,\n{more}", name="centre")
    with unscoped("test"):
        assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("paid", "perhaps"),
        ("text", "a" * 6_000),
        ("loss", "-1"),
        ("category", "fax"),
        ("happened_at", "at noon"),
        ("happened_at", "2999-01-01"),
    ],
)
def test_a_wrong_cell_is_named(column: str, written: str) -> None:
    cells = CELLS | {"number": "1", "category": "call", "thing": REPORTED, column: written}
    with pytest.raises(InvalidReport) as invalid:
        read_submission(cells, "one")
    assert invalid.value.column == column


@pytest.mark.parametrize("written", ["2026-03-01 08:30", "2026/03/01 08:30:00", "2026-03-01T00:30:00Z"])
def test_when_it_happened_is_read_in_the_time_of_the_site(written: str) -> None:
    cells = CELLS | {"number": "1", "category": "call", "thing": REPORTED, "happened_at": written}
    at = read_submission(cells, "one").happened_at
    assert at is not None and at.isoformat() == "2026-03-01T00:30:00+00:00"

"""Numbering tables of all importers together are what look-ups and screens read."""

from pathlib import Path

import pytest
from tests.command.imports.factories import PORTED, counts, handed_in
from tests.command.people import World

from fanzha.base.clock import moment_ms
from fanzha.command.imports import uploads
from fanzha.kinds.phone_number import classify
from fanzha.store.numbering_tables import load_numbering_tables
from fanzha.store.screen_lists import load_allocated_ranges

NOW = moment_ms("2026-03-02")


def test_what_was_imported_is_what_is_looked_up(world: World) -> None:
    handed_in(world, "portability", PORTED)
    carrier = load_numbering_tables().carrier(classify("+8617000001234"), NOW)
    assert carrier is not None and (carrier.operator, carrier.source) == ("china_unicom", "portability")
    other = load_numbering_tables().carrier(classify("+8617000001235"), NOW)
    assert (other.operator, other.source) == ("china_telecom", "portability")


def test_what_an_importer_hands_in_replaces_his_own_and_nobody_elses(world: World) -> None:
    handed_in(world, "portability", PORTED)
    handed_in(world, "portability", "number,operator\n+8617000009999,Mobile\n", name="mvno")
    handed_in(world, "portability", "号码,携入运营商,携转时间\n+8617000001234,电信,2026-01-01\n")
    mobile, gone = (load_numbering_tables().carrier(classify(f"+861700000{end}"), NOW) for end in ("9999", "1235"))
    assert (mobile.operator, mobile.source) == ("Mobile", "portability") and gone.source == "plan"
    carrier = load_numbering_tables().carrier(classify("+8617000001234"), NOW)
    assert carrier is not None and carrier.operator == "china_telecom"


def test_ranges_are_checked(world: World) -> None:
    text = """prefix,operator,number_class,province,city,valid_from,valid_until
1700000,Unicom,mvno,四川,成都,2025-01-01,
+86170,Unicom,,,,,
1700001,Unicom,spaceship,,,,
1700002,Unicom,,,,2026-01-01,2025-01-01
1700003,Unicom,,,,yesterday,
1700004,Unicom,,,,99999999999999999999999,
1700005,Unicom,,,,²²²²²²²²²²²,
"""
    job = handed_in(world, "allocation", text)
    assert counts(job) == ("done", 1, 6, 0)
    assert [reject["column"] for reject in uploads.read_rejects(job.ref)] == [
        "prefix",
        "number_class",
        "valid_until",
        "valid_from",
        "valid_from",
        "valid_from",
    ]
    assert [allocation.prefix for allocation in load_allocated_ranges(NOW)] == ["1700000"]


@pytest.mark.parametrize("name", ["portability.csv", "portability.parquet"])
def test_a_table_kept_by_hand_is_not_written_over(world: World, home: Path, name: str) -> None:
    (home / "tables").mkdir(exist_ok=True)
    if name.endswith("csv"):
        (home / "tables" / name).write_text("number,operator\n+8617000001234,Mobile\n", "utf-8")
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"number": ["+8617000001234"], "operator": ["Mobile"]}), home / "tables" / name)
    job = handed_in(world, "portability", PORTED)
    assert job.state == "failed" and "by hand" in job.problem_en

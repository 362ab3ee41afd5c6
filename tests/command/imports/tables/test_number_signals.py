"""A carrier's file of signals is what banks are answered from."""

from pathlib import Path

import pytest
from tests.command.imports.factories import counts, handed_in
from tests.command.people import World

from fanzha.base.clock import moment_ms
from fanzha.command.imports import uploads
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import submit_file
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal
from fanzha.store.number_signals import SignalStore

SIGNALS = """手机号,卡启用时间,换卡时间,holder_from,呼转,contract,机卡绑定,withheld
17000001234,2024-01-01,2026-03-01T08:00:00+08:00,2023-05-01,无条件转移；no_answer,预付费,已绑定,
+8617000001235,,,,inactive,,,yes
+8617000001236,1970-01-01,,,,,,
"""


@pytest.fixture(autouse=True)
def _own_range(world: World, home: Path) -> None:
    """Let the numbers of the plan that these files have be the carrier's own."""
    (home / "fanzha.toml").write_text(f'[reports.owners]\nchina_telecom = "{world["carrier"].ref}"\n', "utf-8")


def table(home: Path, name: str, text: str) -> None:
    (home / "tables").mkdir(exist_ok=True)
    (home / "tables" / f"{name}.csv").write_text(text, "utf-8")


def reasons(world: World, text: str, *, name: str = "carrier") -> list[str]:
    """Why rows were rejected; the same file is read again, as another one."""
    text += "\n" * len(ImportJob._base_manager.filter(owner=world[name]))
    job = handed_in(world, "number_signals", text, name=name)
    return [str(reject["reason"]) for reject in uploads.read_rejects(job.ref)]


def test_numbers_of_another_operator_are_rejected_with_the_reason(world: World, home: Path) -> None:
    text = "number,holder_from\n17000001234,2026-11-01\n13800001234,2026-11-01\n"
    (nameless,) = reasons(world, text)
    assert nameless.startswith("it is not known who runs this number")
    first, second = reasons(world, text, name="other_carrier")
    assert "run by Example carrier (numbering plan" in first and second == nameless
    assert SignalStore().find([world["other_carrier"].ref], "+8617000001234") is None
    table(home, "portability", f"number,operator\n+8617000001234,{world['other_carrier'].ref}\n")
    ported = "number\n17000001234\n17000001235\n"
    assert reasons(world, ported) == [
        "this number is run by Example other_carrier (table of ported numbers), not by you"
    ]
    assert len(reasons(world, ported, name="other_carrier")) == 1


def test_an_mvno_and_its_network_speak_for_the_ranges_of_mvnos(world: World, home: Path) -> None:
    text = "number\n17000001234\n"
    assert reasons(world, text, name="mvno") == [], "the plan leaves the range to MVNOs of that network"
    table(home, "allocation", f"prefix,operator,number_class\n1700000,{world['mvno'].ref},mvno\n")
    assert [reasons(world, text, name=name) for name in ("mvno", "carrier")] == [[], []]
    assert "Example mvno" in reasons(world, text, name="other_mvno")[0]
    world["other_mvno"].host = world["other_carrier"]
    world["other_mvno"].save()
    (home / "tables" / "allocation.csv").unlink()
    assert "Example carrier" in reasons(world, text, name="other_mvno")[0]


def test_where_only_one_operator_takes_part_the_plan_may_leave_open_whose_a_number_is(world: World, home: Path) -> None:
    (home / "fanzha.toml").unlink()
    text = "number\n17000001234\n"
    assert len(reasons(world, text)) == 1
    type(world["carrier"]).objects.filter(kind__in=("carrier", "mvno")).exclude(pk=world["carrier"].pk).update(
        is_active=False
    )
    assert reasons(world, text) == []


def test_a_number_is_found_as_it_was_handed_in(world: World) -> None:
    assert counts(handed_in(world, "number_signals", SIGNALS)) == ("done", 3, 0, 0)
    store, owner = SignalStore(), world["carrier"].ref
    found = store.find([owner], "+8617000001234")
    assert found is not None and found[1].latest_sim_change == moment_ms("2026-03-01T00:00:00Z")
    assert found[1].holder_from == moment_ms("2023-05-01") and found[1].contract == "prepaid"
    assert found[1].forwarding == ("unconditional", "no_answer") and found[1].imei_binding == "bound"
    other, old = store.find([owner], "+8617000001235"), store.find([owner], "+8617000001236")
    assert other is not None and other[1].withheld and other[1].forwarding == () and not other[1].latest_sim_change
    assert old is not None and old[1].sim_activated_at == moment_ms("1990-01-01") and old[1].forwarding is None


def test_rows_that_cannot_be_are_rejected(world: World) -> None:
    text = """number,sim_changed_at,forwarding,contract
abc,,,
95588,,,
17000001234,yesterday,,
17000001235,99999999999999,,
17000001236,,sideways,
17000001237,,,barter
17000001238,,,
"""
    job = handed_in(world, "number_signals", text)
    assert counts(job) == ("done", 1, 6, 0)
    columns = [reject["column"] for reject in uploads.read_rejects(job.ref)]
    assert columns == ["number", "number", "sim_changed_at", "sim_changed_at", "forwarding", "contract"]


def test_only_operators_hand_it_in(world: World) -> None:
    with pytest.raises(Refusal):
        submit_file(world["bank"], "number_signals", "a.csv", [b"number\n"], world.person("bank", Role.CLERK))


def test_a_file_that_loses_most_numbers_is_refused(world: World) -> None:
    handed_in(world, "number_signals", SIGNALS)
    job = handed_in(world, "number_signals", "number\n17000001234\nabc\ndef\n")
    assert job.state == "failed" and "present table has 3" in job.problem_en
    assert SignalStore().find([world["carrier"].ref], "+8617000001235") is not None

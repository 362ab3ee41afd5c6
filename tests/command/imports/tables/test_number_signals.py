"""A carrier's file of signals is what banks are answered from."""

import pytest
from tests.command.imports.factories import counts, handed_in
from tests.command.people import World

from fanzha.base.clock import moment_ms
from fanzha.command.imports import uploads
from fanzha.command.imports.services import submit_file
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal
from fanzha.store.number_signals import SignalStore

SIGNALS = """手机号,卡启用时间,换卡时间,holder_from,呼转,contract,机卡绑定,withheld
17000001234,2024-01-01,2026-03-01T08:00:00+08:00,2023-05-01,无条件转移；no_answer,预付费,已绑定,
+8617000001235,,,,inactive,,,yes
+8617000001236,1970-01-01,,,,,,
"""


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

"""A screener answers every call: what fails, hangs or is switched off is said, and the trunk's way out is taken."""

import asyncio
import json
import threading
from pathlib import Path

from tests.claims.snapshots import AT, base
from tests.screen.test_warning_queue import until

from fanzha.claims.snapshot import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen import reasons
from fanzha.screen.attempt import Attempt
from fanzha.screen.decider import Decider, Read
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import Log, Writer
from fanzha.screen.mapped_snapshot import Mapped
from fanzha.screen.roaming import Register, Roaming
from fanzha.screen.screener import Screener
from fanzha.screen.settings import Acting, Settings, Trunk
from fanzha.store.switches import Switch, Switches, SwitchTarget

ROAMER = Attempt(AT, "c-1", "+8617000000101", "+8617000000900", "IGW-1")
BAD = Attempt(AT, "c-2", "+8617000000001", "+8617000000900", "MSC-1")
SETTINGS = Settings(
    trunks={
        "IGW-1": Trunk(ingress="international_gateway", acts=Acting.REFUSE),
        "MSC-1": Trunk(ingress="mobile", proves=True, acts=Acting.REFUSE),
        "SMS": Trunk(ingress="international_gateway", acts=Acting.REFUSE, warn=("flash_sms", "text")),
        "SHADOW": Trunk(ingress="international_gateway", acts=Acting.SHADOW, warn=("flash_sms", "text")),
        "OFF": Trunk(ingress="mobile", acts=Acting.OFF),
        "CLOSED": Trunk(ingress="international_gateway", acts=Acting.REFUSE, fail="closed"),
    }
)


class Fails(Decider):
    """A decider that meets a fault of its own."""

    def decide(self, call: Read, *rest: object) -> Decision:
        raise ZeroDivisionError("a fault")


class Hangs:
    """A register that answers when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def ask(self, number: str) -> str:
        self.gate.wait(30)
        return "disproven"


def screener(
    folder: Path, decider: Decider | None = None, register: Register | None = None, wait_ms: int = 30
) -> tuple[Screener, Log]:
    made = decider or Decider(EmergencyCalls())
    made.snapshot = Mapped(base({("phone_number", "+8617000000001"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)}))
    log = Log(Writer(folder, waiting=1_000, days=1))
    roaming = Roaming(register, wait_ms=wait_ms, keep_ms=60_000, remembered=100)
    return Screener(SETTINGS, made, roaming, log, b"k" * 32), log


def answer(made: Screener, attempt: Attempt) -> Decision:
    decision = made.call(attempt)
    assert decision is not None
    return decision


def test_the_trunk_says_where_a_call_comes_in_and_what_is_proven(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    assert answer(made, BAD).treatment is Treatment.REFUSE
    assert answer(made, ROAMER).reasons[0] == "mobile_unproven"
    assert answer(made, BAD._replace(trunk="never heard of")).treatment is Treatment.ALLOW
    log.close(AT)


def test_every_answer_is_logged_with_attempt_reasons_and_microseconds(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    decision = answer(made, BAD)
    log.close(AT)
    sequence, at, what, (attempt, told, microseconds) = json.loads(next(tmp_path.glob("*.jsonl")).read_text())
    assert (sequence, at, what) == (1, AT, "call")
    assert attempt[:5] == list(BAD[:5]) and attempt[5] == "mobile"
    assert told[:2] == ["refuse", list(decision.reasons)]
    assert 0 <= microseconds < 5_000_000


def test_a_fault_of_ours_lets_the_call_go_the_trunks_way(tmp_path: Path) -> None:
    made, log = screener(tmp_path, Fails(EmergencyCalls()))
    passed = answer(made, BAD)
    assert (passed.treatment, passed.reasons, passed.screened) == (Treatment.ALLOW, (reasons.FAILED,), False)
    closed = answer(made, BAD._replace(trunk="CLOSED"))
    assert (closed.treatment, closed.screened) == (Treatment.REFUSE, False)
    assert made.failures == 2 and "a fault" in made.failed_with
    log.close(AT)


def test_kill_switches_let_calls_pass_and_windows_go_on_counting(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    by = {"by": "duty officer", "why": "false refusals", "at": AT}
    made.switch(Switches((Switch(what=SwitchTarget.TRUNK, name="MSC-1", **by),)))  # type: ignore[arg-type]
    assert answer(made, BAD).reasons == (reasons.KILLED,)
    assert answer(made, ROAMER._replace(caller="95588")).treatment is Treatment.REFUSE
    made.switch(Switches((Switch(what=SwitchTarget.ALL, **by),)))  # type: ignore[arg-type]
    assert not answer(made, ROAMER._replace(caller="95588")).screened
    made.call(BAD._replace(caller=ROAMER.callee, callee="120"))
    made.switch(Switches())
    assert answer(made, ROAMER._replace(caller="95588")).reasons == (reasons.EMERGENCY_CALL_BACK,)
    log.close(AT)


def test_a_trunk_that_is_off_is_counted_as_not_screened(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    decision = answer(made, BAD._replace(trunk="OFF"))
    assert (decision.treatment, decision.screened) == (Treatment.ALLOW, False)
    log.close(AT)


def test_overloaded_a_call_goes_the_trunks_way_and_is_logged(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    assert made.unscreened(BAD, reasons.OVERLOADED).treatment is Treatment.ALLOW
    assert made.unscreened(BAD._replace(trunk="CLOSED"), reasons.OVERLOADED).treatment is Treatment.REFUSE
    log.close(AT)
    assert len(next(tmp_path.glob("*.jsonl")).read_text().splitlines()) == 2


def test_a_register_is_waited_for_within_its_limit(tmp_path: Path) -> None:
    register = Hangs()
    made, log = screener(tmp_path, register=register, wait_ms=10_000)

    async def calls() -> None:
        told: list[Decision] = []
        assert made.call(ROAMER, told.append) is None
        register.gate.set()
        await until(lambda: bool(told))
        assert [one.treatment for one in told] == [Treatment.REFUSE]
        assert answer(made, ROAMER).treatment is Treatment.REFUSE  # remembered

    asyncio.run(calls())
    log.close(AT)


def test_a_register_that_hangs_leaves_the_roamer_unproven(tmp_path: Path) -> None:
    register = Hangs()
    made, log = screener(tmp_path, register=register)

    async def calls() -> None:
        told: list[Decision] = []
        assert made.call(ROAMER, told.append) is None
        await until(lambda: bool(told))
        assert [one.treatment for one in told] == [Treatment.LABEL]
        assert answer(made, ROAMER).treatment is Treatment.LABEL  # who cannot wait is not made to
        register.gate.set()

    asyncio.run(calls())
    log.close(AT)


def test_people_are_warned_of_calls_that_go_on_labelled_and_of_no_others(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    warned = list[tuple[str, tuple[str, ...]]]()
    helped = "+8617000000700"
    answer(made, Attempt(AT, "c-0", helped, "120", "MSC-1"))
    assert answer(made, ROAMER._replace(trunk="SMS")).treatment is Treatment.LABEL  # nobody leads yet
    made.warn = lambda call, decision, channels: warned.append((call.attempt.call_id, channels))
    for name, attempt, treatment in (
        ("labelled", ROAMER, Treatment.LABEL),
        ("refused", ROAMER._replace(caller="95588"), Treatment.REFUSE),
        ("emergency", ROAMER._replace(callee="110"), Treatment.ALLOW),
        ("call back", ROAMER._replace(callee=helped), Treatment.ALLOW),
    ):
        assert answer(made, attempt._replace(call_id=name, trunk="SMS")).treatment is treatment
    answer(made, ROAMER._replace(call_id="no text", trunk="IGW-1"))
    answer(made, ROAMER._replace(call_id="shadow", trunk="SHADOW"))
    assert warned == [("labelled", ("flash_sms", "text"))]
    log.close(AT)


def test_a_trunk_without_the_display_name_shows_no_label(tmp_path: Path) -> None:
    made, log = screener(tmp_path)
    assert answer(made, ROAMER).shown
    assert not answer(made, ROAMER._replace(trunk="SMS")).shown
    log.close(AT)


def test_a_call_for_help_passes_even_where_what_is_not_screened_is_refused(tmp_path: Path) -> None:
    made, log = screener(tmp_path, Fails(EmergencyCalls()))
    help_ = ROAMER._replace(trunk="CLOSED", callee="110")
    assert made.unscreened(help_, reasons.OVERLOADED).treatment is Treatment.ALLOW
    assert answer(made, help_).treatment is Treatment.ALLOW
    made.switch(Switches((Switch(what=SwitchTarget.ALL, by="duty officer", why="test", at=AT),)))
    assert made.unscreened(BAD._replace(trunk="CLOSED"), reasons.OVERLOADED).treatment is Treatment.ALLOW
    log.close(AT)

"""Who is warned of what: once, on a phone that is his, and never because of a call that nobody may touch."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs
from tests.claims.snapshots import AT
from tests.findings import finding
from tests.screen.test_warning_queue import until
from tests.warn.notices import GATEWAY

from fanzha.claims.finding import Finding, Mode
from fanzha.claims.treatment import Treatment
from fanzha.screen import reasons, warning_queue
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_warner import CallWarner
from fanzha.screen.decider import Decider, ParsedCall
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.settings import WarnSettings
from fanzha.screen.warning_history import WarningHistory
from fanzha.warn import Request

FLASH = ("flash_sms",)
ABROAD = Decision(Treatment.LABEL, (reasons.FROM_ABROAD,), country="US")
COSTS = Decision(Treatment.LABEL, (reasons.CALLEE_COSTS,))
VICTIM = finding(
    subject_kind="phone_number",
    subject="+8617000000900",
    fraud_type="victim_at_risk",
    mode=Mode.LIVE,
    public_zh="请留意",
    public_en="Take care",
)


class Desk:
    """Warnings with a gateway that answers as told; what came of them."""

    def __init__(self, folder: Path, status: int = 202, **table: object) -> None:
        self.folder, self.status = folder, status
        self.sent, self.ends, self.warned = list[Request](), Counter[tuple[str, str]](), WarningHistory()
        self.log = EventLog(LogWriter(folder, waiting=1_000, days=1))
        self._table = WarnSettings(most_a_second=10_000, **table)  # type: ignore[arg-type]

    def post(self, request: Request) -> int:
        self.sent.append(request)
        return self.status

    def count(self, channel: str, end: str) -> None:
        self.ends[channel, end] += 1

    def run(self, *steps: Callable[[CallWarner], None]) -> None:
        """Take the steps, each when what the one before led to has ended."""

        async def whole() -> None:
            warner = CallWarner(self._table, GATEWAY, self.warned, self.log, self.count, self.post)
            running = asyncio.create_task(warner.run())
            for step in steps:
                step(warner)
                await until(lambda: len(self.sent) <= sum(n for (_, end), n in self.ends.items() if end in ENDS))
                await asyncio.sleep(0.05)
            running.cancel()

        asyncio.run(whole())
        self.log.close(AT)

    def logged(self) -> list[list[str]]:
        """Return what the log says of warnings."""
        return [json.loads(line)[3] for path in self.folder.glob("*.jsonl") for line in path.read_text().splitlines()]

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return whom the gateway was to tell what."""
        return [(request.headers["X-Kannel-To"], request.body.decode().split("\n")[0]) for request in self.sent]


ENDS = (warning_queue.SENT, warning_queue.REFUSED, warning_queue.FAILED)


def read(
    callee: str = "+8617000000900", caller: str = "+12025550171", *, own: bool = False, at: int = AT
) -> ParsedCall:
    attempt = CallAttempt(at, "c-1", caller, callee, "IGW-1", "", own)
    return Decider(EmergencyCalls()).read(attempt)


def warns(decision: Decision, call: ParsedCall, channels: tuple[str, ...] = FLASH) -> Callable[[CallWarner], None]:
    return lambda warner: warner.warn_call(call, decision, channels)


def test_who_is_called_from_abroad_is_told_the_country_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(ABROAD, read()))
    assert desk.told == [("+8617000000900", "境外来电：美国")]
    assert desk.ends == {("flash_sms", "sent"): 1}
    ((call_id, recipient, channel, mark, end),) = desk.logged()
    assert (call_id, recipient, channel, end) == ("c-1", "callee", "flash_sms", "sent")
    assert desk.warned.save() == {mark: AT}


@pytest.mark.parametrize(
    ("reason", "says"), [(reasons.CALLEE_COSTS, "境外高额资费号码"), (reasons.CALLEE_SUSPECTED, "涉嫌诈骗")]
)
def test_who_calls_back_is_warned_of_the_number_and_the_number_is_told_nothing(
    tmp_path: Path, reason: str, says: str
) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(Decision(Treatment.LABEL, (reason,)), read("+8617000000901", "+8617000000007", own=True)))
    ((to, text),) = desk.told
    assert to == "+8617000000007" and says in text


def test_a_caller_whom_nobody_has_proven_may_be_somebody_else_and_is_not_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(COSTS, read("+88213000001", "+8617000000007")))
    assert (desk.told, desk.ends) == ([], {("flash_sms", "no_handset"): 1})


@pytest.mark.parametrize("callee", ["01088888888", "+442079460000", "95588", "anonymous"])
def test_what_is_no_handset_of_ours_gets_no_text(tmp_path: Path, callee: str) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(ABROAD, read(callee)))
    assert (desk.told, desk.ends) == ([], {("flash_sms", "no_handset"): 1})


def test_the_same_is_said_once_in_a_while_and_something_else_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, again_after_seconds=60)
    later = AT + 60_000
    desk.run(
        warns(ABROAD, read()),
        warns(ABROAD, read(at=later - 1)),
        warns(ABROAD._replace(country="GB"), read(at=later - 1)),
        warns(ABROAD, read(at=later)),
    )
    assert [text for _, text in desk.told] == ["境外来电：美国", "境外来电：英国", "境外来电：美国"]
    assert desk.ends == {("flash_sms", "sent"): 3, ("flash_sms", "again"): 1}


def test_each_channel_tells_and_is_counted_by_itself(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(ABROAD, read(), ("flash_sms", "text")))
    assert ["X-Kannel-MClass" in request.headers for request in desk.sent] == [True, False]
    assert desk.ends == {("flash_sms", "sent"): 1, ("text", "sent"): 1}


def test_what_the_gateway_refused_is_logged_and_tried_at_the_next_call(tmp_path: Path) -> None:
    desk = Desk(tmp_path, status=403)
    desk.run(warns(ABROAD, read()), warns(ABROAD, read()))
    assert desk.ends == {("flash_sms", "refused"): 2}
    assert [line[4] for line in desk.logged()] == ["refused", "refused"]
    assert GATEWAY.password not in str(desk.logged())


def test_when_too_many_wait_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning_queue, "QUEUE_SIZE", 3)
    desk = Desk(tmp_path)

    def all_at_once(warner: CallWarner) -> None:
        for n in range(10):
            warner.warn_call(read(f"+86170000009{n:02}"), ABROAD, FLASH)

    desk.run(all_at_once)
    assert desk.ends == {("flash_sms", "sent"): 3, ("flash_sms", "full"): 7}


@pytest.mark.parametrize("treatment", [Treatment.ALLOW, Treatment.REFUSE])
def test_calls_that_pass_or_are_refused_warn_nobody(tmp_path: Path, treatment: Treatment) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(ABROAD._replace(treatment=treatment), read()))
    assert (desk.told, desk.ends) == ([], {})


def test_a_fault_of_ours_is_counted_and_not_raised(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run(warns(ABROAD, read(), ("no such channel",)))
    assert desk.ends == {("no such channel", "failed"): 1}


@pytest.mark.parametrize(
    ("finding_", "victims", "messages"),
    [
        (VICTIM, True, [("+8617000000900", "请留意")]),
        (VICTIM, False, []),
        (structs.replace(VICTIM, mode=Mode.SHADOW), True, []),
        (structs.replace(VICTIM, simulated=True), True, []),
        (structs.replace(VICTIM, fraud_type="wangiri"), True, []),
        (structs.replace(VICTIM, subject_kind="trunk"), True, []),
    ],
)
def test_victims_are_told_only_if_the_settings_say_so(
    tmp_path: Path, finding_: Finding, victims: bool, messages: list[tuple[str, str]]
) -> None:
    desk = Desk(tmp_path, victims=victims)
    desk.run(lambda warner: warner.warn_victim(finding_))
    assert desk.told == messages
    assert all("X-Kannel-MClass" not in request.headers for request in desk.sent)

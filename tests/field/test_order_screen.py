"""A number that is ordered refused is refused by a running screen within five seconds, and passes as soon after it."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from tests.field.screens import Caller, Screen, treatment, until
from tests.free_ports import free_port

from fanzha.base.words import Words
from fanzha.claims.evidence import evidence_from_opinion
from fanzha.claims.fusion import fuse
from fanzha.claims.opinion import Opinion
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot import Approval
from fanzha.dispose import (
    Action,
    ChannelEndpoint,
    Dispatch,
    DisposalChannel,
    Instruction,
    ProofOutcome,
    Target,
    all_channels,
    parse_lookup,
    prove_in_force,
    prove_withdrawn,
)
from fanzha.store.decisions import DecisionLog
from fanzha.store.snapshot_publisher import SubjectState, publish_verdicts
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings

pytestmark = [pytest.mark.field, pytest.mark.timed]

ORDERED, LIMITED, CALLEE = "+8617000000001", "+8617000000002", "+8617000000900"
ACTS_WITHIN_SECONDS = 5.0
DAY_MS = 86_400_000
SETTINGS = VerdictSettings(policy=Policy(organization="a made-up centre"))
WRONG = Words("核查有误", "found wrong")


class Site(NamedTuple):
    """A screen that runs, where it is asked, and a key for it."""

    screen: Screen
    caller: Caller
    address: str
    key: str

    def sees(self, number: str) -> list[object]:
        """Return what the screen answers over HTTP of a number, as the plane asks to prove an order."""
        body = json.dumps({"values": [number]}).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/v1/lookup/phone_number", body, headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return [*parse_lookup(answer.read())]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, sip, http = tmp_path_factory.mktemp("site"), free_port(), free_port()
    settings = f"""
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
[http]
port = {http}
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
"""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FANZHA_HOME", str(folder / "home"))
        publish_verdicts(SnapshotStore(), [], SETTINGS, at=now())
        with Screen(folder, settings) as screen:
            screen.wait_for_standby()
            key = screen.ask("screen", "key", "add", "prover", "--scope", "lookup", "--by", "a field test").strip()
            caller = Caller(sip)
            yield Site(screen, caller, f"http://127.0.0.1:{http}", key.splitlines()[-1])
            caller.close()


def now() -> int:
    return time.time_ns() // 1_000_000


def order(action: Action, number: str) -> Instruction:
    """Return a leg of an order that two persons approved."""
    return Instruction(
        order="order",
        leg=f"order-{now()}/carrier",
        action=action,
        targets=(Target("phone_number", number),),
        issuer="a made-up centre",
        receiver="a made-up carrier",
        basis=("ATF13", "ATF32"),
        reason=Words("经核查", "checked"),
        approved_by=("person-1", "person-2"),
        given_at=now() - 1,
        until=now() + DAY_MS,
    )


def carry_out(dispatch: Dispatch, instruction: Instruction) -> None:
    """Do what the command plane does with the decisions of a dispatch: keep, fuse, publish."""
    kept = DecisionLog()
    kept.add(dispatch.decisions, at=now())
    kept.withdraw(dispatch.withdrawn, at=now())
    verdicts = [*fuse(map(evidence_from_opinion, kept.read_active().values()), now(), SETTINGS.policy)]
    said = [
        SubjectState(one.kind, one.value, [each for each in verdicts if each.subject == one.value])
        for one in instruction.targets
    ]
    word = Approval(", ".join(instruction.approved_by), instruction.order, now())
    publish_verdicts(SnapshotStore(), said, SETTINGS, at=now(), approval=word)


def seconds_until(reached: Callable[[], bool]) -> float:
    begun = time.monotonic()
    until(reached, ACTS_WITHIN_SECONDS)
    return time.monotonic() - begun


def decision(channel: DisposalChannel, instruction: Instruction) -> Opinion:
    (one,) = channel.instruct(instruction, ChannelEndpoint(), now()).decisions.values()
    return one


def test_an_order_is_refused_and_its_roll_back_passes_within_five_seconds(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    channel, instruction = all_channels()["number_treatment"], order(Action.REFUSE, ORDERED)
    assert treatment(site.caller.call(ORDERED, "MSC-1")) == "allow"
    carry_out(channel.instruct(instruction, ChannelEndpoint(), now()), instruction)
    acted = seconds_until(lambda: treatment(site.caller.call(ORDERED, "MSC-1")) == "603")
    (entry,) = site.sees(ORDERED)
    assert prove_in_force(decision(channel, instruction), entry, now()).outcome is ProofOutcome.YES  # type: ignore[arg-type]

    carry_out(channel.undo(instruction, WRONG, ChannelEndpoint(), now()), instruction)
    restored = seconds_until(lambda: treatment(site.caller.call(ORDERED, "MSC-1")) == "allow")
    (entry,) = site.sees(ORDERED)
    assert prove_withdrawn(decision(channel, instruction), entry, now()).outcome is ProofOutcome.YES  # type: ignore[arg-type]
    record_property("refused_after_seconds", round(acted, 3))
    record_property("restored_after_seconds", round(restored, 3))
    print(f"refused after {acted:.3f} s, restored after {restored:.3f} s")


def test_a_limited_number_is_called_and_reaches_help(site: Site) -> None:
    channel, instruction = all_channels()["number_limit"], order(Action.LIMIT_OUTGOING, LIMITED)
    carry_out(channel.instruct(instruction, ChannelEndpoint(), now()), instruction)
    seconds_until(lambda: treatment(site.caller.call(LIMITED, "MSC-1")) == "603")
    for callee in ("96110", "10086", "110"):
        assert treatment(site.caller.call(LIMITED, "MSC-1", callee)) == "allow"
    assert treatment(site.caller.call(CALLEE, "MSC-1", LIMITED)) == "allow"


def test_orders_by_the_hundred_are_followed_and_a_base_from_files_loses_none(site: Site) -> None:
    channel = all_channels()["number_treatment"]
    numbers = [f"+8617000001{place:03}" for place in range(150)]
    for number in numbers:
        instruction = order(Action.REFUSE, number)
        carry_out(channel.instruct(instruction, ChannelEndpoint(), now()), instruction)
    until(lambda: treatment(site.caller.call(numbers[-1], "MSC-1")) == "603", ACTS_WITHIN_SECONDS)
    site.screen.ask("snapshot", "build")
    time.sleep(1)
    assert {treatment(site.caller.call(number, "MSC-1")) for number in numbers[::10]} == {"603"}

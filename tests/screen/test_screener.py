"""A screener answers every call: what fails, hangs or is switched off is said, and the trunk's way out is taken."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.claims.snapshots import AT, base
from tests.screen.stir.signers import NOW_MS, ORIGID, URL, VerifiedChains, made_signer, sign
from tests.screen.test_warning_queue import until

from fanzha.claims.snapshot import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen import reasons
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider, ParsedCall
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.registrations import Registration, Registrations
from fanzha.screen.roaming import RoamingLookup, SubscriberRegister
from fanzha.screen.screener import Screener
from fanzha.screen.settings import EnforcementStep, ScreenSettings, StirSettings, TrunkSettings
from fanzha.screen.stir.result import Verification, Verstat, unsuccessful
from fanzha.screen.stir.verifier import CallVerifier
from fanzha.store.switches import Switch, Switches, SwitchStep, SwitchTarget

ROAMER = CallAttempt(AT, "c-1", "+8617000000101", "+8617000000900", "IGW-1")
BAD = CallAttempt(AT, "c-2", "+8617000000001", "+8617000000900", "MSC-1")
SETTINGS = ScreenSettings(
    trunks={
        "IGW-1": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE),
        "MSC-1": TrunkSettings(ingress="mobile", proves=True, acts=EnforcementStep.REFUSE),
        "SMS": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE, warn=("flash_sms", "text")),
        "SHADOW": TrunkSettings(
            ingress="international_gateway", acts=EnforcementStep.SHADOW, warn=("flash_sms", "text")
        ),
        "OFF": TrunkSettings(ingress="mobile", acts=EnforcementStep.OFF),
        "CLOSED": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE, fail="closed"),
        "VERIFIED": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE, verifies=True),
    }
)


class Fails(Decider):
    """A decider that meets a fault of its own."""

    def decide(self, call: ParsedCall, *others: object) -> Decision:
        raise ZeroDivisionError("a fault")


class Hangs:
    """A register that answers when it is let."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def ask(self, number: str) -> str:
        self.gate.wait(30)
        return "disproven"


def make_screener(
    folder: Path, decider: Decider | None = None, register: SubscriberRegister | None = None, wait_ms: int = 30
) -> tuple[Screener, EventLog]:
    screener = decider or Decider(EmergencyCalls())
    screener.snapshot = MappedSnapshot(
        base({("phone_number", "+8617000000001"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)})
    )
    log = EventLog(LogWriter(folder, waiting=1_000, days=1))
    roaming = RoamingLookup(register, wait_ms=wait_ms, keep_ms=60_000, remembered=100)
    return Screener(SETTINGS, screener, roaming, log, b"k" * 32), log


def answer(screener: Screener, attempt: CallAttempt) -> Decision:
    decision = screener.call(attempt)
    assert decision is not None
    return decision


def test_the_trunk_says_where_a_call_comes_in_and_what_is_proven(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    assert answer(screener, BAD).treatment is Treatment.REFUSE
    assert answer(screener, ROAMER).reasons[0] == "mobile_unproven"
    assert answer(screener, BAD._replace(trunk="never heard of")).treatment is Treatment.ALLOW
    log.close(AT)


def test_every_answer_is_logged_with_attempt_reasons_and_microseconds(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    decision = answer(screener, BAD)
    log.close(AT)
    sequence, at, what, (attempt, decisions, microseconds) = json.loads(next(tmp_path.glob("*.jsonl")).read_text())
    assert (sequence, at, what) == (1, AT, "call")
    assert attempt[:5] == list(BAD[:5]) and attempt[5] == "mobile"
    assert decisions[:2] == ["refuse", list(decision.reasons)]
    assert 0 <= microseconds < 5_000_000


def test_a_fault_of_ours_lets_the_call_go_the_trunks_way(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path, Fails(EmergencyCalls()))
    passed = answer(screener, BAD)
    assert (passed.treatment, passed.reasons, passed.screened) == (Treatment.ALLOW, (reasons.FAILED,), False)
    closed = answer(screener, BAD._replace(trunk="CLOSED"))
    assert (closed.treatment, closed.screened) == (Treatment.REFUSE, False)
    assert screener.failures == 2 and "a fault" in screener.last_failure
    log.close(AT)


def test_kill_switches_let_calls_pass_and_windows_go_on_counting(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    by = {"by": "duty officer", "why": "false refusals", "at": AT}
    screener.switch(Switches((Switch(what=SwitchTarget.TRUNK, name="MSC-1", **by),)))  # type: ignore[arg-type]
    assert answer(screener, BAD).reasons == (reasons.KILLED,)
    assert answer(screener, ROAMER._replace(caller="95588")).treatment is Treatment.REFUSE
    screener.switch(Switches((Switch(what=SwitchTarget.ALL, **by),)))  # type: ignore[arg-type]
    assert not answer(screener, ROAMER._replace(caller="95588")).screened
    screener.call(BAD._replace(caller=ROAMER.callee, callee="120"))
    screener.switch(Switches())
    centre = ROAMER._replace(caller="120", trunk="MSC-1", attestation="A")
    assert answer(screener, centre).reasons == (reasons.EMERGENCY_CALL_BACK,)
    log.close(AT)


def test_a_trunk_that_is_off_is_counted_as_not_screened(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    decision = answer(screener, BAD._replace(trunk="OFF"))
    assert (decision.treatment, decision.screened) == (Treatment.ALLOW, False)
    log.close(AT)


def test_overloaded_a_call_goes_the_trunks_way_and_is_logged(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    good = BAD._replace(caller="+8617000000002")
    assert screener.unscreened(good, reasons.OVERLOADED) == Decision(
        Treatment.ALLOW, (reasons.OVERLOADED,), screened=False
    )
    assert screener.unscreened(good._replace(trunk="CLOSED"), reasons.OVERLOADED).treatment is Treatment.REFUSE
    log.close(AT)
    assert len(next(tmp_path.glob("*.jsonl")).read_text().splitlines()) == 2


def test_overloaded_lists_and_guard_still_refuse_as_far_as_the_trunk_acts(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    refused = screener.unscreened(BAD, reasons.OVERLOADED)
    assert (refused.treatment, refused.reasons) == (Treatment.REFUSE, (reasons.SUSPECTED, reasons.OVERLOADED))
    guarded = screener.unscreened(ROAMER._replace(caller="95588"), reasons.OVERLOADED)
    assert (guarded.treatment, guarded.reasons[-1]) == (Treatment.REFUSE, reasons.OVERLOADED)
    assert not screener.unscreened(BAD._replace(callee="110"), reasons.OVERLOADED).screened
    assert not screener.unscreened(BAD._replace(trunk="OFF"), reasons.OVERLOADED).screened
    assert not screener.unscreened(BAD, reasons.LATE).screened
    by = {"by": "duty officer", "why": "false refusals", "at": AT}
    screener.switch(Switches((Switch(what=SwitchTarget.ALL, **by),)))  # type: ignore[arg-type]
    assert not screener.unscreened(BAD, reasons.OVERLOADED).screened
    log.close(AT)


def test_a_register_is_waited_for_within_its_limit(tmp_path: Path) -> None:
    register = Hangs()
    screener, log = make_screener(tmp_path, register=register, wait_ms=10_000)

    async def calls() -> None:
        decisions: list[Decision] = []
        assert screener.call(ROAMER, decisions.append) is None
        register.gate.set()
        await until(lambda: bool(decisions))
        assert [item.treatment for item in decisions] == [Treatment.REFUSE]
        assert answer(screener, ROAMER).treatment is Treatment.REFUSE  # remembered

    asyncio.run(calls())
    log.close(AT)


def test_a_register_that_hangs_leaves_the_roamer_unproven(tmp_path: Path) -> None:
    register = Hangs()
    screener, log = make_screener(tmp_path, register=register)

    async def calls() -> None:
        decisions: list[Decision] = []
        assert screener.call(ROAMER, decisions.append) is None
        await until(lambda: bool(decisions))
        assert [item.treatment for item in decisions] == [Treatment.LABEL]
        assert answer(screener, ROAMER).treatment is Treatment.LABEL  # who cannot wait is not made to
        register.gate.set()

    asyncio.run(calls())
    log.close(AT)


def test_people_are_warned_of_calls_that_go_on_labelled_and_of_no_others(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    warned = list[tuple[str, tuple[str, ...]]]()
    helped = "+8617000000700"
    answer(screener, CallAttempt(AT, "c-0", helped, "120", "MSC-1"))
    assert answer(screener, ROAMER._replace(trunk="SMS")).treatment is Treatment.LABEL  # nobody leads yet
    screener.warn = lambda call, decision, channels: warned.append((call.attempt.call_id, channels))
    for name, attempt, treatment in (
        ("labelled", ROAMER, Treatment.LABEL),
        ("refused", ROAMER._replace(caller="95588"), Treatment.REFUSE),
        ("emergency", ROAMER._replace(callee="110"), Treatment.ALLOW),
        ("call back", ROAMER._replace(caller="120", callee=helped, trunk="MSC-1", attestation="A"), Treatment.ALLOW),
    ):
        trunk = attempt.trunk if name == "call back" else "SMS"
        assert answer(screener, attempt._replace(call_id=name, trunk=trunk)).treatment is treatment
    answer(screener, ROAMER._replace(call_id="no text", trunk="IGW-1"))
    answer(screener, ROAMER._replace(call_id="shadow", trunk="SHADOW"))
    assert warned == [("labelled", ("flash_sms", "text"))]
    log.close(AT)


def test_a_trunk_without_the_display_name_shows_no_label(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    assert answer(screener, ROAMER).label_shown
    assert not answer(screener, ROAMER._replace(trunk="SMS")).label_shown
    log.close(AT)


def test_a_call_for_help_passes_even_where_what_is_not_screened_is_refused(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path, Fails(EmergencyCalls()))
    help_ = ROAMER._replace(trunk="CLOSED", callee="110")
    assert screener.unscreened(help_, reasons.OVERLOADED).treatment is Treatment.ALLOW
    assert answer(screener, help_).treatment is Treatment.ALLOW
    screener.switch(Switches((Switch(what=SwitchTarget.ALL, by="duty officer", why="test", at=AT),)))
    assert screener.unscreened(BAD._replace(trunk="CLOSED"), reasons.OVERLOADED).treatment is Treatment.ALLOW
    log.close(AT)


def test_without_a_snapshot_calls_that_are_not_refused_count_as_unscreened(tmp_path: Path) -> None:
    screener, _ = make_screener(tmp_path)
    screener.decider.snapshot = None
    passed = answer(screener, BAD)
    assert (passed.treatment, passed.reasons, passed.screened) == (Treatment.ALLOW, (reasons.NO_SNAPSHOT,), False)
    labelled = answer(screener, ROAMER)
    assert (labelled.treatment, labelled.reasons[-1]) == (Treatment.LABEL, reasons.NO_SNAPSHOT)
    assert answer(screener, ROAMER._replace(caller="95588")).screened  # the gateway guard refuses it
    emergency = answer(screener, BAD._replace(callee="110"))
    assert emergency.screened and reasons.NO_SNAPSHOT not in emergency.reasons
    assert answer(screener, BAD._replace(trunk="OFF")).reasons == (reasons.TRUNK_OFF,)
    closed = answer(screener, ROAMER._replace(trunk="CLOSED"))
    assert closed.reasons == (reasons.NO_SNAPSHOT, reasons.UNSCREENED_CLOSED) and not closed.screened


FORGED = ROAMER._replace(caller="95588")
EMERGENCY = ROAMER._replace(callee="120")


@contextmanager
def screener_of(folder: Path, settings: ScreenSettings) -> Iterator[Screener]:
    """Yield a screener of these settings with the usual snapshot."""
    log = EventLog(LogWriter(folder, waiting=1_000, days=1))
    decider = Decider(EmergencyCalls())
    decider.snapshot = MappedSnapshot(
        base({("phone_number", "+8617000000001"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE)})
    )
    yield Screener(settings, decider, RoamingLookup(None, wait_ms=30, keep_ms=60_000, remembered=10), log, b"k" * 32)
    log.close(AT)


def test_a_screen_in_shadow_judges_every_call_and_treats_none_whatever_the_trunks_say(tmp_path: Path) -> None:
    steps = TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE, fail="closed")
    half = TrunkSettings(ingress="international_gateway", lists=EnforcementStep.REFUSE, guard=EnforcementStep.LABEL)
    off = TrunkSettings(ingress="international_gateway", acts=EnforcementStep.OFF)
    settings = ScreenSettings(shadow=True, trunks={"IGW-1": steps, "HALF": half, "*": steps, "OFF": off})
    with screener_of(tmp_path, settings) as screener:
        for trunk in ("IGW-1", "HALF", "unknown"):
            for attempt in (FORGED, BAD, ROAMER):
                decision = answer(screener, attempt._replace(trunk=trunk))
                assert decision.treatment is Treatment.ALLOW and decision.screened
                assert decision.meant is (Treatment.LABEL if attempt is ROAMER else Treatment.REFUSE)
            assert screener.unscreened(FORGED._replace(trunk=trunk), reasons.LATE).treatment is Treatment.ALLOW
            assert answer(screener, EMERGENCY._replace(trunk=trunk)).reasons == (reasons.EMERGENCY_CALLEE,)
        assert not answer(screener, FORGED._replace(trunk="OFF")).screened
        assert screener.is_passive


def test_a_shadow_switch_takes_back_the_treatment_at_once_and_the_settings_return(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    everything = Switch(what=SwitchTarget.ALL, by="duty officer", why="roll-back", at=AT, step=SwitchStep.SHADOW)
    assert answer(screener, FORGED).treatment is Treatment.REFUSE
    screener.switch(Switches((everything,)))
    decision = answer(screener, FORGED)
    assert (decision.treatment, decision.meant, decision.screened) == (Treatment.ALLOW, Treatment.REFUSE, True)
    assert screener.is_passive and not screener.killed
    screener.switch(Switches())
    assert answer(screener, FORGED).treatment is Treatment.REFUSE and not screener.is_passive
    log.close(AT)


def test_a_shadow_switch_of_a_trunk_leaves_the_others(tmp_path: Path) -> None:
    acting = TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE)
    with screener_of(tmp_path, ScreenSettings(trunks={"IGW-1": acting, "*": acting})) as screener:
        for name in ("IGW-1", "without a table"):
            switch = Switch(what=SwitchTarget.TRUNK, name=name, by="Lin", why="test", at=AT, step=SwitchStep.SHADOW)
            screener.switch(Switches((switch,)))
            treated = {
                trunk: answer(screener, FORGED._replace(trunk=trunk)).treatment
                for trunk in ("IGW-1", "without a table", "third")
            }
            assert {trunk for trunk, treatment in treated.items() if treatment is Treatment.ALLOW} == {name}


def test_a_registration_proves_roaming_without_a_look_up(tmp_path: Path) -> None:
    register = Hangs()
    registrations = Registrations()
    screener, log = make_screener(
        tmp_path, Decider(EmergencyCalls(), registrations=registrations), register, wait_ms=10_000
    )
    for country, outcome, treatment in (("TH", "proven", "label"), ("CN", "disproven", "refuse")):
        since = AT - 2_000 + 1_000 * (country == "CN")
        registrations.add(Registration(8617000000101, country, since, AT + 60_000), AT)
        decision = answer(screener, ROAMER._replace(call_id=country))
        assert (decision.roaming, decision.treatment) == (outcome, Treatment(treatment))
    register.gate.set()
    assert answer(screener, FORGED).roaming == ""
    log.close(AT)


def test_without_registration_register_and_snapshot_a_home_number_abroad_is_unproven(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path, Decider(EmergencyCalls(), registrations=Registrations()))
    assert answer(screener, ROAMER).roaming == "unproven"
    assert answer(screener, ROAMER._replace(attestation="A", trunk="VERIFIED")).roaming == "proven"
    assert answer(screener, ROAMER._replace(caller="+442079460958")).roaming == ""


def verifying(folder: Path, **stir: object) -> tuple[Screener, EventLog]:
    """Return a screener that verifies signatures by the settings `stir`."""
    table = StirSettings(roots="", **stir)  # type: ignore[arg-type]
    decider = Decider(EmergencyCalls(), failed_signature=Treatment(table.failed))
    log = EventLog(LogWriter(folder, waiting=1_000, days=1))
    verifier = CallVerifier(VerifiedChains({URL: made_signer().pem}), fresh_seconds=60)
    settings = ScreenSettings(trunks=SETTINGS.trunks, stir=table)
    roaming = RoamingLookup(None, wait_ms=30, keep_ms=60_000, remembered=100)
    return Screener(settings, decider, roaming, log, b"k" * 32, verifier=verifier), log


def signed(attempt: CallAttempt, **options: object) -> CallAttempt:
    signature = sign(orig=attempt.caller.lstrip("+"), dest=attempt.callee.lstrip("+"), **options)  # type: ignore[arg-type]
    return attempt._replace(at=NOW_MS, signatures=(signature,))


def test_a_full_attestation_proves_the_number_and_others_do_not(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path)
    for level, proven in (("A", True), ("B", False), ("C", False)):
        decision = answer(screener, signed(ROAMER._replace(call_id=level), attest=level))
        assert ("mobile_unproven" not in decision.reasons) is proven
        assert decision.verification == Verification(Verstat.PASSED, "", level)
    log.close(AT)


@pytest.mark.parametrize(("proves", "proven"), [((), False), (("A",), False), (("A", "B"), True)])
def test_the_settings_say_which_attestation_proves(tmp_path: Path, proves: tuple[str, ...], proven: bool) -> None:
    screener, log = verifying(tmp_path, proves=proves)
    decision = answer(screener, signed(ROAMER, attest="B"))
    assert ("mobile_unproven" not in decision.reasons) is proven
    log.close(AT)


@pytest.mark.parametrize("failed", ["allow", "label", "refuse"])
def test_a_failed_signature_is_treated_as_the_settings_say(tmp_path: Path, failed: str) -> None:
    screener, log = verifying(tmp_path, failed=failed)
    foreign = CallAttempt(AT, "c-9", "+442079460958", "+8617000000900", "IGW-1", claimed=())
    decision = answer(screener, signed(foreign)._replace(caller="+442079460959"))
    assert decision.verification == unsuccessful("orig_mismatch")
    assert (reasons.SIGNATURE_FAILED in decision.reasons) is (failed != "allow")
    assert decision.treatment == ("refuse" if failed == "refuse" else "label")  # from abroad it has a label anyway
    log.close(AT)


def test_a_call_to_an_emergency_number_passes_whatever_its_signature_is(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path, failed="refuse")
    decision = answer(screener, ROAMER._replace(callee="110", signatures=("garbage",)))
    assert (decision.treatment, decision.reasons) == (Treatment.ALLOW, (reasons.EMERGENCY_CALLEE,))
    log.close(AT)


def test_a_certificate_that_is_not_cached_is_no_failure(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path, failed="refuse")
    decision = answer(screener, signed(ROAMER, url="https://other.example/"))
    assert decision.verification == unsuccessful("certificate_pending")
    assert reasons.SIGNATURE_FAILED not in decision.reasons and "mobile_unproven" in decision.reasons
    log.close(AT)


def test_an_attestation_of_the_edge_is_believed_where_the_trunk_verifies(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    claimed = ROAMER._replace(attestation="A")
    assert "mobile_unproven" in answer(screener, claimed).reasons
    assert "mobile_unproven" not in answer(screener, claimed._replace(trunk="VERIFIED")).reasons
    log.close(AT)


def test_a_failed_signature_takes_the_place_of_an_attestation_of_the_edge(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path)
    forged = ROAMER._replace(trunk="VERIFIED", attestation="A", signatures=("garbage",))
    assert {"mobile_unproven", reasons.SIGNATURE_FAILED} <= set(answer(screener, forged).reasons)
    log.close(AT)


def test_another_identity_of_a_signed_call_is_not_proven_by_it(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path)
    decision = answer(screener, signed(ROAMER)._replace(from_number="95588"))
    assert decision.verification is not None and decision.verification.verstat is Verstat.PASSED
    assert decision.treatment is Treatment.REFUSE
    log.close(AT)


def test_the_log_has_the_result_and_not_the_signature(tmp_path: Path) -> None:
    screener, log = verifying(tmp_path)
    attempt = signed(ROAMER)
    answer(screener, attempt)
    screener.unscreened(attempt._replace(call_id="c-7"), reasons.OVERLOADED)
    log.close(AT)
    text = next(tmp_path.glob("*.jsonl")).read_text()
    assert attempt.signatures[0].split(".")[1] not in text
    first = json.loads(text.splitlines()[0])
    assert CallAttempt(*first[3][0]).verification == ["TN-Validation-Passed", "", "A", ORIGID, ""]  # type: ignore[comparison-overlap]


def test_without_a_verifier_signatures_change_nothing(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path)
    assert answer(screener, signed(ROAMER)) == answer(screener, ROAMER)
    log.close(AT)


def test_a_call_in_a_copy_is_judged_logged_and_never_treated(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path, register=Hangs(), wait_ms=10_000)
    for attempt, meant in ((FORGED, "refuse"), (BAD, "refuse"), (ROAMER, "label"), (EMERGENCY, "allow")):
        decision = screener.judge(attempt)
        assert (decision.treatment, decision.meant, decision.screened) == ("allow", meant, True)
    assert screener.judge(FORGED._replace(trunk="OFF")).reasons == (reasons.TRUNK_OFF,)
    screener.decider.snapshot = None
    assert not screener.judge(ROAMER).screened and screener.judge(EMERGENCY).screened
    screener.switch(Switches((Switch(what=SwitchTarget.ALL, by="duty officer", why="test", at=AT),)))
    assert screener.judge(FORGED).reasons == (reasons.KILLED,)
    log.close(AT)
    assert len(next(tmp_path.glob("*.jsonl")).read_text().splitlines()) == 8


def test_a_fault_of_ours_ends_no_feed(tmp_path: Path) -> None:
    screener, log = make_screener(tmp_path, Fails(EmergencyCalls()))
    assert screener.judge(BAD).reasons == (reasons.FAILED,) and screener.failures == 1
    log.close(AT)

"""A person is called by the configured number only; what became of the call, and a key, are its outcome."""

import asyncio
from pathlib import Path

import pytest
from tests.deliver.queued import kinds, now_ms, queue, running
from tests.deliver.sip_phone import SipPhone, running_phone
from tests.deliver.smsc import wait_for
from tests.deliver.test_prompts import write_wav

from fanzha.deliver import sip_call
from fanzha.deliver.voice_sender import VoiceSender
from fanzha.store.delivery_settings import VoiceSettings
from fanzha.store.warning_outbox import OutcomeKind, WarningOutbox

CHALLENGE = 'Digest realm="sip.example", nonce="n1", qop="auth"'
RINGS = ("100 Trying", "180 Ringing")


@pytest.fixture(autouse=True)
def prompt(home: Path) -> None:
    """A prompt of a tenth of a second."""
    (home / "prompts").mkdir()
    write_wav(home / "prompts" / "other.wav", 8_000)


def call(outbox: WarningOutbox, phone: SipPhone, **changes: object) -> dict[str, str]:
    """Call a phone and return the details of the outcome."""
    queue(outbox, "voice")

    async def scenario() -> None:
        async with running_phone(phone) as port:
            values = {"proxy": "127.0.0.1", "port": port, "caller": "96110", "repeats": 1, "key_seconds": 0.05,
                      "username": "fanzha", "password_file": "smsc", **changes}  # fmt: skip
            settings = VoiceSettings(**values)  # type: ignore[arg-type]
            async with running(VoiceSender(settings, outbox).run()):
                await wait_for(lambda: kinds(outbox))

    asyncio.run(scenario())
    (outcome,) = outbox.outcomes()
    return {"kind": outcome.kind, **outcome.details}


def test_a_person_who_answers_hears_the_prompt(outbox: WarningOutbox) -> None:
    phone = SipPhone([*RINGS, "200 OK"])
    details = call(outbox, phone)
    assert (details["kind"], details["result"], details["status"]) == (OutcomeKind.CALLED, "answered", "200")
    assert phone.methods == ["INVITE", "ACK", "BYE"] and len(phone.audio) == 5
    invite, ack, bye = phone.requests
    assert invite.start == "INVITE sip:+8617000000900@127.0.0.1;user=phone SIP/2.0"
    assert invite.header("from").startswith("<sip:96110@127.0.0.1;user=phone>;tag=")
    assert ack.start.startswith("ACK sip:phone@127.0.0.1:") and ack.header("route") == "<sip:127.0.0.1;lr>"
    assert (ack.sequence, bye.sequence) == (1, 2) and bye.header("to").endswith(";tag=phone")


def test_key_1_asks_for_a_call_and_ends_the_prompt(outbox: WarningOutbox, home: Path) -> None:
    write_wav(home / "prompts" / "fake_loan.wav", 8_000, seconds=20)
    details = call(outbox, SipPhone(["200 OK"], key="1"))
    assert (details["keys"], details["call_back"]) == ("1", "yes") and details["listened_seconds"] == "0"


def test_a_phone_that_sends_from_another_address_asks_for_a_call_when_it_ends(outbox: WarningOutbox) -> None:
    phone = SipPhone(["200 OK"], key="1", audio_from="127.0.0.2")
    details = call(outbox, phone)
    assert (details["keys"], details["call_back"]) == ("1", "yes") and len(phone.audio) == 5, "the key ended the prompt"


@pytest.mark.parametrize("key", ["", "2"])
def test_another_key_asks_for_nothing(outbox: WarningOutbox, key: str) -> None:
    phone = SipPhone(["200 OK"], key=key)
    assert "call_back" not in call(outbox, phone) and len(phone.audio) == 5, "the key ended the prompt"


def test_a_phone_that_names_no_address_for_audio_has_heard_nothing(outbox: WarningOutbox) -> None:
    phone = SipPhone(["200 OK"], host="host.example")
    details = call(outbox, phone)
    assert (details["result"], details["status"]) == ("unreachable", "488") and phone.methods[-1] == "BYE"


def test_a_call_whose_audio_cannot_leave_is_not_answered(outbox: WarningOutbox) -> None:
    assert call(outbox, SipPhone(["200 OK"], host="192.0.2.9"))["result"] == "unreachable"


def test_a_bye_is_sent_again_with_the_digest_that_the_proxy_asks_for(outbox: WarningOutbox) -> None:
    phone = SipPhone(["200 OK"], challenge=CHALLENGE, asks_at_bye=True)
    assert call(outbox, phone)["result"] == "answered"
    first, second = [request for request in phone.requests if request.method == "BYE"]
    assert second.sequence == first.sequence + 1 and "nc=00000001" in second.header("proxy-authorization")


def test_a_phone_that_rings_does_not_ring_on_after_a_fault(outbox: WarningOutbox) -> None:
    phone = SipPhone(RINGS)
    details = call(outbox, phone, ring_seconds="soon")
    assert details["kind"] is OutcomeKind.UNKNOWN and "CANCEL" in phone.methods


@pytest.mark.parametrize("name", ["other", "fake_loan-1"])
def test_the_outcome_names_the_recording_that_was_played(outbox: WarningOutbox, home: Path, name: str) -> None:
    write_wav(home / "prompts" / f"{name}.wav", 8_000)
    assert call(outbox, SipPhone(["200 OK"]))["prompt"] == name


def test_a_person_who_hangs_up_needs_no_bye(outbox: WarningOutbox, home: Path) -> None:
    write_wav(home / "prompts" / "fake_loan.wav", 8_000, seconds=20)
    phone = SipPhone(["200 OK"], ends=True)
    assert call(outbox, phone)["result"] == "answered" and "BYE" not in phone.methods


@pytest.mark.parametrize(
    ("status", "result"),
    [("486 Busy Here", "busy"), ("603 Decline", "declined"), ("480 Unavailable", "no_answer"),
     ("404 Not Found", "unreachable"), ("503 Service Unavailable", "unreachable")],
)  # fmt: skip
def test_a_call_that_is_not_answered_says_why(outbox: WarningOutbox, status: str, result: str) -> None:
    phone = SipPhone([*RINGS, status])
    assert call(outbox, phone)["result"] == result and phone.methods == ["INVITE", "ACK"]


def test_a_phone_that_rings_too_long_is_left_in_peace(outbox: WarningOutbox) -> None:
    phone = SipPhone(RINGS)
    assert call(outbox, phone, ring_seconds=0.1)["result"] == "no_answer"
    assert phone.methods == ["INVITE", "CANCEL", "ACK"]


def test_the_proxy_gets_the_digest_that_it_asks_for(outbox: WarningOutbox) -> None:
    phone = SipPhone(["200 OK"], challenge=CHALLENGE)
    assert call(outbox, phone)["result"] == "answered"
    first, ack, second = phone.requests[:3]
    assert (first.method, ack.method, second.sequence) == ("INVITE", "ACK", 2)
    assert 'username="fanzha"' in second.header("proxy-authorization")


def test_a_proxy_that_lets_nobody_call_is_tried_again(outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.deliver.single_sender.RETRY_SECONDS", (0,))
    phone = SipPhone(["503 Service Unavailable"])
    queue(outbox, "voice")

    async def scenario() -> None:
        async with running_phone(phone) as port:
            settings = VoiceSettings(proxy="127.0.0.1", port=port, caller="96110", key_seconds=0, repeats=1)
            async with running(VoiceSender(settings, outbox).run()):
                await wait_for(lambda: phone.methods.count("INVITE") > 1)
                phone.statuses = ["200 OK"]
                await wait_for(lambda: kinds(outbox) == [OutcomeKind.CALLED])

    asyncio.run(scenario())


def test_a_proxy_that_is_silent_calls_nobody(outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_call, "_TIMEOUT_SECONDS", 0.1)
    queue(outbox, "voice")
    phone = SipPhone([])

    async def scenario() -> None:
        async with running_phone(phone) as port:
            settings = VoiceSettings(proxy="127.0.0.1", port=port, caller="96110")
            async with running(VoiceSender(settings, outbox).run()):
                await wait_for(lambda: outbox.select_due(["voice"], now_ms() + 30_000)[0].attempts == 1)

    asyncio.run(scenario())
    assert kinds(outbox) == []


def test_a_sender_that_is_stopped_hangs_up_and_the_call_is_unknown(outbox: WarningOutbox, home: Path) -> None:
    write_wav(home / "prompts" / "fake_loan.wav", 8_000, seconds=20)
    phone = SipPhone(["200 OK"])
    queue(outbox, "voice")

    async def scenario() -> None:
        async with running_phone(phone) as port:
            settings = VoiceSettings(proxy="127.0.0.1", port=port, caller="96110")
            async with running(VoiceSender(settings, outbox).run()):
                await wait_for(lambda: phone.audio)

    asyncio.run(scenario())
    assert "BYE" in phone.methods and kinds(outbox) == [OutcomeKind.UNKNOWN]


def test_without_a_prompt_the_warning_has_failed(outbox: WarningOutbox, home: Path) -> None:
    (home / "prompts" / "other.wav").unlink()
    details = call(outbox, SipPhone([]))
    assert details["kind"] is OutcomeKind.FAILED and "no other.wav" in details["problem"]

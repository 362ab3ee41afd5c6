"""Call people of the outbox and play the warning: the result of each call is its outcome."""

import asyncio
import logging
import socket
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.deliver.prompts import RATE, encode_g711, find_prompt, read_wav, synthesize
from fanzha.deliver.rtp import RtpStream
from fanzha.deliver.single_sender import NotTaken, RefusedForGood, SendResult, SingleSender
from fanzha.deliver.sip_call import CallOutcome, CallPlan, OutgoingCall, ProxyUnreachable
from fanzha.store.delivery_settings import VoiceSettings, read_secret
from fanzha.store.state_folder import state_folder
from fanzha.store.warning_outbox import SPEECH, OutcomeKind, OutgoingWarning, WarningOutbox
from fanzha.warn import Gateway, Request, WarningNotice, all_channels
from fanzha.warn.voice import CALL_BACK_KEY

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0  # between two repeats of the prompt


class VoiceSender(SingleSender):
    """Makes one call for each warning, on as many lines as the settings allow."""

    channel = "voice"

    def __init__(self, settings: VoiceSettings, outbox: WarningOutbox) -> None:
        super().__init__(outbox, settings.lines)
        self._settings = settings

    async def send(self, warning: OutgoingWarning) -> SendResult:
        """Call and return the result. Raise NotTaken if the proxy could not place the call."""
        settings = self._settings
        gateway = Gateway(f"sip:{settings.domain or settings.proxy}", sender=settings.caller)
        notice = WarningNotice(warning.recipient, warning.words, warning.advice)
        request = all_channels()[self.channel].build(notice, gateway)
        try:
            prompt, samples = await self._prompt(warning, request.body.decode())
        except UsageError as error:
            raise RefusedForGood(str(error)) from None
        try:
            outcome = await self._call(request, partial(self._encode, samples))
        except (ProxyUnreachable, OSError) as error:
            raise NotTaken(str(error)) from None
        return SendResult(OutcomeKind.CALLED, {**describe_call(outcome), "prompt": prompt})

    async def _prompt(self, warning: OutgoingWarning, text: str) -> tuple[str, NDArray[np.int16]]:
        """Return name and samples of the recorded prompt of the wording or kind of fraud, else the synthesised text."""
        path = find_prompt(state_folder() / "prompts", warning.wording, warning.fraud_type)
        if path is not None:
            return path.stem, await asyncio.to_thread(read_wav, path)
        if not self._settings.speech_command:
            raise UsageError(
                f"{state_folder() / 'prompts'} has no {warning.fraud_type or 'other'}.wav and no other.wav"
            )
        return SPEECH, await synthesize(self._settings.speech_command, text)

    def _encode(self, samples: NDArray[np.int16], payload_type: int) -> bytes:
        pause = np.zeros(int(RATE * _PAUSE_SECONDS), np.int16)
        repeats = [samples, *([pause, samples] * (self._settings.repeats - 1))]
        return encode_g711(np.concatenate(repeats), payload_type)

    async def _call(self, request: Request, audio: "partial[bytes]") -> CallOutcome:
        settings, loop = self._settings, asyncio.get_running_loop()
        proxy = await _resolve(settings.proxy, settings.port)
        local = settings.local or _local_address(proxy)
        password = read_secret(settings.password_file) if settings.username else ""
        plan = CallPlan(
            proxy, request.headers["From"], request.headers["To"], settings.username, password, settings.ring_seconds
        )
        rtp_transport, rtp = await loop.create_datagram_endpoint(RtpStream, local_addr=(local, 0))
        try:
            rtp_port = rtp_transport.get_extra_info("sockname")[1]
            sip_transport, call = await loop.create_datagram_endpoint(
                lambda: OutgoingCall(plan, local, rtp, rtp_port), local_addr=(local, 0)
            )
            try:
                return await call.call(audio, settings.key_seconds)
            finally:
                sip_transport.close()
        finally:
            rtp_transport.close()


def describe_call(outcome: CallOutcome) -> dict[str, str]:
    """Return the details of a call as the site records them."""
    details = {
        "result": str(outcome.result),
        "status": str(outcome.status),
        "ring_seconds": f"{outcome.ring_seconds:.0f}",
        "listened_seconds": f"{outcome.listened_seconds:.0f}",
        "keys": outcome.keys,
    }
    if CALL_BACK_KEY in outcome.keys:
        details["call_back"] = "yes"
    return {name: value for name, value in details.items() if value}


async def _resolve(host: str, port: int) -> tuple[str, int]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    return str(found[0][4][0]), port


def _local_address(proxy: tuple[str, int]) -> str:
    """Return the address of this machine that reaches the proxy; nothing is sent."""
    family = socket.AF_INET6 if ":" in proxy[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(proxy)
        return str(probe.getsockname()[0])

"""A real SIP phone for the field tests: baresip, which answers by itself, records what it hears, and presses keys."""

import json
import socket
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

from tests.field.chain import needed
from tests.field.screens import until
from tests.free_ports import free_port

LONGEST_RUN = "1800"  # seconds; a run whose test has died does not end by itself
_CONFIG = """
poll_method epoll
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
audio_player aufile,{folder}/heard.wav
audio_source aufile,{folder}/silence.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path /usr/lib/baresip/modules
module account.so
module g711.so
module aufile.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class RealPhone:
    """A running phone: where SIP reaches it, and what it heard."""

    def __init__(self, folder: Path, port: int, control: int) -> None:
        self.port, self._folder, self._control = port, folder, control

    def said(self) -> str:
        """Return what the phone wrote."""
        return (self._folder / "phone.txt").read_text("utf-8", "replace")

    def is_answered(self) -> bool:
        """Return whether a call is or was established."""
        return "Call established" in self.said()

    def press(self, key: str) -> None:
        """Press a key during a call."""
        until(lambda: self._is_done("sndcode", key), 10)

    def _is_done(self, name: str, params: str) -> bool:
        """Give the phone a command; return whether it was carried out. Events may come before the response."""
        command, said = json.dumps({"command": name, "params": params}), b""
        with socket.create_connection(("127.0.0.1", self._control), 5) as connection:
            connection.sendall(f"{len(command)}:{command},".encode())
            while b'"response":true' not in said:
                block = connection.recv(1_000)
                assert block, said
                said += block
            return b'"ok":true' in said

    def heard_seconds(self) -> float:
        """Return how much audio the phone has played."""
        with wave.open(str(self._folder / "heard.wav"), "rb") as file:
            return file.getnframes() / file.getframerate()


@contextmanager
def real_phone(folder: Path, number: str) -> Iterator[RealPhone]:
    """Run a phone with a number until the block ends."""
    needed("baresip")
    folder.mkdir(parents=True)
    sip, control = free_port(), free_port()
    (folder / "config").write_text(_CONFIG.format(sip=sip, control=control, folder=folder))
    (folder / "accounts").write_text(f"<sip:{number}@127.0.0.1:{sip}>;regint=0;answermode=auto;dtmfmode=rtpevent\n")
    (folder / "contacts").touch()
    for name in ("silence", "alert"):
        write_silence(folder / f"{name}.wav", 60)
    phone = RealPhone(folder, sip, control)
    with (folder / "phone.txt").open("wb") as said:
        process = Popen(
            ["timeout", "--signal=KILL", LONGEST_RUN, "baresip", "-f", str(folder), "-v"],
            stdin=DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        until(lambda: "baresip is ready" in phone.said(), 120)
        yield phone
    finally:
        process.terminate()
        process.wait(10)


def write_silence(path: Path, seconds: int) -> None:
    """Write a WAV file without sound."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8_000 * seconds))

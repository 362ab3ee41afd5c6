"""Settings of `fanzha deliver`: the tables `[deliver.*]` in `fanzha.toml` of the state folder, one for each peer."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
_Sender = Annotated[str, msgspec.Meta(pattern="^[+0-9A-Za-z]{1,20}$")]
_Number = Annotated[str, msgspec.Meta(pattern="^\\+?[0-9]{3,20}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Ascii15 = Annotated[str, msgspec.Meta(pattern="^[!-~]{1,15}$")]
_HELP = "docs/how-to/send-warnings.md names the fields"


class SmppSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The SMSC that texts and flash SMS are submitted to; `password_file` is a file of mode 600 in `keys/`.

    With `bind = "pair"` there are two connections, a transmitter and a receiver. `message_ids = "hex"`: the SMSC
    answers with hexadecimal ids and writes decimal ones into receipts.
    """

    host: _Text
    system_id: _Ascii15
    password_file: _Text
    sender: _Sender
    port: _Port = 2775
    tls: bool = False
    bind: Literal["transceiver", "pair"] = "transceiver"
    system_type: Annotated[str, msgspec.Meta(pattern="^[ -~]{0,12}$")] = ""
    service_type: Annotated[str, msgspec.Meta(pattern="^[ -~]{0,5}$")] = ""
    window: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 10
    most_a_second: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 20.0
    alphabet: Literal["auto", "ucs2"] = "auto"
    long: Literal["udh", "sar", "payload"] = "udh"
    flash: Literal["coding", "subunit"] = "coding"
    receipts: bool = True
    message_ids: Literal["same", "hex"] = "same"
    enquire_seconds: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 30.0
    answer_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 10.0


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The SIP proxy by which people are called. The caller is this number, and no other.

    Prompts are WAV files in `prompts` of the state folder, named by kind of fraud; without one `speech_command` makes
    it. `local` is the address of this machine that audio comes from; by default the one that reaches the proxy.
    """

    proxy: _Text
    caller: _Number
    domain: str = ""
    port: _Port = 5060
    username: str = ""
    password_file: str = ""
    local: str = ""
    lines: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 5
    ring_seconds: Annotated[float, msgspec.Meta(ge=5, le=120)] = 45.0
    repeats: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2
    key_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 5.0
    speech_command: tuple[str, ...] = ()


class EmailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server that e-mails go to, and the address they come from."""

    host: _Text
    sender: Annotated[str, msgspec.Meta(pattern="^[!-?A-~]+@[!-?A-~]+$")]
    port: _Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password_file: str = ""


class AppSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The system of an app that shows warnings to its users: a signed request to `url`."""

    url: Annotated[str, msgspec.Meta(pattern="^https?://")]
    local_addresses: bool = False


class DeliverySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables `[deliver.*]`; a channel without its table is not sent by `fanzha deliver`."""

    smpp: SmppSettings | None = None
    voice: VoiceSettings | None = None
    email: EmailSettings | None = None
    app: AppSettings | None = None

    def channels(self) -> frozenset[str]:
        """Return the warning channels that are set up."""
        named = {"voice": self.voice, "email": self.email, "app": self.app}
        sms = {"text", "flash_sms"} if self.smpp else set()
        return frozenset({name for name, table in named.items() if table is not None} | sms)


def load_delivery_settings(folder: Path | None = None) -> DeliverySettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "deliver"), DeliverySettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [deliver]: {error}", fix=_HELP) from None


def read_secret(name: str, folder: Path | None = None) -> str:
    """Return the password in a file of `keys/`. Raise UsageError if it is missing or others may read it."""
    path = (folder or state_folder()) / "keys" / name
    if not name or not path.is_file():
        raise UsageError(f"{path} is not there", fix="password_file names a file in keys/, mode 600")
    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
    return path.read_text("utf-8").strip()

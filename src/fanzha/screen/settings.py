"""The tables of the settings file as typed structs with safe defaults."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from fanzha.claims.treatment import Treatment

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Milliseconds = Annotated[int, msgspec.Meta(ge=1, le=60_000)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=31_536_000)]
Ingress = Literal["international_gateway", "interconnect", "leased_line", "mobile", "voip"]


class EnforcementStep(StrEnum):
    """How far a trunk enforces treatments; each step includes those before it."""

    OFF = "off"  # no evaluation
    SHADOW = "shadow"  # evaluate and log, every call passes
    LABEL = "label"  # label at most
    SHARE = "share"  # enforce a share of the calls, label the others at most
    REFUSE = "refuse"  # enforce fully


class SettingsTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table that rejects unknown keys."""


class SiteSettings(SettingsTable, frozen=True):
    """The name of this site."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")] = "site"


class TrunkSettings(SettingsTable, frozen=True):
    """Properties and enforcement of a trunk; `lists`, `guard` and `rules` default to `acts`."""

    ingress: Ingress | None = None
    proves: bool = False  # callers are own subscribers or authenticated lines
    verifies: bool = False  # the edge verifies signatures and strips claims of results; its attestation is believed
    acts: EnforcementStep = EnforcementStep.SHADOW
    lists: EnforcementStep | None = None
    guard: EnforcementStep | None = None
    rules: EnforcementStep | None = None
    share: Share = 0.0
    fail: Literal["open", "closed"] = "open"  # treatment of an unscreened call
    warn: tuple[str, ...] = ("display_name",)  # channels of fanzha.warn for labelled calls
    refusal: str = ""  # a table of `refusals`; "" is that of the listener


class RefusalSettings(SettingsTable, frozen=True):
    """Response to refused calls, and the contact for objections.

    Presets: `603` is Decline, `603+` Network Blocked with the contact (ATIS-1000099), `608` Rejected with a signed
    jCard (RFC 8688), `cause` any status with a cause of Q.850, by which exchanges select an announcement.
    """

    preset: Literal["603", "603+", "608", "cause"] = "603"
    code: Annotated[int, msgspec.Meta(ge=400, le=699)] = 480  # of the preset `cause`
    cause: Annotated[int, msgspec.Meta(ge=1, le=127)] = 21  # of Q.850: call rejected
    text: str = ""  # in Reason, in English
    url: str = ""  # contact for redress: at least one of url, tel and email for 603+ and 608
    tel: str = ""
    email: str = ""
    name: str = ""  # who is named in the jCard
    location: Literal["U", "LPN", "LN", "TN", "RLN", "RPN", "INTL"] = "RLN"  # which network refused (RFC 8606)
    signing_key: str = ""  # PEM file with a private key of P-256, which signs the jCard
    certificate_url: str = ""  # where callers fetch its certificate
    card_url: str = ""  # address of a jCard that another server signs


class ProxySettings(SettingsTable, frozen=True):
    """Where a SIP listener in proxy mode forwards calls."""

    next_hop: str = ""  # 192.0.2.10:5060: where calls without a further Route go
    networks: tuple[str, ...] = ()  # addresses that a Route may lead to
    hosts: dict[str, str] = {}  # host names that a Route may lead to, with their addresses
    own_names: tuple[str, ...] = ()  # host names of this listener in a Route, beside its address
    advertised: str = ""  # address in Via and Record-Route; needed where the listener has all addresses of the machine
    record_route: bool = False  # later requests of a dialog come by this proxy too


class SipSettings(SettingsTable, frozen=True):
    """A SIP listener; with a table `proxy` it forwards calls instead of answering with 302."""

    address: str = "127.0.0.1"
    port: Port = 5070
    protocols: tuple[Literal["udp", "tcp"], ...] = ("udp", "tcp")
    trunk_header: str = ""  # header that the edge strips and sets
    trunk_group: bool = False  # tgrp of the Contact (RFC 4904)
    trunk: str = ""  # all calls of this listener come from this trunk
    trusted: bool = False  # accept P-Asserted-Identity (RFC 3325)
    attestation_header: str = ""  # header with the level A, B or C of a PASSporT that a trusted edge verified
    dialog_events: bool = False  # accept NOTIFY with dialog-info (RFC 4235)
    judge_dialogs: bool = False  # judge the calls in them, for a screen that is asked for none; needs `trunk`
    peers: tuple[str, ...] = ()  # networks whose packets are read; () reads all, then firewall the port
    refuse_with: Annotated[int, msgspec.Meta(ge=400, le=699)] = 603
    refuse_text: str = ""
    refusal: str = ""  # a table of `refusals` in place of refuse_with and refuse_text
    label_call_info: Literal["", "info", "jcard"] = ""  # labels in Call-Info too: as a text, or as a jCard (RFC 9796)
    proxy: ProxySettings | None = None


class HttpSettings(SettingsTable, frozen=True):
    """The HTTP listener. Off loopback it needs TLS, its own or that of a proxy in front of it."""

    address: str = "127.0.0.1"
    port: Port = 8300
    certificate: str = ""  # PEM file with the certificate chain; with it HTTPS is spoken
    key: str = ""  # PEM file with the private key, without a pass phrase
    behind_tls_proxy: bool = False  # a proxy ends TLS, and only it reaches the port


class SnapshotSettings(SettingsTable, frozen=True):
    """Which snapshot is served, and limits on its age and changes."""

    folder: str = ""  # "" is `snapshots` in the state folder
    oldest_seconds: Seconds = 86_400
    newly_refused: Annotated[int, msgspec.Meta(ge=0)] = 100  # additional refusals that need no approval
    newly_refused_share: Share = 0.01  # else this share of all numbers; more needs an operator's approval
    lost_share: Share = 0.5  # share of all refusals that may disappear at once


class RoamingSettings(SettingsTable, frozen=True):
    """The register that proves roaming; "" uses the snapshot's entries only."""

    url: str = ""  # http://127.0.0.1:…/{number} answers {"roaming": "proven"|"disproven"|"unproven"}
    unproven: Literal["label", "withhold"] = "label"  # treatment of a home number without proof of roaming
    wait_ms: Milliseconds = 20
    keep_seconds: Seconds = 600
    remembered: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 200_000


class RegistrationSettings(SettingsTable, frozen=True):
    """Registrations pushed into the screen, in place of a look-up a call."""

    most: Annotated[int, msgspec.Meta(ge=1, le=50_000_000)] = 1_000_000  # numbers; some 150 bytes each in each process
    keep_seconds: Seconds = 172_800  # how long a registration without an end holds


class StirSettings(SettingsTable, frozen=True):
    """Verification of signed caller identities (STIR/SHAKEN)."""

    roots: str  # PEM file with the trusted root certificates, such as the list of the policy administrator
    revocations: str = ""  # CRL of the policy administrator, PEM or DER
    proves: tuple[Literal["A", "B"], ...] = ("A",)  # attestations that prove the caller's number
    failed: Literal["allow", "label", "refuse"] = "label"  # treatment of a call whose signature is wrong
    fresh_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    keep_seconds: Seconds = 86_400  # how long a certificate serves before it is fetched again
    hosts: tuple[str, ...] = ()  # hosts of certificates, with those below them; () permits every public one
    ports: tuple[Port, ...] = (443, 8_443)
    private_addresses: bool = False  # permit certificates within networks


class EmergencySettings(SettingsTable, frozen=True):
    """Additional emergency numbers and help lines."""

    callees: tuple[str, ...] = ()  # beside those of the numbering plan
    help_lines: tuple[str, ...] = ()  # that restricted callers may call, beside 96110 and the carriers' own
    centres: tuple[str, ...] = ()  # further numbers from which emergency centres call back on proven lines
    call_back_seconds: Seconds = 7_200


#: Network logs are kept six months, 184 days at most (Cybersecurity Law, Art. 21).
LOG_FLOOR_DAYS = 184


class LogSettings(SettingsTable, frozen=True):
    """Where the event log is written."""

    folder: str = ""  # "" is `screen/log` in the state folder
    waiting: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000)] = 200_000  # records held while the disk is slow
    days: Annotated[int, msgspec.Meta(le=3_650)] = LOG_FLOOR_DAYS

    def __post_init__(self) -> None:
        """Raise ValueError for a shorter period than the law allows."""
        if self.days < LOG_FLOOR_DAYS:
            raise ValueError(
                f"days must be {LOG_FLOOR_DAYS} or more: network logs are kept six months (Cybersecurity Law, Art. 21)"
                f"；网络日志留存不少于六个月（《网络安全法》第二十一条）"
            )


class WarnSettings(SettingsTable, frozen=True):
    """The SMS gateway for warnings; "" sends none."""

    url: str = ""  # of the sendsms interface: http://127.0.0.1:13013/cgi-bin/sendsms
    username: str = ""
    password_file: str = ""  # of mode 600
    sender: Annotated[str, msgspec.Meta(pattern="^([+0-9A-Za-z]{1,20})?$")] = ""
    most_a_second: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 20.0
    again_after_seconds: Seconds = 86_400  # before the same warning goes to the same person again
    victims: bool = False  # text people found at risk by a live rule; others may see their phone


class OverloadSettings(SettingsTable, frozen=True):
    """The limit of an answer, and Retry-After under overload."""

    late_ms: Milliseconds = 600  # below the timeout of the proxy, which then routes the call without an answer
    retry_after_seconds: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 5


class HepSettings(SettingsTable, frozen=True):
    """The listener for SIP copies (HEP version 3)."""

    address: str = "127.0.0.1"
    port: Port = 9060
    key: str = ""  # key that packets carry; "" accepts all packets, on loopback only
    peers: tuple[str, ...] = ()  # networks whose packets are read; () reads all, on loopback only
    judge: bool = False  # judge the calls in copies, for a screen that is asked for none; nothing is treated
    trunk_header: str = ""  # of judged calls: header that names the trunk; copies without it wait for one that has it
    trunk: str = ""  # of judged calls: all come from this trunk
    trusted: bool = False  # of judged calls: accept P-Asserted-Identity (RFC 3325)


class OtherSiteSettings(SettingsTable, frozen=True):
    """A site whose facts are counted here too."""

    address: str
    port: Port


class SiteLinkSettings(SettingsTable, frozen=True):
    """The listener for other sites."""

    address: str = "127.0.0.1"
    port: Port = 7070
    certificate: str = ""  # PEM files; required unless all addresses are loopback
    key: str = ""
    authority: str = ""


class RulesSettings(SettingsTable, frozen=True):
    """Live rules: the operator's own from the snapshot, and shipped ones."""

    run: bool = True
    shipped: tuple[str, ...] = ("*",)  # names of detectors in rule text; `*` is all of them
    treat: dict[str, Treatment] = {}  # treatment by rule name; default label
    # Memory of the windows of one process, whose oldest facts are freed beyond it; 0: a tenth of the machine's memory.
    most_megabytes: Annotated[int, msgspec.Meta(ge=0)] = 0
    seconds_between_saves: Seconds = 300


class ScreenSettings(SettingsTable, frozen=True):
    """The whole settings file."""

    site: SiteSettings = SiteSettings()
    trunks: dict[str, TrunkSettings] = {}
    sip: dict[str, SipSettings] = {}
    refusals: dict[str, RefusalSettings] = {}
    http: HttpSettings | None = None
    snapshot: SnapshotSettings = SnapshotSettings()
    roaming: RoamingSettings = RoamingSettings()
    registrations: RegistrationSettings | None = None
    stir: StirSettings | None = None
    emergency: EmergencySettings = EmergencySettings()
    log: LogSettings = LogSettings()
    overload: OverloadSettings = OverloadSettings()
    hep: HepSettings | None = None
    site_link: SiteLinkSettings | None = None
    other_sites: dict[str, OtherSiteSettings] = {}
    rules: RulesSettings = RulesSettings()
    warn: WarnSettings = WarnSettings()
    shadow: bool = False  # overrides `acts`: every call of every trunk is evaluated and none is treated
    standby: bool = True  # False: no standbys
    standbys: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2  # processes that follow the owner and can take over

    real_time: bool = True  # take a real-time priority where the system permits it

    @property
    def standby_count(self) -> int:
        """The number of standbys to run."""
        return self.standbys if self.standby else 0

    def trunk(self, name: str) -> TrunkSettings:
        """Return the settings of a trunk; the table `*` applies to trunks without one."""
        return self.trunks.get(name) or self.trunks.get("*") or UNKNOWN_TRUNK


UNKNOWN_TRUNK = TrunkSettings()

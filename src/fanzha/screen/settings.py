"""The tables of the settings file, each as a value; what is not said has the default that is safe."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from fanzha.claims.treatment import Treatment

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Milliseconds = Annotated[int, msgspec.Meta(ge=1, le=60_000)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=31_536_000)]
Ingress = Literal["international_gateway", "interconnect", "leased_line", "mobile", "voip"]


class Acting(StrEnum):
    """How far screening may go, step by step; each step may do what those before it do."""

    OFF = "off"  # nothing is judged
    SHADOW = "shadow"  # judged and logged, every call passes
    LABEL = "label"  # at most labelled
    SHARE = "share"  # a share of the calls is treated as meant, the others are labelled at most
    REFUSE = "refuse"  # treated as meant


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table that knows all of its keys."""


class Site(Table, frozen=True):
    """Which site this is."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,32}$")] = "site"


class Trunk(Table, frozen=True):
    """What is known of a trunk, and how far its calls are treated: `lists`, `guard`, `rules` where not as `acts`."""

    ingress: Ingress | None = None
    proves: bool = False  # callers are own subscribers or authenticated lines
    acts: Acting = Acting.SHADOW
    lists: Acting | None = None
    guard: Acting | None = None
    rules: Acting | None = None
    share: Share = 0.0
    fail: Literal["open", "closed"] = "open"  # what an unscreened call does
    warn: tuple[str, ...] = ("display_name",)  # channels of fanzha.warn that tell people of labelled calls


class Sip(Table, frozen=True):
    """A listener for SIP."""

    address: str = "127.0.0.1"
    port: Port = 5070
    protocols: tuple[Literal["udp", "tcp"], ...] = ("udp", "tcp")
    trunk_header: str = ""  # that the edge strips and sets
    trunk_group: bool = False  # tgrp of the request's target (RFC 4904)
    trunk: str = ""  # this listener is for one trunk
    trusted: bool = False  # P-Asserted-Identity is believed (RFC 3325)
    attestation_header: str = ""  # in which a trusted edge says A, B or C of a PASSporT that it verified
    dialog_events: bool = False  # NOTIFY with dialog-info (RFC 4235) tells what was answered and what ended
    peers: tuple[str, ...] = ()  # networks whose packets are read; () reads all: then the port must be closed to others
    refuse_with: Annotated[int, msgspec.Meta(ge=400, le=699)] = 603
    refuse_text: str = ""


class Http(Table, frozen=True):
    """The listener for HTTP."""

    address: str = "127.0.0.1"
    port: Port = 8300


class Snapshot(Table, frozen=True):
    """Which snapshot is served, and when it is too old or too different."""

    folder: str = ""  # "" is `snapshots` in the state folder
    oldest_seconds: Seconds = 86_400
    newly_refused: Annotated[int, msgspec.Meta(ge=0)] = 100  # so many more refusals always pass
    newly_refused_share: Share = 0.01  # else so large a share of all numbers; more wants an operator's approval
    lost_share: Share = 0.5  # of all refusals that may go at once


class Roaming(Table, frozen=True):
    """Where a home number's roaming is proven; "" asks nobody but the snapshot's cache."""

    url: str = ""  # http://127.0.0.1:…/{number} answers {"roaming": "proven"|"disproven"|"unproven"}
    unproven: Literal["label", "withhold"] = "label"  # what becomes of a home number whose roaming nobody proves
    wait_ms: Milliseconds = 20
    keep_seconds: Seconds = 600
    remembered: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 200_000


class Emergency(Table, frozen=True):
    """Calls that always pass, and lines that stay open to whoever is limited."""

    callees: tuple[str, ...] = ()  # beside those of the numbering plan
    help_lines: tuple[str, ...] = ()  # that whoever is limited may call, beside 96110 and the carriers' own
    call_back_seconds: Seconds = 7_200


class Log(Table, frozen=True):
    """Where decisions and facts are written, in order."""

    folder: str = ""  # "" is `screen/log` in the state folder
    waiting: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000)] = 200_000  # records held while the disk is slow
    days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 183  # network logs are kept six months (CSL Art. 21)


class Warn(Table, frozen=True):
    """The SMS gateway by which people are warned; "" asks none."""

    url: str = ""  # of the sendsms interface: http://127.0.0.1:13013/cgi-bin/sendsms
    username: str = ""
    password_file: str = ""  # of mode 600
    sender: Annotated[str, msgspec.Meta(pattern="^([+0-9A-Za-z]{1,20})?$")] = ""
    most_a_second: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 20.0
    again_after_seconds: Seconds = 86_400  # the same to the same person
    victims: bool = False  # text to whom a live rule thinks at risk, though others may see his phone


class Overload(Table, frozen=True):
    """When to shed: answers late by more than this are not worth giving."""

    late_ms: Milliseconds = 50
    retry_after_seconds: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 5


class Hep(Table, frozen=True):
    """The listener for copies of SIP (HEP version 3)."""

    address: str = "127.0.0.1"
    port: Port = 9060
    key: str = ""  # that packets carry; "" takes them from anybody who reaches the port


class OtherSite(Table, frozen=True):
    """A site whose facts are counted here too."""

    address: str
    port: Port


class SiteLink(Table, frozen=True):
    """The listener for other sites."""

    address: str = "127.0.0.1"
    port: Port = 7070
    certificate: str = ""  # PEM files; needed unless all addresses are of this machine
    key: str = ""
    authority: str = ""


class Rules(Table, frozen=True):
    """The rules in the moment: the operator's own of the snapshot, and the shipped ones beside them."""

    run: bool = True
    shipped: tuple[str, ...] = ("*",)  # names of detectors in rule text; `*` is all of them
    treat: dict[str, Treatment] = {}  # what a rule that fires at an offer means; label where nothing is said
    most_megabytes: Annotated[int, msgspec.Meta(ge=1)] = 8_192  # of windows; more facts are left out and counted
    seconds_between_saves: Seconds = 300


class Settings(Table, frozen=True):
    """The whole file."""

    site: Site = Site()
    trunks: dict[str, Trunk] = {}
    sip: dict[str, Sip] = {}
    http: Http | None = None
    snapshot: Snapshot = Snapshot()
    roaming: Roaming = Roaming()
    emergency: Emergency = Emergency()
    log: Log = Log()
    overload: Overload = Overload()
    hep: Hep | None = None
    site_link: SiteLink | None = None
    other_sites: dict[str, OtherSite] = {}
    rules: Rules = Rules()
    warn: Warn = Warn()
    standby: bool = True

    def trunk(self, name: str) -> Trunk:
        """Return what is known of a trunk; the table `*` is for those that have none of their own."""
        return self.trunks.get(name) or self.trunks.get("*") or UNKNOWN_TRUNK


UNKNOWN_TRUNK = Trunk()

"""What a look at a page found, as the fetcher writes it and the site reads it: `look.json` of an evidence folder."""

from pathlib import Path

import msgspec

RECORD_NAME = "look.json"
#: The measures of a page (`PersonaVisit.facts`), in the order of their columns.
PAGE_FACT_NAMES = (
    "nb_redirection", "nb_external_redirection", "nb_hyperlinks", "ratio_intHyperlinks", "ratio_extHyperlinks",
    "nb_extCSS", "ratio_extRedirection", "ratio_extErrors", "login_form", "external_favicon", "links_in_tags",
    "ratio_intMedia", "ratio_extMedia", "iframe", "popup_window", "safe_anchor", "onmouseover", "right_clic",
    "empty_title", "domain_in_title", "domain_with_copyright",
)  # fmt: skip


class PageRequest(msgspec.Struct, frozen=True):
    """One request of a page; `sha256` is that of the decoded body, "" if the body was not kept."""

    url: str
    method: str = "GET"
    type: str = ""
    status: int = 0
    mime: str = ""
    size: int = 0
    sha256: str = ""
    address: str = ""
    problem: str = ""


class Redirect(msgspec.Struct, frozen=True):
    """One redirect on the way to the page."""

    url: str
    status: int
    location: str


class PageForm(msgspec.Struct, frozen=True):
    """One form or group of inputs; `asks` names what it asks for: password, card, id_number, sms_code, phone, name."""

    action: str
    method: str
    asks: tuple[str, ...]


class CertificateFacts(msgspec.Struct, frozen=True):
    """The TLS certificate of the page; times are UTC milliseconds. `is_trusted`: a browser accepts it for the host."""

    sha256: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    valid_from: int
    valid_to: int
    protocol: str
    is_trusted: bool


class IconFacts(msgspec.Struct, frozen=True):
    """The favicon: SHA-256, MurmurHash3 of its base64 (as Shodan counts it) and perceptual hash ("" if not decoded)."""

    url: str
    sha256: str
    murmur: int
    picture_hash: str = ""


class LogoCrop(msgspec.Struct, frozen=True):
    """A picture at the top of the page: its box in the screenshot and its perceptual hash."""

    box: tuple[int, int, int, int]
    picture_hash: str


class DownloadFacts(msgspec.Struct, frozen=True):
    """A file that the page handed out. It is stored under its SHA-256 and never opened here."""

    url: str
    name: str
    size: int
    sha256: str


class BrandLikeness(msgspec.Struct, frozen=True):
    """A picture of the page that is like a picture of a brand; `distance` counts different bits of 256."""

    brand: str
    source: str
    picture: str
    distance: int


class PersonaVisit(msgspec.Struct, frozen=True):
    """What one persona got. `ended_by` says why the visit ended early, "" if it was complete."""

    persona: str
    final_url: str = ""
    status: int = 0
    title: str = ""
    text: str = ""
    ended_by: str = ""
    redirects: tuple[Redirect, ...] = ()
    headers: dict[str, str] = {}
    requests: tuple[PageRequest, ...] = ()
    forms: tuple[PageForm, ...] = ()
    facts: dict[str, float] = {}
    scripts: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    certificate: CertificateFacts | None = None
    server_hello: str = ""
    icon: IconFacts | None = None
    logos: tuple[LogoCrop, ...] = ()
    downloads: tuple[DownloadFacts, ...] = ()
    dialogs: int = 0
    popups: int = 0
    websockets: int = 0
    screenshot: str = ""
    picture_hash: str = ""
    dom: str = ""

    @property
    def asks(self) -> tuple[str, ...]:
        """What the forms of the page ask for, in alphabetical order."""
        return tuple(sorted({name for form in self.forms for name in form.asks}))


class PageDifference(msgspec.Struct, frozen=True):
    """A difference between two personas; `kind` is one of `page_differences.KINDS`. `cloaks`: it hides something."""

    kind: str
    first: str
    second: str
    detail: str
    cloaks: bool


class ConnectionFacts(msgspec.Struct, frozen=True):
    """One connection through the proxy; `refused` says why it was not made."""

    host: str
    port: int
    address: str = ""
    received: int = 0
    sent: int = 0
    server_hello: str = ""
    refused: str = ""


class LookRecord(msgspec.Struct, frozen=True):
    """One look at a URL by several personas; `at` is UTC milliseconds. `problem` says why nothing was seen."""

    url: str
    at: int
    isolation: str = ""
    browser: str = ""
    visits: tuple[PersonaVisit, ...] = ()
    differences: tuple[PageDifference, ...] = ()
    brands: tuple[BrandLikeness, ...] = ()
    connections: tuple[ConnectionFacts, ...] = ()
    problem: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def is_cloaked(self) -> bool:
        """Whether a difference between personas hides something."""
        return any(difference.cloaks for difference in self.differences)

    @property
    def telling_visit(self) -> PersonaVisit | None:
        """The visit that asks for most: a cloaked page shows others something harmless. None if nothing was seen."""
        seen = [visit for visit in self.visits if visit.dom or visit.screenshot]
        return max(
            seen,
            key=lambda visit: (len(visit.asks), len(visit.downloads), len(visit.facts), len(visit.redirects)),
            default=None,
        )


def encode_record(record: LookRecord) -> bytes:
    """Return a record as JSON."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1)


def read_record(folder: Path) -> LookRecord:
    """Return the record of an evidence folder. Raise ValueError if it is malformed, OSError if it is not there."""
    return msgspec.json.decode((folder / RECORD_NAME).read_bytes(), type=LookRecord)

"""Dialog events (RFC 4235): parse dialog-info documents from NOTIFY and track their calls.

Expat parses the documents with all declarations refused: no entity is expanded and nothing is fetched.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from fanzha.base.q850 import q850_from_sip
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.feeds.call_tracker import MAX_CALLS, CallEnding, CallState, CallTracker, FactSink, TrackedCall
from fanzha.screen.feeds.sip_copy import shorten_call_id
from fanzha.screen.identity import split_identities

SOURCE = "dialog-info"
NAMESPACE = "urn:ietf:params:xml:ns:dialog-info"
LONGEST_BODY, DEEPEST, MAX_DIALOGS, LONGEST_TEXT = 262_144, 16, 1_000, 2_048
MAX_ENTITIES = 100_000
_SET_UP = ("trying", "proceeding", "early")

MAX_BRANCHES = 8  # of one forked call
MAX_IDENTITIES, LONGEST_IDENTITY = 8, 1_024  # of one end of a dialog
#: Judges the call of a dialog without treating it.
JudgeCall = Callable[[CallAttempt], object]


class _DocumentRejected(ValueError):
    """The document declares, nests or repeats too much."""


@dataclass(slots=True)
class Dialog:
    """One dialog of a document."""

    call_id: str
    tags: frozenset[str]
    initiates: bool | None  # whether the entity placed the call; None: unknown
    state: str = ""
    event: str = ""
    code: str = ""
    local: list[str] = field(default_factory=list)  # identities of the entity
    remote: list[str] = field(default_factory=list)  # identities of the other end

    @property
    def callers(self) -> list[str]:
        """The identities that are said to be the caller's."""
        return self.local if self.initiates else self.remote

    @property
    def callees(self) -> list[str]:
        """The identities of the called party."""
        return self.remote if self.initiates else self.local


@dataclass(slots=True)
class DialogDocument:
    """A dialog-info document."""

    entity: str = ""
    version: int = -1
    dialogs: list[Dialog] = field(default_factory=list)


@dataclass(slots=True)
class DialogCall(TrackedCall):
    """A call and the tags of its live dialogs; both ends notify about the same dialogs."""

    branches: set[frozenset[str]] = field(default_factory=set)

    def add_branch(self, tags: frozenset[str]) -> None:
        """Add a dialog, replacing the same one with fewer tags."""
        self.branches = {branch for branch in self.branches if not branch < tags}
        if len(self.branches) < MAX_BRANCHES:
            self.branches.add(tags)

    def remove_branch(self, tags: frozenset[str]) -> None:
        """Remove a dialog, or all that match a single known tag."""
        self.branches = {branch for branch in self.branches if not (branch <= tags or tags <= branch)}


class DialogInfoFeed:
    """Tracks calls from bodies of NOTIFY requests; invalid documents are counted and ignored."""

    def __init__(self, sink: FactSink, *, max_calls: int = MAX_CALLS, judge: JudgeCall | None = None) -> None:
        """`judge` gets each call that is being set up, where the receiver names its trunk; None judges none."""
        self.calls: CallTracker[DialogCall] = CallTracker(sink, SOURCE, max_calls=max_calls)
        self._judge_call, self.judged = judge, 0
        self.accepted = self.rejected = self.outdated = 0
        self._versions: OrderedDict[str, int] = OrderedDict()  # entity -> version, most recent last

    def receive(self, data: bytes, at: int, trunk: str = "") -> None:
        """Process one document that arrived at `at` (UTC ms); never raise.

        `trunk` is that of its calls, "" if they are not judged.
        """
        document = parse_document(data)
        if document is None:
            self.rejected += 1
        elif document.version <= self._versions.get(document.entity, -1) and document.version:
            self.outdated += 1  # superseded by a later version; a new subscription begins at 0
        else:
            self.accepted += 1
            self._versions[document.entity] = document.version
            self._versions.move_to_end(document.entity)
            if len(self._versions) > MAX_ENTITIES:
                self._versions.popitem(last=False)
            for dialog in document.dialogs:
                self._apply(dialog, at, trunk)

    def pass_time(self, at: int) -> None:
        """Time out calls."""
        self.calls.pass_time(at)

    def _apply(self, dialog: Dialog, at: int, trunk: str) -> None:
        call = self.calls.find(dialog.call_id)
        if call is None or (call.state is CallState.OVER and dialog.state in _SET_UP):
            if dialog.state == "terminated":
                return
            started_at = None if dialog.state == "confirmed" else at
            call = self.calls.begin(DialogCall(dialog.call_id, started_at), at)
            if trunk and self._judge_call is not None and dialog.state in _SET_UP:
                self._judge(dialog, at, trunk)
        if dialog.state == "terminated":
            self._terminate(call, dialog, at)
        elif call.state is not CallState.OVER:
            if dialog.state == "confirmed" and call.state is CallState.RINGING:
                call.branches.clear()
                self.calls.answer(call, at, at)
            if dialog.state == "confirmed" or call.state is CallState.RINGING:
                call.add_branch(dialog.tags)

    def _judge(self, dialog: Dialog, at: int, trunk: str) -> None:
        """Judge the call of a dialog. The caller in the document is a claim that no network asserts."""
        if dialog.initiates is None or not dialog.callers or self._judge_call is None:
            return
        self.judged += 1
        caller, *claimed = (user for value in dialog.callers for user in split_identities(value))
        callee = split_identities(dialog.callees[0])[0] if dialog.callees else ""
        attempt = CallAttempt(at, dialog.call_id, caller, callee, trunk, claimed=tuple(claimed), asserted=False)
        self._judge_call(attempt)

    def _terminate(self, call: DialogCall, dialog: Dialog, at: int) -> None:
        """End a call with its last branch; a replaced dialog continues in another one."""
        if call.state not in (CallState.RINGING, CallState.TALKING) or dialog.event == "replaced":
            return
        call.remove_branch(dialog.tags)
        if not call.branches:
            self.calls.end(call, at, at, _ending(dialog), answered=call.state is CallState.TALKING)


def _ending(dialog: Dialog) -> CallEnding:
    cause = q850_from_sip(int(dialog.code)) if len(dialog.code) == 3 and dialog.code.isdecimal() else None
    match dialog.event:
        case "local-bye" | "remote-bye":
            by_initiator = (dialog.event == "local-bye") == dialog.initiates
            return CallEnding(None if dialog.initiates is None else "caller" if by_initiator else "callee", 16)
        case "cancelled":
            return CallEnding("caller", 16)
        case "rejected":
            return CallEnding("callee", cause)
        case "error" | "timeout":
            return CallEnding("network", cause)
        case _:
            return CallEnding(None, cause)


def parse_document(data: bytes) -> DialogDocument | None:
    """Return a dialog-info document; None for anything else."""
    if len(data) > LONGEST_BODY:
        return None
    parser = _DocumentParser()
    try:
        parser.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    document = parser.document
    return document if document.entity and document.version >= 0 else None


class _DocumentParser:
    """Expat handlers that read only the path to a dialog's state."""

    def __init__(self) -> None:
        self.document = DialogDocument()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = _reject
        self._path: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.removeprefix(f"{NAMESPACE} "))
        if len(self._path) > DEEPEST:
            raise _DocumentRejected
        match self._path:
            case ["dialog-info"]:
                version = attributes.get("version", "")
                if version.isascii() and version.isdecimal() and len(version) <= 10:
                    self.document.version = int(version)
                self.document.entity = attributes.get("entity", "")[:LONGEST_TEXT]
            case ["dialog-info", "dialog"]:
                self._dialog(attributes)
            case ["dialog-info", "dialog", "state"] if self.document.dialogs:
                dialog = self.document.dialogs[-1]
                dialog.event, dialog.code = attributes.get("event", ""), attributes.get("code", "")
            case ["dialog-info", "dialog", "local" | "remote" as end, "identity"] if self.document.dialogs:
                identities = getattr(self.document.dialogs[-1], end)
                if len(identities) == MAX_IDENTITIES:
                    raise _DocumentRejected
                identities.append("")

    def _dialog(self, attributes: dict[str, str]) -> None:
        if len(self.document.dialogs) == MAX_DIALOGS:
            raise _DocumentRejected
        # a dialog without a call-id is identified by entity and id
        name = attributes.get("call-id") or f"{self.document.entity} {attributes.get('id', '')}"
        tags = frozenset(filter(None, (attributes.get("local-tag"), attributes.get("remote-tag"))))
        initiates = {"initiator": True, "recipient": False}.get(attributes.get("direction", ""))
        call_id = shorten_call_id(name.encode("utf-8", "replace")).decode("utf-8", "replace")
        self.document.dialogs.append(Dialog(call_id, tags, initiates))

    def _text(self, text: str) -> None:
        if self._path == ["dialog-info", "dialog", "state"]:
            self.document.dialogs[-1].state = (self.document.dialogs[-1].state + text).strip()[:32]
        elif self._path[:2] == ["dialog-info", "dialog"] and self._path[3:] == ["identity"]:
            identities = getattr(self.document.dialogs[-1], self._path[2], None)
            if isinstance(identities, list) and identities:
                identities[-1] = (identities[-1] + text)[:LONGEST_IDENTITY].strip()

    def _end(self, name: str) -> None:
        self._path.pop()


def _reject(*_: object) -> None:
    raise _DocumentRejected

"""Dialog events (RFC 4235): the dialog-info documents that a switch or presence server notifies a screen of.

A document is read by expat with every declaration refused: no entity is ever expanded, nothing is fetched.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from xml.parsers import expat

from fanzha.base.q850 import q850_from_sip
from fanzha.screen.feeds.call_tracker import MOST, Call, Ending, FollowedCalls, Sink, State
from fanzha.screen.feeds.sip_copy import shortened

SOURCE = "dialog-info"
NAMESPACE = "urn:ietf:params:xml:ns:dialog-info"
LONGEST_BODY, DEEPEST, MOST_DIALOGS, LONGEST_TEXT = 262_144, 16, 1_000, 2_048
MOST_ENTITIES = 100_000
_SET_UP = ("trying", "proceeding", "early")

MOST_BRANCHES = 8  # of one call that was forked


class _Refused(ValueError):
    """The document declares, nests or repeats more than any honest one."""


@dataclass(slots=True)
class Dialog:
    """One dialog of a document."""

    call_id: str
    tags: frozenset[str]
    initiates: bool | None  # whether the entity made the call; None: not said
    state: str = ""
    event: str = ""
    code: str = ""


@dataclass(slots=True)
class Document:
    """A dialog-info document."""

    entity: str = ""
    version: int = -1
    dialogs: list[Dialog] = field(default_factory=list)


@dataclass(slots=True)
class DialogCall(Call):
    """A call and the tags of each of its dialogs that is still alive: both ends notify of the same ones."""

    branches: set[frozenset[str]] = field(default_factory=set)

    def take(self, tags: frozenset[str]) -> None:
        """Know a dialog, which may have had fewer tags until now."""
        self.branches = {one for one in self.branches if not one < tags}
        if len(self.branches) < MOST_BRANCHES:
            self.branches.add(tags)

    def drop(self, tags: frozenset[str]) -> None:
        """Forget a dialog, or all that a notifier who knows one tag can mean."""
        self.branches = {one for one in self.branches if not (one <= tags or tags <= one)}


class DialogInfoFeed:
    """Takes the bodies of NOTIFY requests; what is no dialog-info is counted and nothing else."""

    def __init__(self, sink: Sink, *, most: int = MOST) -> None:
        self.calls: FollowedCalls[DialogCall] = FollowedCalls(sink, SOURCE, most=most)
        self.taken = self.refused = self.old = 0
        self._versions: OrderedDict[str, int] = OrderedDict()  # of entities, the one heard of last at the end

    def body(self, data: bytes, at: int) -> None:
        """Take one document that arrived at a moment (UTC ms); never raises."""
        document = read_document(data)
        if document is None:
            self.refused += 1
        elif document.version <= self._versions.get(document.entity, -1) and document.version:
            self.old += 1  # overtaken by a later one; a new subscription begins at 0
        else:
            self.taken += 1
            self._versions[document.entity] = document.version
            self._versions.move_to_end(document.entity)
            if len(self._versions) > MOST_ENTITIES:
                self._versions.popitem(last=False)
            for dialog in document.dialogs:
                self._take(dialog, at)

    def pass_time(self, at: int) -> None:
        """Look after calls of which nothing comes any more."""
        self.calls.pass_time(at)

    def _take(self, dialog: Dialog, at: int) -> None:
        call = self.calls.find(dialog.call_id)
        if call is None or (call.state is State.OVER and dialog.state in _SET_UP):
            if dialog.state == "terminated":
                return
            began = None if dialog.state == "confirmed" else at
            call = self.calls.begin(DialogCall(dialog.call_id, began), at)
        if dialog.state == "terminated":
            self._terminated(call, dialog, at)
        elif call.state is not State.OVER:
            if dialog.state == "confirmed" and call.state is State.RINGING:
                call.branches.clear()
                self.calls.answer(call, at, at)
            if dialog.state == "confirmed" or call.state is State.RINGING:
                call.take(dialog.tags)

    def _terminated(self, call: DialogCall, dialog: Dialog, at: int) -> None:
        """End a call with its last branch; one that is replaced goes on in another dialog."""
        if call.state not in (State.RINGING, State.TALKING) or dialog.event == "replaced":
            return
        call.drop(dialog.tags)
        if not call.branches:
            self.calls.end(call, at, at, _ending(dialog), answered=call.state is State.TALKING)


def _ending(dialog: Dialog) -> Ending:
    cause = q850_from_sip(int(dialog.code)) if len(dialog.code) == 3 and dialog.code.isdecimal() else None
    match dialog.event:
        case "local-bye" | "remote-bye":
            ours = (dialog.event == "local-bye") == dialog.initiates
            return Ending(None if dialog.initiates is None else "caller" if ours else "callee", 16)
        case "cancelled":
            return Ending("caller", 16)
        case "rejected":
            return Ending("callee", cause)
        case "error" | "timeout":
            return Ending("network", cause)
        case _:
            return Ending(None, cause)


def read_document(data: bytes) -> Document | None:
    """Return what a dialog-info document says; None for anything else."""
    if len(data) > LONGEST_BODY:
        return None
    reading = _Reading()
    try:
        reading.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    document = reading.document
    return document if document.entity and document.version >= 0 else None


class _Reading:
    """Expat's calls, as they come; only the path to a dialog's state is looked at."""

    def __init__(self) -> None:
        self.document = Document()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = _refuse
        self._path: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.removeprefix(f"{NAMESPACE} "))
        if len(self._path) > DEEPEST:
            raise _Refused
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

    def _dialog(self, attributes: dict[str, str]) -> None:
        if len(self.document.dialogs) == MOST_DIALOGS:
            raise _Refused
        # a dialog without a call-id has the id alone, which names it within this document's entity
        name = attributes.get("call-id") or f"{self.document.entity} {attributes.get('id', '')}"
        tags = frozenset(filter(None, (attributes.get("local-tag"), attributes.get("remote-tag"))))
        initiates = {"initiator": True, "recipient": False}.get(attributes.get("direction", ""))
        call_id = shortened(name.encode("utf-8", "replace")).decode("utf-8", "replace")
        self.document.dialogs.append(Dialog(call_id, tags, initiates))

    def _text(self, text: str) -> None:
        if self._path == ["dialog-info", "dialog", "state"]:
            self.document.dialogs[-1].state = (self.document.dialogs[-1].state + text).strip()[:32]

    def _end(self, name: str) -> None:
        self._path.pop()


def _refuse(*_: object) -> None:
    raise _Refused

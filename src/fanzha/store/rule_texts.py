"""An operator's rules: `rules/NAME.rule` in the state folder, and a history that says who changed what, when and why.

The history is the only truth about states. Each text ever added is kept under `rules/history/DIGEST.rule` and lives its
own life: the old text of a rule runs on until the new one goes live.
"""

import re
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.ids import digest
from fanzha.claims.rule_lifecycle import RUNNING_STATES, RuleState, RuleStep, advance, create_draft
from fanzha.store.private_files import locked, write_privately
from fanzha.store.state_folder import state_folder

SHORTEST_DIGEST = 4

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,99}")

What = Literal["add", "change", "promote", "retire"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of history.jsonl: the step of one text of one rule; `before` is the newest text until then."""

    rule: str
    what: What
    text: str  # digest
    before: str | None
    step: RuleStep


class Held(NamedTuple):
    """One text of one rule, and where it stands."""

    rule: str
    text: str  # digest
    step: RuleStep
    newest: bool


class RuleTexts:
    """The rules of one state folder. Everything read is checked; a broken file raises WrongCall naming the line."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `rules` below the state folder."""
        self.folder = (folder or state_folder()) / "rules"
        self._history = self.folder / "history.jsonl"

    def history(self, rule: str | None = None) -> list[Entry]:
        """Return every entry, the oldest first; of one rule when it is named."""
        if not self._history.is_file():
            return []
        lines = self._history.read_bytes().splitlines()
        entries = [self._entry(line, number) for number, line in enumerate(lines, start=1)]
        return [entry for entry in entries if rule in (None, entry.rule)]

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            return msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            raise self._broken(number, str(error)) from None

    def _broken(self, number: int, why: str) -> WrongCall:
        return WrongCall(f"{self._history}, line {number}: {why}", fix="restore the file from its last good copy")

    def held(self, rule: str | None = None) -> list[Held]:
        """Return every text with its present step, by rule and age; a step that could not follow is an error."""
        steps: dict[tuple[str, str], RuleStep] = {}
        newest: dict[str, str] = {}
        for number, entry in enumerate(self.history(), start=1):
            last = steps.get((entry.rule, entry.text))
            try:
                steps[entry.rule, entry.text] = _after(last, entry)
            except WrongCall as error:
                raise self._broken(number, error.what) from None
            if entry.what in ("add", "change"):
                newest[entry.rule] = entry.text
        found = [Held(name, text, step, newest[name] == text) for (name, text), step in steps.items()]
        return sorted((one for one in found if rule in (None, one.rule)), key=lambda one: one.rule)

    def text(self, text: str) -> str:
        """Return the text of a digest, exactly as it was added."""
        path = self._kept(text)
        try:
            found = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise WrongCall(f"{path} cannot be read ({error})", fix="restore it from its copy") from None
        if digest(found) != text:
            raise WrongCall(f"{path} is not the text that was added", fix="restore it from its copy")
        return found

    def edited(self, rule: str) -> bool:
        """Return whether NAME.rule is not the newest text that was added: edited by hand, or gone."""
        newest = next((one.text for one in self.held(rule) if one.newest), "")
        path = self.folder / f"{rule}.rule"
        return not path.is_file() or digest(path.read_bytes()) != newest

    def add(self, rule: str, text: str, *, at: int, by: str, why: str) -> Entry:
        """Keep a new text of a rule as a draft; whatever text of it runs, runs on."""
        if not _NAME.fullmatch(rule):
            raise WrongCall(f"{rule!r} is no rule's name", fix="use lower case letters, digits and _")
        step, name = create_draft(at=at, by=by, why=why), digest(text)
        with locked(self.folder):
            held = self.held(rule)
            same = next((one for one in held if one.text == name), None)
            if same and (same.newest or same.step.state in RUNNING_STATES):
                raise WrongCall(
                    f"this text of {rule} is there already, as {same.step.state}",
                    fix=f"move it with `fanzha rules promote {rule} STATE --text {name[:8]}`",
                )
            before = next((one.text for one in held if one.newest), None)
            write_privately(self._kept(name), text.encode())
            write_privately(self.folder / f"{rule}.rule", text.encode())
            entry = Entry(rule=rule, what="change" if before else "add", text=name, before=before, step=step)
            self._append([entry])
        return entry

    def move(self, rule: str, step: RuleStep, *, text: str = "") -> list[Entry]:
        """Take a step with the newest text of a rule, or with the one whose digest begins with `text`.

        A text that goes live retires the texts of the same rule that still run. Returns what was written down.
        """
        with locked(self.folder):
            held = self.held(rule)
            one = _chosen(rule, held, text)
            advance(one.step, step)
            moves = [(one, step)] + [(other, _replaced(one, step)) for other in held if _ends(other, one, step)]
            before = next(each.text for each in held if each.newest)
            entries = [
                Entry(rule=rule, what=_what(each), text=moved.text, before=before, step=each) for moved, each in moves
            ]
            self._append(entries)
        return entries

    def _append(self, entries: list[Entry]) -> None:
        """Add lines by writing the whole file anew: no crash leaves half a line."""
        before = self._history.read_bytes() if self._history.is_file() else b""
        added = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        write_privately(self._history, before + added)

    def _kept(self, text: str) -> Path:
        return self.folder / "history" / f"{text}.rule"


def _after(last: RuleStep | None, entry: Entry) -> RuleStep:
    if entry.what in ("add", "change"):
        if entry.step.state is not RuleState.DRAFT:
            raise WrongCall(f"a text is added as draft, not as {entry.step.state}")
        return entry.step
    if last is None:
        raise WrongCall(f"text {entry.text} of {entry.rule} was never added")
    return advance(last, entry.step)


def _chosen(rule: str, held: list[Held], text: str) -> Held:
    if not held:
        raise WrongCall(f"no rule is called {rule}", fix="see `fanzha rules list`; `fanzha rules add FILE` adds one")
    if not text:
        return next(one for one in held if one.newest)
    found = [one for one in held if one.text.startswith(text) and len(text) >= SHORTEST_DIGEST]
    if len(found) != 1:
        there = ", ".join(one.text[:8] for one in held)
        raise WrongCall(f"{len(found) or 'no'} texts of {rule} begin with {text!r}", fix=f"there are: {there}")
    return found[0]


def _ends(other: Held, one: Held, step: RuleStep) -> bool:
    return step.state is RuleState.LIVE and other.text != one.text and other.step.state in RUNNING_STATES


def _replaced(one: Held, step: RuleStep) -> RuleStep:
    return RuleStep(state=RuleState.RETIRED, at=step.at, by=step.by, why=f"replaced by text {one.text[:8]}: {step.why}")


def _what(step: RuleStep) -> What:
    return "retire" if step.state is RuleState.RETIRED else "promote"

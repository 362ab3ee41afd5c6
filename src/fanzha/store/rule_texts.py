"""The operator's rules: `rules/NAME.rule` in the state folder, and a history of who changed what, when and why.

States are derived from the history only. Each added text is kept as `rules/history/DIGEST.rule` and has its own state:
the previous text of a rule remains active until the new one goes live.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.claims.rule_lifecycle import RUNNING_STATES, RuleState, RuleStep, advance, create_draft
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

MIN_DIGEST_LENGTH = 4

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,99}")

HistoryAction = Literal["add", "change", "promote", "retire"]


class RuleHistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of history.jsonl: a step of one text of a rule. `before` is the newest text before the step."""

    rule: str
    what: HistoryAction
    text: str  # digest
    before: str | None
    step: RuleStep


class RuleText(NamedTuple):
    """One text of a rule and its current step."""

    rule: str
    text: str  # digest
    step: RuleStep
    newest: bool


class RuleTexts:
    """The rules of one state folder. All methods raise UsageError with the line of a damaged history."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `rules` below the state folder."""
        self.folder = (folder or state_folder()) / "rules"
        self._history = self.folder / "history.jsonl"

    def history(self, rule: str | None = None) -> list[RuleHistoryEntry]:
        """Return all entries, or those of one rule, the oldest first."""
        if not self._history.is_file():
            return []
        lines = self._history.read_bytes().splitlines()
        entries = [self._entry(line, number) for number, line in enumerate(lines, start=1)]
        return [entry for entry in entries if rule in (None, entry.rule)]

    def _entry(self, line: bytes, number: int) -> RuleHistoryEntry:
        try:
            return msgspec.json.decode(line, type=RuleHistoryEntry)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._broken(number, str(error)) from None

    def _broken(self, number: int, reason: str) -> UsageError:
        return UsageError(f"{self._history}, line {number}: {reason}", fix="restore the file from its last good copy")

    def list_texts(self, rule: str | None = None) -> list[RuleText]:
        """Return every text with its current step, ordered by rule and age. Raise UsageError for an invalid step."""
        steps: dict[tuple[str, str], RuleStep] = {}
        newest: dict[str, str] = {}
        for number, entry in enumerate(self.history(), start=1):
            last = steps.get((entry.rule, entry.text))
            try:
                steps[entry.rule, entry.text] = _next_step(last, entry)
            except UsageError as error:
                raise self._broken(number, error.what) from None
            if entry.what in ("add", "change"):
                newest[entry.rule] = entry.text
        texts = [RuleText(name, text, step, newest[name] == text) for (name, text), step in steps.items()]
        return sorted((item for item in texts if rule in (None, item.rule)), key=lambda item: item.rule)

    def text(self, text: str) -> str:
        """Return the text with a digest, exactly as it was added."""
        path = self._text_path(text)
        try:
            content = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read ({error})", fix="restore it from its copy") from None
        if digest(content) != text:
            raise UsageError(f"{path} is not the text that was added", fix="restore it from its copy")
        return content

    def is_edited(self, newest: RuleText) -> bool:
        """Return whether NAME.rule differs from the newest text of its rule or is missing."""
        path = self.folder / f"{newest.rule}.rule"
        return not path.is_file() or digest(path.read_bytes()) != newest.text

    def add(self, rule: str, text: str, *, at: int, by: str, why: str) -> RuleHistoryEntry:
        """Add a new text of a rule as a draft. The active text of the rule does not change."""
        if not _NAME.fullmatch(rule):
            raise UsageError(f"{rule!r} is no rule's name", fix="use lower case letters, digits and _")
        step, name = create_draft(at=at, by=by, why=why), digest(text)
        with lock_folder(self.folder):
            texts = self.list_texts(rule)
            existing = next((item for item in texts if item.text == name), None)
            if existing and (existing.newest or existing.step.state in RUNNING_STATES):
                raise UsageError(
                    f"this text of {rule} is there already, as {existing.step.state}",
                    fix=f"move it with `fanzha rules promote {rule} STATE --text {name[:8]}`",
                )
            previous = next((item.text for item in texts if item.newest), None)
            write_private_file(self._text_path(name), text.encode())
            write_private_file(self.folder / f"{rule}.rule", text.encode())
            entry = RuleHistoryEntry(
                rule=rule, what="change" if previous else "add", text=name, before=previous, step=step
            )
            self._append([entry])
        return entry

    def check_version(self, rule: str, version: int, text: str) -> None:
        """Raise UsageError if another text of a rule has this version: findings name it, and both texts may run."""
        from fanzha.rules import RuleError, parse  # slow import: only when a text is added

        for item in self.list_texts(rule):
            try:
                taken = parse(self.text(item.text)).rules[0].version
            except RuleError:  # written for another grammar
                continue
            if taken == version and item.text != digest(text):
                fix = f"write `version {version + 1}` below the name of the rule"
                raise UsageError(f"another text of {rule} has version {version} already", fix=fix)

    def select(self, rule: str, text: str = "") -> RuleText:
        """Return the newest text of a rule, or the one whose digest begins with `text`. Raise UsageError."""
        return _select_text(rule, self.list_texts(rule), text)

    def move(
        self, rule: str, step: RuleStep, *, text: str = "", check: Callable[[RuleText], None] | None = None
    ) -> list[RuleHistoryEntry]:
        """Move the newest text of a rule, or the one whose digest begins with `text`, to another state.

        A text that goes live retires the other active texts of the rule. `check` is called with the text under the
        lock of the move, and refuses the step by raising. Return the new history entries.
        """
        with lock_folder(self.folder):
            texts = self.list_texts(rule)
            chosen = _select_text(rule, texts, text)
            advance(chosen.step, step)
            if check is not None:
                check(chosen)
            moves = [(chosen, step)] + [
                (item, _build_retirement(chosen, step)) for item in texts if _is_replaced(item, chosen, step)
            ]
            previous = next(move_step.text for move_step in texts if move_step.newest)
            entries = [
                RuleHistoryEntry(
                    rule=rule, what=_history_action(move_step), text=moved.text, before=previous, step=move_step
                )
                for moved, move_step in moves
            ]
            self._append(entries)
        return entries

    def _append(self, entries: list[RuleHistoryEntry]) -> None:
        """Append entries by rewriting the file atomically, so that a crash leaves no incomplete line."""
        previous = self._history.read_bytes() if self._history.is_file() else b""
        added = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        write_private_file(self._history, previous + added)

    def _text_path(self, text: str) -> Path:
        return self.folder / "history" / f"{text}.rule"


def _next_step(last: RuleStep | None, entry: RuleHistoryEntry) -> RuleStep:
    if entry.what in ("add", "change"):
        if entry.step.state is not RuleState.DRAFT:
            raise UsageError(f"a text is added as draft, not as {entry.step.state}")
        return entry.step
    if last is None:
        raise UsageError(f"text {entry.text} of {entry.rule} was never added")
    return advance(last, entry.step)


def _select_text(rule: str, texts: list[RuleText], text: str) -> RuleText:
    if not texts:
        raise UsageError(f"no rule is called {rule}", fix="see `fanzha rules list`; `fanzha rules add FILE` adds one")
    if not text:
        return next(item for item in texts if item.newest)
    matches = [item for item in texts if item.text.startswith(text) and len(text) >= MIN_DIGEST_LENGTH]
    if len(matches) != 1:
        digests = ", ".join(item.text[:8] for item in texts)
        raise UsageError(f"{len(matches) or 'no'} texts of {rule} begin with {text!r}", fix=f"there are: {digests}")
    return matches[0]


def _is_replaced(candidate: RuleText, chosen: RuleText, step: RuleStep) -> bool:
    return step.state is RuleState.LIVE and candidate.text != chosen.text and candidate.step.state in RUNNING_STATES


def _build_retirement(chosen: RuleText, step: RuleStep) -> RuleStep:
    return RuleStep(
        state=RuleState.RETIRED, at=step.at, by=step.by, why=f"replaced by text {chosen.text[:8]}: {step.why}"
    )


def _history_action(step: RuleStep) -> HistoryAction:
    return "retire" if step.state is RuleState.RETIRED else "promote"

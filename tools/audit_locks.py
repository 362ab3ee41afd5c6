"""Look for pins of the lock files that an advisory names: a hole that is known and, mostly, mended in a later version.

Advisories are files of the OSV format (JSON or YAML, https://ossf.github.io/osv-schema/) in a folder, so that a site
without internet can bring them along: a clone of github.com/pypa/advisory-database, or the PyPI export of osv.dev.

Usage: python tools/audit_locks.py FOLDER [LOCK...]      (make audit; without locks: all of requirements/)
Exit code: 0 no pin is affected, 1 at least one is, 2 the advisories or locks cannot be relied upon.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

TOP = Path(__file__).resolve().parent.parent
MAX_AGE_DAYS = 30
ECOSYSTEM = "PyPI"
#: An advisory is parsed only if it names a pinned package: most of a database is about others.
_NAME = re.compile(rb"""["']?\bname["']?\s*:\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)""")
_MODIFIED = re.compile(rb"""["']?\bmodified["']?\s*:\s*["']?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)""")
#: All values as text, so that version 1.10 is not the number 1.1.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class UnreliableAudit(Exception):
    """The audit says nothing: its input is missing, too old or cannot be read (exit 2)."""


class LockedPackage(NamedTuple):
    """A package at one version, and the lock files that pin it."""

    name: str  # canonical
    version: Version
    locks: tuple[str, ...]


class AdvisoryMatch(NamedTuple):
    """A pin that an advisory names."""

    pin: LockedPackage
    advisory: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]  # versions above the pin in which it is mended, lowest first

    def describe(self) -> str:
        """Return one line of text."""
        names = " ".join((self.advisory, *self.aliases))
        mended = f"mended in {self.fixed[0]}" if self.fixed else "no mended version is known"
        return f"{self.pin.name} {self.pin.version} ({', '.join(self.pin.locks)}): {names}, {mended}. {self.summary}"

    def as_json(self) -> dict[str, object]:
        """Return the match as plain values."""
        pin = {"package": self.pin.name, "version": str(self.pin.version), "locks": list(self.pin.locks)}
        found = {"advisory": self.advisory, "aliases": list(self.aliases), "summary": self.summary}
        return {**pin, **found, "fixed": list(self.fixed)}


class LockAudit(NamedTuple):
    """What an audit read and found."""

    pins: int
    advisories: int
    newest: datetime  # when the last advisory was written or changed
    matches: list[AdvisoryMatch]
    ignored: list[AdvisoryMatch]
    rejected: list[str]  # advisories on pinned packages that cannot be read, with the reason

    def as_json(self) -> dict[str, object]:
        """Return the audit as plain values."""
        counts = {"pins": self.pins, "advisories": self.advisories, "newest": self.newest.isoformat()}
        matches = {"affected": [match.as_json() for match in self.matches]}
        return {**counts, **matches, "ignored": [m.as_json() for m in self.ignored], "rejected": self.rejected}

    @property
    def exit_code(self) -> int:
        """Return 1 for an affected pin, 2 for an advisory that could not be read, else 0."""
        return 1 if self.matches else 2 if self.rejected else 0


def read_pins(locks: Iterable[Path]) -> list[LockedPackage]:
    """Return the pins of lock files. Raise UnreliableAudit if one cannot be read or leaves a version open."""
    locks_by_pin: dict[tuple[str, Version], list[str]] = {}
    for lock in locks:
        for name, version in _parse_lock(lock):
            locks_by_pin.setdefault((name, version), []).append(lock.name)
    return [LockedPackage(name, version, tuple(names)) for (name, version), names in sorted(locks_by_pin.items())]


def _parse_lock(lock: Path) -> Iterator[tuple[str, Version]]:
    try:
        lines = lock.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreliableAudit(
            f"{lock} cannot be read ({error}): name a lock file, such as requirements/base.txt"
        ) from None
    for number, line in enumerate(lines, 1):
        text = line.partition(" #")[0].strip().removesuffix("\\").strip()
        if not text or text.startswith(("#", "--hash=")):
            continue
        try:
            requirement = Requirement(text)
            (specifier,) = requirement.specifier
            if specifier.operator != "==":
                raise ValueError(specifier)
            yield canonicalize_name(requirement.name), Version(specifier.version)
        except (InvalidRequirement, InvalidVersion, ValueError):
            raise UnreliableAudit(f"{lock}, line {number}: {text!r} is no pin (name==version): run make lock") from None


def audit(folder: Path, pins: Sequence[LockedPackage], ignored: Iterable[str] = ()) -> LockAudit:
    """Compare pins with all advisories of a folder. Raise UnreliableAudit if it holds none."""
    pins_by_name: dict[str, list[LockedPackage]] = {}
    for pin in pins:
        pins_by_name.setdefault(pin.name, []).append(pin)
    count, newest = 0, datetime.min.replace(tzinfo=UTC)
    matches: list[AdvisoryMatch] = []
    rejected: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".yaml", ".yml")):
        content = path.read_bytes()
        if not (modified := _MODIFIED.search(content)):
            continue  # no advisory: these say when they were changed
        count += 1
        newest = max(newest, datetime.fromisoformat(modified[1].decode()).replace(tzinfo=UTC))
        if not any(canonicalize_name(name.decode()) in pins_by_name for name in _NAME.findall(content)):
            continue
        try:
            matches += match_advisory(_parse_advisory(path, content), pins_by_name)
        except (ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
            rejected.append(f"{path}: {type(error).__name__}: {error}")
    if not count:
        raise UnreliableAudit(
            f"{folder} holds no advisories of the OSV format: clone github.com/pypa/advisory-database"
        )
    names = set(ignored)
    is_ignored = [bool(names & {match.advisory, *match.aliases}) for match in matches]
    return LockAudit(
        len(pins),
        count,
        newest,
        [match for match, is_one in zip(matches, is_ignored, strict=True) if not is_one],
        [match for match, is_one in zip(matches, is_ignored, strict=True) if is_one],
        rejected,
    )


def _parse_advisory(path: Path, content: bytes) -> Mapping[str, Any]:
    parsed = json.loads(content) if path.suffix == ".json" else yaml.load(content, _LOADER)  # a loader of text alone
    if not isinstance(parsed, dict) or not isinstance(parsed.get("id"), str):
        raise ValueError("an advisory is a mapping with an id")
    if "affected" not in parsed and "withdrawn" not in parsed:
        raise ValueError("it does not say what is affected (OSV 1.0 and later)")
    return parsed


def match_advisory(
    advisory: Mapping[str, Any], pins_by_name: Mapping[str, Sequence[LockedPackage]]
) -> Iterator[AdvisoryMatch]:
    """Yield the pins that an advisory names; none if it was withdrawn."""
    if advisory.get("withdrawn"):
        return
    details = str(advisory.get("summary") or advisory.get("details") or "")
    matched: dict[LockedPackage, set[Version]] = {}
    for affected in advisory["affected"]:
        package = affected.get("package") or {}
        if package.get("ecosystem") != ECOSYSTEM:
            continue
        for pin in pins_by_name.get(canonicalize_name(package["name"]), ()):
            if is_affected(affected, pin.version):
                matched.setdefault(pin, set()).update(_fixed_after(affected, pin.version))
    for pin, fixed in matched.items():
        aliases = tuple(sorted(advisory.get("aliases") or ()))
        summary = " ".join(details.split())[:160]
        yield AdvisoryMatch(pin, advisory["id"], aliases, summary, tuple(str(version) for version in sorted(fixed)))


def is_affected(affected: Mapping[str, Any], version: Version) -> bool:
    """Return whether a version is listed, or within a range: introduced up to fixed (exclusive) or last_affected."""
    if any(_is_version(text, version) for text in affected.get("versions") or ()):
        return True
    ranges = [entry for entry in affected.get("ranges") or () if entry["type"] in ("ECOSYSTEM", "SEMVER")]
    return any(_is_in_range(_sorted_events(entry), version) for entry in ranges)


def _is_version(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False  # of long ago, such as 0.1-dev1; it cannot be pinned


def _sorted_events(entry: Mapping[str, Any]) -> list[tuple[Version, str]]:
    events = [(name, text) for event in entry["events"] for name, text in event.items()]
    order = {"introduced": 0, "last_affected": 1, "fixed": 1, "limit": 1}
    return [
        (version, name)
        for version, _place, name in sorted((Version(text), order[name], name) for name, text in events if text != "*")
    ]


def _is_in_range(events: Sequence[tuple[Version, str]], version: Version) -> bool:
    is_inside = False
    for at, name in events:
        if name == "introduced" and version >= at:
            is_inside = True
        elif (name == "last_affected" and version > at) or (name in ("fixed", "limit") and version >= at):
            is_inside = False
    return is_inside


def _fixed_after(affected: Mapping[str, Any], version: Version) -> Iterator[Version]:
    for entry in affected.get("ranges") or ():
        if entry["type"] in ("ECOSYSTEM", "SEMVER"):
            yield from (at for at, name in _sorted_events(entry) if name == "fixed" and at > version)


def check_age(newest: datetime, now: datetime, max_age_days: int) -> None:
    """Raise UnreliableAudit if the newest advisory is older than so many days: later holes would stay unseen."""
    if now - newest > timedelta(days=max_age_days):
        raise UnreliableAudit(
            f"the newest advisory is of {newest:%Y-%m-%d}, more than {max_age_days} days ago:"
            " bring a newer copy, or accept its age with --max-age-days"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit the locks and print what was found; return the exit code."""
    parser = argparse.ArgumentParser(description="Look for pins of the lock files that an advisory names.")
    parser.add_argument("folder", type=Path, help="advisories of the OSV format, JSON or YAML, in any subfolders")
    parser.add_argument("locks", type=Path, nargs="*", help="lock files (all of requirements/)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--ignore", action="append", default=[], metavar="ID", help="an advisory that does not apply")
    parser.add_argument("--max-age-days", type=int, default=MAX_AGE_DAYS, help=f"of the newest one ({MAX_AGE_DAYS})")
    given = parser.parse_args(arguments)
    found: LockAudit | None = None
    try:
        pins = read_pins(given.locks or sorted((TOP / "requirements").glob("*.txt")))
        found = audit(given.folder, pins, given.ignore)
        if given.json:
            print(json.dumps(found.as_json(), indent=2))
        else:
            _print_text(found)
        check_age(found.newest, datetime.now(UTC), given.max_age_days)
    except UnreliableAudit as error:
        print(f"audit: {error}", file=sys.stderr)
        return 1 if found is not None and found.matches else 2
    return found.exit_code


def _print_text(found: LockAudit) -> None:
    for match in found.matches:
        print(match.describe())
    for match in found.ignored:
        print(f"ignored: {match.describe()}")
    for reason in found.rejected:
        print(f"cannot be read: {reason}")
    print(
        f"{found.pins} pins, {found.advisories} advisories, the newest of {found.newest:%Y-%m-%d}:"
        f" {len({match.pin for match in found.matches})} pins affected"
    )


if __name__ == "__main__":
    sys.exit(main())

"""Public Suffix List: find the registrable domain of a host.

The list is in the package publicsuffixlist (MPL-2.0), which has a release for each change of the list. Operators update
it like any package. https://publicsuffix.org/list/ documents the rules.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

RULE, WILDCARD, EXCEPTION, PRIVATE = 1, 2, 4, 8


class SplitHost(NamedTuple):
    """A host split at its public suffix."""

    suffix: str  # "com.cn"; "weebly.com" for a private (hosting) suffix
    registrable: str  # "icbc.com.cn"; "" if the host is itself a suffix
    private: bool  # the suffix belongs to a hosting service, not to a registry
    is_listed: bool  # a rule of the list matched, not only the default rule


def split_host(host: str) -> SplitHost:
    """Split a canonical ASCII host (not an IP address) at its public suffix."""
    labels = host.split(".")
    count, private, is_listed = _suffix_labels(labels)
    suffix = ".".join(labels[-count:])
    registrable = ".".join(labels[-count - 1 :]) if len(labels) > count else ""
    return SplitHost(suffix, registrable, private, is_listed)


def is_top_level(label: str) -> bool:
    """Return whether a label is a top-level domain of the list (ASCII or Unicode form)."""
    return to_ascii_label(label) in rules()


def _suffix_labels(labels: list[str]) -> tuple[int, bool, bool]:
    table, best, private = rules(), 0, False
    for start in range(max(0, len(labels) - 6), len(labels)):
        flags = table.get(".".join(labels[start:]), 0)
        count = len(labels) - start
        if flags & EXCEPTION:
            return count - 1, False, True
        if flags & WILDCARD and start and count + 1 > best:
            best, private = count + 1, bool(flags & PRIVATE)
        if flags & RULE and count > best:
            best, private = count, bool(flags & PRIVATE)
    return max(best, 1), private, best > 0


@cache
def rules() -> dict[str, int]:
    """Return flags by suffix; `*.ck` is "ck" with WILDCARD, `!www.ck` is "www.ck" with EXCEPTION."""
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    registries, _, hosting = text.partition("===BEGIN PRIVATE DOMAINS===")
    # Hosting services with independent tenants that are missing from the list.
    hosting += files("fanzha.kinds.web").joinpath("data", "hosting.txt").read_text(encoding="utf-8")
    found: dict[str, int] = {}
    for part, mark in [(registries, 0), (hosting, PRIVATE)]:
        for line in part.splitlines():
            if line and not line.startswith("//"):
                name, flags = _rule(line.strip())
                found[name] = found.get(name, 0) | flags | mark
    return found


def _rule(line: str) -> tuple[str, int]:
    if line.startswith("!"):
        return to_ascii(line[1:]), EXCEPTION
    if line.startswith("*."):
        return to_ascii(line[2:]), WILDCARD
    return to_ascii(line), RULE


def to_ascii(name: str) -> str:
    """Return the ASCII form (RFC 3492) of a mapped, lower-case Unicode name, label by label, without validation."""
    return name if name.isascii() else ".".join(map(to_ascii_label, name.split(".")))


def to_ascii_label(label: str) -> str:
    """Return the ASCII form of one label."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")

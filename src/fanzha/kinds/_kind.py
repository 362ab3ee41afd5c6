"""What every kind can do; a kind is one module of this folder that defines `KIND`."""

import hmac
from abc import ABC, abstractmethod
from hashlib import sha256
from typing import ClassVar, NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words


class Fact(NamedTuple):
    """One thing known of a value at once, without any event: shown by `fanzha lookup`."""

    name: str  # stable key for JSON, snake_case
    title: Words
    value: str | int | bool | None
    words: Words  # the value as people read it


class Kind(ABC):
    """A sort of thing watched (design: kind 对象类型)."""

    name: ClassVar[str]
    title: ClassVar[Words]
    stix: ClassVar[str]  # STIX 2.1 object type, or an extension's name
    misp: ClassVar[str]  # MISP attribute type

    @abstractmethod
    def normalise(self, raw: str) -> str:
        """Return the canonical value, or raise Malformed with a reason."""

    @abstractmethod
    def mask(self, value: str) -> str:
        """Return a canonical value with the part that identifies hidden."""

    def describe(self, value: str) -> list[Fact]:
        """Return the facts that follow from a canonical value alone."""
        return []

    def resembles(self, raw: str) -> float:
        """Return 0–1: how much a text looks like a value of this kind (for `fanzha lookup` and header guessing)."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.5

    def pseudonym(self, value: str, key: bytes, purpose: str) -> str:
        """Return the keyed hash of a canonical value (HMAC-SHA-256, one key a purpose); still personal data."""
        return hmac.new(key, f"{purpose}\x1f{self.name}\x1f{value}".encode(), sha256).hexdigest()

"""Base class of kinds; a kind is a module in this folder that defines `KIND`."""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from hashlib import sha256
from typing import ClassVar, NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words


class Fact(NamedTuple):
    """A fact that follows from a value alone, shown by `fanzha lookup`."""

    name: str  # stable key for JSON, snake_case
    title: Words
    value: str | int | bool | None
    words: Words  # display form of the value


class ExchangeName(NamedTuple):
    """How an exchange format names values of a kind: its name for them, and how our canonical form of them begins.

    The name is an object path of STIX 2.1 (`domain-name:value`) or an attribute type of MISP (`domain`).
    """

    name: str
    prefix: str = ""


class SubjectKind(ABC):
    """A kind of subject (对象类型).

    `stix_names` and `misp_names` are the names of values that begin with a prefix; other values have `stix` and `misp`.
    `is_personal`: its values are personal data, which no exchange gives to another country.
    """

    name: ClassVar[str]
    title: ClassVar[Words]
    stix: ClassVar[str]  # STIX 2.1 object type, or an extension's name
    misp: ClassVar[str]  # MISP attribute type
    stix_names: ClassVar[tuple[ExchangeName, ...]] = ()
    misp_names: ClassVar[tuple[ExchangeName, ...]] = ()
    is_personal: ClassVar[bool] = False

    @abstractmethod
    def normalise(self, raw: str) -> str:
        """Return the canonical value, or raise Malformed with a reason."""

    @abstractmethod
    def mask(self, value: str) -> str:
        """Return a canonical value with its identifying part hidden."""

    def describe(self, value: str) -> list[Fact]:
        """Return the facts that follow from a canonical value alone."""
        return []

    def resembles(self, raw: str) -> float:
        """Return how much a text looks like a value of this kind, 0 to 1 (for `fanzha lookup` and header detection)."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.5

    def stix_terms(self, value: str) -> Mapping[str, str]:
        """Return the object paths and values of the STIX pattern that matches a canonical value."""
        name = next(
            (name for name in self.stix_names if value.startswith(name.prefix)), ExchangeName(f"{self.stix}:value")
        )
        return {name.name: value.removeprefix(name.prefix)}

    def read_stix_terms(self, terms: Mapping[str, str]) -> str:
        """Return the value that the terms of a pattern name, to be normalised; "" if they name none of this kind."""
        if len(terms) != 1:
            return ""
        ((path, written),) = terms.items()
        names = (*self.stix_names, ExchangeName(f"{self.stix}:value"))
        return next((f"{name.prefix}{written}" for name in names if name.name == path), "")

    def misp_attribute(self, value: str) -> tuple[str, str]:
        """Return attribute type and value of a canonical value in MISP."""
        name = next((name for name in self.misp_names if value.startswith(name.prefix)), ExchangeName(self.misp))
        return name.name, value.removeprefix(name.prefix)

    def read_misp_attribute(self, type_: str, written: str) -> str:
        """Return the value that a MISP attribute names, to be normalised; "" if its type is none of this kind."""
        names = (*self.misp_names, ExchangeName(self.misp))
        return next((f"{name.prefix}{written}" for name in names if name.name == type_), "")

    def pseudonym(self, value: str, key: bytes, purpose: str) -> str:
        """Return the HMAC-SHA-256 of a canonical value under a key per purpose. It is still personal data."""
        return hmac.new(key, f"{purpose}\x1f{self.name}\x1f{value}".encode(), sha256).hexdigest()

"""Which subjects are personal data: they and their hashes stay in the country (Personal Information Protection Law)."""

from fanzha.kinds import all_kinds

#: Kinds that detectors use beside `fanzha.kinds`: the ids of calls and talks, and senders, which may be numbers.
_PERSONAL_EXTRAS = frozenset({"call", "conversation", "sender"})


def is_personal_kind(kind: str) -> bool:
    """Return whether values of a kind are personal data; an unknown kind is."""
    definition = all_kinds().get(kind)
    return definition.is_personal if definition is not None else True


def shareable_kinds() -> tuple[str, ...]:
    """Return the kinds that an exchange may carry at all: people are never shared."""
    return tuple(sorted({name for name in all_kinds() if name != "person"} | _PERSONAL_EXTRAS))

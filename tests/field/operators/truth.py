"""What is planted in operators' days: who is what, who is a victim, and when she calls her bank."""

from pathlib import Path

import msgspec

#: Kinds of actor that a detector should find; all others are innocent.
PLANTED = ("sim_box", "rotating_line", "wangiri", "spoofed_trunk", "call_burst")


class Actor(msgspec.Struct, frozen=True):
    """One planted or innocent actor, with every identifier by which it may be named."""

    name: str
    kind: str
    days: tuple[int, ...]
    numbers: tuple[str, ...] = ()  # E.164 digits without +, or service digits
    devices: tuple[str, ...] = ()  # IMEI
    cards: tuple[str, ...] = ()  # IMSI
    trunks: tuple[str, ...] = ()
    is_crowd: bool = False  # each number is somebody of its own

    @property
    def is_planted(self) -> bool:
        """Whether a detector should find it."""
        return self.kind in PLANTED


class Victim(msgspec.Struct, frozen=True):
    """A subscriber whom fraudsters keep talking, until she calls her bank."""

    number: str
    actor: str
    kind: str  # of the actor
    day: int
    first_call: int  # UTC ms
    bank_call: int  # UTC ms


class Truth(msgspec.Struct, frozen=True):
    """Actors and victims of a seed, and the size of the operator."""

    seed: int
    days: int
    first_day: int  # UTC ms of the first midnight, Beijing time
    lines: int  # subscribers of the operator
    calls: int
    actors: tuple[Actor, ...]
    victims: tuple[Victim, ...]
    talked_to: tuple[str, ...] = ()  # numbers with which planted actors talked for a minute or more


def save_truth(truth: Truth, path: Path) -> None:
    """Write the truth as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth)))


def load_truth(path: Path) -> Truth:
    """Read the truth from JSON."""
    return msgspec.json.decode(path.read_bytes(), type=Truth)

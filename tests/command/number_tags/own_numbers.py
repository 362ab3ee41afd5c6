"""Numbers that a carrier runs and has in its own table, as the counter asks for."""

import numpy as np
from tests.command.people import World

from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals
from fanzha.store.state_folder import state_folder


def run_range(world: World, name: str = "carrier", settings: str = "") -> None:
    """Let the range of the made-up numbers be run by an organisation, beside other settings."""
    text = f'{settings}[reports.owners]\nchina_telecom = "{world[name].ref}"\n'
    (state_folder() / "fanzha.toml").write_text(text, "utf-8")


def own(world: World, *numbers: str, name: str = "carrier", holder_from: int = 0) -> None:
    """Let numbers be in the table of an operator, and their range be the carrier's."""
    run_range(world)
    row = (0, 0, 0, 0, holder_from, 0, 0, 0, 0, 0, (0, 0, 0))
    digits = np.array([number_digits(number) for number in numbers])
    write_signals(world[name].ref, digits, np.array([row] * len(numbers), SIGNAL_RECORD))

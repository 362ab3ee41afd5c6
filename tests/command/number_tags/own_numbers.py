"""Numbers that are in a carrier's own table, as the counter asks for."""

import numpy as np
from tests.command.people import World

from fanzha.store.number_signals import SIGNAL_RECORD, number_digits, write_signals


def own(world: World, *numbers: str) -> None:
    """Let numbers be the carrier's own; nothing more is known of them."""
    row = (0,) * 10 + ((0, 0, 0),)
    digits = np.array([number_digits(number) for number in numbers])
    write_signals(world["carrier"].ref, digits, np.array([row] * len(numbers), SIGNAL_RECORD))

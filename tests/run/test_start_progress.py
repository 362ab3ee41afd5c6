"""A start that goes on is waited for, however slow; one that stands still, or never ends, is given up."""

import os

from fanzha.run.start_progress import MOST_SECONDS, NOTIFY_SECONDS, QUIET_SECONDS, StartProgress, processor_ticks


class Machine:
    """A clock, and the processor time that a session has used."""

    def __init__(self) -> None:
        self.now, self.ticks = 1_000.0, 0

    def progress(self) -> StartProgress:
        return StartProgress(7, lambda: self.now, lambda _session: self.ticks)


def test_what_goes_on_is_waited_for_far_longer_than_what_stands_still() -> None:
    machine = Machine()
    progress = machine.progress()
    for _ in range(10):
        machine.now += QUIET_SECONDS - 1
        machine.ticks += 1
        assert not progress.is_stuck()
    machine.now += QUIET_SECONDS + 1
    assert progress.is_stuck()


def test_it_is_not_waited_for_without_end() -> None:
    machine = Machine()
    progress = machine.progress()
    while machine.now < 1_000 + MOST_SECONDS:
        assert not progress.is_stuck()
        machine.now, machine.ticks = machine.now + 30, machine.ticks + 1
    machine.now += 1
    assert progress.is_stuck() and progress.seconds > MOST_SECONDS


def test_who_waits_is_told_now_and_then() -> None:
    machine = Machine()
    progress = machine.progress()
    assert not progress.is_notification_due()
    machine.now += NOTIFY_SECONDS
    assert progress.is_notification_due() and not progress.is_notification_due()


def test_the_time_of_a_session_is_that_of_its_processes() -> None:
    before = processor_ticks(os.getsid(0))
    sum(number * number for number in range(600_000))
    assert processor_ticks(os.getsid(0)) >= before and processor_ticks(2**22 + 1) == 0

"""Supervisor and child say one thing at a time, pass files on, and notice when the other is gone."""

import os
import socket

import pytest

from fanzha.screen.site.control_channel import Ended, Wire, pair


def test_words_come_as_they_were_said_and_nothing_is_nothing() -> None:
    one, theirs = pair()
    other = Wire(theirs)
    assert one.hear() is None
    other.say("ready")
    other.say("wrong", "数据 data")
    first, second = one.hear(), one.hear()
    assert first and (first.word.says, first.word.text, first.file) == ("ready", "", None)
    assert second and second.word.text == "数据 data"
    theirs.close()
    one.socket.close()


def test_a_file_is_passed_on_open() -> None:
    one, theirs = pair()
    reader, writer = os.pipe()
    one.say("give", file=writer)
    os.close(writer)
    heard = Wire(theirs).hear()
    assert heard and heard.file is not None
    os.write(heard.file, b"still open")
    os.close(heard.file)
    assert os.read(reader, 99) == b"still open"
    os.close(reader)
    theirs.close()
    one.socket.close()


def test_the_end_of_the_other_side_is_noticed() -> None:
    one, theirs = pair()
    theirs.close()
    with pytest.raises(Ended):
        one.hear()
    with pytest.raises(Ended):
        one.say("lead")
    one.socket.close()


def test_nobody_waits_for_a_side_that_does_not_read() -> None:
    one, theirs = pair()
    for _ in range(100_000):
        one.say("beat")
    theirs.setblocking(False)
    heard = 0
    while theirs.recv(9_999, socket.MSG_DONTWAIT) and heard < 10:
        heard += 1
    assert heard == 10
    theirs.close()
    one.socket.close()

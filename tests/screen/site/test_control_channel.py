"""Supervisor and child say one thing at a time, pass files on, and notice when the other is gone."""

import os
import socket

import pytest

from fanzha.screen.site.control_channel import ChannelClosed, ControlChannel, open_channel


def test_words_come_as_they_were_said_and_nothing_is_nothing() -> None:
    channel, child_end = open_channel()
    child_channel = ControlChannel(child_end)
    assert channel.receive() is None
    child_channel.send("ready")
    child_channel.send("wrong", "数据 data")
    first, second = channel.receive(), channel.receive()
    assert first and (first.message.command, first.message.text, first.descriptor) == ("ready", "", None)
    assert second and second.message.text == "数据 data"
    child_end.close()
    channel.socket.close()


def test_a_file_is_passed_on_open() -> None:
    channel, child_end = open_channel()
    reader, writer = os.pipe()
    channel.send("give", descriptor=writer)
    os.close(writer)
    heard = ControlChannel(child_end).receive()
    assert heard and heard.descriptor is not None
    os.write(heard.descriptor, b"still open")
    os.close(heard.descriptor)
    assert os.read(reader, 99) == b"still open"
    os.close(reader)
    child_end.close()
    channel.socket.close()


def test_the_end_of_the_other_side_is_noticed() -> None:
    channel, child_end = open_channel()
    child_end.close()
    with pytest.raises(ChannelClosed):
        channel.receive()
    with pytest.raises(ChannelClosed):
        channel.send("lead")
    channel.socket.close()


def test_nobody_waits_for_a_side_that_does_not_read() -> None:
    channel, child_end = open_channel()
    for _ in range(100_000):
        channel.send("beat")
    child_end.setblocking(False)
    heard = 0
    while child_end.recv(9_999, socket.MSG_DONTWAIT) and heard < 10:
        heard += 1
    assert heard == 10
    child_end.close()
    channel.socket.close()


def test_the_json_key_of_a_command_stays_the_same_for_processes_of_another_version() -> None:
    channel, child_end = open_channel()
    channel.send("lead", "2")
    assert child_end.recv(9_999) == b'{"says":"lead","text":"2"}'
    child_end.close()
    channel.socket.close()


def test_what_nobody_needs_is_dropped_without_a_supervisor_until_the_next_one() -> None:
    channel, child_end = open_channel()
    child = ControlChannel(child_end)
    channel.socket.close()
    child.notify("beat")
    other, other_end = open_channel()
    child.reconnect(other_end)
    child.notify("told", "snapshot 2")
    received = other.receive()
    assert received and received.message.text == "snapshot 2"
    other.socket.close()
    other_end.close()

"""A client of the browser takes no failure for an answer."""

import asyncio
import os
import threading

import pytest

from fanzha.collect.pages.browser_pipe import BrowserError, BrowserPipe, evaluated_value


def test_a_script_that_the_page_made_fail_has_no_value() -> None:
    with pytest.raises(BrowserError, match="failed in the page"):
        evaluated_value({"result": {"type": "object"}, "exceptionDetails": {"text": "Uncaught"}})


def test_the_value_of_a_script_is_returned() -> None:
    assert evaluated_value({"result": {"type": "number", "value": 5}}) == 5


def test_calls_are_sent_while_other_threads_wait() -> None:
    released = threading.Event()

    async def call() -> object:
        command_reader, writer = os.pipe()
        reader, answer_writer = os.pipe()
        waiting = [asyncio.create_task(asyncio.to_thread(released.wait, 10)) for _ in range(40)]
        loop = asyncio.get_running_loop()
        loop.add_reader(command_reader, os.write, answer_writer, b'{"id": 1, "result": {"product": "x"}}\0')
        pipe = BrowserPipe(reader, writer)
        try:
            await asyncio.sleep(0)
            return await pipe.call("Browser.getVersion", seconds=2.0)
        finally:
            released.set()
            pipe.close()
            loop.remove_reader(command_reader)
            await asyncio.gather(*waiting)
            for descriptor in (command_reader, writer, reader, answer_writer):
                os.close(descriptor)

    assert asyncio.run(call()) == {"product": "x"}

"""The process that looks at the pages of the queue: each look is a process of its own, killed when it is late."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.collect.pages.chromium import browser_command
from fanzha.store.look_queue import LookQueue, evidence_folder, open_look_queue
from fanzha.store.look_settings import LookSettings, load_look_settings

log = logging.getLogger(__name__)

_IDLE_SECONDS, _EXPIRE_SECONDS = 1.0, 600.0
#: How long a look may take beyond its own limit to start, write its evidence and end.
_SPARE_SECONDS = 60.0


def run(stop: asyncio.Event | None = None) -> None:
    """Look at pages until SIGTERM or SIGINT. Raise UsageError for wrong settings and without a browser."""
    settings = load_look_settings()
    if not settings.enabled:
        raise UsageError("looks at pages are not enabled", fix="set enabled = true in [look] of fanzha.toml")
    browser_command(settings.browser)
    with open_look_queue() as queue:
        if again := queue.recover(_now()):
            log.warning("%d looks are begun again, since the fetcher was stopped", again)
        asyncio.run(_serve(settings, queue, stop))


async def _serve(settings: LookSettings, queue: LookQueue, stop: asyncio.Event | None) -> None:
    stop = stop or asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    workers = [asyncio.create_task(_work(settings, queue)) for _ in range(settings.at_once)]
    workers.append(asyncio.create_task(_expire(queue)))
    waiting = asyncio.create_task(stop.wait())
    try:
        ended, _ = await asyncio.wait([waiting, *workers], return_when=asyncio.FIRST_COMPLETED)
        for task in ended - {waiting}:
            task.result()  # a worker ends only by an error
    finally:
        for task in (waiting, *workers):
            task.cancel()
        await asyncio.gather(waiting, *workers, return_exceptions=True)


async def _work(settings: LookSettings, queue: LookQueue) -> None:
    while True:
        look = queue.begin(_now())
        if look is None:
            await asyncio.sleep(_IDLE_SECONDS)
            continue
        folder = evidence_folder(look.key)
        problem = await _look(look.url, folder, settings.look_seconds + _SPARE_SECONDS)
        queue.end(look.key, _now(), problem)


async def _look(url: str, folder: Path, seconds: float) -> str:
    """Look at a page in a process of its own; return why there is no evidence, "" if there is."""
    work = folder.with_name(f"{folder.name}.work")  # for the browser's profile and files, which a killed look leaves
    for left in (folder, work):
        shutil.rmtree(left, ignore_errors=True)  # what an attempt left that was killed
    work.mkdir(parents=True, mode=0o700)
    process = await asyncio.create_subprocess_exec(
        *look_command(url, folder),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(work)},
    )
    try:
        async with asyncio.timeout(seconds):
            _, errors = await process.communicate()
    except TimeoutError:
        return "time"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
    if (folder / "manifest.json").is_file():
        return ""
    return errors.decode("utf-8", "replace").strip()[-300:] or f"the fetcher ended with {process.returncode}"


def look_command(url: str, folder: Path) -> list[str]:
    """Return the command of one look. The URL follows `--`, so it is never read as an option."""
    return [sys.executable, "-m", "fanzha", "fetch", "--out", str(folder), "--", url]


async def _expire(queue: LookQueue) -> None:
    while True:
        queue.expire(_now())
        await asyncio.sleep(_EXPIRE_SECONDS)


def _now() -> int:
    return time.time_ns() // 1_000_000

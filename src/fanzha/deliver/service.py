"""The process that sends: one loop for all channels, one such process per state folder."""

import asyncio
import fcntl
import logging
import os
import signal
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fanzha.base.errors import UsageError
from fanzha.base.smpp import encode_bind
from fanzha.deliver.app_sender import AppSender
from fanzha.deliver.email_sender import EmailSender
from fanzha.deliver.sms_sender import SmsSender
from fanzha.deliver.voice_sender import VoiceSender
from fanzha.store.delivery_settings import DeliverySettings, load_delivery_settings, read_secret
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder
from fanzha.store.warning_outbox import WarningOutbox, open_outbox

log = logging.getLogger(__name__)

_EXPIRE_SECONDS, _PURGE_SECONDS = 1.0, 3_600.0


def run(stop: asyncio.Event | None = None) -> None:
    """Send until SIGTERM or SIGINT. Raise UsageError for wrong settings and if another sender runs."""
    settings = load_delivery_settings()
    check_settings(settings)
    with _only_sender(state_folder()), open_outbox() as outbox:
        if lost := outbox.recover():
            log.warning(
                "%d messages were being sent when the sender was killed; whether they went out is unknown", lost
            )
        asyncio.run(_serve(settings, outbox, stop))


def check_settings(settings: DeliverySettings) -> None:
    """Raise UsageError if nothing is set up, or if a password cannot be read."""
    if not settings.channels():
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'} has no table [deliver.smpp], [deliver.voice], [deliver.email] or"
            " [deliver.app]",
            fix="docs/how-to/send-warnings.md shows them",
        )
    for table in (settings.smpp, settings.voice, settings.email):
        if table is not None and table.password_file:
            read_secret(table.password_file)
    if (smpp := settings.smpp) is not None:
        try:
            encode_bind(smpp.system_id, read_secret(smpp.password_file), smpp.system_type)
        except ValueError:
            raise UsageError(
                f"the password in keys/{smpp.password_file} is no password of SMPP",
                fix="it has 8 ASCII characters at most",
            ) from None


async def _serve(settings: DeliverySettings, outbox: WarningOutbox, stop: asyncio.Event | None) -> None:
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    senders = [asyncio.create_task(part) for part in _parts(settings, outbox)]
    waiting = asyncio.create_task(stop.wait())
    try:
        ended, _ = await asyncio.wait([waiting, *senders], return_when=asyncio.FIRST_COMPLETED)
        for task in ended - {waiting}:
            task.result()  # a sender ends only by an error
    finally:
        waiting.cancel()
        for task in senders:
            task.cancel()
        await asyncio.gather(*senders, return_exceptions=True)


def _parts(settings: DeliverySettings, outbox: WarningOutbox) -> Iterator[Coroutine[Any, Any, None]]:
    yield _tidy(outbox)
    if settings.smpp is not None:
        yield SmsSender(settings.smpp, outbox).run()
    if settings.voice is not None:
        yield VoiceSender(settings.voice, outbox).run()
    if settings.email is not None:
        yield EmailSender(settings.email, outbox).run()
    if settings.app is not None:
        yield AppSender(settings.app, outbox).run()


async def _tidy(outbox: WarningOutbox) -> None:
    """End warnings that are too late, delete what ended long ago, and leave nothing of it in the log."""
    purged_at = 0.0
    while True:
        now = time.time_ns() // 1_000_000
        outbox.expire(now)
        if time.monotonic() - purged_at > _PURGE_SECONDS:
            outbox.purge(now)
            purged_at = time.monotonic()
        outbox.truncate_log()
        await asyncio.sleep(_EXPIRE_SECONDS)


@contextmanager
def _only_sender(folder: Path) -> Iterator[None]:
    """Hold the lock of the sender. Raise UsageError if another process holds it."""
    path = create_private_folder(folder / "deliver") / ".sender"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                "another sender runs on this state folder", fix="`fanzha up` runs one; stop the other first"
            ) from None
        yield
    finally:
        os.close(handle)

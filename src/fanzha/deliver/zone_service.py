"""The process that serves the zone of blocked names, and leads plain HTTP of blocked names to the warning page."""

from __future__ import annotations

import asyncio
import signal

from fanzha.base.errors import UsageError
from fanzha.deliver.warning_redirect import WarningRedirect
from fanzha.deliver.zone_server import ZoneServer, parse_socket
from fanzha.store.state_folder import state_folder
from fanzha.store.zone_settings import ZoneSettings, load_zone_key, load_zone_settings


def run() -> None:
    """Serve until SIGTERM or SIGINT. Raise UsageError without settings."""
    settings = load_zone_settings()
    if settings is None:
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'} has no table [resolver_zone]",
            fix="docs/how-to/block-names-at-resolvers.md shows it",
        )
    load_zone_key()
    asyncio.run(_serve(settings))


async def _serve(settings: ZoneSettings) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    redirect = None
    if settings.warning_listen:
        redirect = await WarningRedirect(settings.warning_page).serve(*parse_socket(settings.warning_listen))
    try:
        await ZoneServer(settings).run()
    except asyncio.CancelledError:
        pass
    finally:
        if redirect is not None:
            redirect.close()

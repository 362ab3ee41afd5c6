"""An app gets signed requests, and the same id when one is repeated."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from tests.command.orders.receiving import Receiver
from tests.deliver.queued import NUMBER, kinds, queue, running
from tests.deliver.smsc import wait_for

from fanzha.deliver.app_sender import AppSender, app_public_key
from fanzha.dispose import ChannelEndpoint, IncomingMessage
from fanzha.dispose.signed_webhook import verified_id
from fanzha.store.delivery_settings import AppSettings
from fanzha.store.warning_outbox import OutcomeKind, WarningOutbox


def send(outbox: WarningOutbox, app: Receiver, *, local: bool = True) -> list[OutcomeKind]:
    """Send one warning and return the outcomes."""
    queue(outbox, "app")

    async def scenario() -> None:
        settings = AppSettings(url=f"{app.address}/warn", local_addresses=local)
        async with running(AppSender(settings, outbox).run()):
            await wait_for(lambda: kinds(outbox))

    with app:
        asyncio.run(scenario())
    return kinds(outbox)


def test_the_request_is_signed_and_says_whom_to_warn(outbox: WarningOutbox, home: Path) -> None:
    app = Receiver()
    assert send(outbox, app) == [OutcomeKind.SENT]
    ((_, headers, body),) = app.got
    endpoint = ChannelEndpoint(url="", verification_keys=(app_public_key(),))
    received = IncomingMessage(body=body, headers=headers)
    assert verified_id(received, endpoint.verification_keys, time.time_ns() // 1_000_000) == "01J/3/0"
    assert json.loads(body) == {
        "type": "fanzha.warning.v1",
        "to": NUMBER,
        "words": {"zh": "请勿转账", "en": ""},
        "advice": {"zh": "", "en": ""},
    }


def test_an_app_that_is_away_is_asked_again_with_the_same_id(
    outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanzha.deliver.single_sender.RETRY_SECONDS", (0,))
    app = Receiver()
    app.status = 503
    queue(outbox, "app")

    async def scenario() -> None:
        settings = AppSettings(url=f"{app.address}/warn", local_addresses=True)
        async with running(AppSender(settings, outbox).run()):
            await wait_for(lambda: len(app.got) > 1)
            app.status = 200
            await wait_for(lambda: kinds(outbox) == [OutcomeKind.SENT])

    with app:
        asyncio.run(scenario())
    assert {headers["webhook-id"] for _, headers, _ in app.got} == {"01J/3/0"}


def test_an_address_within_the_network_is_refused_unless_it_is_allowed(outbox: WarningOutbox) -> None:
    app = Receiver()
    assert send(outbox, app, local=False) == [OutcomeKind.FAILED] and not app.got
    assert "[deliver.app] local_addresses" in outbox.outcomes()[0].details["problem"]

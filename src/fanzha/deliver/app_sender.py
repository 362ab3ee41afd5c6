"""Send warnings of the outbox to the system of an app, signed as webhooks are (Standard Webhooks 1.0)."""

import asyncio
import time
from functools import partial

from fanzha.base import outgoing_request
from fanzha.base.outgoing_request import AddressRefused, PrivateAddressPolicy, RequestFailed
from fanzha.deliver.single_sender import NotTaken, RefusedForGood, SendResult, SingleSender
from fanzha.dispose import ChannelEndpoint, private_key, public_key
from fanzha.dispose.signed_webhook import signed_headers
from fanzha.store.delivery_settings import AppSettings
from fanzha.store.keys import load_key
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, WarningOutbox
from fanzha.warn import Gateway, WarningNotice, all_channels

_CONCURRENT = 4
#: The key in `keys/` that signs; `fanzha deliver --app-key` prints its public part.
SIGNING_KEY = "deliver-app"


class AppSender(SingleSender):
    """Posts each warning. Its id is the key of the warning, so the app recognises a repeat."""

    channel = "app"
    repeatable = True

    def __init__(self, settings: AppSettings, outbox: WarningOutbox) -> None:
        super().__init__(outbox, _CONCURRENT)
        self._settings, self._key = settings, private_key(load_key(SIGNING_KEY))

    async def send(self, warning: OutgoingWarning) -> SendResult:
        """Post a warning; any answer of the kind 2xx means that the app took it."""
        notice = WarningNotice(warning.recipient, warning.words, warning.advice)
        request = all_channels()[self.channel].build(notice, Gateway(self._settings.url))
        endpoint = ChannelEndpoint(url=request.url, signing_keys=(self._key,))
        headers = signed_headers(_message_id(warning.key), request.body, endpoint, time.time_ns() // 1_000_000)
        policy = PrivateAddressPolicy(self._settings.local_addresses, "[deliver.app] local_addresses")
        try:
            await asyncio.to_thread(partial(outgoing_request.post, request.url, headers, request.body, policy))
        except AddressRefused as error:
            raise RefusedForGood(str(error)) from None
        except RequestFailed as error:
            raise NotTaken(str(error)) from None
        return SendResult(OutcomeKind.SENT)


def app_public_key() -> str:
    """Return the public key of the signatures."""
    return public_key(private_key(load_key(SIGNING_KEY)))


def _message_id(key: str) -> str:
    """Return the id of a warning; ids of signed messages have no dot."""
    return key.replace(".", "-")

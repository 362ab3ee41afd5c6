"""Send one text message by the SMS gateway of `[warn]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fanzha.base import outgoing_request
from fanzha.base.outgoing_request import PrivateAddressPolicy
from fanzha.base.words import Words
from fanzha.command.subjects.warning_settings import load_gateway, load_warning_settings
from fanzha.warn import WarningNotice, all_channels


def has_gateway() -> bool:
    """Return whether an SMS gateway is set up. Raise UsageError if the settings are invalid."""
    return bool(load_warning_settings().url)


def post_text(number: str, words: Words, headers: Mapping[str, str]) -> None:
    """Send a text to a number (E.164); `headers` are those of the gateway that differ from a warning's.

    Raise UsageError for wrong settings, ValueError for a number that is none, RequestFailed if the gateway fails.
    """
    settings = load_warning_settings()
    request = all_channels()["text"].build(WarningNotice(number, words), load_gateway(settings))
    request = replace(request, headers={**request.headers, **headers})
    policy = PrivateAddressPolicy(settings.local_addresses, "[warn] local_addresses")
    outgoing_request.post(request.url, request.headers, request.body, policy)

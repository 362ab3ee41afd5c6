"""Every channel's own examples give what they say, as anybody's channel from outside must."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.dispose.keys import ENDPOINT

from fanzha.base.words import Words
from fanzha.dispose import ChannelExample, Dispatch, DisposalChannel, all_channels
from fanzha.dispose._examples import GIVEN_AT

WHY = Words("核查有误，予以撤回", "found wrong, taken back")
EXAMPLES = [
    pytest.param(channel, one, id=f"{name}-{place}")
    for name, channel in all_channels().items()
    for place, one in enumerate(channel.examples)
]
WORKING = [one for one in EXAMPLES if not one.values[1].refused]  # type: ignore[union-attr]


def shown(dispatch: Dispatch) -> dict[str, Any]:
    """Return a dispatch as JSON, with what lies in its body."""
    found: dict[str, Any] = {"url": dispatch.url, "headers": {**dispatch.headers}, "file_name": dispatch.file_name}
    found["decisions"] = msgspec.to_builtins({**dispatch.decisions})
    if zipfile.is_zipfile(io.BytesIO(dispatch.body)):
        with zipfile.ZipFile(io.BytesIO(dispatch.body)) as archive:
            found["manifest"] = json.loads(archive.read("manifest.json"))
            found["rows"] = json.loads(archive.read(found["manifest"]["member"]))
    elif dispatch.headers.get("content-type") == "application/json":
        found["body"] = json.loads(dispatch.body)
    else:
        found["body"] = dispatch.body.decode()
    return found


def holds(wanted: object, found: object) -> bool:
    """Return whether all that is wanted is found; what else is there does not matter."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(name in found and holds(value, found[name]) for name, value in wanted.items())
    return wanted == found


@pytest.mark.parametrize(("channel", "example"), EXAMPLES)
def test_an_example_gives_what_it_says(channel: DisposalChannel, example: ChannelExample) -> None:
    assert all(example.title)
    if example.refused:
        with pytest.raises(ValueError, match=example.refused):
            channel.instruct(example.instruction, ENDPOINT, GIVEN_AT)
        return
    assert example.gives
    found = shown(channel.instruct(example.instruction, ENDPOINT, GIVEN_AT))
    assert holds(example.gives, found), found


@pytest.mark.parametrize(("channel", "example"), WORKING)
def test_the_same_instruction_is_the_same_bytes_and_nothing_prints_a_key(
    channel: DisposalChannel, example: ChannelExample
) -> None:
    for build in (channel.instruct, lambda *given: channel.undo(given[0], WHY, *given[1:])):
        dispatch = build(example.instruction, ENDPOINT, GIVEN_AT)
        assert dispatch == build(example.instruction, ENDPOINT, GIVEN_AT)
        assert not any(
            key in f"{dispatch!r} {ENDPOINT!r}" for key in (*ENDPOINT.signing_keys, *ENDPOINT.verification_keys)
        )


@pytest.mark.parametrize(("channel", "example"), WORKING)
def test_whatever_is_ordered_can_be_taken_back(channel: DisposalChannel, example: ChannelExample) -> None:
    given = channel.instruct(example.instruction, ENDPOINT, GIVEN_AT)
    taken = channel.undo(example.instruction, WHY, ENDPOINT, GIVEN_AT)
    assert set(taken.withdrawn) == set(given.decisions)
    assert bool(taken.body) == bool(given.body) and taken.body != given.body or channel.goes in ("snapshot", "zone")
    assert not taken.decisions


@pytest.mark.parametrize(("channel", "example"), WORKING)
def test_an_example_goes_where_its_channel_serves(channel: DisposalChannel, example: ChannelExample) -> None:
    assert any(channel.carries(example.instruction, receiver) for receiver in channel.receivers)

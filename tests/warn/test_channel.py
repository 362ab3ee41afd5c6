"""Every warning channel: pure, in both languages, within bounds, and whatever it is told cannot break out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warn.notices import GATEWAY, NOTICE

from fanzha.base.words import Words
from fanzha.warn import Gateway, WarningChannel, WarningNotice, all_channels

ALL = [pytest.param(channel, id=name) for name, channel in all_channels().items()]
#: What a handset shows while a call rings; each other channel has tests of its own.
CHANNELS = [pytest.param(channel, id=name) for name, channel in all_channels().items() if channel.for_calls]
ANY = st.text(max_size=300) | st.text('"\\\r\n\t\u202e\u200b 境外a😀', max_size=300)


def test_what_reaches_a_handset_is_there() -> None:
    assert {"display_name", "flash_sms", "text", "voice", "email", "app"} <= set(all_channels())


@pytest.mark.parametrize("channel", ALL)
def test_a_channel_is_told_in_both_languages(channel: WarningChannel) -> None:
    assert all((*channel.title, *channel.tells, channel.standard))


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_warning_gives_the_same_bytes_and_names_both_languages(channel: WarningChannel) -> None:
    built = channel.build(NOTICE, GATEWAY)
    assert built == channel.build(NOTICE, GATEWAY)
    assert NOTICE.words.zh in built.body.decode() and NOTICE.words.en in built.body.decode()
    assert built.url == (GATEWAY.url if channel.sends else "")


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_prints_the_password(channel: WarningChannel) -> None:
    built = channel.build(NOTICE, GATEWAY)
    shown = f"{built!r} {built} {GATEWAY!r} {built.url} {built.body!r}"
    assert GATEWAY.password not in shown


@pytest.mark.parametrize("channel", CHANNELS)
@given(zh=ANY, en=ANY)
def test_no_text_leaves_its_line_or_grows_without_bound(channel: WarningChannel, zh: str, en: str) -> None:
    built = channel.build(WarningNotice(NOTICE.to, Words(zh, en), Words(en, zh)), GATEWAY)
    text = built.body.decode()
    assert len(built.body) <= 3 * 210
    assert not any(sign in text for sign in "\r\t\x00\u202e\u200b")
    assert text.count("\n") <= (1 if channel.sends else 0)
    assert all(value.isascii() and value.isprintable() for value in built.headers.values())


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel.values[0].sends])  # type: ignore[union-attr]
@pytest.mark.parametrize("number", ["", "+86\r\nX-Kannel-MClass: 1", "sip:a@b", "1" * 40, "＋8617000000900"])
def test_only_numbers_are_sent_to(channel: WarningChannel, number: str) -> None:
    with pytest.raises(ValueError):
        channel.build(NOTICE._replace(to=number), GATEWAY)


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel.values[0].sends])  # type: ignore[union-attr]
def test_a_gateways_names_cannot_bring_in_a_header(channel: WarningChannel) -> None:
    for gateway in (Gateway("u", "a\r\nb", "p", "1"), Gateway("u", "a", "口令", "1"), Gateway("u", "a", "p", "")):
        with pytest.raises(ValueError) as caught:
            channel.build(NOTICE, gateway)
        assert "口令" not in str(caught.value)

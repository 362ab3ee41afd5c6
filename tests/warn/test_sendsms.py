"""What a gateway is asked stands in headers, so that no log of addresses holds a password or a number."""

from tests.warn.notices import GATEWAY

from fanzha.warn._sendsms import sendsms


def test_a_request_says_who_asks_whom_it_is_for_and_in_what_alphabet() -> None:
    built = sendsms(GATEWAY, "+8617000000900", "境外", valid_minutes=5, message_class=0)
    assert built.url == GATEWAY.url
    assert built.body == "境外".encode()
    assert dict(built.headers) == {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": "fanzha",
        "X-Kannel-Password": "not-to-be-seen",
        "X-Kannel-From": "96110",
        "X-Kannel-To": "+8617000000900",
        "X-Kannel-Coding": "2",
        "X-Kannel-Validity": "5",
        "X-Kannel-MClass": "0",
    }


def test_a_text_without_a_class_names_none() -> None:
    assert "X-Kannel-MClass" not in sendsms(GATEWAY, "+8617000000900", "境外", valid_minutes=5).headers

"""Links are found in UTF-8 and UTF-16; hosts of common libraries say nothing; DEX strings are found by their table."""

from hypothesis import given
from hypothesis import strategies as st
from tests.android_packages import dex

from fanzha.base.android import strings


def links(data: bytes) -> set[str]:
    found = set[str]()
    strings.find_links(data, found)
    return found


def test_links_of_both_encodings_are_found() -> None:
    assert links(b"\0\x18http://a.example/x?y=1\0") == {"http://a.example/x?y=1"}
    assert links("wss://b.example:8443/chat".encode("utf-16-le") + b"\0\0") == {"wss://b.example:8443/chat"}
    assert links(b'{"u":"https://203.0.113.7/app.apk"}') == {"https://203.0.113.7/app.apk"}


def test_what_has_no_host_is_no_link() -> None:
    assert links(b"http://%s/path https://${host}/ http:///x") == set()


def test_hosts_that_tools_write_are_left_out() -> None:
    found = {"http://schemas.android.com/apk/res/android", "https://pay.example/a", "https://user@pay.example:1/b"}
    assert strings.telling_hosts(found) == ["pay.example"]
    assert strings.telling_links(found) == ["https://pay.example/a", "https://user@pay.example:1/b"]


def test_the_number_of_links_is_limited() -> None:
    data = b" ".join(b"http://a%d.example/" % number for number in range(strings.MAX_LINKS + 50))
    assert len(links(data)) == strings.MAX_LINKS


def test_strings_of_a_dex_file_are_found_by_its_table() -> None:
    found = strings.list_dex_strings(strings.string_data(dex("loadUrl", "Landroid/webkit/WebView;")))
    assert {strings.dex_string("loadUrl"), strings.dex_string("Landroid/webkit/WebView;")} <= found


@given(st.binary(max_size=400))
def test_any_bytes_end(data: bytes) -> None:
    strings.list_dex_strings(strings.string_data(data))
    links(data)

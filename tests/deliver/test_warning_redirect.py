"""Plain HTTP of a blocked name is led to the warning page; what is no request for a host is not."""

import pytest

from fanzha.deliver.warning_redirect import find_host, redirect

PAGE = "https://fanzha.carrier.example/blocked/"


def test_a_request_is_led_to_the_page_with_its_host() -> None:
    answer = redirect(b"GET /login?u=1 HTTP/1.1\r\nHost: WWW.bad.example:80\r\nAccept: */*\r\n\r\n", PAGE)
    assert answer.startswith(b"HTTP/1.1 302 ")
    assert f"Location: {PAGE}?host=www.bad.example\r\n".encode() in answer
    assert b"login" not in answer and b"Cache-Control: no-store" in answer


@pytest.mark.parametrize(
    ("head", "host"),
    [
        (b"GET / HTTP/1.1\r\nhost:bad.example\r\n\r\n", "bad.example"),
        (b"GET / HTTP/1.0\r\n\r\n", ""),
        (b"GET / HTTP/1.1\r\nHost: <script>\r\n\r\n", ""),
        (b"GET / HTTP/1.1\r\nHost: a.example/%0d%0aSet-Cookie:x\r\n\r\n", ""),
        (b"GET / HTTP/1.1\r\nX-Host: a.example\r\n\r\n", ""),
        (b"\xff\xfe\r\n\r\n", ""),
    ],
)
def test_only_a_host_name_is_passed_on(head: bytes, host: str) -> None:
    assert find_host(head) == host
    assert host or redirect(head, PAGE).startswith(b"HTTP/1.1 400 ")

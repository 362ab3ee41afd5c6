"""Hosts come out of URLs, defanged links, hosts files and blocking rules."""

import pyarrow as pa
import pytest

from fanzha.read._convert.sites import split_site


@pytest.mark.parametrize(
    ("cell", "host", "url"),
    [
        ("a.example", "a.example", None),
        ("A.Example.", "a.example", None),
        ("http://a.example/x?y#z", "a.example", "http://a.example/x?y#z"),
        ("https://user:pw@a.example:8443/", "a.example", "https://user:pw@a.example:8443/"),
        ("a.example/x", "a.example", "a.example/x"),
        ("hxxps://a[.]b[.]example/login", "a.b.example", "https://a.b.example/login"),
        ("0.0.0.0 a.example", "a.example", None),
        ("||a.example^$third-party", "a.example", None),
        ("*.a.example", "a.example", None),
        ("虚构.中国", "虚构.中国", None),
        ("192.0.2.1", "192.0.2.1", None),
        ("http://[2001:db8::1]/x", "[2001:db8::1]", "http://[2001:db8::1]/x"),
        ("域名：icbc-kefu.example", "icbc-kefu.example", None),
        ("可疑网址: http://a.example/x", "a.example", "http://a.example/x"),
        ("URL=a.example/x", "a.example", "a.example/x"),
        ("Host: a.example", "a.example", None),
        ("域名：", None, None),
        ("localhost", None, None),
        ("备注:无", None, None),
        ("a" * 250 + ".example", None, None),
        ("not a host", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_site_is_split(cell: str | None, host: str | None, url: str | None) -> None:
    hosts, urls = split_site(pa.array([cell], pa.large_string()))
    assert (hosts.to_pylist(), urls.to_pylist()) == ([host], [url])

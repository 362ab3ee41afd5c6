"""Hosts match the nearest decided name at or above them; public suffixes never match."""

from time import process_time

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.exposures.host_match import HostMatcher

LABELS = st.sampled_from(["a", "b", "shop", "login", "example"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "com"]))


def matched(matcher: HostMatcher, *hosts: str | None) -> list[str]:
    indices = matcher.match(pa.array(hosts, pa.string())).names
    return [matcher.names[index] if index >= 0 else "" for index in indices]


def test_a_host_matches_the_nearest_decided_name_at_or_above_it() -> None:
    matcher = HostMatcher(["fraud.example", "login.fraud.example"])
    found = matched(matcher, "FRAUD.example.", "a.login.fraud.example", "x.fraud.example", "notfraud.example", None, "")
    assert found == ["fraud.example", "login.fraud.example", "fraud.example", "", "", ""]


def test_links_and_international_names_match_by_their_host() -> None:
    matcher = HostMatcher(["xn--fsq.example", "fraud.example"])
    assert matched(matcher, "例.example", "https://fraud.example/a?b=c", "http://fraud.example@other.example/") == [
        "xn--fsq.example",
        "fraud.example",
        "",
    ]


def test_of_a_link_the_host_alone_comes_back() -> None:
    links = [
        "https://Fraud.example/pay?id=110101199003078888&tel=13800138000", "http://a@fraud.example:8080/x",
        "http://honest.example\\@fraud.example/", "http://a@b@fraud.example/", "http://例.example/路径", None,
        "no host at all",
    ]  # fmt: skip
    found = HostMatcher(["fraud.example"]).match(pa.array(links, pa.string()))
    assert found.hosts.to_pylist() == [
        "fraud.example", "fraud.example", "honest.example", "fraud.example", "xn--fsq.example", None, "",
    ]  # fmt: skip
    assert found.names.tolist() == [0, 0, -1, 0, -1, -1, -1]


def test_a_public_suffix_matches_nothing() -> None:
    assert HostMatcher(["com", "co.uk", "github.io"]).names == []


@given(st.sets(NAMES, max_size=6), st.lists(NAMES, max_size=12))
def test_the_columns_agree_with_a_loop_over_names(decided: set[str], hosts: list[str]) -> None:
    def family(name: str) -> list[str]:
        labels = name.split(".")
        return [".".join(labels[start:]) for start in range(len(labels))]

    expected = [next((name for name in family(host) if name in decided), "") for host in hosts]
    assert matched(HostMatcher(decided), *hosts) == expected


def test_a_million_hosts_take_seconds() -> None:
    hosts = pa.array([f"h{row % 200_000}.site{row % 977}.example" for row in range(400_000)], pa.string())
    matcher = HostMatcher([f"site{number}.example" for number in range(0, 977, 50)])
    began = process_time()
    found = matcher.match(hosts).names
    assert process_time() - began < 3
    assert int((found >= 0).sum()) == sum(1 for row in range(400_000) if row % 977 % 50 == 0)

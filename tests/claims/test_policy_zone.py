"""The zone as text and as records says the same, sorts canonically, and carries the digest that others compute."""

import dns.name
import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.claims.policy_zone import NamePolicy, ZoneProfile, encode_name, sort_key

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?){1,3}", fullmatch=True)
PROFILES = (ZoneProfile("rpz.example"), ZoneProfile("rpz.example", ("192.0.2.80", "2001:db8::80"), 30))


def parse(profile: ZoneProfile, names: dict[str, NamePolicy]) -> dns.zone.Zone:
    ordered = sorted(names.items(), key=lambda item: sort_key(item[0]))
    digest = profile.digest(7, (profile.encode(*item).records for item in ordered))
    return dns.zone.from_text("".join(profile.lines(7, digest, ordered)), origin=profile.name, relativize=False)


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=15, deadline=None)
@given(names=st.dictionaries(NAMES, st.sampled_from(NamePolicy), max_size=8))
def test_the_digest_is_what_dnspython_computes_from_the_text(
    profile: ZoneProfile, names: dict[str, NamePolicy]
) -> None:
    parse(profile, names).verify_digest()


def test_a_name_and_all_below_it_get_the_warning_address_and_a_passed_name_passes() -> None:
    zone = parse(PROFILES[1], {"bad.example": NamePolicy.BLOCK, "bank.example": NamePolicy.PASS})
    for owner in ("bad.example", "*.bad.example"):
        rows = zone[f"{owner}.rpz.example."]
        texts = {row.to_text() for rdataset in rows for row in rdataset}
        assert texts == {"192.0.2.80", "2001:db8::80"}
    (passed,) = zone["*.bank.example.rpz.example."].rdatasets[0]
    assert passed.to_text() == "rpz-passthru."


def test_without_a_warning_address_a_blocked_name_does_not_exist() -> None:
    (answer,) = parse(PROFILES[0], {"bad.example": NamePolicy.BLOCK})["bad.example.rpz.example."].rdatasets[0]
    assert answer.to_text() == "."


@given(st.lists(NAMES, max_size=20))
def test_keys_sort_as_names_of_the_dns_do(names: list[str]) -> None:
    assert sorted(names, key=sort_key) == sorted(names, key=lambda name: dns.name.from_text(name))


@pytest.mark.parametrize("name", ["", "a..b", f"{'a' * 64}.example", "a." * 130 + "example"])
def test_what_is_no_name_of_the_dns_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        encode_name(name)


def test_a_name_that_is_too_long_with_the_zone_is_refused() -> None:
    name = ".".join(["a" * 60] * 4)
    encode_name(name)
    with pytest.raises(ValueError, match="too long for the zone"):
        PROFILES[0].encode(name, NamePolicy.BLOCK)

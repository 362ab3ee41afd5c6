"""Configurations hold zone, primary and key; the reason is minified JSON with contacts, and survives any quotes."""

import json

import pytest

from fanzha.deliver.resolver_configuration import (
    ResolverKind,
    ZoneSource,
    configure_resolver,
    explain_block,
)
from fanzha.store.appeal_contact import AppealContact
from fanzha.store.zone_settings import ZoneSettings

SOURCE = ZoneSource(ZoneSettings("rpz.carrier.example", key_name="blocked"), "[2001:db8::10]:5300", "c2VjcmV0")


def test_the_reason_has_contacts_and_no_blanks_between_its_parts() -> None:
    contact = AppealContact("https://site.example/appeal/", "+861010000", "mail@site.example")
    reason = explain_block(contact, "A made-up carrier")
    facts = json.loads(reason)
    assert facts["c"] == ["https://site.example/appeal/", "tel:+861010000"]
    assert facts["o"] == "A made-up carrier" and facts["j"]
    assert reason == json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    assert "o" not in json.loads(explain_block(contact))


def test_without_a_contact_there_is_no_reason() -> None:
    with pytest.raises(ValueError, match="contact"):
        explain_block(AppealContact(email="mail@site.example"))


@pytest.mark.parametrize("kind", [ResolverKind.BIND, ResolverKind.UNBOUND, ResolverKind.RECURSOR])
def test_a_resolver_that_transfers_names_zone_and_primary(kind: ResolverKind) -> None:
    text = configure_resolver(kind, SOURCE, "{}")
    assert "rpz.carrier.example" in text and "2001:db8::10" in text and "5300" in text
    assert ("c2VjcmV0" in text) is (kind is not ResolverKind.UNBOUND)  # it knows no TSIG


def test_a_resolver_that_reads_files_names_the_file() -> None:
    settings = ZoneSettings("rpz.carrier.example", zone_file="/srv/rpz.zone")
    assert "'/srv/rpz.zone'" in configure_resolver(ResolverKind.KNOT, ZoneSource(settings, "127.0.0.1:1", ""), "{}")


def test_quotes_of_the_reason_end_no_text() -> None:
    reason = explain_block(AppealContact(hotline="+861010000"), "The people's \\ carrier")
    assert reason.replace("'", "''") in configure_resolver(ResolverKind.RECURSOR, SOURCE, reason)
    assert "people\\'s \\\\\\\\ carrier" in configure_resolver(ResolverKind.KNOT, SOURCE, reason)

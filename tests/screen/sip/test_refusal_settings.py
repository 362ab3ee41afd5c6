"""A refusal of the settings becomes the answer of its trunk or listener, and one without redress is a mistake."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.screen.sip.test_jws_card import write_key

from fanzha.screen.settings import RefusalSettings, ScreenSettings, SipSettings, TrunkSettings
from fanzha.screen.sip.refusal import SipRefusal
from fanzha.screen.sip.refusal_settings import (
    fill_contacts,
    find_refusal_mistakes,
    listener_refusal,
    make_refusal,
    trunk_refusals,
)
from fanzha.store.appeal_contact import AppealContact

URL = "https://redress.example"


def mistakes(**refusals: RefusalSettings) -> list[str]:
    return [mistake.en for mistake in find_refusal_mistakes(ScreenSettings(refusals=refusals))]


def test_each_preset_becomes_its_refusal() -> None:
    assert make_refusal(RefusalSettings(text="x")) == SipRefusal(603, text="x")
    assert make_refusal(RefusalSettings(preset="cause", code=404, cause=1)) == SipRefusal(404, cause=1)
    blocked = make_refusal(RefusalSettings(preset="603+", url=URL, tel="+861000000000", location="TN"))
    assert blocked.reason == f'SIP;cause=603;text="v=analytics1;url={URL};tel=+861000000000";location=TN'
    card = make_refusal(RefusalSettings(preset="608", url=URL, card_url="https://redress.example/card"))
    assert (card.code, card.call_info, card.needs_capability) == (608, "https://redress.example/card", True)


def test_a_card_is_signed_with_the_key_of_the_settings(tmp_path: Path) -> None:
    key = write_key(tmp_path / "key.pem", ec.generate_private_key(ec.SECP256R1()))
    table = RefusalSettings(preset="608", url=URL, signing_key=str(key), certificate_url=f"{URL}/key.cer")
    assert mistakes(a=table) == []
    card = make_refusal(table).card
    assert card is not None and card.sign(1).count(".") == 2


def test_a_trunk_refuses_in_its_own_way_and_the_others_as_the_listener() -> None:
    settings = ScreenSettings(
        trunks={"IGW-1": TrunkSettings(refusal="us"), "IGW-2": TrunkSettings()},
        sip={"a": SipSettings(refusal="announced"), "b": SipSettings(refuse_with=403, refuse_text="y")},
        refusals={"us": RefusalSettings(preset="603+", url=URL), "announced": RefusalSettings(preset="cause", cause=3)},
    )
    assert list(find_refusal_mistakes(settings)) == []
    assert {name: refusal.reason_phrase for name, refusal in trunk_refusals(settings).items()} == {
        "IGW-1": "Network Blocked"
    }
    assert listener_refusal(settings, settings.sip["a"]) == SipRefusal(480, cause=3)
    assert listener_refusal(settings, settings.sip["b"]) == SipRefusal(403, text="y")


def test_a_refusal_without_a_contact_names_the_appeals_of_the_installation() -> None:
    own, other = RefusalSettings(preset="603+", tel="+861000000001"), RefusalSettings(preset="603")
    settings = ScreenSettings(refusals={"own": own, "other": other, "us": RefusalSettings(preset="603+")})
    filled = fill_contacts(settings, AppealContact(f"{URL}/appeal/", "+861010000", "a@b.example"))
    assert (filled.refusals["own"], filled.refusals["other"]) == (own, other)
    expected = f"url={URL}/appeal/;tel=+861010000;email=a@b.example"
    assert expected in make_refusal(filled.refusals["us"]).reason and not list(find_refusal_mistakes(filled))
    assert fill_contacts(settings, AppealContact()).refusals["us"] == RefusalSettings(preset="603+")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (RefusalSettings(preset="603+"), "603+ needs a contact for redress"),
        (RefusalSettings(preset="608", card_url=URL), "608 needs a contact for redress"),
        (RefusalSettings(preset="608", url=URL), "needs signing_key"),
        (RefusalSettings(preset="608", url=URL, card_url=URL, signing_key="x"), "write one of them"),
        (RefusalSettings(preset="608", url=URL, signing_key="x"), "needs certificate_url"),
        (RefusalSettings(preset="608", url=URL, signing_key="/none.pem", certificate_url=URL), "/none.pem"),
        (RefusalSettings(preset="603+", url="http://redress.example"), "not a contact address"),
        (RefusalSettings(preset="603+", tel="110"), "international form"),
        (RefusalSettings(text="不"), "plain ASCII"),
    ],
)
def test_each_mistake_is_named(table: RefusalSettings, expected: str) -> None:
    (mistake,) = mistakes(bad=table)
    assert expected in mistake and "[refusals.bad]" in mistake


def test_a_missing_table_is_named() -> None:
    settings = ScreenSettings(
        trunks={"IGW-1": TrunkSettings(refusal="none"), "*": TrunkSettings(refusal="none")},
        sip={"a": SipSettings(refusal="none")},
    )
    found = "\n".join(mistake.en for mistake in find_refusal_mistakes(settings))
    assert "[sip.a] refusal: there is no table [refusals.none]" in found
    assert "[trunks.IGW-1] refusal: there is no table [refusals.none]" in found
    assert '[trunks."*"] takes no refusal' in found

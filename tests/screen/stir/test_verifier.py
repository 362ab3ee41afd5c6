"""A call passes with a fresh signature for its numbers by a trusted certificate; everything else says why not."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.stir.signers import (
    CALLEE,
    CALLER,
    NOW,
    NOW_MS,
    ORIGID,
    URL,
    VerifiedChains,
    auth_list,
    base64url,
    der,
    made_intermediate,
    made_root,
    made_signer,
    number_range,
    provider_code,
    sign,
)

from fanzha.base.errors import UsageError
from fanzha.screen.settings import StirSettings
from fanzha.screen.stir.authority import CLAIM_CONSTRAINTS
from fanzha.screen.stir.passport import Passport, parse_identity
from fanzha.screen.stir.result import VERIFICATION_REASONS, SignedCall, Verification, Verstat
from fanzha.screen.stir.verifier import _ORDER, CallVerifier, ReplayCache, make_verifier

NARROW_URL, OTHER_URL, LIMITED_URL = (f"https://certificates.example/{name}.pem" for name in ("n", "o", "l"))
THIRD = "8619100099999"


class Signers:
    """Signers beside the usual one: of a range of numbers, of another provider, with claim constraints."""

    narrow = made_intermediate().issue("narrow", auth_list(number_range("8617000000000", 100)))
    other = made_intermediate().issue("other", auth_list(provider_code("999B")))
    limited = made_intermediate().issue(
        "limited",
        auth_list(provider_code("5")),
        x509.UnrecognizedExtension(
            x509.ObjectIdentifier(CLAIM_CONSTRAINTS),
            der(0x30, der(0xA1, der(0x30, der(0x30, der(0x16, b"attest") + der(0x30, der(0x0C, b"B")))))),
        ),
    )


SIGNED = sign()
CREDENTIALS = VerifiedChains(
    {
        URL: made_signer().pem,
        NARROW_URL: Signers.narrow.pem,
        OTHER_URL: Signers.other.pem,
        LIMITED_URL: Signers.limited.pem,
    }
)


def verify(*signatures: str, at: int = NOW_MS, verifier: CallVerifier | None = None, **changed: object) -> Verification:
    call = SignedCall(signatures, CALLER, CALLEE, call_id="c-1")._replace(**changed)  # type: ignore[arg-type]
    return (verifier or CallVerifier(CREDENTIALS, fresh_seconds=60)).verify(call, at)


@pytest.mark.parametrize("parameters", [";alg=ES256;ppt=shaken", ' ; ppt="shaken" ; alg=ES256', ""])
def test_a_passport_that_another_library_signed_passes(parameters: str) -> None:
    claims = {
        "attest": "A",
        "dest": {"tn": [CALLEE]},
        "iat": int(NOW.timestamp()),
        "orig": {"tn": CALLER},
        "origid": "1",
    }
    header = {"typ": "passport", "ppt": "shaken", "x5u": URL}
    token = jwt.encode(claims, made_signer().key, algorithm="ES256", headers=header)
    assert verify(f"{token};info=<{URL}>{parameters}").verstat is Verstat.PASSED


def reason(*signatures: str, at: int = NOW_MS, **changed: object) -> str:
    result = verify(*signatures, at=at, **changed)  # type: ignore[arg-type]
    assert (result.verstat is Verstat.PASSED) == (not result.reason)
    assert not result.reason or result.verstat is VERIFICATION_REASONS[result.reason].verstat
    assert not result.reason or (result.attestation, result.name) == ("", "")
    return result.reason


@pytest.mark.parametrize("level", "ABC")
def test_a_signed_call_passes_with_its_attestation(level: str) -> None:
    assert verify(sign(attest=level)) == Verification(Verstat.PASSED, "", level, ORIGID)


def test_a_passport_without_attestation_passes_and_attests_nothing() -> None:
    assert verify(sign(ppt="")) == Verification(Verstat.PASSED)
    assert verify(sign(ppt="", claims={"attest": "A"})).attestation == ""


def failures() -> dict[str, tuple[str, str]]:
    token, _, rest = sign().partition(";")
    head, payload, signature = token.split(".")
    other_payload = sign(attest="B").split(".")[1]
    return {
        "by another key": (sign(Signers.other), "signature_invalid"),
        "with a changed payload": (f"{head}.{other_payload}.{signature};{rest}", "signature_invalid"),
        "for another caller": (sign(orig="8617000000002"), "orig_mismatch"),
        "without a caller": (sign(claims={"orig": {"uri": "sip:a@example.com"}}), "orig_mismatch"),
        "for another callee": (sign(dest=THIRD), "dest_mismatch"),
        "without a callee": (sign(claims={"dest": {"uri": ["sip:a@example.com"]}}), "dest_mismatch"),
        "too old": (sign(at=NOW - timedelta(seconds=61)), "stale"),
        "of the future": (sign(at=NOW + timedelta(seconds=61)), "stale"),
        "by a certificate for other numbers": (
            sign(Signers.narrow, url=NARROW_URL, orig="8617000000100"),
            "number_not_authorized",
        ),
        "with a claim that the certificate excludes": (sign(Signers.limited, url=LIMITED_URL), "claims_not_authorized"),
        "by a certificate that is not cached": (sign(url="https://x.example/"), "certificate_pending"),
        "with algorithm none": (sign(header={"alg": "none"}), "algorithm"),
        "of a type that is not verified": (sign(ppt="rph"), "unsupported"),
        "in compact form": (f"..{signature};info=<{URL}>;ppt=shaken", "compact_form"),
        "malformed": ("garbage", "malformed"),
        "without content": ("", "malformed"),
    }


@pytest.mark.parametrize("case", failures())
def test_a_signature_does_not_pass(case: str) -> None:
    signature, expected = failures()[case]
    caller = "8617000000100" if case == "by a certificate for other numbers" else CALLER
    assert reason(signature, caller=caller) == expected


@pytest.mark.parametrize("age", [-60, 0, 60])
def test_a_signature_is_fresh_for_a_minute(age: int) -> None:
    assert reason(sign(at=NOW - timedelta(seconds=age))) == ""


def test_a_certificate_signs_for_the_numbers_that_it_lists() -> None:
    assert reason(sign(Signers.narrow, url=NARROW_URL)) == ""
    assert reason(sign(Signers.limited, url=LIMITED_URL, attest="B")) == ""


def test_a_certificate_that_is_over_does_not_prove_even_if_it_is_cached() -> None:
    later = NOW_MS + 40 * 86_400_000
    assert reason(sign(at=NOW + timedelta(days=40)), at=later) == "certificate_rejected"


def test_a_signature_of_another_identity_of_the_call_proves_nothing_and_is_no_failure() -> None:
    assert reason(sign(), caller="8617000000009", other_callers=(CALLER,)) == "other_identity"
    assert reason(sign(), caller="", other_callers=(CALLER,)) == "other_identity"


def test_a_call_without_a_caller_never_passes() -> None:
    assert reason(sign(claims={"orig": {}}), caller="") == "orig_mismatch"
    assert reason(sign(claims={"dest": {}}), callee="") == "dest_mismatch"


def test_a_replay_in_another_call_fails_and_a_retransmission_passes() -> None:
    verifier, signature = CallVerifier(CREDENTIALS, fresh_seconds=60), sign()
    assert verify(signature, verifier=verifier).reason == ""
    assert verify(signature, verifier=verifier).reason == ""
    assert verify(signature, verifier=verifier, call_id="c-2").reason == "replayed"
    assert verify(signature, verifier=verifier, call_id="c-2", at=NOW_MS + 59_000).reason == "replayed"
    assert verify(sign(at=NOW - timedelta(seconds=1)), verifier=verifier, call_id="c-2").reason == ""


def test_a_replay_with_a_changed_but_valid_signature_fails_too() -> None:
    verifier, signature = CallVerifier(CREDENTIALS, fresh_seconds=60), sign()
    assert verify(signature, verifier=verifier).reason == ""
    token, _, rest = signature.partition(";")
    signed, _, encoded = token.rpartition(".")
    pair = urlsafe_b64decode(encoded + "==")
    mirrored = pair[:32] + (_ORDER - int.from_bytes(pair[32:], "big")).to_bytes(32, "big")
    changed = f"{signed}.{base64url(mirrored)};{rest}"
    assert changed != signature
    assert verify(changed, call_id="c-2").reason == "", "it is a valid signature"
    assert verify(changed, verifier=verifier, call_id="c-2").reason == "replayed"


def test_another_signature_of_the_same_content_is_another_call() -> None:
    verifier = CallVerifier(CREDENTIALS, fresh_seconds=60)
    assert verify(sign(), verifier=verifier).reason == ""
    assert verify(sign(), verifier=verifier, call_id="c-2").reason == "", "two calls within the same second"


def with_signature(number: int) -> Passport:
    """Return a PASSporT with a made-up signature."""
    signature = number.to_bytes(32, "big") + (number + 1).to_bytes(32, "big")
    return parse_identity(SIGNED)._replace(signature=signature)


def test_forgeries_do_not_enter_the_replay_cache() -> None:
    verifier = CallVerifier(CREDENTIALS, fresh_seconds=60)
    assert verify(sign(Signers.other), verifier=verifier, call_id="c-0").reason == "signature_invalid"
    assert not verifier._replays._new


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 2_000)), max_size=60))
def test_the_replay_cache_knows_every_use_within_its_span(uses: list[tuple[int, int, int]]) -> None:
    cache, first, at = ReplayCache(10_000), dict[int, tuple[int, int]](), 0
    for content, call, step in uses:
        at += step
        used = cache.is_replay(with_signature(content), str(call), at)
        if content in first and at - first[content][1] < 10_000:
            assert used == (first[content][0] != call)
        if not used and (content not in first or at - first[content][1] >= 10_000):
            first[content] = call, at


def test_the_replay_cache_is_bounded() -> None:
    cache = ReplayCache(10_000, max_entries=100)
    for number in range(1_000):
        cache.is_replay(with_signature(number), "c", 0)
    assert len(cache._new) + len(cache._old) <= 100


def test_a_good_signature_counts_beside_wrong_ones_in_any_order() -> None:
    bad, good = sign(Signers.other), sign()
    for signatures in ((bad, good), (good, bad), ("garbage", good), (sign(ppt="rph"), good)):
        assert reason(*signatures) == ""
    assert reason(bad, "garbage") == "signature_invalid"
    assert reason(sign(ppt="rph"), "garbage") == "malformed"


def test_a_certificate_is_confirmed_by_a_signature_that_verifies_alone() -> None:
    credentials = VerifiedChains({URL: made_signer().pem, OTHER_URL: made_signer().pem})
    verifier = CallVerifier(credentials, fresh_seconds=60)
    verify(sign(Signers.other), sign(url=OTHER_URL, orig=THIRD), verifier=verifier)
    assert credentials.confirmed == []
    verify(SIGNED, verifier=verifier)
    assert credentials.confirmed == [URL]


def test_only_some_signatures_of_a_call_are_verified() -> None:
    assert reason(*[sign(Signers.other)] * 4, sign()) == "signature_invalid"


def diverted(*, target: str = THIRD, by: str = CALLEE, **options: object) -> str:
    return sign(ppt="div", dest=target, claims={"div": {"tn": by}}, **options)  # type: ignore[arg-type]


def test_a_signed_diversion_leads_from_the_first_callee_to_this_one() -> None:
    result = verify(sign(), diverted(), callee=THIRD)
    assert (result.reason, result.attestation) == ("", "A")
    fourth = "8619100088888"
    assert reason(sign(), diverted(), diverted(target=fourth, by=THIRD), callee=fourth) == ""


def test_a_call_may_have_rung_before_it_was_diverted() -> None:
    rung = sign(at=NOW - timedelta(seconds=200))
    assert reason(rung, diverted(), callee=THIRD) == ""
    assert reason(rung, diverted(at=NOW - timedelta(seconds=61)), callee=THIRD) == "stale"
    assert reason(sign(at=NOW - timedelta(seconds=300)), diverted(), callee=THIRD) == "stale"


def test_a_diversion_proves_nothing_unless_it_is_signed_for_the_number_that_diverts() -> None:
    assert reason(sign(), callee=THIRD) == "dest_mismatch"
    assert reason(sign(), callee=THIRD, diverted=True) == "diverted"
    assert reason(sign(), diverted(by="8619100000000"), callee=THIRD) == "dest_mismatch"
    assert reason(sign(), diverted(signer=Signers.other), callee=THIRD) == "signature_invalid"
    narrow = diverted(signer=Signers.narrow, url=NARROW_URL)
    assert reason(sign(), narrow, callee=THIRD) == "number_not_authorized"
    assert reason(diverted(), callee=THIRD) == "no_identity"


def test_a_first_signature_may_come_again_with_a_diversion_but_the_diversion_not() -> None:
    verifier = CallVerifier(CREDENTIALS, fresh_seconds=60)
    first, diversion = sign(), diverted()
    assert verify(first, verifier=verifier).reason == ""
    assert verify(first, diversion, verifier=verifier, callee=THIRD, call_id="c-2").reason == ""
    assert verify(first, diversion, verifier=verifier, callee=THIRD, call_id="c-3").reason == "replayed"


def test_diversions_in_a_circle_end() -> None:
    circle = (diverted(target=THIRD, by="8619100088888"), diverted(target="8619100088888", by=THIRD))
    assert reason(sign(), *circle, callee=THIRD) == "dest_mismatch"


def test_a_verified_name_is_passed_on() -> None:
    name = {"rcd": {"nam": "Example Bank"}}
    assert verify(sign(claims=name)).name == "Example Bank"
    assert verify(sign(), sign(ppt="rcd", claims=name)).name == "Example Bank"
    alone = verify(sign(ppt="rcd", claims=name))
    assert (alone.verstat, alone.attestation, alone.name) == (Verstat.PASSED, "", "Example Bank")


def test_a_name_that_is_not_verified_is_not() -> None:
    name = {"rcd": {"nam": "Example Bank"}}
    assert verify(sign(Signers.other, claims=name)).name == ""
    assert verify(sign(), sign(Signers.other, ppt="rcd", claims=name)).name == ""
    assert verify(sign(), sign(ppt="rcd", orig="8617000000002", claims=name)).name == ""
    assert verify(sign(), sign(ppt="rcd", dest=THIRD, claims=name)).name == ""
    assert verify(sign(), sign(ppt="rcd", at=NOW - timedelta(seconds=90), claims=name)).name == ""


@given(st.lists(st.text(max_size=60), max_size=8))
def test_arbitrary_signatures_raise_nothing(signatures: list[str]) -> None:
    assert verify(*signatures).verstat is not Verstat.PASSED


def test_a_verifier_is_made_from_settings(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    with pytest.raises(UsageError):
        make_verifier(StirSettings(roots=str(roots)), tmp_path)
    roots.write_bytes(made_root().certificate.public_bytes(Encoding.PEM))
    verifier, certificates = make_verifier(StirSettings(roots=str(roots), hosts=("a.example",)), tmp_path)
    assert certificates.find(URL, NOW_MS) == "bad_address"
    assert verify(sign(), verifier=verifier).reason == "bad_address"

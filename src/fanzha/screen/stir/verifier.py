"""Verify the signatures of one call (RFC 8224 §6.2, ATIS-1000074 §5.3): certificates come from the cache alone."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from fanzha.base.outgoing_request import PrivateAddressPolicy, get
from fanzha.screen.settings import StirSettings
from fanzha.screen.stir.certificate_cache import CertificateCache
from fanzha.screen.stir.certificate_chain import LONGEST_CHAIN, SignerCredential, load_anchors
from fanzha.screen.stir.passport import DIV, RCD, SHAKEN, Passport, PassportError, parse_identity
from fanzha.screen.stir.result import SignedCall, Verification, Verstat, unsuccessful

#: Signatures that are verified per call, each some 100 µs; further ones count as wrong.
MAX_SIGNATURES = 4
MAX_DIVERSIONS = 3
#: How much older the first signature of a diverted call may be: the longest ringing (RFC 3261 §16.6, timer C).
RINGING_SECONDS = 180
MAX_REPLAYS = 1_000_000

_ALGORITHM = ECDSA(SHA256())
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4 D.1.2.3)


class CredentialSource(Protocol):
    """Finds certificates without waiting."""

    def find(self, url: str, at: int) -> SignerCredential | str:
        """Return the credential at an address, or the key of VERIFICATION_REASONS why there is none."""

    def confirm(self, url: str) -> None:
        """Note that a signature verified under the credential at an address."""


def make_verifier(settings: StirSettings, folder: Path) -> "tuple[CallVerifier, CertificateCache]":
    """Return a verifier and its certificates, which are kept in a folder; raise UsageError for bad anchors."""
    policy = PrivateAddressPolicy(settings.private_addresses, "[stir] private_addresses")
    anchors = load_anchors(Path(settings.roots), Path(settings.revocations) if settings.revocations else None)
    certificates = CertificateCache(
        anchors,
        lambda url: get(url, policy, LONGEST_CHAIN),
        keep_ms=1_000 * settings.keep_seconds,
        ports=settings.ports,
        hosts=settings.hosts,
        folder=folder,
    )
    return CallVerifier(certificates, fresh_seconds=settings.fresh_seconds), certificates


class ReplayCache:
    """Which call used a signature, in two generations of `span_ms` each.

    Of the two values of s that make a valid signature, the lower one is the key, so that a signature cannot be changed
    to use it again. Only valid signatures are stored, so that forgeries cannot fill the cache.
    """

    def __init__(self, span_ms: int, max_entries: int = MAX_REPLAYS) -> None:
        self._span_ms, self._max_half = span_ms, max_entries // 2
        self._new: dict[bytes, bytes] = {}
        self._old: dict[bytes, bytes] = {}
        self._rotate_at = 0

    def is_replay(self, passport: Passport, call_id: str, at: int) -> bool:
        """Return whether another call used the signature; else remember it for this one. `at` is in ms."""
        if at >= self._rotate_at or len(self._new) >= self._max_half:
            self._old, self._new = ({} if at >= self._rotate_at + self._span_ms else self._new), {}
            self._rotate_at = at + self._span_ms
        s = int.from_bytes(passport.signature[32:], "big")
        used = passport.signed + passport.signature[:32] + min(s, _ORDER - s).to_bytes(32, "big")
        key, call = blake2b(used, digest_size=16).digest(), blake2b(call_id.encode(), digest_size=8).digest()
        first = self._new.get(key) or self._old.get(key)
        if first is None:
            self._new[key] = call
        return first is not None and first != call


class CallVerifier:
    """Verifies calls; never waits and never raises for anything that a caller writes."""

    def __init__(self, credentials: CredentialSource, *, fresh_seconds: int) -> None:
        """A signature is fresh for so many seconds before and after its `iat`."""
        self._credentials, self._fresh_seconds = credentials, fresh_seconds
        self._replays = ReplayCache(2_000 * fresh_seconds)

    def verify(self, call: SignedCall, at: int) -> Verification:
        """Return the result for a call at a time (UTC ms): of the signature that passes, else of the first."""
        passports, fault = _parse_all(call.signatures)
        bases = [passport for passport in passports if passport.ppt not in (DIV, RCD)]
        bases = bases or [passport for passport in passports if passport.ppt == RCD]
        if not bases:
            return unsuccessful(fault)
        check = _CallCheck(call, passports, at, self._credentials, self._fresh_seconds, self._replays)
        results = []
        for base in sorted(bases, key=lambda passport: passport.ppt != SHAKEN):
            result = check.verify_base(base)
            if result.verstat is Verstat.PASSED:
                return result
            results.append(result)
        return results[0]


class _CallCheck:
    """The checks of one call; counts how many signatures it verifies."""

    def __init__(
        self,
        call: SignedCall,
        passports: Sequence[Passport],
        at: int,
        credentials: CredentialSource,
        fresh_seconds: int,
        replays: ReplayCache,
    ) -> None:
        self._call, self._passports, self._at, self._fresh_seconds = call, passports, at, fresh_seconds
        self._credentials, self._replays, self._left = credentials, replays, MAX_SIGNATURES

    def verify_base(self, base: Passport) -> Verification:
        """Return the result of a base PASSporT with the diversions that lead from its callee to this one."""
        try:
            self._check_caller(base)
            path = self._find_path(base)
            self._check_fresh(base, 0 if len(path) == 1 else RINGING_SECONDS)
            for passport in path[1:]:
                self._check_fresh(passport, 0)
            for passport in path:
                self._check_signature(passport)
        except PassportError as error:
            return unsuccessful(error.reason)
        call_id = self._call.call_id
        if call_id and self._replays.is_replay(path[-1], call_id, self._at):
            return unsuccessful("replayed")
        name = base.name or self._verified_name(base)
        return Verification(Verstat.PASSED, "", base.attest, base.origid, name)

    def _check_caller(self, base: Passport) -> None:
        if base.orig and base.orig == self._call.caller:
            return
        raise PassportError("other_identity" if base.orig in self._call.other_callers else "orig_mismatch")

    def _find_path(self, base: Passport) -> list[Passport]:
        """Return the base and the diversions (RFC 8946 §5) that lead to the callee, in their order."""
        callee, diversions = self._call.callee, list[Passport]()
        for _ in range(MAX_DIVERSIONS + 1):
            if callee and callee in base.dest:
                return [base, *reversed(diversions)]
            step = next(
                (
                    passport
                    for passport in self._passports
                    if passport.ppt == DIV
                    and callee in passport.dest
                    and passport.orig == base.orig
                    and passport not in diversions
                ),
                None,
            )
            if step is None:
                break
            diversions.append(step)
            callee = step.div
        raise PassportError("diverted" if self._call.diverted else "dest_mismatch")

    def _check_fresh(self, passport: Passport, allowance_seconds: int) -> None:
        age_ms = self._at - 1_000 * passport.iat
        limit_ms = 1_000 * self._fresh_seconds
        if not -limit_ms <= age_ms <= limit_ms + 1_000 * allowance_seconds:
            raise PassportError("stale")

    def _check_signature(self, passport: Passport) -> None:
        """Raise PassportError unless a valid certificate for the number signed the PASSporT."""
        credential = self._credentials.find(passport.x5u, self._at)
        if isinstance(credential, str):
            raise PassportError(credential)
        if not credential.valid_from <= self._at < credential.valid_until:
            raise PassportError("certificate_rejected")
        # Who diverts a call signs for the number that diverts (RFC 8946 §4.1).
        if not credential.authority.covers(passport.div if passport.ppt == DIV else passport.orig):
            raise PassportError("number_not_authorized")
        if not all(constraints.allow(passport.claims) for constraints in credential.constraints):
            raise PassportError("claims_not_authorized")
        if self._left == 0:
            raise PassportError("signature_invalid")
        self._left -= 1
        signature = passport.signature
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        try:
            credential.key.verify(der, passport.signed, _ALGORITHM)
        except InvalidSignature:
            raise PassportError("signature_invalid") from None
        self._credentials.confirm(passport.x5u)

    def _verified_name(self, base: Passport) -> str:
        """Return the name of a Rich Call Data PASSporT for the same call that verifies, else ""."""
        for passport in self._passports:
            if passport.ppt != RCD or not passport.name or passport is base or passport.orig != base.orig:
                continue
            if not set(passport.dest) & set(base.dest):
                continue
            try:
                self._check_fresh(passport, 0)
                self._check_signature(passport)
            except PassportError:
                continue
            return passport.name
        return ""


def _parse_all(signatures: Sequence[str]) -> tuple[list[Passport], str]:
    """Return the PASSporTs that could be parsed, and the reason for the others: the gravest one."""
    passports, faults = list[Passport](), list[str]()
    for value in signatures:
        try:
            passports.append(parse_identity(value))
        except PassportError as error:
            faults.append(error.reason)
    grave = [fault for fault in faults if fault != "unsupported"]
    return passports, (grave or faults or ["no_identity"])[0]

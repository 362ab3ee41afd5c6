"""What verifying a signed call costs in CPU: parsing, ES256, and all checks; the certificate is cached.

Usage: python -m benchmarks.signatures [--calls 5000]

Certificates and signatures are made on the spot. Every call has a signature of its own. The floor is the verification
of one ES256 signature by cryptography (OpenSSL), with nothing around it. The machine is shared: compare within a run.
"""

import argparse
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from tests.screen.stir.signers import CALLEE, CALLER, NOW_MS, URL, VerifiedChains, made_signer, sign

from fanzha.screen.stir.passport import parse_identity
from fanzha.screen.stir.result import SignedCall, Verstat
from fanzha.screen.stir.verifier import CallVerifier


def measure(work: Callable[[int], object], calls: int) -> float:
    """Return the CPU microseconds of one call, the median of five parts."""
    parts = []
    for part in range(5):
        began = time.process_time()
        for index in range(part * calls // 5, (part + 1) * calls // 5):
            work(index)
        parts.append((time.process_time() - began) / (calls // 5) * 1e6)
    return sorted(parts)[2]


def main() -> None:
    """Print CPU microseconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=5_000)
    calls = parser.parse_args().calls
    signatures = [sign() for _ in range(calls)]
    key = made_signer().key.public_key()
    passports = [parse_identity(value) for value in signatures]
    encoded = [
        encode_dss_signature(
            int.from_bytes(passport.signature[:32], "big"), int.from_bytes(passport.signature[32:], "big")
        )
        for passport in passports
    ]
    verifier = CallVerifier(VerifiedChains({URL: made_signer().pem}), fresh_seconds=600)

    def verify(index: int) -> None:
        call = SignedCall((signatures[index],), CALLER, CALLEE, call_id=str(index))
        assert verifier.verify(call, NOW_MS).verstat is Verstat.PASSED

    def verify_alone(index: int) -> None:
        key.verify(encoded[index], passports[index].signed, ECDSA(SHA256()))

    print(f"ES256 alone (floor)      {measure(verify_alone, calls):6.0f} µs")
    print(f"parsing of Identity      {measure(lambda index: parse_identity(signatures[index]), calls):6.0f} µs")
    print(f"whole verification       {measure(verify, calls):6.0f} µs")


if __name__ == "__main__":
    main()

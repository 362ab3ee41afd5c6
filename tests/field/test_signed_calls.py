"""A running screen verifies signed calls over SIP and HTTP, with certificates that it fetches over HTTPS meanwhile."""

import json
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.field.screens import Caller, Screen, metrics, until
from tests.free_ports import free_port
from tests.screen.stir.signers import (
    auth_list,
    made_intermediate,
    made_root,
    made_signer,
    make_root,
    number_range,
    sign,
)

pytestmark = pytest.mark.field

CALLER, CALLEE = "+8617000000101", "+8617000000900"
SETTINGS = """
standby = false
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
[trunks."*"]
acts = "label"
[sip.edge]
port = {sip}
protocols = ["udp"]
trunk_header = "X-Fanzha-Trunk"
[http]
port = {http}
[rules]
run = false
[stir]
roots = "{roots}"
ports = [{repository}]
private_addresses = {private}
failed = "refuse"
"""


class Repository(BaseHTTPRequestHandler):
    """Serves chains by path."""

    chains: dict[str, bytes]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        chain = self.chains.get(self.path)
        self.send_response(200 if chain is not None else 404)
        self.send_header("Content-Length", str(len(chain or b"")))
        self.end_headers()
        self.wfile.write(chain or b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path, chains: dict[str, bytes]) -> Iterator[tuple[int, list[str], Path]]:
    """Serve chains over HTTPS; yield the port, the paths that were asked for, and the root of the server."""
    root = make_root("Example Web Root")
    server_key = root.issue("repository", x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]))
    authority, certificate, key = (folder / name for name in ("web.pem", "server.pem", "server.key"))
    authority.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    certificate.write_bytes(server_key.pem)
    key.write_bytes(server_key.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    handler = type("Handler", (Repository,), {"chains": chains, "asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, handler.asked, authority  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def screened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chains: dict[str, bytes], *, private: bool = True
) -> Iterator[tuple[Screen, Caller, int, int, list[str]]]:
    """Run a screen beside a repository; yield it, a caller, the ports of HTTP and repository, and the asked paths."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(made_root().certificate.public_bytes(Encoding.PEM))
    with served(tmp_path, chains) as (repository, asked, authority):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        sip, http = free_port(), free_port()
        settings = SETTINGS.format(sip=sip, http=http, roots=roots, repository=repository, private=str(private).lower())
        with Screen(tmp_path / "screen", settings) as screen, closing(Caller(sip)) as caller:
            yield screen, caller, http, repository, asked


def identity(port: int, path: str = "/carrier.pem", **options: Any) -> str:
    settings: dict[str, Any] = {"orig": CALLER[1:], "dest": CALLEE[1:], "at": datetime.now(UTC)} | options
    return f"Identity: {sign(url=f'https://127.0.0.1:{port}{path}', **settings)}"


def field(answer: str, name: str) -> str:
    """Return a header field of an answer, "" for none."""
    return next((line.partition(": ")[2] for line in answer.split("\r\n") if line.startswith(f"{name}: ")), "")


def test_signed_calls_are_verified_over_sip_and_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = made_intermediate().issue("narrow", auth_list(number_range("8617000000200", 10)))
    chains = {
        "/carrier.pem": made_signer().pem,
        "/narrow.pem": narrow.pem,
        "/huge.pem": made_signer().pem + b"#" * 70_000,
    }
    with screened(tmp_path, monkeypatch, chains) as (screen, caller, http, port, asked):

        def call(*headers: str) -> str:
            return caller.call(CALLER, headers=headers)

        def settled(make_header: Any) -> str:
            """Call until the certificate was fetched; return the last answer."""
            answers = list[str]()

            def is_settled() -> bool:
                answers.append(call(make_header()))
                return field(answers[-1], "X-Fanzha-Verstat") != "No-TN-Validation"

            until(is_settled)
            return answers[-1]

        plain = call()
        assert field(plain, "X-Fanzha-Verstat") == "" and "mobile_unproven" in field(plain, "X-Fanzha-Reason")
        first = call(identity(port))
        assert field(first, "X-Fanzha-Verstat") == "No-TN-Validation", "no call waits for a certificate"
        name = {"rcd": {"nam": "Example Bank"}}
        passed = settled(lambda: identity(port, claims=name))
        assert field(passed, "X-Fanzha-Verstat") == "TN-Validation-Passed"
        assert field(passed, "X-Fanzha-Attestation") == "A" and field(passed, "X-Fanzha-Caller-Name") == "Example Bank"
        assert "mobile_unproven" not in field(passed, "X-Fanzha-Reason"), "the signature proves the number"
        assert asked == ["/carrier.pem"], "many calls, one fetch"
        compact = call(identity(port).replace("Identity:", "y:"))
        assert field(compact, "X-Fanzha-Verstat") == "TN-Validation-Passed", "the compact name of the header field"
        for wrong in (
            identity(port, signer=narrow),
            identity(port, orig="8617000000102"),
            identity(port, at=datetime.now(UTC) - timedelta(minutes=2)),
            identity(port, header={"alg": "none"}),
        ):
            assert call(wrong).startswith("SIP/2.0 603"), wrong
        once = identity(port)
        assert call(once).startswith("SIP/2.0 302") and call(once).startswith("SIP/2.0 603"), "a replay is refused"
        assert settled(lambda: identity(port, "/narrow.pem", signer=narrow)).startswith("SIP/2.0 603")
        assert settled(lambda: identity(port, "/huge.pem")).startswith("SIP/2.0 603")
        for _ in range(3):
            missing = call(identity(port, "/missing.pem"))
            assert field(missing, "X-Fanzha-Verstat") == "No-TN-Validation", "the fault of a repository is no failure"
        forged = call("P-Attestation-Indicator: A", f"P-Asserted-Identity: <tel:{CALLER};verstat=TN-Validation-Passed>")
        assert "mobile_unproven" in field(forged, "X-Fanzha-Reason"), "what a client claims proves nothing"

        key = screen.ask("screen", "key", "add", "sbc", "--scope", "call", "--scope", "metrics", "--by", "Lin").split()[
            -1
        ]
        body = {
            "verificationRequest": {
                "from": {"tn": CALLER[1:]},
                "to": {"tn": [CALLEE[1:]]},
                "time": int(datetime.now(UTC).timestamp()),
                "identity": identity(port).partition(" ")[2],
            }
        }
        counted = metrics(http, key)
        request = urllib.request.Request(
            f"http://127.0.0.1:{http}/stir/v1/verification",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answered:
            result = json.load(answered)["verificationResponse"]
        assert (result["verstat"], result["attest"]) == ("TN-Validation-Passed", "A")
        assert 'fanzha_screen_verifications_total{trunk="IGW-1",result="replayed"} 1' in counted
        assert 'fanzha_screen_caller_proofs_total{trunk="IGW-1",proof="none"}' in counted
        until(lambda: '"signature_invalid"' in screen.logged())
        assert "eyJ" not in screen.logged(), "signatures stay out of the log"


def test_a_certificate_within_a_network_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with screened(tmp_path, monkeypatch, {"/carrier.pem": made_signer().pem}, private=False) as (
        _,
        caller,
        _,
        port,
        asked,
    ):
        until(lambda: caller.call(CALLER, headers=(identity(port),)).startswith("SIP/2.0 603"))
        assert asked == []

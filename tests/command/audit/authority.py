"""A time-stamping authority of the tests: openssl behind a small HTTP server, with certificates made for it."""

import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.2.3.4.1"
_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
default_policy = {policy}
signer_digest = sha256
digests = sha256
ess_cert_id_alg = sha256
ordering = yes
"""


class Authority:
    """Certificates of an authority in a folder; `respond` stamps a request."""

    def __init__(
        self,
        folder: Path,
        *,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        ended: bool = False,
        policy: str = POLICY,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._policy = folder, policy
        now = datetime.now(UTC)
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = _certificate("Example Root", root_key, None, (now - timedelta(days=9), now + timedelta(days=9)))
        period = (
            (now - timedelta(days=2), now - timedelta(days=1))
            if ended
            else (now - timedelta(days=2), now + timedelta(days=2))
        )
        signer = _certificate("Example TSA", key, (self.root, root_key), period, usage)
        self.ca_file = folder / "root.pem"
        self.ca_file.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        (folder / "signer.pem").write_bytes(signer.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder, policy=policy))
        (folder / "serial").write_text("01\n")

    def respond(self, request: bytes) -> bytes:
        """Return the response to a request."""
        (self._folder / "request.tsq").write_bytes(request)
        files = ("-signer", "signer.pem", "-inkey", "key.pem", "-out", "response.tsr")
        self._run("ts", "-reply", "-config", "openssl.cnf", "-queryfile", "request.tsq", *files)
        return (self._folder / "response.tsr").read_bytes()

    def sign_again(self, response: bytes) -> bytes:
        """Return a response with the same content, signed under the certificate of this authority whatever its use."""
        (self._folder / "other.tsr").write_bytes(response)
        self._run("ts", "-reply", "-in", "other.tsr", "-token_out", "-out", "other.der")
        self._run("cms", "-verify", "-noverify", "-inform", "DER", "-in", "other.der", "-out", "content.der")
        content_type = "1.2.840.113549.1.9.16.1.4"  # id-ct-TSTInfo
        self._run(
            "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-econtent_type", content_type,
            "-in", "content.der", "-signer", "signer.pem", "-inkey", "key.pem", "-out", "token.der",
        )  # fmt: skip
        body = bytes.fromhex("3003020100") + (self._folder / "token.der").read_bytes()  # status granted, token
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body

    def _run(self, *command: str) -> None:
        subprocess.run(["openssl", *command], cwd=self._folder, check=True, capture_output=True, timeout=60)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    period: tuple[datetime, datetime],
    usage: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(period[0])
        .not_valid_after(period[1])
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
        builder = builder.add_extension(identifier, critical=False)
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


class AuthorityServer:
    """The authority over HTTP on this machine; `answer` may be replaced."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.answer = answer
        self.requests: list[tuple[str, bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append((self.headers["Content-Type"], body))
                response = server.answer(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(response)))
                self.end_headers()
                self.wfile.write(response)

            def log_message(self, *_args: object) -> None:
                """Write nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsa"

    def __enter__(self) -> "AuthorityServer":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

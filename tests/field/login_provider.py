"""An organisation's own login as in the field: an OpenID Connect provider on this machine that signs what it says."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "fanzha", "a secret of the tests"
REDIRECT = "http://testserver/accounts/oidc/carrier/login/callback/"


class Provider(ThreadingHTTPServer):
    """Who signs in next stands in `person`; each code is given out for one client, one address, one proof, one use."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        self.shown = self.key.public_key()
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}

    @property
    def issuer(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def id_token(self) -> str:
        """What it says of who signs in, signed."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now} | self.person
        return jwt.encode(claims, self.key, "RS256", {"kid": "1"})


@contextmanager
def provider() -> Iterator[Provider]:
    """Run one."""
    made = Provider()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    server: Provider
    wanted: ClassVar[dict[str, str]] = {"client_id": CLIENT, "redirect_uri": REDIRECT, "response_type": "code"}

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        match asked.path:
            case "/.well-known/openid-configuration":
                self._tell(self._about())
            case "/jwks":
                told = jwt.algorithms.RSAAlgorithm.to_jwk(self.server.shown, as_dict=True)
                self._tell({"keys": [told | {"kid": "1", "use": "sig", "alg": "RS256"}]})
            case "/authorize":
                self._authorize(query)
            case "/userinfo":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                found = self.server.tokens.get(token)
                self._tell(found or {"error": "invalid_token"}, 200 if found else 401)
            case _:
                self._tell({}, 404)

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        told = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()}
        code = self.server.codes.pop(told.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(told.get("code_verifier", "").encode()).digest())
        right = code is not None and code["code_challenge"] == proof.rstrip(b"=").decode()
        if not right or (told.get("client_id"), told.get("client_secret")) != (CLIENT, SECRET):
            self._tell({"error": "invalid_grant"}, 400)
            return
        access = secrets.token_urlsafe(32)
        self.server.tokens[access] = dict(self.server.person)
        self._tell({"access_token": access, "token_type": "Bearer", "id_token": self.server.id_token()})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _about(self) -> dict[str, Any]:
        where = self.server.issuer
        return {
            "issuer": where,
            "authorization_endpoint": f"{where}/authorize",
            "token_endpoint": f"{where}/token",
            "userinfo_endpoint": f"{where}/userinfo",
            "jwks_uri": f"{where}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def _authorize(self, query: dict[str, str]) -> None:
        if query.get("code_challenge_method") != "S256" or not self.wanted.items() <= query.items():
            self._tell({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(32)
        self.server.codes[code] = query
        self.send_response(302)
        self.send_header("Location", f"{REDIRECT}?{urlencode({'code': code, 'state': query['state']})}")
        self.end_headers()

    def _tell(self, told: object, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

"""What browsers are told with every page, and what they are told besides when the site is open to the world."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

ASK = """
import django, json
django.setup()
from django.test import Client

def told(path="/accounts/password/reset/", host="fanzha.example", scheme="https", **headers):
    client = Client(headers={"host": host, "x-forwarded-proto": scheme, **headers})
    answer = client.get(path)
    cookies = {name: {key: value for key, value in one.items() if value} for name, one in client.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}

print(json.dumps({
    "page": told(),
    "plain": told(scheme="http"),
    "api": told("/api/v1/organizations/me", scheme="http"),
    "alive": told("/healthz", host="127.0.0.1", scheme="http"),
    "stranger": told(host="elsewhere.example"),
    "forged": told(host="fanzha.example", **{"x-forwarded-host": "elsewhere.example"}),
    "style": told("/static/site/tokens.css"),
}))
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a site that is open to the world answers, in a process of its own."""
    folder: Path = tmp_path_factory.mktemp("public")
    said = '[site]\nhosts = ["fanzha.example"]\naddress = "https://fanzha.example"\nproxies = 1\n'
    (folder / "fanzha.toml").write_text(said, "utf-8")
    told = {name: value for name, value in os.environ.items() if not name.startswith("FANZHA_")}
    told |= {"FANZHA_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
    done = subprocess.run([sys.executable, "-c", ASK], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def policy(headers: Any) -> dict[str, str]:
    parts = (one.strip().partition(" ") for one in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts if name}


def test_only_what_the_site_itself_serves_is_run_or_shown() -> None:
    answer = Client().get("/accounts/password/reset/")
    told = policy(answer)
    assert told["default-src"] == told["object-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert told["style-src"] == told["connect-src"] == told["form-action"] == "'self'"
    assert told["script-src"].split()[0] == "'self'" and "unsafe" not in str(told)


def test_types_are_not_guessed_addresses_not_told_windows_not_shared() -> None:
    answer = Client().get("/accounts/password/reset/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_no_other_origin_reads_answers() -> None:
    answer = Client(headers={"origin": "https://elsewhere.example"}).get("/api/v1/openapi.json")
    assert "Access-Control-Allow-Origin" not in answer


def test_pages_of_faults_tell_nothing_of_the_machine() -> None:
    assert settings.DEBUG is False
    answer = Client(raise_request_exception=False).get("/no/such/page/")
    assert answer.status_code == 404 and b"Traceback" not in answer.content and b"urlpatterns" not in answer.content


def test_in_the_open_browsers_are_led_to_tls_and_stay_there(public: Any) -> None:
    assert public["plain"]["status"] == 301
    assert public["plain"]["headers"]["Location"] == "https://fanzha.example/accounts/password/reset/"
    held = public["page"]["headers"]["Strict-Transport-Security"]
    assert int(held.partition("max-age=")[2].partition(";")[0]) >= 31_536_000 and "includeSubDomains" in held
    assert "Strict-Transport-Security" in public["style"]["headers"]


def test_in_the_open_cookies_are_for_this_host_and_tls_alone(public: Any) -> None:
    assert public["page"]["cookies"]
    for name, cookie in public["page"]["cookies"].items():
        assert name.startswith("__Host-") and cookie["secure"] and cookie["httponly"] and cookie["path"] == "/"
        assert cookie["samesite"] == "Lax" and "domain" not in cookie
    assert settings.LANGUAGE_COOKIE_NAME.endswith("language") and settings.SESSION_COOKIE_NAME.endswith("session")


def test_programs_are_refused_in_the_open_and_not_led(public: Any) -> None:
    assert public["api"]["status"] == 403


def test_whoever_keeps_the_site_asks_without_tls(public: Any) -> None:
    assert public["alive"]["status"] == 200


def test_other_names_are_refused_and_forged_ones_not_looked_at(public: Any) -> None:
    assert public["stranger"]["status"] == 400
    assert public["forged"]["status"] == 200


def test_what_one_types_and_uploads_has_a_size() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 8 * 1024 * 1024
    assert settings.FILE_UPLOAD_HANDLERS[0].endswith("UploadLimit")
    answer = Client(raise_request_exception=False).post("/choose/theme/", {"theme": "x" * 9_000_000})
    assert answer.status_code == 400

"""Nobody can make this site ask systems within networks: not by an address that they name."""

from pathlib import Path

import pytest

from fanzha.command.webhooks.addresses import validate_url
from fanzha.processes.refusal import Refusal

WITHIN = ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1"]
EMBEDDED = ["fec0::1", "::7f00:1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:a00:1::"]


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "ftp://a.example/", "https://", "https://u:p@a.example/", "https://a.example/#x", "x", "",
     "https://a.example:99999/", "https://a example/", "https://例.example/", "https://[::1",
     "https://a.example/" + "x" * 400],
)  # fmt: skip
def test_an_address_that_is_not_well_formed_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        validate_url(url)
    assert refused.value.fields["url"].zh


@pytest.mark.parametrize("address", [*WITHIN, *EMBEDDED])
def test_an_address_within_is_refused_until_the_operator_allows_it(home: Path, address: str) -> None:
    url = f"https://[{address}]/" if ":" in address else f"https://{address}/"
    with pytest.raises(Refusal, match="in an internal network"):
        validate_url(url)
    (home / "fanzha.toml").write_text("[webhooks]\nprivate_addresses = true\n", "utf-8")
    assert validate_url(f" {url} ") == url and validate_url("http://10.0.0.1:8080/x") == "http://10.0.0.1:8080/x"

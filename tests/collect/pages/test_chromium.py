"""The command of the browser leads to the proxy alone; without a browser the error names the package."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.collect.pages.chromium import browser_command


def test_the_browser_has_no_way_but_the_proxy_and_is_driven_over_a_pipe(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o700)
    (tmp_path / "link").symlink_to(browser)
    program, *flags, page = browser_command(str(tmp_path / "link"))
    assert program == str(browser) and page == "about:blank"
    assert "--proxy-server=socks5://127.0.0.1:{port}" in flags and "--proxy-bypass-list=<-loopback>" in flags
    assert "--remote-debugging-pipe" in flags and "--user-data-dir={scratch}/profile" in flags
    assert not [flag for flag in flags if flag.startswith(("--no-sandbox", "--remote-debugging-port"))]


def test_without_a_browser_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="/nowhere/chromium"):
        browser_command("/nowhere/chromium")
    monkeypatch.setattr("fanzha.collect.pages.chromium.shutil.which", lambda _name: None)
    with pytest.raises(UsageError) as caught:
        browser_command()
    assert "Debian package chromium" in str(caught.value.fix)

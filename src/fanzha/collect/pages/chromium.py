"""Chromium and the flags that it looks at untrusted pages with."""

import os
import shutil

from fanzha.base.errors import UsageError

_CANDIDATES = ("/usr/lib/chromium/chromium", "/opt/google/chrome/chrome", "chromium", "chromium-browser")
_FEATURES = ("IsolateOrigins,site-per-process,Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,"
             "DialMediaRouteProvider,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,"
             "HttpsUpgrades,NetworkTimeServiceQuerying,HttpsFirstBalancedModeAutoEnable,AsyncDns")  # fmt: skip
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-blink-features=AutomationControlled",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-quic",
    "--disable-sync",
    "--disable-hang-monitor",
    f"--disable-features={_FEATURES}",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--hide-scrollbars",
    "--ignore-certificate-errors",
    "--js-flags=--max-old-space-size=512",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--renderer-process-limit=4",
    "--component-updater=url-source=https://127.0.0.1:9/",
    "--user-data-dir={scratch}/profile",
    "--proxy-server=socks5://127.0.0.1:{port}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def browser_command(browser: str = "") -> list[str]:
    """Return the command for a sandbox. Raise UsageError if there is no Chromium."""
    paths = (shutil.which(name) for name in ((browser,) if browser else _CANDIDATES))
    path = next((path for path in paths if path), None)
    if path is None:
        raise UsageError(
            f"{browser or 'Chromium'} is not there", fix="install the Debian package chromium, or set browser in [look]"
        )
    return [os.path.realpath(path), *_FLAGS, "about:blank"]

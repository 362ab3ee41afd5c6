"""A warning and a gateway for tests; the number is of an unassigned range."""

from fanzha.base.words import Words
from fanzha.warn import Gateway, WarningNotice

GATEWAY = Gateway("http://127.0.0.1:13013/cgi-bin/sendsms", "fanzha", "not-to-be-seen", "96110")
NOTICE = WarningNotice(
    "+8617000000900",
    Words("境外来电：美国", "Call from abroad: United States"),
    Words("勿透露验证码", "Tell nobody a code"),
)

"""The site starts with somebody listening to every signal of signing in."""

import pytest
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal

OURS = "fanzha.command.organizations.sign_ins"


@pytest.mark.parametrize(
    "signal",
    [
        authentication_step_completed,
        authenticator_added,
        authenticator_removed,
        authenticator_reset,
        user_logged_in,
        user_logged_out,
        user_login_failed,
    ],
)
def test_it_is_told_to_the_log(signal: Signal) -> None:
    assert OURS in {listening.__module__ for listening in signal._live_receivers(None)[0]}

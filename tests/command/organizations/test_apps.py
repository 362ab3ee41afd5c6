"""The site starts with somebody listening to every signal of signing in, and to codes that are shown."""

import pytest
from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
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
def test_signing_in_is_told_to_the_log(signal: Signal) -> None:
    assert OURS in {listening.__module__ for listening in signal._live_receivers(None)[0]}


def test_recovery_codes_are_hashed_once_they_were_shown() -> None:
    listening = post_save._live_receivers(Authenticator)[0]
    assert "fanzha.command.organizations.recovery_codes" in {one.__module__ for one in listening}

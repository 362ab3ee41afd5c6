"""What an organisation's login says of a person is believed when that login, and no other, has signed it for us.

allauth leaves the signature to TLS where the token came over it (OpenID Connect Core 1.0 §3.1.3.7); here it is checked
in any case.
"""

from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

#: Signatures with a pair of keys: a shared secret cannot be mistaken for one of them.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_WELL_KNOWN = "/.well-known/openid-configuration"


class SignedTokenAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks issuer, algorithm and signature."""

    @property
    def openid_config(self) -> Any:
        """Return what the provider says of itself. Raises OAuth2Error when it says to be another."""
        told = super().openid_config
        if str(told.get("issuer", "")).rstrip("/") != issuer_of(self.get_provider().app.settings["server_url"]):
            raise OAuth2Error("the provider says to be another than the one that is configured")
        return told

    def _decode_id_token(self, app: SocialApp, id_token: str) -> Any:
        check_algorithm(id_token)
        told = self.openid_config
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=told["jwks_uri"],
            issuer=told["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


def issuer_of(server: str) -> str:
    """Return the issuer that an address in the settings means."""
    return server.removesuffix("/").removesuffix(_WELL_KNOWN).rstrip("/")


def check_algorithm(token: str) -> None:
    """Raise OAuth2Error for a token that is not signed with a pair of keys."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except jwt.PyJWTError as error:
        raise OAuth2Error("no token") from error
    if algorithm not in ALGORITHMS:
        raise OAuth2Error(f"tokens are not taken with {algorithm!r}")


@login_not_required  # type: ignore[untyped-decorator]
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take a person back from the login of his organisation."""
    try:
        view = OAuth2CallbackView.adapter_view(SignedTokenAdapter(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer

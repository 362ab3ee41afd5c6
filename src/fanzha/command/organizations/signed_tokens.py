"""Verify issuer, algorithm and signature of the ID tokens of OpenID Connect providers.

allauth does not verify the signature of a token received over TLS, as OpenID Connect Core 1.0 §3.1.3.7 allows. This
adapter always verifies it.
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

#: Asymmetric algorithms only, so that a shared secret cannot be confused with a public key.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_WELL_KNOWN = "/.well-known/openid-configuration"


class SignedTokenAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Adapter that verifies issuer, algorithm and signature."""

    @property
    def openid_config(self) -> Any:
        """Return the provider's metadata. Raise OAuth2Error if its issuer is not the configured one."""
        metadata = super().openid_config
        if str(metadata.get("issuer", "")).rstrip("/") != issuer_of(self.get_provider().app.settings["server_url"]):
            raise OAuth2Error("the provider says to be another than the one that is configured")
        return metadata

    def _decode_id_token(self, app: SocialApp, id_token: str) -> Any:
        check_algorithm(id_token)
        metadata = self.openid_config
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=metadata["jwks_uri"],
            issuer=metadata["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


def issuer_of(server: str) -> str:
    """Return the issuer of a server URL from the settings."""
    return server.removesuffix("/").removesuffix(_WELL_KNOWN).rstrip("/")


def check_algorithm(token: str) -> None:
    """Raise OAuth2Error for a token without an asymmetric signature."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except jwt.PyJWTError as error:
        raise OAuth2Error("no token") from error
    if algorithm not in ALGORITHMS:
        raise OAuth2Error(f"tokens are not taken with {algorithm!r}")


@login_not_required  # type: ignore[untyped-decorator]
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Handle the callback of an organisation's identity provider."""
    try:
        view = OAuth2CallbackView.adapter_view(SignedTokenAdapter(request, provider_id))
        answer: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer

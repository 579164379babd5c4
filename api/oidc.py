"""Signing in with an identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

What a sign-in has to remember between leaving and coming back travels in a signed cookie of the browser that left,
so that any process can receive it and nobody else's browser can.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jwk import KeySet, OctKey

from api.settings import Oidc
from models.errors import IdentityRefused, ProviderUnavailable

ALGORITHMS = ["RS256", "ES256"]
"""What an ID token may be signed with."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
AWAY = timedelta(minutes=10)
"""How long a person may take at the provider."""
KEPT = 600.0
"""Seconds for which the provider's addresses and keys are believed unchanged."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the person left for: to sign in, to link the own account, or to accept an invitation."""

    next: str = "/"
    account: int = 0
    """The account to be linked; 0 for none."""
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    name: str
    label: str
    """What the provider calls the person; never used to find an account."""
    login: str
    """Value of the claim that names an account here; empty without such a claim, or while it is not verified."""


class Provider:
    """The identity provider that an installation trusts."""

    def __init__(self, settings: Oidc) -> None:
        self._settings = settings
        self._secret = settings.client_secret.get_secret_value()
        self._key = OctKey.import_key(hashlib.sha256(b"chanjiao sign-in " + self._secret.encode()).digest())
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def depart(self, errand: Errand, callback: str) -> tuple[str, str]:
        """The provider's address to go to, and the ticket to come back with. Raises ProviderUnavailable."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._session(callback) as session:
            address, _ = session.create_authorization_url(
                self._metadata("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
            )
        ticket = {
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "next": errand.next,
            "account": errand.account,
            "invitation": errand.invitation,
            "exp": int(time.time() + AWAY.total_seconds()),
        }
        return address, jwt.encode({"alg": "HS256"}, ticket, self._key)

    def arrive(self, ticket: str, answer: Mapping[str, str], callback: str) -> tuple[Identity, Errand]:
        """Whom the provider vouches for, and what the person left for.

        Raises IdentityRefused for whatever does not belong to this sign-in or is not the provider's word, and
        ProviderUnavailable.
        """
        kept = self._read(ticket)
        if not hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode()):
            raise IdentityRefused("返回的登录状态（state）与本浏览器发起的不一致，请重新登录")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise IdentityRefused(f"回答来自“{answer['iss']}”，应来自“{self._settings.issuer}”")
        if "error" in answer:
            raise IdentityRefused(f"身份提供方没有同意登录（{answer['error'][:100]}），请重新登录")
        if not answer.get("code"):
            raise IdentityRefused("身份提供方没有给出授权码，请重新登录")
        claims = self._claims(self._exchange(answer["code"], kept["verifier"], callback))
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), kept["nonce"].encode()):
            raise IdentityRefused("令牌的 nonce 与本次登录不一致，请重新登录")
        return self._identity(claims), Errand(kept["next"], kept["account"], kept["invitation"])

    def _read(self, ticket: str) -> dict[str, Any]:
        try:
            kept = jwt.decode(ticket, self._key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(kept)
        except (JoseError, ValueError):
            raise IdentityRefused("这次登录不是本浏览器发起的，或已超过 10 分钟，请重新登录") from None
        return kept

    def _exchange(self, code: str, verifier: str, callback: str) -> str:
        """The ID token for the code."""
        address = self._metadata("token_endpoint")
        try:
            with self._session(callback) as session:
                token = session.fetch_token(
                    address, grant_type="authorization_code", code=code, code_verifier=verifier, allow_redirects=False
                )
        except AuthlibBaseError as error:
            raise IdentityRefused(
                f"身份提供方不接受授权码（{error.error}），可能已使用过或已过期，请重新登录"
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise self._away("令牌") from error
        found = token.get("id_token")
        if not isinstance(found, str):
            raise IdentityRefused("身份提供方没有给出身份令牌（id_token），请联系管理员检查请求的范围")
        return found

    def _claims(self, token: str) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = self._verified(token)
            registry.validate(claims)
        except ExpiredTokenError:
            raise IdentityRefused("身份令牌已过期，请重新登录；若反复出现，请核对两边服务器的时钟") from None
        except (InvalidClaimError, MissingClaimError) as error:
            claim = error.claim
            raise IdentityRefused(f"身份令牌的 {claim} 是“{claims.get(claim, '')!s:.200}”，不能接受") from None
        except (JoseError, ValueError):
            raise IdentityRefused("身份令牌的签名或算法不对，不能接受；只接受 RS256 和 ES256") from None
        audience = claims["aud"]
        others = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if others else self._settings.client_id) != self._settings.client_id:
            raise IdentityRefused(f"身份令牌的 azp 是“{claims.get('azp', '')!s:.200}”，不能接受")
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self._keys(), algorithms=ALGORITHMS).claims
        except (InvalidKeyIdError, ValueError):
            # The provider may have changed its keys since they were read.
            self._kept.clear()
            return jwt.decode(token, self._keys(), algorithms=ALGORITHMS).claims

    def _identity(self, claims: dict[str, Any]) -> Identity:
        subject = claims["sub"]
        if not 1 <= len(subject) <= 255:
            raise IdentityRefused("身份令牌的 sub 为空或过长，不能接受")
        label = str(claims.get("preferred_username") or claims.get("email") or claims.get("name") or subject)
        return Identity(
            issuer=self._settings.issuer,
            subject=subject,
            name=str(claims.get("name") or label)[:200],
            label=label[:200],
            login=self._login(claims),
        )

    def _login(self, claims: dict[str, Any]) -> str:
        named = self._settings.login_claim
        value = claims.get(named) if named else None
        if not isinstance(value, str) or (named == "email" and claims.get("email_verified") is not True):
            return ""
        return value.strip().lower()

    def _session(self, callback: str) -> Any:
        accepted = self._document(_WELL_KNOWN).get("token_endpoint_auth_methods_supported", [])
        post = "client_secret_post" in accepted and "client_secret_basic" not in accepted
        return OAuth2Session(
            self._settings.client_id,
            self._secret,
            token_endpoint_auth_method="client_secret_post" if post else "client_secret_basic",
            scope=self._settings.scopes,
            redirect_uri=callback,
            code_challenge_method="S256",
            default_timeout=self._settings.timeout.total_seconds(),
        )

    def _metadata(self, name: str) -> str:
        found = self._document(_WELL_KNOWN)
        if found.get("issuer") != self._settings.issuer:
            raise ProviderUnavailable(
                f"发现文档的签发者是“{found.get('issuer', '')}”，设置的是“{self._settings.issuer}”，请管理员改正设置"
            )
        address = found.get(name)
        if not isinstance(address, str):
            raise self._away(name)
        return address

    def _keys(self) -> KeySet:
        try:
            return KeySet.import_key_set(self._document(self._metadata("jwks_uri")))  # type: ignore[arg-type]  # as the provider wrote it
        except (JoseError, KeyError, TypeError) as error:
            raise self._away("公钥") from error

    def _document(self, address: str) -> dict[str, Any]:
        """The JSON at the address, at most ten minutes old."""
        if address == _WELL_KNOWN:
            address = self._settings.issuer.rstrip("/") + _WELL_KNOWN
        at, found = self._kept.get(address, (0.0, {}))
        if not found or time.monotonic() - at > KEPT:
            try:
                answer = requests.get(address, timeout=self._settings.timeout.total_seconds(), allow_redirects=False)
                answer.raise_for_status()
                found = answer.json()
            except (requests.RequestException, ValueError) as error:
                raise self._away(address) from error
            if not isinstance(found, dict):
                raise self._away(address)
            self._kept[address] = time.monotonic(), found
        return found

    def _away(self, what: str) -> ProviderUnavailable:
        return ProviderUnavailable(
            f"{self._settings.name}现在连不上（{what}）。请稍后再试，或用本站的账号和口令登录；"
            "若持续如此，请联系联合体秘书处"
        )


_WELL_KNOWN = "/.well-known/openid-configuration"

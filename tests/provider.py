"""A small OpenID provider that answers over HTTP and signs its tokens, for tests of signing in with one.

It asks nobody for a password: whoever comes is the `person` that the test sets. `amend` lets a test spoil what it
says, `algorithm` and `key` how it signs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "chanjiao", "a-long-secret-of-the-client-2026"

Claims = dict[str, Any]


class OpenIdProvider:
    """What the provider believes, and what it has given out."""

    def __init__(self) -> None:
        self.issuer = ""
        self.person: Claims = {"sub": "u-1001", "name": "李敏", "preferred_username": "limin"}
        self.amend: Callable[[Claims], Claims] = lambda claims: claims
        self.algorithm = "RS256"
        self.keys = {
            "RS256": RSAKey.generate_key(2048, {"kid": "rsa-1"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "ec-1"}),
        }
        self.key = self.keys["RS256"]
        self.methods = ["client_secret_basic"]
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens = 0

    def use(self, algorithm: str) -> None:
        """Sign with the algorithm from now on."""
        self.algorithm, self.key = algorithm, self.keys[algorithm]

    def discovery(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": self.methods,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, Claims]:
        """An ID token for a code that is used for the first time, by the client that asked for it."""
        if self.methods == ["client_secret_post"]:
            client, secret = form.get("client_id"), form.get("client_secret")
        else:
            given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            client, secret = map(unquote, given.split(":", 1))
        if (client, secret) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked is None or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        self.tokens += 1
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self.signed(self.amend(claims | self.person)),
        }

    def signed(self, claims: Claims) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
        header = {"alg": self.algorithm, "kid": self.key.kid}
        registry = jws.JWSRegistry(algorithms=[self.algorithm])
        return jwt.encode(header, claims, self.key, registry=registry)

    def public_keys(self) -> Claims:
        return dict(KeySet(list(self.keys.values())).as_dict(private=False))


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    """The provider, answering on a port of its own until the end of the block."""
    provider = OpenIdProvider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("location", provider.authorize(dict(parse_qsl(address.query))))
                self.end_headers()
            elif address.path == "/.well-known/openid-configuration":
                self._say(200, provider.discovery())
            elif address.path == "/keys":
                self._say(200, provider.public_keys())
            else:
                self._say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*provider.token(self.headers.get("authorization", ""), form))

        def _say(self, status: int, what: Claims) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

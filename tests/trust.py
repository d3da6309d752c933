"""A certificate that nobody trusts unless it is named, and the servers that show it."""

import os
import ssl
from pathlib import Path

import pytest

CERTIFICATE = Path(__file__).parent / "client" / "loopback.pem"
"""With its key; for 127.0.0.1, localhost and the host of `ELSEWHERE`."""

ELSEWHERE = "https://api.acedata.invalid"
"""A host that no name server knows, only a proxy."""


def tls() -> ssl.SSLContext:
    """Return what a server needs to show the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the variables of proxies and certificates out of the environment."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT"):
            monkeypatch.delenv(name)

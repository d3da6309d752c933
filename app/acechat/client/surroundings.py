"""What the environment says about the way to the server: proxies and certificates."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from acechat.clean import clean_line

_PROXIES = ("https_proxy", "all_proxy", "http_proxy")
_NO_PROXY = "no_proxy"
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def proxies(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that name proxies, and their values, those for https first.

    The name in small letters goes before the one in capitals, as Python's urllib has it.
    """
    for name in _PROXIES:
        yield from _set(name, environ)


def no_proxy(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the variable that names hosts to be reached without a proxy, and its value."""
    return next(_set(_NO_PROXY, environ), None)


def certificates(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the variable that names the certificates to trust, and its value."""
    return next(((name, environ[name]) for name in _CERTIFICATES if environ.get(name)), None)


def in_force(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are in force and their values, for showing: without passwords."""
    found = {name: _without_password(value) for name, value in proxies(environ)}
    if exceptions := no_proxy(environ):
        found |= [exceptions]
    if trusted := certificates(environ):
        found |= [trusted]
    return {name: clean_line(value) for name, value in found.items()}


def proxy_variable() -> str:
    """Return the name of the variable with the proxy that https goes through."""
    return next((name for name, _ in proxies(os.environ)), "the system settings")


def are_readable(value: str) -> bool:
    """Return whether any of the folders in `SSL_CERT_DIR` is there: OpenSSL does not say."""
    return any(Path(folder).is_dir() for folder in value.split(os.pathsep))


def _set(name: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for spelled in (name, name.upper()):
        if value := environ.get(spelled):
            yield spelled, value
            return


def _without_password(url: str) -> str:
    """Return a proxy's URL with what stands before the host masked."""
    address = url if "://" in url else f"http://{url}"
    try:
        named = urlsplit(address).username is not None
    except ValueError:
        named = True
    if not named and "@" not in url:
        return url
    scheme, _, rest = address.partition("://")
    return f"{scheme}://••••@{rest.rpartition('@')[2]}"

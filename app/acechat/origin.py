"""Which servers the token may be sent to. Needs no HTTP library."""

from urllib.parse import urlsplit, urlunsplit

_ENDPOINTS = ("/conversations", "/aichat", "/aichat2")


def check_base_url(text: str) -> str:
    """Return the base URL that a user typed: trimmed, its scheme and host in small letters.

    Raises:
        ValueError: the token must not be sent there; the text says why in one sentence.
    """
    url = text.strip().rstrip("/")
    if not url:
        raise ValueError("type the base URL, such as https://api.acedata.cloud")
    if not url.isprintable() or any(character.isspace() for character in url):
        raise ValueError("a base URL has no spaces in it")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        wrong_port = parts.port == 0
    except ValueError:
        raise ValueError("this is not a URL") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError("a base URL starts with https://")
    if not host or wrong_port or not _is_host(host):
        raise ValueError("the base URL names no host that can be reached")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a base URL carries no user name or password")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ValueError("a base URL ends before any ? or #")
    if parts.path.endswith(_ENDPOINTS):
        raise ValueError("leave out the endpoint: the base URL ends before /aichat")
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError("use https: with http the token could be read on its way")
    # Their case means nothing, but the same server must have one name.
    return urlunsplit(parts._replace(netloc=parts.netloc.lower()))


def is_loopback(url: str) -> bool:
    """Return whether `url` points to this machine."""
    host = host_of(url)
    if host == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the name of the host in `url`, or the empty string."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_host(host: str) -> bool:
    if ":" in host:
        return True  # an IPv6 address, which urlsplit has checked
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return all(part for part in host.removesuffix(".").split("."))

"""Where a token may go."""

import pytest

from acechat.origin import check_base_url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://api.acedata.cloud", "https://api.acedata.cloud"),
        ("  https://api.acedata.cloud/// \n", "https://api.acedata.cloud"),
        ("HTTPS://API.acedata.cloud/Ace", "https://api.acedata.cloud/Ace"),
        ("https://proxy.example:8443/ace", "https://proxy.example:8443/ace"),
        ("https://bücher.example", "https://bücher.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_taken(typed: str, url: str) -> None:
    assert check_base_url(typed) == url


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "type the base URL"),
        ("api.acedata.cloud", "https://"),
        ("ftp://api.acedata.cloud", "https://"),
        ("http://api.acedata.cloud", "use https"),
        ("http://127.0.0.1.evil.example", "use https"),
        ("http://localhost.evil.example", "use https"),
        ("http://0.0.0.0", "use https"),
        ("http://2130706433", "use https"),
        ("https://", "no host"),
        ("https://:8080", "no host"),
        ("https://a..b", "no host"),
        ("https://" + "a" * 64 + ".example", "no host"),
        ("https://host:0", "no host"),
        ("https://host:99999", "not a URL"),
        ("https://host:port", "not a URL"),
        ("https://[::1", "not a URL"),
        ("https://user:secret@host", "user name"),
        ("http://127.0.0.1@evil.example", "user name"),
        ("https://host?x=1", "ends before"),
        ("https://host#x", "ends before"),
        ("https://host?", "ends before"),
        ("https://ho st", "spaces"),
        ("https://host\r\nx: y", "spaces"),
        ("https://api.acedata.cloud/aichat/conversations", "leave out the endpoint"),
        ("https://api.acedata.cloud/aichat2", "leave out the endpoint"),
    ],
)
def test_refused(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        check_base_url(typed)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)

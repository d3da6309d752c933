"""The account token, as a person enters it: beside the other, and never shown."""

from pathlib import Path

from faults import FaultServer, complete, stream
from journeys.at_the_api import at_the_api, ended

ACCOUNT = "platform-v1-" + "0a" * 31 + "beef"
API = "0123456789abcdef0123456789abcdef"


async def test_an_account_token_is_entered_kept_and_forgotten(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with (
        FaultServer(complete(stream("It ", "scatters."))) as server,
        at_the_api(home, server) as person,
    ):
        person.app.action_settings("account_token")
        await person.sees("none yet: it begins with platform-v1-", "platform URL")
        await person.types(API)
        await person.presses("enter")
        await person.sees("this is an API token; an account token begins with platform-v1-")
        await person.presses("escape")
        await person.types(ACCOUNT)
        await person.presses("enter")
        await person.sees("saved", "kept in a file that only you can read: ••••beef")
        assert (home / "account-token").read_text() == f"{ACCOUNT}\n"
        assert ACCOUNT not in person.screen
        # Nothing else has changed: the same server answers.
        await person.presses("escape")
        await person.asks("Why?")
        await ended(person)
        person.app.action_settings("account_token")
        await person.sees("••••beef", "forget it")
        await person.presses("tab", "enter")
        await person.sees("none yet: it begins with platform-v1-", "saved")
        assert not (home / "account-token").exists()
    assert ACCOUNT not in repr(server.requests)

"""What a failure means: the next step, the keys, and the setting that helps."""

import pytest

from acechat import errors
from acechat.advice import advice
from acechat.commands import BY_ID
from acechat.models import Failure
from acechat.screens.sections import section_of

CODES = (
    "bad_request token_mismatched api_not_implemented invalid_token token_expired no_token used_up "
    "disabled forbidden not_found request_entity_too_large too_many_requests api_error chat_error "
    "http_400 http_401 http_402 http_403 http_404 http_413 http_418 http_429 http_500 http_503 odd"
).split()
OUR_CODES = [
    errors.UNREACHABLE,
    errors.TIMED_OUT,
    errors.NO_REPLY,
    errors.CUT_OFF,
    errors.BAD_STREAM,
    errors.EMPTY_REPLY,
    errors.TOO_LARGE,
    errors.REDIRECTED,
    errors.OTHER_SERVER,
    errors.PROCESS_ENDED,
    errors.PROGRAM_FAILED,
    errors.UNTRUSTED,
    errors.PROXY,
    errors.NOT_SENT,
    errors.FLAWED,
]


@pytest.mark.parametrize("code", CODES + OUR_CODES)
def test_every_failure_has_a_key_that_helps(code: str) -> None:
    found = advice(Failure(code, "anything"))
    assert found.commands
    for command in found.commands:
        assert BY_ID[command].keys, "the user needs a key to press"
    assert not found.step or found.step.endswith(".")
    assert not found.setting or section_of(found.setting)
    assert ("app.settings" in found.commands) == bool(found.setting)


@pytest.mark.parametrize(
    "code", ["invalid_token", "token_expired", "no_token", "token_mismatched", "http_401"]
)
def test_a_token_failure_leads_to_the_token(code: str) -> None:
    found = advice(Failure(code, ""))
    assert found.setting == "token"
    assert found.commands == ("app.settings", "chat.again")


@pytest.mark.parametrize("code", ["not_found", errors.OTHER_SERVER])
def test_what_the_server_does_not_know_is_carried_on(code: str) -> None:
    assert advice(Failure(code, "")).commands == ("chat.rebuild",)


@pytest.mark.parametrize(
    "code",
    [
        errors.CUT_OFF,
        errors.NO_REPLY,
        errors.TIMED_OUT,
        errors.PROCESS_ENDED,
        errors.PROGRAM_FAILED,
        "chat_error",
        "http_502",
    ],
)
def test_what_the_server_may_have_taken_can_go_to_a_new_conversation(code: str) -> None:
    found = advice(Failure(code, ""))
    assert found.commands == ("chat.again", "chat.rebuild")
    assert "twice" in found.step


@pytest.mark.parametrize(
    ("code", "step", "setting"),
    [
        (errors.UNREACHABLE, "Check the network and the base URL; nothing was sent.", "base_url"),
        (errors.UNTRUSTED, "Name the certificates to trust in the settings; nothing", "ca_file"),
        (errors.PROXY, "Correct the variable and start acechat again; nothing was sent.", ""),
        (errors.REDIRECTED, "Check the base URL in the settings.", "base_url"),
        (errors.NOT_SENT, "Nothing was charged; send it when you like.", ""),
    ],
)
def test_what_no_server_took_leads_to_what_is_wrong(code: str, step: str, setting: str) -> None:
    found = advice(Failure(code, ""))
    assert found.step.startswith(step)
    assert found.setting == setting
    # Once it is put right, one key sends the question; it is in no server conversation yet.
    assert found.commands[-1] == "chat.again"
    assert "chat.rebuild" not in found.commands


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("http_400", "bad_request"),
        ("http_401", "invalid_token"),
        ("http_402", "used_up"),
        ("http_403", "forbidden"),
        ("http_413", "request_entity_too_large"),
        ("http_429", "too_many_requests"),
        ("http_503", "api_error"),
    ],
)
def test_a_status_without_words_is_helped_like_its_code(status: str, code: str) -> None:
    assert advice(Failure(status, "")) == advice(Failure(code, ""))
    assert advice(Failure(status, "")).step


def test_a_404_without_words_may_be_the_url_or_the_conversation() -> None:
    found = advice(Failure("http_404", ""))
    assert (found.commands, found.setting) == (("app.settings", "chat.rebuild"), "base_url")


def test_the_code_decides_and_the_words_do_not() -> None:
    assert advice(Failure("used_up", "token not right")).setting == ""
    assert "Top up" in advice(Failure("used_up", "")).step
    assert advice(Failure("", "")) == advice(Failure("something_new", "invalid_token"))

"""What is in force at the two levels, the defaults and one conversation, in a few words."""

from dataclasses import dataclass

from acechat.models import Conversation
from acechat.settings import Settings
from acechat.tokens import ACCOUNT_VARIABLE, VARIABLE, Kind, Token

PLATFORM = "platform.acedata.cloud"
"""Where tokens come from (`api.md` section 8)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a field shows it."""

    text: str
    """The value in words."""
    muted: bool = False
    """Nothing is set here: the default is in force."""


def default_text(name: str, settings: Settings, default_model: str) -> str:
    """Return in words what a new conversation gets for `model`, `preset` or `references`."""
    if name == "model":
        return settings.model or default_model
    if name == "preset":
        return settings.preset or "none"
    return counted(len(settings.references))


def counted(references: int) -> str:
    """Return a number of references in words."""
    return str(references) if references else "none"


def at_default(name: str, settings: Settings, default_model: str) -> Shown:
    """Return what stands in the field `name` of new conversations."""
    text = default_text(name, settings, default_model)
    if name == "model" and not settings.model:
        return Shown(f"as default ({text})", muted=True)
    return Shown(text, muted=text == "none")


def at_conversation(
    name: str, conversation: Conversation, settings: Settings, default_model: str
) -> Shown:
    """Return what stands in the field `name` of this conversation."""
    follows = Shown(f"as default ({default_text(name, settings, default_model)})", muted=True)
    if name == "model":
        return Shown(conversation.model) if conversation.model else follows
    if name == "preset":
        if conversation.preset is None:
            return follows
        if not conversation.preset:
            return Shown("none")
        known = settings.preset_name(conversation.preset)
        return Shown(known or f"a text of its own: {conversation.preset}")
    if conversation.references is None:
        return follows
    return Shown(counted(len(conversation.references)))


def library(settings: Settings) -> Shown:
    """Return the names of the library."""
    if not settings.presets:
        return Shown("empty", muted=True)
    return Shown(", ".join(preset.name for preset in settings.presets))


def token_origin(token: Token | None, kind: Kind = "token") -> str:
    """Return where the token of a kind comes from, with its last characters."""
    if token is None and kind == "account_token":
        return f"none yet: it begins with platform-v1- and comes from {PLATFORM}"
    if token is None:
        return f"no token yet: there is one at {PLATFORM}, under Applications"
    if token.source == "environment":
        variable = VARIABLE if kind == "token" else ACCOUNT_VARIABLE
        return f"from the environment variable {variable}: {token.masked}"
    if token.source == "keyring":
        return f"kept in the keyring: {token.masked}"
    return f"kept in a file that only you can read: {token.masked}"

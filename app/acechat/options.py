"""What a question is sent with: a conversation's own choices over the defaults."""

from collections.abc import Sequence

from acechat.models import ChatOptions, Conversation
from acechat.settings import Settings


def default_model(settings: Settings, served: Sequence[str], server_default: str) -> str:
    """Return the model of new conversations.

    Args:
        settings: Their default model is taken where the server has it.
        served: The models of a server with a closed list; empty where the list is open.
        server_default: The model taken where the settings name none, or one it does not have.
    """
    if settings.model and (not served or settings.model in served):
        return settings.model
    return server_default


def options_for(
    conversation: Conversation,
    settings: Settings,
    model: str,
    *,
    extra_references: Sequence[str] = (),
) -> ChatOptions:
    """Return the options of the next question of `conversation`.

    Args:
        conversation: What it leaves at None follows the settings.
        settings: The defaults.
        model: The model of conversations that follow the default, see `default_model`.
        extra_references: URLs for this question alone.
    """
    preset = conversation.preset
    if preset is None:
        preset = settings.preset_text(settings.preset) or ""
    references = conversation.references
    if references is None:
        references = settings.references
    return ChatOptions(
        model=conversation.model or model,
        preset=preset,
        references=tuple(dict.fromkeys((*references, *extra_references))),
        stateful=settings.stateful and not conversation.temporary,
        stream=settings.stream,
    )

"""How the full screen is started."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """What the command line says about the full screen."""

    continue_newest: bool = False
    """Start in the newest conversation."""
    conversation: str | None = None
    """Start in the conversation with this id, or the beginning of it."""
    model: str | None = None
    """The model of the conversation that it starts in."""
    gguf: str = ""
    """A GGUF model file that answers in this run."""

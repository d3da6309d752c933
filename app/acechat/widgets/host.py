"""The application that a widget is in, for what every Textual application has."""

from textual.app import App
from textual.widget import Widget


def host_of(widget: Widget) -> App[object]:
    """Return the application of `widget`, with a type: Textual leaves its result type open."""
    return widget.app  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

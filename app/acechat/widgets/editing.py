"""The editing keys of the prompt."""

from textual.binding import Binding, BindingType


def _hidden(keys: str, action: str) -> Binding:
    return Binding(keys, action, show=False)


EDITING: list[BindingType] = [
    _hidden("up", "cursor_up"),
    _hidden("down", "cursor_down"),
    _hidden("left", "cursor_left"),
    _hidden("right", "cursor_right"),
    _hidden("ctrl+left,alt+left", "cursor_word_left"),
    _hidden("ctrl+right,alt+right", "cursor_word_right"),
    _hidden("home,ctrl+a", "cursor_line_start"),
    _hidden("end,ctrl+e", "cursor_line_end"),
    _hidden("ctrl+shift+left", "cursor_word_left(True)"),
    _hidden("ctrl+shift+right", "cursor_word_right(True)"),
    _hidden("shift+home", "cursor_line_start(True)"),
    _hidden("shift+end", "cursor_line_end(True)"),
    _hidden("shift+up", "cursor_up(True)"),
    _hidden("shift+down", "cursor_down(True)"),
    _hidden("shift+left", "cursor_left(True)"),
    _hidden("shift+right", "cursor_right(True)"),
    _hidden("backspace", "delete_left"),
    _hidden("delete,ctrl+d", "delete_right"),
    _hidden("ctrl+w,ctrl+backspace,alt+backspace", "delete_word_left"),
    _hidden("alt+delete", "delete_word_right"),
    _hidden("ctrl+u,super+backspace", "delete_to_start_of_line"),
    _hidden("ctrl+k", "delete_to_end_of_line_or_delete_line"),
    _hidden("ctrl+x,super+x", "cut"),
    _hidden("super+c", "copy"),
    _hidden("ctrl+v", "paste"),
    _hidden("ctrl+z,super+z", "undo"),
    _hidden("ctrl+shift+z,super+y", "redo"),
]
"""What Textual's text area binds, but for the keys that belong to commands of this program:
F6, F7, ctrl+c, ctrl+y, page up and page down."""

"""A text area that stays upright while its scrollbar comes and goes."""

from textual.geometry import Offset
from textual.widgets import TextArea


class SteadyTextArea(TextArea):
    """Survives that undoing or deleting takes its scrollbar away.

    Textual takes the lines away first and moves the cursor afterwards. In between, a scrollbar that
    goes has it look for the cursor in a line that is no more, which would end the program.
    """

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:  # noqa: FBT001, FBT002
        """Scroll to the cursor; where its line has just gone, it is about to be moved."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

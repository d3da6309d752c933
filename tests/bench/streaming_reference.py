"""The reference for streaming: the smallest app that shows a stream with `MarkdownStream`."""

import json
import sys

import httpx
from textual import work
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Markdown


class StreamingApp(App[None]):
    """Asks what is typed and shows the answer as it comes."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def compose(self) -> ComposeResult:
        """Build the screen."""
        with VerticalScroll() as scroll:
            yield Markdown()
        scroll.anchor()
        yield Input(placeholder="Ask anything")

    def on_mount(self) -> None:
        """Type into the input."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask."""
        event.input.clear()
        self.ask(event.value)

    @work
    async def ask(self, question: str) -> None:
        """Read the answer line by line, and hand on what is new."""
        stream = Markdown.get_stream(self.query_one(Markdown))
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream("POST", self._url, json={"question": question}) as response,
        ):
            async for line in response.aiter_lines():
                await stream.write(json.loads(line)["delta_answer"])
        await stream.stop()


if __name__ == "__main__":
    StreamingApp(f"{sys.argv[1]}/aichat/conversations").run()

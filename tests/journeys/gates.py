"""An API whose answers end one by one, when a test says so."""

import asyncio
from collections import defaultdict

from faults import Exchange, stream


class Gates:
    """A behaviour of the fault server: each answer waits until its question is let through."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The questions, in the order in which they came."""
        self.models: list[str] = []
        """Who was asked, in the same order."""
        self._open: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def let(self, *names: str) -> None:
        """Let the answers to these questions end, or those of these models."""
        for name in names:
            self._open[name].set()

    async def __call__(self, exchange: Exchange) -> None:
        """Answer “NAME so far”, and “, and the end” once it is let through."""
        question = str(exchange.request.fields["question"])
        model = str(exchange.request.fields["model"])
        self.asked.append(question)
        self.models.append(model)
        deltas = (f"{model} on {question}", " so far", ", and the end")
        lines = stream(*deltas, server_id=f"id-{model}")
        await exchange.head("200 OK", "transfer-encoding: chunked")
        for line in lines[:2]:
            await exchange.chunk(line)
        opened = [asyncio.create_task(self._open[name].wait()) for name in (question, model)]
        gone = asyncio.create_task(exchange.closed())
        _, pending = await asyncio.wait({*opened, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if gone.done():
            return
        await exchange.chunk(lines[2])
        await exchange.end()

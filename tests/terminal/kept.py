"""A home of which every text is hostile, and so is its name."""

from dataclasses import replace
from pathlib import Path

import tomli_w

from acechat.files import Attached, LookedAt
from acechat.models import Conversation, Failure, Message, Role, Status, new_id
from acechat.paths import make_folder
from acechat.store.conversations import ConversationStore
from hostile import ALL, ARGUMENT, LINE, LINKS, MARKUP, NAMED

HOME = "home" + ARGUMENT.replace("/", "")[:120]
"""A folder whose name acts; its user made it, or unpacked it from somewhere."""

MARKDOWN = f"""# Heading {LINE}

A paragraph {ALL} goes on, `inline {LINE}` and **strong {LINE}**.

- item {LINE}
  1. inner {LINE}

> quoted {LINE}

| head {LINE} | two |
| --- | --- |
| cell {LINE} | [/x] |

```python {LINE}
code = "{LINE}"
```

[label {LINE}](https://example.test/{LINE.replace(" ", "")}) and ![alt {LINE}](https://x.test/a.png)
and {" ".join(f"[{name}]({target})" for name, target in LINKS.items())}

named {NAMED}, **named {NAMED}**, ![named {NAMED}](https://x.test/{NAMED}),
[named {NAMED}](https://x.test/{NAMED}), [https://good.test {NAMED}](https://evil.test/{NAMED})

| named {NAMED} | `named {NAMED}` |
| --- | --- |
| [named {NAMED}](no) | **named {NAMED}** |

<script>{LINE}</script><b>bold</b> <!-- {LINE} -->

[ref]: https://example.test "{LINE}"

[ref] and https://example.test/{LINE.partition(" ")[0]}

``` {LINE}
a fence that is never closed {ALL}
"""

SETTINGS = {
    "model": MARKUP.replace(" ", ""),
    "preset": MARKUP,
    "presets": [{"name": MARKUP, "text": ALL}],
    ALL: 1,
}
"""What a settings file can hold; where it takes one line, what acts is refused."""


async def keep_hostile(home: Path) -> None:
    """Keep a conversation of which every text is hostile, with drafts, a queue and files."""
    make_folder(home)
    conversation = Conversation(
        new_id(),
        title=ALL,
        renamed=True,
        server_id=ALL,
        server=ALL,
        model=ALL,
        preset=ALL,
        references=(f"https://example.test/{LINE}", ALL),
    )
    store = await ConversationStore.open(home / "conversations.db")
    for status, error in ((Status.COMPLETE, None), (Status.FAILED, Failure(ALL, ALL, ALL))):
        question = Message(
            new_id(), conversation.id, Role.USER, MARKDOWN, model=ALL, references=(ALL, LINE)
        )
        answer = Message(
            new_id(), conversation.id, Role.ASSISTANT, "", Status.STREAMING, model=ALL, preset=ALL
        )
        await store.begin_turn(conversation, question, answer)
        await store.open_server_conversation(answer.id, ALL, ALL)
        text = MARKDOWN if error is None else ""
        await store.finish_turn(
            replace(answer, text=text, status=status, error=error, seconds=1.0), unread=False
        )
    again = Message(
        new_id(), conversation.id, Role.ASSISTANT, "", Status.STREAMING, model=ALL, preset=ALL
    )
    last = (await store.messages(conversation.id))[-2]
    await store.begin_turn(conversation, last, again)
    await store.finish_turn(
        replace(again, text=MARKDOWN, status=Status.COMPLETE, seconds=1.0), unread=False
    )
    await store.save_conversation(
        replace(await store.conversation(conversation.id), title=ALL, renamed=True),
        was=await store.conversation(conversation.id),
    )
    await store.save_draft(conversation.id, f"draft {ALL}")
    await store.enqueue(conversation.id, f"queued {ALL}", (f"https://x.test/{LINE}", ALL))
    await store.keep_files(
        conversation.id,
        [
            Attached(f"https://x.test/{LINE}", url=f"https://x.test/{LINE}"),
            Attached(ALL, Path("/tmp") / LINE.replace("/", "").replace("\0", ""), size=7),
        ],
        {ALL: LookedAt(answers=False, words=ALL, content_type=LINE)},
    )
    await store.save_draft("", f"draft {ALL}")
    await store.close()
    (home / "config.toml").write_text(tomli_w.dumps(SETTINGS), encoding="utf-8")

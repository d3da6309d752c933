"""The steps of the schema after the first one.

The second: lines of a conversation, branches, archive, search, queue.

The messages of a conversation are a tree: `parent_id` is the message before, and `position` how
deep one stands. Messages with the same parent are versions of each other. One path from the first
message to a last one is `shown`: the line that the conversation is on.
"""

import sqlite3

from acechat.store.rows import folded

_MESSAGES = """
    CREATE TABLE messages_of_2 (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent_id TEXT,
        position INTEGER NOT NULL,
        shown INTEGER NOT NULL DEFAULT 1,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        owner TEXT,
        model TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        changed_at REAL NOT NULL DEFAULT 0,
        seconds REAL,
        first_seconds REAL,
        error_code TEXT,
        error_message TEXT,
        error_trace_id TEXT,
        server_id TEXT,
        server TEXT,
        carried TEXT NOT NULL DEFAULT '',
        indexed INTEGER NOT NULL DEFAULT 0,
        refs TEXT NOT NULL DEFAULT '[]',
        preset TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT ''
    )
"""
"""Texts come last, so that reading what stands before them does not walk through them."""

# Until now every conversation was one line, whose answers all stood in its server conversation.
_CARRY_OVER = """
    INSERT INTO messages_of_2 (
        number, id, conversation_id, parent_id, position, role, status, owner, model, created_at,
        changed_at, seconds, error_code, error_message, error_trace_id, server_id, server, refs,
        preset, text
    )
    SELECT
        m.number, m.id, m.conversation_id,
        LAG(m.id) OVER line, ROW_NUMBER() OVER line,
        m.role, m.status, m.owner, m.model, m.created_at,
        m.created_at + COALESCE(m.seconds, 0), m.seconds, m.error_code, m.error_message,
        m.error_trace_id,
        CASE WHEN m.role = 'assistant' AND m.text <> '' THEN c.server_id END,
        CASE WHEN m.role = 'assistant' AND m.text <> '' AND c.server_id IS NOT NULL
            THEN c.server END,
        m.refs, m.preset, m.text
    FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id
    WINDOW line AS (PARTITION BY m.conversation_id ORDER BY m.position, m.number)
"""

_REST = (
    "DROP TABLE messages",
    "ALTER TABLE messages_of_2 RENAME TO messages",
    # Role and status are in it for the list of conversations, which shows the status of each
    # newest answer without reading a message.
    """
    CREATE INDEX messages_in_order
    ON messages (conversation_id, shown, position, role, status)
    """,
    "CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming'",
    "CREATE INDEX messages_of_server ON messages (server_id) WHERE server_id IS NOT NULL",
    "CREATE INDEX messages_unindexed ON messages (number) WHERE NOT indexed",
    # Which messages a search for a span of time looks at: 200,000 take 5 MB.
    "CREATE INDEX messages_of_time ON messages (created_at)",
    "ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversations ADD COLUMN changed_at REAL NOT NULL DEFAULT 0",
    "UPDATE conversations SET changed_at = updated_at",
    # The conversation that this one branched off, and the last message that they share there.
    "ALTER TABLE conversations ADD COLUMN origin_id TEXT",
    "ALTER TABLE conversations ADD COLUMN origin_message_id TEXT",
    "DROP INDEX conversations_listed",
    # Read backwards it is the order of the sidebar.
    """
    CREATE INDEX conversations_listed ON conversations (pinned, updated_at)
    WHERE deleted_at IS NULL AND NOT archived
    """,
    "CREATE INDEX conversations_branched ON conversations (origin_id) WHERE origin_id IS NOT NULL",
    # Ids of conversations that were deleted for good, so that a shared folder brings none back.
    "CREATE TABLE removed (id TEXT NOT NULL PRIMARY KEY, removed_at REAL NOT NULL)",
    # Questions that are sent when the answer before them has ended.
    """
    CREATE TABLE queue (
        number INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        created_at REAL NOT NULL,
        refs TEXT NOT NULL DEFAULT '[]',
        text TEXT NOT NULL
    )
    """,
    # Three letters in a row of every folded text. It holds no text of its own and no places: what
    # it finds is looked at once more. For 200,000 messages of 120 MB it takes 84 MB, 14 s to make
    # and 1 to 5 ms to ask.
    """
    CREATE VIRTUAL TABLE trigrams USING fts5 (
        text, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
    )
    """,
    # Single letters of Chinese, Japanese and Korean, of which one or two are a word already.
    """
    CREATE VIRTUAL TABLE letters USING fts5 (
        text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61'
    )
    """,
)


def second(connection: sqlite3.Connection) -> None:
    """Make a line of every conversation, and room for what else the second step brings."""
    connection.execute(_MESSAGES)
    connection.execute(_CARRY_OVER)
    for statement in _REST:
        connection.execute(statement)
    titles: list[tuple[int, str]] = connection.execute(
        "SELECT number, title FROM conversations WHERE title <> ''"
    ).fetchall()
    connection.executemany(
        "UPDATE conversations SET folded_title = ? WHERE number = ?",
        [(folded(title), number) for number, title in titles],
    )


def third(connection: sqlite3.Connection) -> None:
    """Make room for what goes with the next question, and for what is known of references.

    Both are JSON, read and written as a whole (`store/references.py`).
    """
    connection.execute(
        """
        CREATE TABLE files (
            conversation_id TEXT NOT NULL PRIMARY KEY,
            attached TEXT NOT NULL DEFAULT '[]',
            looked TEXT NOT NULL DEFAULT '[]'
        )
        """
    )

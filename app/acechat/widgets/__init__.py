"""Widgets: they own cursor, scroll and draft.

May touch textual, the Markdown room, the tables of commands and the words. Attributes come down,
messages go up. Never services, never the application's own attributes, never files.
"""

"""What is open: the chat, the settings and the panels over them.

May touch: textual, widgets, services, commands, and settings as values. Owns: what is open, listed
and focused. Never: httpx, sqlite3, the client, the store, files.
"""

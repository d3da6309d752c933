"""The room that talks to a chat server.

May touch httpx, msgspec and the words (models, events, errors, clean). Owns the connection and
every error of httpx: none leaves. Never touches sqlite3, textual or the settings.
"""

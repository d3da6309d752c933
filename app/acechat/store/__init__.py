"""The kept conversations. May touch sqlite3 and the words; owns the file and its one thread.

Never touches httpx or textual.
"""

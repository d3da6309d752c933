"""What the program does, without a screen and without a network: turns, conversations, models.

May touch: the words, and the ports through which it reaches a chat API and a store. Owns: running
turns and their text. Never: httpx, sqlite3, textual.
"""

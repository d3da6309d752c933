"""The kept conversations. May touch sqlite3 and the words; owns the file and its one thread.

Never touches httpx or textual. `conversations` is its face, in layers over `queued`, `removed` and
`merged`; what they write stands in `turns`, `queueing`, `removing` and `merging`.
"""

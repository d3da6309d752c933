"""The embedded server: the API of `api.md`, spoken on a loopback port of this machine.

May touch starlette, uvicorn, sqlite3, msgspec and the words (xllamacpp in `local_worker` alone).
Owns its own conversations, the models `guide` and `sample`, and a GGUF model where one is named.
Never touches client, store or textual: client and server follow the API's description each on its
own, so that one tests the other.
"""

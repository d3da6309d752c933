"""The program without its screen: one module a command, which prints and returns an exit code.

May touch: argparse, services, and client, store and server to put them together. Owns: what is
printed, and the exit codes. Never: textual.
"""

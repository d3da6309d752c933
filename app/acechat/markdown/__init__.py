"""Markdown as terminal lines: one message's text in, styled lines out.

May touch markdown-it, linkify-it, pygments, Rich and Textual strips, and the words. Owns the
blocks of a message and their rendered lines. Never a widget, a file or the network.
"""

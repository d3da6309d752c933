"""acechat: full-screen, keyboard-driven terminal chat for the Ace Data Cloud AI Chat API."""

__version__ = "0.1.0"

"""Other terminal chat programs, measured as acechat is: `make bench-peers`."""

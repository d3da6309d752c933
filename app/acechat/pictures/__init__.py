"""Images as coloured half cells, drawn by a process of its own, with the extra `images`."""

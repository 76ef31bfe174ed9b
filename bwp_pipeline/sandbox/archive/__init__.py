"""The world's events as an archive holds them."""

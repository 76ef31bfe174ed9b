"""The world's orders as the API shows them, over HTTP."""

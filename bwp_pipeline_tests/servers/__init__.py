"""What the pipeline talks to, over real protocols, and what a browser reads of what it serves."""

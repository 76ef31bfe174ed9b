"""What managers receive: pages, workbooks, CSV files, messages."""

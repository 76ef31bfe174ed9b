"""What a report says, section by section: figures, signals, what to restock, order and do.

Belongs here: from typed rows to what a page holds. Does not belong here: how it is written as HTML,
as a workbook or in a message (`forms/`, `messages/`).
"""

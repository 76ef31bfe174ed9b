"""What is known of products beside the database: stock, terms, decisions, earlier advice.

Belongs here: the merchant's files, what Amazon answered about stock, what managers noted, what was
advised before. Does not belong here: what follows for ordering (`sections/purchases.py`).
"""

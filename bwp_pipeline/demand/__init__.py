"""The mathematics of demand: what would have sold, what to order, whether a rate is in control.

Belongs here: pure functions of numbers and arrays. Does not belong here: reading a database, words.
"""

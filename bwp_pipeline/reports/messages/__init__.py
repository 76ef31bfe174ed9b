"""What is sent to people, and when: the report's digest and the outcome of a run.

Here belong why something is sent, the words, and the sending, a module a channel. What a digest
holds is `reports.digest`'s; credentials come from the caller and never appear in an error.
"""

"""Reads: from the bytes of a file to a `Book`, behind a gate and in processes that may die."""

"""The tests, one module for each module of xlplan, and what they share."""

"""Edits that other programs write into a template, and how each of them comes back."""

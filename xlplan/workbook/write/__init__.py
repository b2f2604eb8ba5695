"""Writes: from a workbook as values to the bytes of an .xlsx file."""

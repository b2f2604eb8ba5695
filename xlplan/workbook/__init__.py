"""Every byte of Excel: gate, reading, writing, style, stamp.

Sole importer of openpyxl, xlsxwriter and python-calamine.
"""

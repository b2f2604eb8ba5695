"""A foreign spreadsheet or Word document becomes a plan."""

"""What goes out: templates, the master, the decisions workbook and replies; see the `README.md`."""

"""One module per workbook that goes out or comes back; none of them touches a file."""

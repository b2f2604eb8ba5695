"""What comes back: a returned workbook read as a return. How, in order, is in the `README.md`."""

"""What comes back: a returned workbook read as a return."""

"""The board's workbook: one module per sheet, and `book`, which puts them together."""

from xlplan.documents.composite.board import Board, PastBoard, ReturnLine
from xlplan.documents.composite.book import composite_workbook

__all__ = ["Board", "PastBoard", "ReturnLine", "composite_workbook"]

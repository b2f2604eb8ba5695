"""The board's workbook: one module per sheet, and `book`, which puts them together."""

from xlplan.board.book import composite_workbook
from xlplan.board.model import Board, PastBoard, ReturnLine

__all__ = ["Board", "PastBoard", "ReturnLine", "composite_workbook"]

"""The board's workbook: each sheet is worked out once and drawn in several ways."""

from xlplan.board.board_model import Board, PastBoard, ReturnLine
from xlplan.board.composite import composite_workbook

__all__ = ["Board", "PastBoard", "ReturnLine", "composite_workbook"]

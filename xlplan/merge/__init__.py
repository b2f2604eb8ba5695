"""The merge: pure. Comparing, deciding, the register, questions, projections.

No file, no clock, no database: values in, values out (MERGE sections 1 to 3).
"""

from xlplan.merge.decide import Ruling, decide

__all__ = ["Ruling", "decide"]

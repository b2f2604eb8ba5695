"""xlplan: the spreadsheet round trip of improvement plans.

`open_plan` opens a plan, `new_plan` starts one; a `Plan` issues, merges, publishes and answers.
Importing this package imports none of the heavy libraries.
"""

from xlplan.cycle.new import new as new_plan
from xlplan.cycle.plan import Plan, open_plan
from xlplan.errors import Problem, XlplanError

__all__ = ["Plan", "Problem", "XlplanError", "__version__", "new_plan", "open_plan"]
__version__ = "0.1.0"

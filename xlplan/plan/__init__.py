"""The plan: definition, fields, values, ratings, timescales, people, checks. Pure.

Values in, values out; the clock and the user are passed in.
"""

from xlplan.plan.timescales import parse_timescale

__all__ = ["parse_timescale"]

"""The story: new, issue, merge, publish. The only wiring between the rooms.

One module a step; `xlplan.cycle.plan.Plan` is the thing that callers hold.
"""

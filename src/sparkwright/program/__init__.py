"""Program admission: a Draft is what was written, a Program is what may run, and only `admit` makes one."""

from sparkwright.program.admission import admit, check, lint
from sparkwright.program.plan_check import PlanChecker, PlanReport, PlanRequest

__all__ = ["PlanChecker", "PlanReport", "PlanRequest", "admit", "check", "lint"]

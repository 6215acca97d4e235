"""The update doctor: from what is known of an update to a cause, how sure that is, and the next step."""

from web.workspace.doctor.case import Case, Finding, Rule, diagnose
from web.workspace.doctor.rules import RULES

__all__ = ["RULES", "Case", "Finding", "Rule", "diagnose"]

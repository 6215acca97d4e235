"""The modules that guard the workspace, and for each the fast tests that are to notice a mistake in it."""

AUDIT = ("tests/audit/test_chain.py", "tests/audit/test_damage.py", "tests/audit/test_export.py")
PURE = ("tests/changes/test_merge.py", "tests/changes/test_lossless.py", "tests/changes/test_effects.py")

RULES = ("tests/identity/test_narrow_rules.py",)

TARGETS: dict[str, tuple[str, ...]] = {
    "web.audit.redact": ("tests/audit/test_redact_rules.py",),
    "web.identity.origin": RULES,
    "web.identity.roles": RULES,
    "web.audit.chain": AUDIT,
    "web.audit.verify": AUDIT,
    "web.audit.checkpoint": AUDIT,
    "web.audit.export": AUDIT,
    "web.audit.exported": AUDIT,
}

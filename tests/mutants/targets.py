"""The modules that guard the workspace, and for each the fast tests that are to notice a mistake in it."""

CHAIN = ("tests/audit/test_damage.py", "tests/audit/test_chain.py")
PARTS = ("tests/audit/test_chain_parts.py",)
RULES = ("tests/identity/test_narrow_rules.py",)
EXAMPLES = ("tests/changes/test_merge_examples.py",)

TARGETS: dict[str, tuple[str, ...]] = {
    "web.audit.chain": PARTS,
    "web.audit.checkpoint": (*PARTS, *CHAIN),
    "web.audit.export": (*PARTS, "tests/audit/test_export.py"),
    "web.audit.exported": PARTS,
    "web.audit.redact": ("tests/audit/test_redact_rules.py",),
    "web.audit.verify": CHAIN,
    "web.changes.diff": EXAMPLES,
    "web.changes.merge": EXAMPLES,
    "web.changes.quota": ("tests/changes/test_quota_examples.py",),
    "web.changes.lockouts": ("tests/changes/test_lockouts.py",),
    "web.changes.restore": ("tests/changes/test_restore_examples.py",),
    "web.identity.origin": RULES,
    "web.identity.roles": RULES,
}

-- Postgres: a role that can append to the history and not rewrite it. Run as the owner of the schema, after the portal
-- has started once as the owner (migrations and `python -m web audit archive` are the owner's work; so is an upgrade).
-- portal_app is the role the portal logs in as from then on; the schema is PORTAL_DATABASE_SCHEMA.
GRANT USAGE ON SCHEMA serving_portal TO portal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA serving_portal TO portal_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA serving_portal TO portal_app;
REVOKE UPDATE, DELETE ON serving_portal.audit_entry, serving_portal.audit_anchor FROM portal_app;
REVOKE DELETE ON serving_portal.operation FROM portal_app;
REVOKE INSERT ON serving_portal.audit_anchor FROM portal_app;
REVOKE UPDATE, DELETE ON serving_portal.audit_key FROM portal_app;
REVOKE INSERT, UPDATE, DELETE ON serving_portal.alembic_version FROM portal_app;

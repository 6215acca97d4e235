"""The Databricks gateway: the only package that talks to a workspace, and the only one that imports databricks.sdk."""

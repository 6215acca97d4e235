"""Who asks: the person behind a forwarded token (Databricks Apps), or a picked profile on a laptop."""

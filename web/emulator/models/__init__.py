"""What answers invocations in the embedded workspace: models that really compute, behind `base.Model`."""

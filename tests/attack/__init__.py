"""What somebody hostile might write, and every place of the portal that shows what somebody wrote."""

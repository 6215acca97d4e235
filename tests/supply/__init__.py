"""What the portal is made of: locks that agree with what was asked for, a bill of materials, advisories."""

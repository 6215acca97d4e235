"""Everything that alters a workspace is a Change: planned, said as code, performed once, recorded, undone."""

"""Nothing lost, nothing doubled: faults of the workspace, the disk and the process at every point of a change."""

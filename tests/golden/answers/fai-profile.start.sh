# Sourced before FAI partitions the disks.

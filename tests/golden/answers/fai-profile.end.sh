# Sourced when FAI has ended: the machine boots from its disk from now on, unless a task failed.

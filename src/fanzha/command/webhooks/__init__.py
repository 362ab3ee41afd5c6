"""Events of processes told to other systems: signed requests, tried again until they are taken or given up."""

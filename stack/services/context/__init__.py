"""The shared memory of agents, over Redis and generated/context/spaces.json."""

"""Many editors at once while servers are killed: real processes, a PostgreSQL cluster of its own, nothing mocked."""

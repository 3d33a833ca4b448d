"""Tasks to records: keys, the store, executors and verification; the only station that imports `training`."""

"""The process engine and one YAML file per process."""

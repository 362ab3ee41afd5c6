"""The rule language: grammar, types, evaluation, explanation, the SQL oracle."""

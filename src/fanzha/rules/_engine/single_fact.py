"""Evaluate rules at a single fact with byte code, since columns of one row cost more than the evaluation."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine import _single_fact_kernel as kernel
from fanzha.rules._engine.byte_code import ByteCode
from fanzha.rules.tree import Rule


class SingleFactEvaluator:
    """The compiled rules of one decision point for a single fact; they are checked and their lets expanded."""

    def __init__(self, fact: str, rules: Sequence[Rule]) -> None:
        code, starts = ByteCode(fact), [0]
        for rule in rules:
            code.emit_expression(rule.when)
            code.emit_expression(rule.unless) if rule.unless is not None else code.constant(0.0)
            starts.append(len(code.operations))
        self._rules, self._windows, self._columns = len(rules), code.windows, code.fields
        self._operations = np.array(code.operations, np.int64).reshape(-1, 2)
        self._constants = np.array(list(code.constants), np.float64)
        self._starts = np.array(starts, np.int64)
        self._values = np.zeros(len(code.windows), np.int64)
        self._fields = np.zeros(len(code.fields), np.int64)

    def fires(
        self, values: Mapping[str, NDArray[np.int64]], columns: Mapping[str, NDArray[np.int64]], row: int
    ) -> NDArray[np.bool_]:
        """Return for each rule whether it fires at one position of a stretch."""
        for name, at in self._windows.items():
            self._values[at] = values[name][row]
        for name, at in self._columns.items():
            self._fields[at] = columns[name][row]
        fired = np.empty(self._rules, np.bool_)
        kernel.fires(self._operations, self._constants, self._starts, self._values, self._fields, fired)
        return fired

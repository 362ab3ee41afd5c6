"""How calls are judged by where they came in: reasons, the judgement of a batch, and the count of a day."""

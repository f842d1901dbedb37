"""Who runs row functions over observations: in this process (``embedded``), later also Spark."""

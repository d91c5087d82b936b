"""What happens, hop by hop, when a workload calls a Service."""

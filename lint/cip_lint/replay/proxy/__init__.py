"""Where kube-proxy and the API server lead what is sent to a Service."""

"""What Argo CD and Flux objects say: which folders, of which repository, told otherwise where."""

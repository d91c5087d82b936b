"""What is built before it is sent: kustomizations, by the program itself."""

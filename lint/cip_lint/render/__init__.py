"""What is built before it is sent: kustomizations and charts, by the programs themselves.

``building`` is the way in. Below it, each package knows those that follow it and no
other: ``kustomize``, ``helm``, ``gitops``, ``variables``, ``surroundings``, ``written``.
"""
